"""One change that an admin means to make: kept as text, applied to the rules, moved onto newer ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from bot.domain.errors import Refused
from bot.domain.policy.order import most_specific_first
from bot.domain.policy.policy import Policy
from bot.domain.policy.proposal import Proposal, What, new_rule_id
from bot.domain.policy.rule import Rule, Scope
from tests.domain.policy.world import HOUR, approvers, groups, people, policy, rule, rules

ONE, OTHER = rule("one"), rule("other")
BEFORE = policy(ONE, OTHER, admins=frozenset({"U1"}), version=3)


@given(rules())
def test_a_proposal_comes_back_from_its_text(drawn: Rule) -> None:
    for made in (
        Proposal.add_rule(drawn, based_on=3),
        Proposal.change_rule(drawn, based_on=0),
        Proposal.remove_rule(drawn.rule_id, based_on=7),
        Proposal.set_defaults(approvers("U1", "T9/U2", "S1"), "C1", based_on=1),
        Proposal.name_admin("U1", based_on=1),
        Proposal.drop_admin("T1/U1", based_on=1),
    ):
        assert Proposal.from_text(made.as_text()) == made


def test_each_kind_changes_just_what_it_says() -> None:
    new = rule("new")
    changed = replace(ONE, name="Changed")
    assert Proposal.add_rule(new, based_on=3).applied_to(BEFORE) == replace(BEFORE, rules=(ONE, OTHER, new))
    assert Proposal.change_rule(changed, based_on=3).applied_to(BEFORE) == replace(BEFORE, rules=(changed, OTHER))
    assert Proposal.remove_rule("one", based_on=3).applied_to(BEFORE) == replace(BEFORE, rules=(OTHER,))
    assert Proposal.name_admin("U2", based_on=3).applied_to(BEFORE).admins == {"U1", "U2"}
    defaults = Proposal.set_defaults(approvers("U9"), "C9", based_on=3).applied_to(BEFORE)
    assert (defaults.default_approvers, defaults.default_channel) == (approvers("U9"), "C9")
    two = replace(BEFORE, admins=frozenset({"U1", "U2"}))
    assert Proposal.drop_admin("U2", based_on=3).applied_to(two).admins == {"U1"}


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (Proposal.add_rule(ONE, based_on=3), "there already"),
        (Proposal.change_rule(rule("gone"), based_on=3), "somebody has removed it"),
        (Proposal.remove_rule("gone", based_on=3), "somebody has removed it"),
        (Proposal.name_admin("U1", based_on=3), "an admin already"),
        (Proposal.name_admin("USET", based_on=3), "an admin already"),
        (Proposal.drop_admin("U7", based_on=3), "no admin by now"),
        (Proposal.drop_admin("USET", based_on=3), "LATCHKEY_ADMINS"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(made: Proposal, why: str) -> None:
    with pytest.raises(Refused, match=why):
        made.applied_to(replace(BEFORE, settings_admins=frozenset({"USET"})))


def test_the_last_admin_stays() -> None:
    with pytest.raises(Refused, match="last admin"):
        Proposal.drop_admin("U1", based_on=3).applied_to(BEFORE)


def test_a_change_of_a_rule_that_is_gone_adds_it_again_when_it_is_made_anew() -> None:
    moved = Proposal.change_rule(ONE, based_on=3).moved_to(replace(BEFORE, rules=(OTHER,), version=5))
    assert (moved.what, moved.based_on) == (What.ADD, 5)
    stays = Proposal.change_rule(ONE, based_on=3).moved_to(replace(BEFORE, version=5))
    assert (stays.what, stays.based_on) == (What.CHANGE, 5)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Back door, nights", "back-door-nights-ab12"),
        ("Tür für Gäste", "tur-fur-gaste-ab12"),
        ("裏口", "rule-ab12"),
        ("x" * 80, f"{'x' * 50}-ab12"),
        ("---", "rule-ab12"),
    ],
)
def test_an_id_reads_like_the_name(name: str, made: str) -> None:
    assert new_rule_id(name, (), "ab12") == made


def test_an_id_that_is_taken_is_not_given_again() -> None:
    assert new_rule_id("Nights", {"nights-ab12"}, "ab12") == "nights-ab12-2"


def test_the_most_specific_rule_stands_first() -> None:
    door, site = Scope(doors=frozenset({"d1"})), Scope(sites=frozenset({"s1"}))
    wanted = [
        rule("door-and-name", scope=door, who=people("U1")),
        rule("door-and-group", scope=door, who=groups("S1")),
        rule("door", scope=door),
        rule("group", scope=Scope(door_groups=frozenset({"g1"}))),
        rule("site", scope=site),
        rule("hours", hours=("mon 08:00-10:00",)),
        rule("short", max_length=HOUR),
        rule("longer", max_length=2 * HOUR),
        rule("refuses", "refuse"),
        rule("asks", "ask"),
        rule("allows", "allow"),
    ]
    assert list(most_specific_first(reversed(wanted))) == wanted


def test_rules_that_say_the_same_stand_by_name_whatever_their_order() -> None:
    alike = [rule("b", name="B"), rule("a", name="a")]
    assert most_specific_first(alike) == most_specific_first(alike[::-1])
    assert Policy(rules=most_specific_first(alike)).rules[0].name == "a"
