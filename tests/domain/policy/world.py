"""A small world for the rules: a few people, a few doors, and everything Hypothesis may put together from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.domain.model import Action, Person, PersonKind
from bot.domain.policy.ask import Actor, Ask, DoorFacts
from bot.domain.policy.hours import Hours, parse_hours
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, EscalationStep, Notify, Outcome, Rule, Scope, Who
from bot.domain.window import Window

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Berlin
HOUR = timedelta(hours=1)

EVERY_DOOR = Scope(everything=True)
EVERYONE = Who(everyone=True)
BOSS = Approvers(people=frozenset({"UBOSS"}))


def actor(
    user_id: str = "UPERSON",
    *,
    kind: PersonKind = PersonKind.MEMBER,
    groups: frozenset[str] | None = frozenset(),
    team_id: str = "T1",
) -> Actor:
    return Actor(person=Person(team_id=team_id, user_id=user_id, name=user_id.title(), kind=kind), groups=groups)


def door(**facts: object) -> DoorFacts:
    known: dict[str, object] = {
        "device_id": "d1",
        "name": "Back Door",
        "site": "s1",
        "groups": frozenset({"g1"}),
        "timezone": BERLIN,
    }
    return DoorFacts(**(known | facts))  # type: ignore[arg-type]


def window(start: datetime | timedelta = HOUR, length: timedelta | None = HOUR) -> Window:
    """From `start` (or so long after NOW), for `length`."""
    starts_at = start if isinstance(start, datetime) else NOW + start
    return Window(starts_at=starts_at, ends_at=None if length is None else starts_at + length)


def ask(action: Action = Action.UNLOCK, who: Actor | None = None, **more: object) -> Ask:
    if action in (Action.GUEST_CODE, Action.EXTEND):
        more.setdefault("window", window())
    more.setdefault("now", NOW)
    more.setdefault("door", door())
    return Ask(actor=who or actor(), action=action, **more)  # type: ignore[arg-type]


def rule(rule_id: str = "r", outcome: Outcome | str = Outcome.ALLOW, **more: object) -> Rule:
    hours = more.pop("hours", ())
    more.setdefault("scope", EVERY_DOOR)
    more.setdefault("who", EVERYONE)
    more.setdefault("name", rule_id.title())
    parsed = frozenset(parse_hours(line) for line in hours)  # type: ignore[attr-defined]
    return Rule(rule_id=rule_id, outcome=Outcome(outcome), hours=parsed, **more)  # type: ignore[arg-type]


def people(*ids: str) -> Who:
    return Who(people=frozenset(ids))


def groups(*ids: str) -> Who:
    return Who(user_groups=frozenset(ids))


def approvers(*ids: str) -> Approvers:
    return Approvers(
        people=frozenset(i for i in ids if i[0] != "S"), user_groups=frozenset(i for i in ids if i[0] == "S")
    )


def policy(*rules: Rule, default: Approvers = BOSS, **more: object) -> Policy:
    return Policy(rules=rules, default_approvers=default, **more)  # type: ignore[arg-type]


# What Hypothesis may draw. Small pools, so that rules meet.

PEOPLE = ("U1", "U2", "U3", "T1/U1", "T9/U2")
GROUPS = ("S1", "S2")
ZONES = tuple(ZoneInfo(z) for z in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"))


def some(*pool: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(pool), max_size=2)


def lengths(longest_hours: int = 200) -> st.SearchStrategy[timedelta]:
    return st.integers(1, longest_hours * 60).map(lambda minutes: timedelta(minutes=minutes))


all_hours: st.SearchStrategy[Hours] = (
    st.tuples(st.frozensets(st.integers(0, 6), min_size=1), st.integers(0, 95), st.integers(1, 96))
    .filter(lambda t: t[1] != t[2])
    .map(lambda t: Hours(days=t[0], start=t[1] * 15, end=t[2] * 15))
)

scopes = st.one_of(
    st.just(EVERY_DOOR),
    st.builds(Scope, doors=some("d1", "d2"), door_groups=some("g1", "g2"), sites=some("s1", "s2")).filter(
        lambda s: bool(s.doors or s.door_groups or s.sites)
    ),
)
whos = st.builds(
    Who, people=some(*PEOPLE), user_groups=some(*GROUPS), everyone=st.booleans(), workspace_guests=st.booleans()
).filter(lambda w: bool(w.people or w.user_groups or w.everyone or w.workspace_guests))
some_approvers = st.builds(Approvers, people=some(*PEOPLE), user_groups=some(*GROUPS)).filter(bool)
names = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=20).filter(str.strip)


@st.composite
def rules(draw: st.DrawFn, rule_id: str | None = None, outcome: Outcome | None = None) -> Rule:
    """Any rule that the file's checks let pass."""
    says = outcome or draw(st.sampled_from(Outcome))
    asks, refuses = says is Outcome.ASK, says is Outcome.REFUSE
    chosen = draw(some_approvers if asks else st.one_of(st.just(Approvers()), some_approvers))
    enough = 3 if chosen.user_groups or not chosen else len({p.rpartition("/")[2] for p in chosen.people})
    maybe = st.one_of(st.none(), lengths())
    afters = draw(st.lists(lengths(40), max_size=2, unique=True).map(sorted))
    return Rule(
        rule_id=rule_id or draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)),
        name=draw(names),
        outcome=says,
        scope=draw(scopes),
        who=draw(whos),
        actions=draw(st.one_of(st.just(frozenset(Action)), st.frozensets(st.sampled_from(Action), min_size=1))),
        hours=draw(st.frozensets(all_hours, max_size=2)),
        max_length=None if refuses else draw(maybe),
        max_ahead=None if refuses else draw(maybe),
        approvers=chosen,
        channel=draw(st.sampled_from([None, "C1", "G2"])),
        approvals_needed=draw(st.integers(1, min(3, enough))),
        self_approval=not refuses and draw(st.booleans()),
        reason_required=draw(st.booleans()),
        expires_after=draw(st.one_of(st.none(), st.just(timedelta(hours=50)))),
        remind_after=draw(st.one_of(st.none(), lengths(40))),
        escalation=tuple(EscalationStep(after=after, approvers=draw(some_approvers)) for after in afters),
        break_glass=draw(maybe) if asks else None,
        daily_cap=draw(st.one_of(st.none(), st.integers(0, 5))) if says is Outcome.ALLOW else None,
        notify=draw(
            st.builds(Notify, ping_approvers=st.booleans(), post_allowed=st.booleans(), post_ended=st.booleans())
        ),
        reminders=draw(
            st.one_of(
                st.none(), st.lists(lengths(), max_size=3, unique=True).map(lambda found: tuple(sorted(found)[::-1]))
            )
        ),
        end_when_host_leaves=draw(st.booleans()),
    )


def lean_rules(rule_id: str, outcome: Outcome | None = None) -> st.SearchStrategy[Rule]:
    """Rules that differ only in what decides; quick to draw, and likely to meet."""
    outcomes = st.just(outcome) if outcome else st.sampled_from(Outcome)
    return st.builds(
        _lean,
        st.just(rule_id),
        outcomes,
        st.sampled_from(LEAN_SCOPES),
        st.sampled_from(LEAN_WHOS),
        st.sampled_from(LEAN_HOURS),
        st.sampled_from((frozenset(Action), frozenset(Action), frozenset({Action.UNLOCK, Action.GUEST_CODE}))),
        st.sampled_from((None, None, HOUR, 24 * HOUR)),
        st.sampled_from((None, None, 3 * HOUR, 72 * HOUR)),
        st.integers(0, 23),
    )


LEAN_SCOPES = (
    EVERY_DOOR,
    Scope(sites=frozenset({"s1"})),
    Scope(door_groups=frozenset({"g1"})),
    Scope(doors=frozenset({"d1"})),
)
LEAN_WHOS = (EVERYONE, EVERYONE, groups("S1"), Who(everyone=True, user_groups=frozenset({"S2"})), people("U1", "T9/U2"))
LEAN_WHOS += (Who(workspace_guests=True), people("U1", "U2", "U3"))
LEAN_HOURS = ((), (), ("mon-fri 08:00-18:00",), ("22:00-06:00",), ("sat,sun 10:00-14:00", "mon 00:00-24:00"))


def _lean(
    rule_id: str,
    outcome: Outcome,
    scope: Scope,
    who: Who,
    hours: tuple[str, ...],
    actions: frozenset[Action],
    length: timedelta | None,
    ahead: timedelta | None,
    dice: int,
) -> Rule:
    """`dice` from 0 to 23 settles what is rarer."""
    asks, refuses = outcome is Outcome.ASK, outcome is Outcome.REFUSE
    return rule(
        rule_id,
        outcome,
        scope=scope,
        who=who,
        hours=hours,
        actions=actions,
        max_length=None if refuses else length,
        max_ahead=None if refuses else ahead,
        approvers=approvers("U3", "U4") if asks and dice % 2 else Approvers(),
        approvals_needed=2 if asks and dice % 4 == 1 else 1,
        self_approval=asks and dice % 3 == 0,
        daily_cap=dice % 3 if outcome is Outcome.ALLOW and dice < 9 else None,
        break_glass=2 * HOUR if asks and dice > 12 else None,
    )


def policies(*, most: int = 5, admins: bool = True) -> st.SearchStrategy[Policy]:
    """Policies of lean rules."""
    pools = st.integers(0, most).flatmap(lambda n: st.tuples(*(lean_rules(f"r{i}") for i in range(n))))
    return st.builds(
        Policy,
        rules=pools,
        default_approvers=st.sampled_from((Approvers(), approvers("U4"), approvers("U1", "S1"))),
        admins=st.sampled_from((frozenset(), frozenset({"U3"}))) if admins else st.just(frozenset()),
    )


@st.composite
def full_policies(draw: st.DrawFn) -> Policy:
    """Policies with everything that a file can say."""
    count = draw(st.integers(0, 3))
    return Policy(
        rules=tuple(draw(rules(rule_id=f"rule-{i}")) for i in range(count)),
        default_approvers=draw(st.one_of(st.just(Approvers()), some_approvers)),
        default_channel=draw(st.sampled_from([None, "C9"])),
        admins=draw(some("U3", "T1/U2")),
        version=draw(st.integers(0, 9)),
    )


actors = st.builds(
    actor,
    st.sampled_from(["U1", "U2", "U3"]),
    kind=st.sampled_from([PersonKind.MEMBER] * 12 + list(PersonKind)),
    groups=st.sampled_from([None, frozenset(), frozenset({"S1"}), frozenset({"S1", "S2"})]),
    team_id=st.sampled_from(["T1", "T1", "T1", "T9"]),
)
doors = st.builds(
    DoorFacts,
    device_id=st.sampled_from(["d1", "d1", "d3"]),
    name=st.just("Back Door"),
    site=st.sampled_from([None, "s1", "s2"]),
    groups=st.sampled_from([frozenset(), frozenset({"g1"})]),
    timezone=st.sampled_from((*ZONES, *ZONES, None)),
)
# Two weeks of minutes around each of two clock changes in Berlin.
moments = st.tuples(st.sampled_from([NOW, NOW + timedelta(days=18), NOW + timedelta(days=230)]), st.integers(0, 20_000))
moments = moments.map(lambda t: t[0] + timedelta(minutes=t[1]))


@st.composite
def asks(draw: st.DrawFn, who: st.SearchStrategy[Actor] = actors) -> Ask:
    now = draw(moments)
    action = draw(st.sampled_from(Action))
    asked = None
    if action in (Action.GUEST_CODE, Action.EXTEND) or draw(st.booleans()):
        starts_at = now + timedelta(minutes=draw(st.sampled_from((-60, 0, 30, 120, 600, 1_500, 4_000))))
        length = draw(st.sampled_from((HOUR / 2, 2 * HOUR, 10 * HOUR, 50 * HOUR, 300 * HOUR, None)))
        asked = Window(starts_at=starts_at, ends_at=None if length is None else starts_at + length)
    return Ask(
        actor=draw(who),
        action=action,
        door=draw(doors),
        now=now,
        window=asked,
        used_today=draw(st.integers(0, 3)),
        beneficiary=draw(st.one_of(st.none(), st.none(), st.none(), actors)),
    )
