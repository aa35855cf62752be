"""Every view about rules, with one text in every place where others' words may stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.domain.errors import BadField
from bot.domain.model import Action
from bot.domain.policy.ask import Actor, Allow, Ask, Caps
from bot.domain.policy.changes import diff
from bot.domain.policy.policy import Policy
from bot.domain.policy.reading import LONGEST_NAME
from bot.domain.policy.rule import Approvers, Outcome, Rule, Scope
from bot.policy_try import explain
from bot.services.policy_book import door_facts
from handlers.json_types import Json
from handlers.views import home, kit, problems, rule_form, rule_settings, rules, trying
from handlers.views.rule_words import Words
from tests.domain.policy.world import EVERYONE, actor, policy, rule
from tests.handlers.views.nasty import NOW, WINDOW, door

Shown = tuple[str, Callable[..., object], Json]


def every_rule(text: str) -> Iterator[Shown]:
    """(a name, the function it comes from, what it gave). Ids of people are left out: a mention of ours is alive."""
    doors = [door(text, n) for n in range(3)]
    made = [_rule(text, n, outcome) for n, outcome in enumerate(Outcome)]
    before = policy(default=Approvers())
    after = Policy(rules=tuple(made), version=3)
    words = Words.about([before, after], doors)
    for count, page in ((0, 0), (3, 0), (45, 0), (45, 1), (45, 2), (45, 99), (45, -1)):
        many = tuple(_rule(text, n, list(Outcome)[n % 3]) for n in range(count))
        found = rules.RuleList(policy=Policy(rules=many), words=words, editors={}, page=page)
        yield f"{count} rules", rules.list_modal, rules.list_modal(found)
        for usable in (None, [], [home.UsableDoor(name=text, at_once=bool(n % 2)) for n in range(25)]):
            yield "home", home.home, home.home(usable, found)
            yield "home of somebody", home.home, home.home(usable, None)
    changes = diff(before, after) * 10
    names = [kit.name(text)] * 25
    touched = rules.Touched(people=names, doors=names, warnings=names[:3])
    yield "preview", rules.preview_modal, rules.preview_modal("d" * 32, changes, words, touched)
    nobody = rules.Touched(people=[], doors=[])
    yield (
        "preview of little",
        rules.preview_modal,
        rules.preview_modal("d", changes[:1], words, nobody, submit="Remove"),
    )
    yield "saved", rules.saved_modal, rules.saved_modal(changes, words)
    yield "overtaken", rules.overtaken_modal, rules.overtaken_modal("d" * 32, changes, words)
    yield "overtaken by nothing", rules.overtaken_modal, rules.overtaken_modal("d", [], words)
    yield "empty rule form", rule_form.rule_form, rule_form.rule_form(rule_form.RuleFormFill(based_on=0))
    for one in made:
        for outcome in (None, *Outcome):
            for more in (False, True):
                fill = rule_form.RuleFormFill(
                    based_on=7, rule=one, doors={d.device_id: d.name for d in doors}, outcome=outcome, more=more
                )
                yield "rule form", rule_form.rule_form, rule_form.rule_form(fill)
    admins = Policy(admins=frozenset(f"T1/U{n}" for n in range(60)), version=2)
    yield "defaults", rule_settings.defaults_form, rule_settings.defaults_form(after)
    yield "admins", rule_settings.admins_form, rule_settings.admins_form(Policy(version=2))
    assert rule_settings.admins_form(admins)
    yield "problem", problems.problem_modal, problems.problem_modal(BadField("when", text))
    for window in (None, WINDOW):
        who = actor("U1")
        asked = Ask(
            actor=Actor(person=who.person, groups=None),
            action=Action.UNLOCK if window is None else Action.GUEST_CODE,
            door=door_facts(doors[0]),
            now=NOW,
            window=window,
        )
        said = explain(Allow(rule_id="r", rule_name=kit.line(text), reason=kit.line(text), caps=Caps(daily_cap=1)))
        yield "tried", trying.answer, trying.answer(asked, said, words)


def _rule(text: str, number: int, outcome: Outcome) -> Rule:
    text = text[:LONGEST_NAME]  # no rule has a longer one
    scope = Scope(
        doors=frozenset({door(text, n).device_id for n in range(3)}),
        door_groups=frozenset({text} if text else ()),
        sites=frozenset({text} if text else ()),
    )
    return rule(f"rule-{number}", outcome, name=text, scope=scope, who=EVERYONE, hours=("mon-fri 08:00-18:00",))
