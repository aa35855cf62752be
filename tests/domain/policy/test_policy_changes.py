"""What a change changes, and whom a rule touches."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import Phase, given, settings

from bot.domain.model import PersonKind
from bot.domain.policy.changes import ChangeKind, diff, preview
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Rule, Scope, Who
from bot.domain.policy.words import FIELDS, say_rule
from tests.domain.policy.world import HOUR, actor, approvers, full_policies, groups, policy, rule

FEW = settings(max_examples=50, deadline=None, phases=set(Phase) - {Phase.explain})


def test_every_field_of_a_rule_has_words() -> None:
    assert set(FIELDS) == {f.name for f in fields(Rule)} - {"rule_id"}


@FEW
@given(full_policies())
def test_a_policy_does_not_differ_from_itself_in_another_order(one: Policy) -> None:
    assert diff(one, replace(one, rules=one.rules[::-1], version=one.version + 1)) == ()


@FEW
@given(full_policies(), full_policies())
def test_two_policies_that_differ_have_changes_that_say_how(old: Policy, new: Policy) -> None:
    changes = diff(old, new)
    same = {r.rule_id: r for r in old.rules} == {r.rule_id: r for r in new.rules} and (
        (old.admins, old.default_approvers, old.default_channel)
        == (new.admins, new.default_approvers, new.default_channel)
    )
    assert (changes == ()) is same
    for change in changes:
        assert change.sentence
        assert change.before != change.after


def test_a_new_rule_a_removed_one_and_a_changed_one() -> None:
    old = policy(rule("gone", "refuse", name="Gone"), rule("kept", "allow", name="Kept", hours=("08:00-18:00",)))
    new = policy(rule("kept", "ask", name="Kept", hours=("08:00-20:00",)), rule("new", "allow", name="New"))
    found = {(c.rule_id, c.field): c for c in diff(old, new)}
    assert found[("gone", None)].kind is ChangeKind.REMOVED
    assert found[("new", None)].kind is ChangeKind.ADDED
    assert found[("new", None)].sentence == "New rule “New”: everyone may do everything at every door"
    assert found[("kept", "hours")].sentence == "Rule “Kept”, hours: 08:00-18:00 → 08:00-20:00"
    assert found[("kept", "outcome")].before == "allowed"
    assert found[("kept", "outcome")].after == "allowed once somebody approves"
    assert len(found) == 4


def test_changes_of_admins_and_defaults_come_first() -> None:
    old = policy(default=Approvers())
    new = policy(rule("new"), default=approvers("UBOSS"), admins=frozenset({"UADMIN"}), default_channel="C1")
    assert [c.sentence for c in diff(old, new)][:3] == [
        "The admins: nobody → UADMIN",
        "The default approvers: nobody → UBOSS",
        "The default channel: none → C1",
    ]


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (
            rule("r", "refuse", scope=Scope(sites=frozenset({"Berlin"})), who=groups("S1")),
            "user group S1 may not do everything at site Berlin",
        ),
        (
            rule("r", "ask", approvals_needed=2, max_length=4 * HOUR, hours=("mon-fri 08:00-18:00",)),
            "everyone may do everything at every door; once 2 approve; hours: Mon-Fri 08:00-18:00; longest: 4 hours",
        ),
    ],
)
def test_a_rule_in_one_sentence(one: Rule, sentence: str) -> None:
    assert say_rule(one) == sentence


def test_a_preview_names_whom_the_rule_touches_and_whom_it_cannot_tell() -> None:
    people = [
        actor("UZOE", groups=frozenset({"S1"})),
        actor("UANA", groups=frozenset({"S1"})),
        actor("UBEN"),
        actor("UCLEO", groups=None),
        actor("UGUEST", kind=PersonKind.GUEST, groups=frozenset({"S1"})),
        actor("UBOT", kind=PersonKind.BOT, groups=frozenset({"S1"})),
    ]
    found = preview(rule(who=groups("S1")), people)
    assert [p.user_id for p in found.touched] == ["UANA", "UZOE"]
    assert [p.user_id for p in found.unknown] == ["UCLEO"]
    everyone = preview(rule(who=Who(everyone=True, user_groups=frozenset({"S1"}))), people)
    assert [p.user_id for p in everyone.touched] == ["UANA", "UBEN", "UCLEO", "UZOE"]
    assert everyone.unknown == ()
