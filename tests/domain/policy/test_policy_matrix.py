"""The authorization matrix: every kind of actor, every action, every outcome of a rule (issue 4, accepted when 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.domain.model import Action, PersonKind
from bot.domain.policy.ask import Actor, Allow, AskApproval, Decision, Refuse
from bot.domain.policy.deciders import MayDecide, RequestFacts, may_decide
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import EVERY_ACTION, Approvers, Outcome, Who
from tests.domain.policy.world import NOW, actor, approvers, ask, policy, rule

ACTORS: dict[str, Actor] = {
    "admin": actor("UADMIN"),
    "approver": actor("UBOSS"),
    "person": actor("UPERSON"),
    "requester": actor("UASKED"),
    "guest account": actor("UGUEST", kind=PersonKind.GUEST),
    "external": actor("UOUT", kind=PersonKind.EXTERNAL, team_id="T9"),
    "bot": actor("UBOT", kind=PersonKind.BOT),
    "deactivated": actor("UGONE", kind=PersonKind.DEACTIVATED),
}
OUTSIDERS = ("guest account", "external", "bot", "deactivated")

# What each actor meets, by what the rule says: a rule for everyone, and one that names them in person.
NO, ASKS, YES = Refuse, AskApproval, Allow
FOR_EVERYONE: dict[str, dict[str, type[Decision]]] = {
    "allow": {"admin": YES, "approver": YES, "person": YES, "requester": YES} | dict.fromkeys(OUTSIDERS, NO),
    "ask": {"admin": YES, "approver": ASKS, "person": ASKS, "requester": ASKS} | dict.fromkeys(OUTSIDERS, NO),
    "refuse": {"admin": YES, "approver": NO, "person": NO, "requester": NO} | dict.fromkeys(OUTSIDERS, NO),
    "no rule": {"admin": YES, "approver": ASKS, "person": ASKS, "requester": ASKS} | dict.fromkeys(OUTSIDERS, NO),
    "no rule, no approvers": {"admin": YES} | dict.fromkeys(set(ACTORS) - {"admin"}, NO),
    "two-person rule": {"admin": ASKS, "approver": ASKS, "person": ASKS, "requester": ASKS}
    | dict.fromkeys(OUTSIDERS, NO),
}
NAMED = {
    outcome: row | ({who: {"allow": YES, "ask": ASKS}.get(outcome, NO) for who in ("guest account", "external")})
    for outcome, row in FOR_EVERYONE.items()
    if outcome in ("allow", "ask", "refuse")
}
# Reading the log is in no rule that does not name it: tests/domain/policy/test_log_rights.py.
ACTIONS = [action for action in Action if action in EVERY_ACTION]
EVERYBODY = Who(people=frozenset(f"{a.person.team_id}/{a.person.user_id}" for a in ACTORS.values()))


def _policy(outcome: str, who: Who) -> Policy:
    if outcome in set(Outcome):
        return policy(rule("r", outcome, who=who), admins=frozenset({"UADMIN"}))
    if outcome == "two-person rule":
        two = rule("r", "ask", who=who, approvals_needed=2, approvers=approvers("UBOSS", "UCHIEF", "UPERSON", "U5"))
        return policy(two, admins=frozenset({"UADMIN"}))
    default = Approvers() if outcome == "no rule, no approvers" else approvers("UBOSS", "UCHIEF")
    return policy(admins=frozenset({"UADMIN"}), default=default)


@pytest.mark.parametrize(("name", "action", "outcome"), list(product(ACTORS, ACTIONS, FOR_EVERYONE)))
def test_what_a_rule_for_everyone_says(name: str, action: Action, outcome: str) -> None:
    if name == "approver" and outcome == "ask":
        # The only approver cannot ask themselves; an admin is asked instead.
        decision = _policy(outcome, Who(everyone=True)).decide(ask(action, ACTORS[name]))
        assert isinstance(decision, AskApproval)
        assert "UADMIN" in decision.approvers.people
    decision = _policy(outcome, Who(everyone=True)).decide(ask(action, ACTORS[name]))
    assert type(decision) is FOR_EVERYONE[outcome][name], decision


@pytest.mark.parametrize(("name", "action", "outcome"), list(product(ACTORS, ACTIONS, NAMED)))
def test_what_a_rule_says_that_names_them_in_person(name: str, action: Action, outcome: str) -> None:
    decision = _policy(outcome, EVERYBODY).decide(ask(action, ACTORS[name]))
    assert type(decision) is NAMED[outcome][name], decision


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", ACTORS)
def test_a_rule_for_the_workspaces_guests_lets_in_guests_alone(name: str, action: Action) -> None:
    rules = policy(rule("r", "allow", who=Who(workspace_guests=True)), default=Approvers())
    assert isinstance(rules.decide(ask(action, ACTORS[name])), Allow) == (name == "guest account")


@pytest.mark.parametrize(("name", "action", "outcome"), list(product(ACTORS, ACTIONS, FOR_EVERYONE)))
def test_who_may_decide_what_was_asked(name: str, action: Action, outcome: str) -> None:
    rules = _policy(outcome, Who(everyone=True))
    request = RequestFacts(ask=ask(action, ACTORS["requester"]), asked_at=NOW, expires_at=NOW + timedelta(hours=1))
    asked_today = not isinstance(rules.decide(request.ask), Refuse)
    listed = {"admin"} | ({"approver"} if outcome != "no rule, no approvers" else set())
    listed |= {"person"} if outcome == "two-person rule" else set()
    may = may_decide(request, ACTORS[name], rules, NOW)
    assert isinstance(may, MayDecide) == (asked_today and name in listed), may
    denies = may_decide(request, ACTORS[name], rules, NOW, approving=False)
    assert isinstance(denies, MayDecide) == (name in listed), denies


@pytest.mark.parametrize("name", ACTORS)
def test_being_named_as_approver_helps_guests_and_outsiders_but_no_bots(name: str) -> None:
    everybody = Approvers(people=EVERYBODY.people)
    rules = policy(rule("r", "ask", approvers=everybody))
    request = RequestFacts(ask=ask(who=ACTORS["requester"]), asked_at=NOW, expires_at=NOW + timedelta(hours=1))
    may = may_decide(request, ACTORS[name], rules, NOW)
    assert isinstance(may, MayDecide) == (name not in ("requester", "bot", "deactivated"))


@pytest.mark.parametrize("action", ACTIONS)
def test_somebody_elsewhere_with_the_same_user_id_is_somebody_else(action: Action) -> None:
    rules = policy(rule("r", "allow", who=Who(people=frozenset({"UPERSON"}))), admins=frozenset({"UPERSON"}))
    twin = actor("UPERSON", kind=PersonKind.EXTERNAL, team_id="T9")
    assert isinstance(rules.decide(ask(action, actor("UPERSON"))), Allow)
    assert isinstance(rules.decide(ask(action, twin)), Refuse)


@pytest.mark.parametrize("kind", list(PersonKind))
def test_only_a_member_can_be_an_admin(kind: PersonKind) -> None:
    rules = policy(admins=frozenset({"UADMIN", "T1/UADMIN"}), default=Approvers())
    decision = rules.decide(ask(who=replace(actor("UADMIN"), person=actor("UADMIN", kind=kind).person)))
    assert isinstance(decision, Allow) == (kind is PersonKind.MEMBER)
