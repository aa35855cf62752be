"""Who may decide a request: nobody their own, by no side door (reliability.md T6 to T10, A6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import pytest

from bot.domain.model import Action, PersonKind, PersonRef
from bot.domain.policy.ask import Actor, Allow
from bot.domain.policy.deciders import (
    Bar,
    MayDecide,
    MayNot,
    RequestFacts,
    deciders,
    may_decide,
    same_human,
)
from bot.domain.policy.policy import Policy
from bot.domain.policy.roles import Role, may_change_rules, roles_of
from bot.domain.policy.rule import EscalationStep, Outcome, Rule, Who
from tests.domain.policy.world import HOUR, NOW, actor, approvers, ask, people, policy, rule, window

ANA, OTHER, BOSS = actor("UANA"), actor("UOTHER"), actor("UBOSS")
ANA_AGAIN, ANA_THIRD = actor("UANA2"), actor("UANA3")
ANYBODY = approvers("UANA", "UANA2", "UANA3", "UOTHER", "UBOSS")


def request(who: Actor = ANA, **facts: object) -> RequestFacts:
    more = {
        key: facts.pop(key) for key in ("linked", "editors", "decided_by", "asked_at", "expires_at") if key in facts
    }
    known: dict[str, object] = {"asked_at": NOW, "expires_at": NOW + 24 * HOUR}
    return RequestFacts(ask=ask(who=who, **facts), **(known | more))  # type: ignore[arg-type]


def bar(may: MayDecide | MayNot) -> Bar | None:
    return may.bar if isinstance(may, MayNot) else None


@dataclass(frozen=True, kw_only=True)
class SideDoor:
    """A way to approve what one has asked for: the request as it comes, and the account that clicks."""

    name: str
    facts: RequestFacts
    clicker: Actor = ANA
    opened_by_self_approval: bool = False  # the one door that such a rule opens


LINKS = {ANA.person.ref: [ANA_AGAIN.person.ref], ANA_THIRD.person.ref: [ANA_AGAIN.person.ref]}
IN_GROUP = actor("UANA", groups=frozenset({"SAPPROVE"}))
SIDE_DOORS = [
    SideDoor(name="the same account", facts=request(), opened_by_self_approval=True),
    SideDoor(name="asked again after a denial", facts=request(decided_by=frozenset({ANA.person.ref}))),
    SideDoor(name="asked for by somebody else", facts=request(OTHER, beneficiary=ANA), opened_by_self_approval=True),
    SideDoor(name="asked for somebody else", facts=request(beneficiary=OTHER), opened_by_self_approval=True),
    SideDoor(name="a second account", facts=request(linked=LINKS), clicker=ANA_AGAIN),
    SideDoor(name="a link noted the other way round", facts=request(ANA_AGAIN, linked=LINKS)),
    SideDoor(name="an account linked through another", facts=request(linked=LINKS), clicker=ANA_THIRD),
    SideDoor(name="for a second account", facts=request(OTHER, beneficiary=ANA_AGAIN, linked=LINKS)),
    SideDoor(name="through a user group", facts=request(IN_GROUP), clicker=IN_GROUP, opened_by_self_approval=True),
    SideDoor(name="after editing the rule", facts=request(editors={"r": ANA.person.ref})),
    SideDoor(
        name="after a second account edited the rule", facts=request(linked=LINKS, editors={"r": ANA_AGAIN.person.ref})
    ),
    SideDoor(
        name="a guest account of the same person",
        facts=request(linked=LINKS),
        clicker=actor("UANA2", kind=PersonKind.GUEST),
    ),
    SideDoor(
        name="twice with two accounts",
        facts=request(OTHER, linked=LINKS, decided_by=frozenset({ANA.person.ref})),
        clicker=ANA_AGAIN,
    ),
    SideDoor(name="as a bot", facts=request(), clicker=actor("UANA", kind=PersonKind.BOT)),
]
ROLES = ("approver by name", "approver by group", "default approver", "admin", "admin by settings", "escalated")


def with_role(role: str, needed: int, outcome: str, *, self_approval: bool) -> Policy:
    """A policy in which every account of Ana's has the role."""
    all_of_hers = ANYBODY if role == "approver by name" else approvers("UBOSS", "UOTHER", "SAPPROVE")
    step = EscalationStep(after=timedelta(minutes=1), approvers=ANYBODY)
    asks = outcome == "ask"
    one = rule(
        "r",
        outcome,
        approvers=approvers() if role == "default approver" else all_of_hers,
        approvals_needed=needed if asks else 1,
        self_approval=self_approval and asks,
        escalation=(step,) if role == "escalated" else (),
    )
    admins = frozenset({"UANA", "UANA2", "UANA3"})
    return policy(
        one,
        default=ANYBODY if role == "default approver" else approvers("UBOSS"),
        admins=admins if role == "admin" else frozenset(),
        settings_admins=admins if role == "admin by settings" else frozenset(),
    )


CASES = list(product(SIDE_DOORS, ROLES, (1, 2), ("ask", "allow")))


@pytest.mark.parametrize(
    ("side", "role", "needed", "outcome"), CASES, ids=[f"{s.name}-{r}-{n}-{o}" for s, r, n, o in CASES]
)
def test_nobody_approves_their_own_request(side: SideDoor, role: str, needed: int, outcome: str) -> None:
    rules = with_role(role, needed, outcome, self_approval=False)
    for later in (0, 2, 30):
        may = may_decide(side.facts, side.clicker, rules, NOW + timedelta(minutes=later))
        assert isinstance(may, MayNot)
        assert may.bar in (Bar.OWN_REQUEST, Bar.ALREADY_DECIDED, Bar.ACCOUNT)


@pytest.mark.parametrize("needed", [1, 2])
@pytest.mark.parametrize("side", SIDE_DOORS, ids=[side.name for side in SIDE_DOORS])
def test_self_approval_opens_one_door_only(side: SideDoor, needed: int) -> None:
    rules = with_role("approver by name", needed, "ask", self_approval=True)
    may = may_decide(side.facts, side.clicker, rules, NOW)
    assert isinstance(may, MayDecide) == side.opened_by_self_approval, may


def test_self_approval_is_for_approvers() -> None:
    rules = policy(rule("r", "ask", approvers=approvers("UBOSS"), self_approval=True))
    assert bar(may_decide(request(), ANA, rules, NOW)) is Bar.NOT_APPROVER


def test_who_edited_the_rule_last_is_told_so() -> None:
    rules = with_role("approver by name", 1, "ask", self_approval=True)
    assert bar(may_decide(request(editors={"r": ANA.person.ref}), ANA, rules, NOW)) is Bar.EDITED_RULE
    assert bar(may_decide(request(OTHER, editors={"r": ANA.person.ref}), ANA, rules, NOW)) is None


def test_an_approver_may_decide_for_others() -> None:
    rules = policy(rule("r", "ask", approvers=approvers("UBOSS", "UCHIEF"), approvals_needed=2))
    may = may_decide(request(), BOSS, rules, NOW)
    assert may == MayDecide(rule_id="r", rule_name="R", approvals_needed=2, as_admin=False)


def test_an_admin_may_step_in() -> None:
    rules = policy(rule("r", "ask", approvers=approvers("UBOSS")), settings_admins=frozenset({"UADMIN"}))
    may = may_decide(request(), actor("UADMIN"), rules, NOW)
    assert isinstance(may, MayDecide)
    assert may.as_admin


def test_todays_rules_count_not_the_cards() -> None:
    facts = request()
    assert bar(may_decide(facts, BOSS, policy(rule("r", "ask")), NOW)) is None
    assert bar(may_decide(facts, BOSS, policy(rule("r", "refuse")), NOW)) is Bar.RULES_REFUSE
    assert bar(may_decide(facts, BOSS, policy(rule("r", "refuse")), NOW, approving=False)) is None
    other = policy(rule("r", "ask", approvers=approvers("UCHIEF")))
    assert bar(may_decide(facts, BOSS, other, NOW)) is Bar.NOT_APPROVER


def test_a_request_of_somebody_who_has_left_cannot_be_approved() -> None:
    gone = request(actor("UANA", kind=PersonKind.DEACTIVATED))
    assert bar(may_decide(gone, BOSS, policy(rule("r", "ask")), NOW)) is Bar.RULES_REFUSE


def test_an_expired_request_cannot_be_decided() -> None:
    facts = request(expires_at=NOW + HOUR)
    rules = policy(rule("r", "ask"))
    assert bar(may_decide(facts, BOSS, rules, NOW + HOUR - timedelta(seconds=1))) is None
    assert bar(may_decide(facts, BOSS, rules, NOW + HOUR)) is Bar.EXPIRED


def test_a_time_that_is_over_cannot_be_approved() -> None:
    facts = request(action=Action.GUEST_CODE, window=window())
    assert bar(may_decide(facts, BOSS, policy(rule("r", "ask")), NOW + 3 * HOUR)) is Bar.RULES_REFUSE


def test_the_next_approvers_have_their_turn_when_it_comes() -> None:
    steps = (EscalationStep(after=HOUR, approvers=approvers("UCHIEF", "SCHIEFS")),)
    rules = policy(rule("r", "ask", approvers=approvers("UBOSS"), escalation=steps))
    facts, chief = request(), actor("UCHIEF")
    assert bar(may_decide(facts, chief, rules, NOW + HOUR / 2)) is Bar.NOT_YET
    assert bar(may_decide(facts, chief, rules, NOW + HOUR)) is None
    assert bar(may_decide(facts, actor("UX", groups=frozenset({"SCHIEFS"})), rules, NOW + HOUR)) is None
    assert deciders(facts, rules, NOW).people == ("UBOSS",)
    assert deciders(facts, rules, NOW + HOUR).people == ("UBOSS", "UCHIEF")


def test_unreadable_groups_approve_nothing() -> None:
    rules = policy(rule("r", "ask", approvers=approvers("S1")))
    assert bar(may_decide(request(), actor("UX", groups=frozenset({"S1"})), rules, NOW)) is None
    assert bar(may_decide(request(), actor("UX", groups=None), rules, NOW)) is Bar.GROUPS_UNKNOWN
    assert bar(may_decide(request(), actor("UX", groups=frozenset()), rules, NOW)) is Bar.NOT_APPROVER


def test_a_user_group_makes_no_guest_an_approver() -> None:
    rules = policy(rule("r", "ask", approvers=approvers("S1")))
    for kind in (PersonKind.GUEST, PersonKind.EXTERNAL):
        click = may_decide(request(), actor("UX", kind=kind, groups=frozenset({"S1"})), rules, NOW)
        assert bar(click) is Bar.ACCOUNT


def test_the_card_names_who_can_decide_and_not_who_asks() -> None:
    rules = policy(
        rule("r", "ask", approvers=approvers("UANA", "UBOSS", "UOTHER", "UANA2", "S1")),
        admins=frozenset({"UADMIN", "UANA"}),
    )
    facts = request(beneficiary=OTHER, linked=LINKS)
    found = deciders(facts, rules, NOW)
    assert (found.people, found.user_groups, found.admins) == (("UBOSS",), ("S1",), ("UADMIN",))


@pytest.mark.parametrize("outcome", list(Outcome))
def test_whoever_the_card_names_can_decide(outcome: Outcome) -> None:
    rules = policy(rule("r", outcome, approvers=ANYBODY), admins=frozenset({"UADMIN"}))
    for facts in (request(), request(beneficiary=OTHER), request(decided_by=frozenset({BOSS.person.ref}))):
        found = deciders(facts, rules, NOW)
        for user_id in (*found.people, *found.admins):
            may = may_decide(facts, actor(user_id), rules, NOW, approving=outcome is not Outcome.REFUSE)
            assert isinstance(may, MayDecide)


def test_links_between_accounts_go_both_ways_and_on() -> None:
    a, b, c, d = (PersonRef(team_id="T1", user_id=u) for u in "ABCD")
    linked = {a: [b], c: [b]}
    for one in (a, b, c):
        assert same_human(one, linked) == {a, b, c}
    assert same_human(d, linked) == {d}


def test_a_request_is_widened_rather_than_put_to_nobody() -> None:
    alone = rule("r", "ask", approvers=approvers("UANA"))
    facts = request()
    assert deciders(facts, policy(alone, default=approvers("UBOSS")), NOW).people == ("UBOSS",)
    rescued = policy(alone, default=approvers(), admins=frozenset({"UADMIN"}))
    assert deciders(facts, rescued, NOW).people == ("UADMIN",)
    nobody = policy(alone, default=approvers()).decide(facts.ask)
    assert "not enough people" in nobody.reason


def _rules_for_roles() -> tuple[Rule, ...]:
    return (
        rule(
            "a",
            "ask",
            approvers=approvers("UBOSS", "S1"),
            escalation=(EscalationStep(after=HOUR, approvers=approvers("UCHIEF")),),
        ),
        rule("b", "allow", who=people("UGUEST", "T9/UOUT")),
        rule("c", "refuse", who=people("UBARRED")),
        rule("d", "allow", who=Who(workspace_guests=True)),
    )


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        (actor("UADMIN"), {Role.ADMIN, Role.PERSON}),
        (actor("UROOT"), {Role.ADMIN, Role.PERSON}),
        (actor("UBOSS"), {Role.APPROVER, Role.PERSON}),
        (actor("UCHIEF"), {Role.APPROVER, Role.PERSON}),
        (actor("UDEFAULT"), {Role.APPROVER, Role.PERSON}),
        (actor("UX", groups=frozenset({"S1"})), {Role.APPROVER, Role.PERSON}),
        (actor("UX", groups=None), {Role.PERSON}),
        (actor("UX"), {Role.PERSON}),
        (actor("UANYGUEST", kind=PersonKind.GUEST), {Role.PERSON}),
        (actor("UOUT", kind=PersonKind.EXTERNAL, team_id="T9"), {Role.PERSON}),
        (actor("UBARRED", kind=PersonKind.EXTERNAL), set()),
        (actor("UADMIN", kind=PersonKind.BOT), set()),
        (actor("UADMIN", kind=PersonKind.DEACTIVATED), set()),
    ],
)  # fmt: skip
def test_roles_come_from_the_policy(who: Actor, roles: set[Role]) -> None:
    rules = policy(
        *_rules_for_roles(),
        default=approvers("UDEFAULT"),
        admins=frozenset({"UADMIN"}),
        settings_admins=frozenset({"UROOT"}),
    )
    assert roles_of(rules, who) == roles
    assert may_change_rules(rules, who) == (Role.ADMIN in roles)


def test_an_admin_named_in_the_settings_cannot_be_removed_by_a_file() -> None:
    old = policy(admins=frozenset({"UADMIN"}), settings_admins=frozenset({"UROOT"}))
    new = replace(old, admins=frozenset())
    assert isinstance(new.decide(ask(who=actor("UROOT"))), Allow)
    assert not isinstance(new.decide(ask(who=actor("UADMIN"))), Allow)
