"""The views of rules, Home and trying, with one text in every place where others' words may stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.domain.errors import LockRefused
from bot.domain.model import Action, Person, PersonKind, PersonRef
from bot.domain.policy.ask import Actor, Ask, DoorFacts
from bot.domain.policy.changes import Change, ChangeKind
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Outcome, Rule, Scope, Who
from handlers.json_types import Json
from handlers.views import home, problems, rule_form, rule_settings, rules, trying
from handlers.views.rule_words import Words
from tests.handlers.views.nasty import BERLIN, NOW, WINDOW, door

Shown = tuple[str, Callable[..., object], Json]
ANA = PersonRef(team_id="T1", user_id="U0ANA")


def every_rule(text: str) -> Iterator[Shown]:
    label = " ".join(text.split())[:80] or "x"
    rule = Rule(
        rule_id="r",
        name=label,
        outcome=Outcome.ASK,
        scope=Scope(doors=frozenset({"d0"}), door_groups=frozenset({label})),
        who=Who(everyone=True, people=frozenset({"U0ANA"})),
        approvers=Approvers(people=frozenset({"U0SAM"})),
        channel="C0REQ",
    )
    policy = Policy(version=3, rules=(rule,), admins=frozenset({"U0ANA"}))
    words = Words.about([policy], [door(text, 0, device_id="d0")])
    changes = [
        Change(
            kind=ChangeKind.ADDED,
            rule_id="r",
            field=None,
            before=None,
            after=None,
            sentence=f"{text} is new: d0 U0ANA",
        )
    ] * 30
    found = rules.RuleList(policy=policy, words=words, editors={"r": ANA})
    yield "rules", rules.list_modal, rules.list_modal(found)
    touched = rules.Touched(people=["<@U0ANA>"], doors=["x"], warnings=["Mind that."])
    yield "preview", rules.preview_modal, rules.preview_modal("d", changes, words, touched)
    yield "saved", rules.saved_modal, rules.saved_modal(changes, words)
    yield "overtaken", rules.overtaken_modal, rules.overtaken_modal("d", changes, words)
    yield "loading", rules.loading_modal, rules.loading_modal()
    for outcome in Outcome:
        for more in True, False:
            fill = rule_form.RuleFormFill(based_on=3, rule=rule, doors={"d0": text}, outcome=outcome, more=more)
            yield "rule form", rule_form.rule_form, rule_form.rule_form(fill)
    yield "new rule", rule_form.rule_form, rule_form.rule_form(rule_form.RuleFormFill(based_on=1))
    yield "defaults", rule_settings.defaults_form, rule_settings.defaults_form(policy)
    yield "admins", rule_settings.admins_form, rule_settings.admins_form(policy)
    usable = [home.UsableDoor(name=text, at_once=bool(n % 2)) for n in range(30)]
    for doors in usable, [], None:
        yield "home", home.home, home.home(doors, found)
    yield "home of others", home.home, home.home(usable, None)
    yield "problem modal", problems.problem_modal, problems.problem_modal(LockRefused(text, detail=text))
    person = Person(team_id="T1", user_id="U0ANA", name=text, kind=PersonKind.MEMBER)
    facts = DoorFacts(device_id="d0", name=text, timezone=BERLIN)
    for window in WINDOW, None:
        ask = Ask(actor=Actor(person=person, groups=None), action=Action.UNLOCK, door=facts, now=NOW, window=window)
        yield "trying", trying.answer, trying.answer(ask, f"Allowed: {text}", words)
