"""Facts that hold for every policy, every person and every door."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.model import PersonKind
from bot.domain.policy.ask import Actor, Allow, Ask, AskApproval, Decision, Refuse
from bot.domain.policy.deciders import MayDecide, MayNot, RequestFacts, deciders, may_decide
from bot.domain.policy.ids import named
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Outcome, Rule
from tests.domain.policy.world import actor, actors, asks, lean_rules, moments, policies

# Without the explain phase: it traces every line, and a failure should be reported before the test's timeout.
MANY = settings(max_examples=200, deadline=None, phases=set(Phase) - {Phase.explain})


def openness(decision: Decision) -> int:
    return (Refuse, AskApproval, Allow).index(type(decision))


@MANY
@given(policies(), asks())
def test_every_question_has_an_answer_with_a_reason(policy: Policy, ask: Ask) -> None:
    decision = policy.decide(ask)
    assert decision.reason.strip()
    assert decision.rule_name.strip()
    if decision.rule_id is not None:
        assert policy.rule(decision.rule_id) is not None


@MANY
@given(policies(), asks())
def test_nobody_but_an_admin_is_allowed_by_no_rule(policy: Policy, ask: Ask) -> None:
    decision = policy.decide(ask)
    if isinstance(decision, Allow) and not policy.is_admin(ask.actor.person):
        assert decision.rule_id is not None
        allowing = policy.rule(decision.rule_id)
        assert allowing is not None
        assert allowing.outcome is Outcome.ALLOW
        assert ask.action in allowing.actions


@MANY
@given(policies(admins=False), asks())
def test_without_rules_that_allow_nothing_is_allowed(policy: Policy, ask: Ask) -> None:
    strict = replace(policy, rules=tuple(r for r in policy.rules if r.outcome is not Outcome.ALLOW))
    assert not isinstance(strict.decide(ask), Allow)


@MANY
@given(policies(), lean_rules(rule_id="added-rule", outcome=Outcome.REFUSE), asks())
def test_adding_a_rule_that_refuses_never_allows_more(policy: Policy, added: Rule, ask: Ask) -> None:
    stricter = replace(policy, rules=(*policy.rules, added))
    assert openness(stricter.decide(ask)) <= openness(policy.decide(ask))


@MANY
@given(policies(), asks(), st.randoms(use_true_random=False))
def test_the_order_of_rules_never_matters(policy: Policy, ask: Ask, random: object) -> None:
    shuffled = list(policy.rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert replace(policy, rules=tuple(shuffled)).decide(ask) == policy.decide(ask)


@MANY
@given(lean_rules(rule_id="one"), st.sampled_from(Outcome), asks())
def test_of_two_rules_equal_but_for_the_outcome_the_stricter_holds(one: Rule, other: Outcome, ask: Ask) -> None:
    # Only what does not depend on the outcome, so that the twin is as valid as the rule.
    one = replace(one, max_length=None, max_ahead=None, daily_cap=None, break_glass=None)
    twin = replace(one, rule_id="two", outcome=other)
    boss = Approvers(people=frozenset({"U8", "U9"}))
    both = Policy(rules=(one, twin), default_approvers=boss).decide(ask)
    each = [Policy(rules=(r,), default_approvers=boss).decide(ask) for r in (one, twin)]
    assert openness(both) == min(openness(decision) for decision in each)


@MANY
@given(policies(), asks())
def test_not_knowing_the_user_groups_never_opens_anything(policy: Policy, ask: Ask) -> None:
    blind = replace(ask, actor=replace(ask.actor, groups=None))
    assert openness(policy.decide(blind)) <= openness(policy.decide(ask))


@MANY
@given(policies(), asks())
def test_not_knowing_the_zone_never_opens_anything(policy: Policy, ask: Ask) -> None:
    blind = replace(ask, door=replace(ask.door, timezone=None))
    assert openness(policy.decide(blind)) <= openness(policy.decide(ask))


@MANY
@given(policies(), asks())
def test_asking_for_a_part_of_the_time_is_never_refused_where_the_whole_is_allowed(policy: Policy, ask: Ask) -> None:
    window = ask.window
    if window is None or window.length is None or not isinstance(policy.decide(ask), Allow):
        return
    half = replace(window, ends_at=window.starts_at + window.length / 2)
    # A shorter time may fall under a narrower rule; with the limits out of the way it cannot.
    plain = replace(policy, rules=tuple(replace(r, max_length=None, max_ahead=None) for r in policy.rules))
    if isinstance(plain.decide(ask), Allow) and half.ends_at is not None and half.ends_at > ask.now:
        assert isinstance(plain.decide(replace(ask, window=half)), Allow)


@MANY
@given(policies(), asks(), st.sampled_from([PersonKind.BOT, PersonKind.DEACTIVATED]))
def test_bots_and_deactivated_accounts_are_always_refused(policy: Policy, ask: Ask, kind: PersonKind) -> None:
    gone = replace(ask.actor, person=replace(ask.actor.person, kind=kind))
    assert isinstance(policy.decide(replace(ask, actor=gone)), Refuse)


@MANY
@given(policies(), asks(), st.sampled_from([PersonKind.GUEST, PersonKind.EXTERNAL]))
def test_guests_and_outsiders_get_in_only_where_a_rule_names_them(policy: Policy, ask: Ask, kind: PersonKind) -> None:
    outsider = replace(ask.actor.person, kind=kind)
    decision = policy.decide(replace(ask, actor=replace(ask.actor, person=outsider)))
    if isinstance(decision, Refuse):
        return
    assert decision.rule_id is not None
    deciding = policy.rule(decision.rule_id)
    assert deciding is not None
    assert named(outsider, deciding.who.people) or (kind is PersonKind.GUEST and deciding.who.workspace_guests)


@MANY
@given(policies(), asks())
def test_an_approval_can_be_given_by_somebody_else(policy: Policy, ask: Ask) -> None:
    decision = policy.decide(ask)
    if isinstance(decision, AskApproval) and not decision.self_approval:
        others = decision.approvers.people - {ask.actor.person.user_id, f"T1/{ask.actor.person.user_id}"}
        assert others or decision.approvers.user_groups


@MANY
@given(policies(), asks())
def test_a_request_expires_at_the_latest_when_its_time_is_over(policy: Policy, ask: Ask) -> None:
    decision = policy.decide(ask)
    if isinstance(decision, AskApproval):
        assert decision.expires_at > ask.now
        if ask.window is not None and ask.window.ends_at is not None:
            assert decision.expires_at <= ask.window.ends_at


@MANY
@given(policies(), asks())
def test_an_admin_is_never_stopped_by_one_rule_but_by_a_two_person_rule(policy: Policy, ask: Ask) -> None:
    boss = replace(policy, settings_admins=frozenset({"UADMIN"}))
    decision = boss.decide(replace(ask, actor=actor("UADMIN"), beneficiary=None))
    if isinstance(decision, AskApproval):
        assert decision.approvals_needed > 1
    if isinstance(decision, Refuse) and decision.rule_id is not None:
        assert "not enough people" in decision.reason


@MANY
@given(policies(), asks(), actors, moments, st.booleans())
def test_a_click_always_has_an_answer_and_never_decides_ones_own_request(
    policy: Policy, ask: Ask, clicker: Actor, now: datetime, approving: bool
) -> None:
    facts = RequestFacts(ask=ask, asked_at=ask.now, expires_at=datetime(2100, 1, 1, tzinfo=ask.now.tzinfo))
    may = may_decide(facts, clicker, policy, now, approving=approving)
    deciders(facts, policy, now)
    if isinstance(may, MayNot):
        assert may.reason
        return
    involved = [a.person.ref for a in (ask.actor, ask.beneficiary) if a is not None]
    deciding = None if may.rule_id is None else policy.rule(may.rule_id)
    assert clicker.person.ref not in involved or (deciding is not None and deciding.self_approval)


@MANY
@given(policies(admins=False), asks(), actors, moments)
def test_who_the_rules_do_not_name_decides_nothing(policy: Policy, ask: Ask, clicker: Actor, now: datetime) -> None:
    stranger = replace(clicker, person=replace(clicker.person, user_id="USTRANGER"), groups=frozenset())
    facts = RequestFacts(ask=ask, asked_at=ask.now, expires_at=datetime(2100, 1, 1, tzinfo=ask.now.tzinfo))
    assert not isinstance(may_decide(facts, stranger, policy, now), MayDecide)
