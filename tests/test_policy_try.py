"""What `policy test` prints."""

from __future__ import annotations

from bot.domain.policy.rule import EscalationStep
from bot.policy_try import explain
from tests.domain.policy.world import HOUR, approvers, ask, policy, rule


def test_what_is_allowed_is_explained_with_its_caps() -> None:
    rules = policy(rule("r", "allow", name="Days", daily_cap=3, max_length=4 * HOUR, max_ahead=48 * HOUR))
    assert explain(rules.decide(ask(used_today=1))) == (
        "allow: The rule “Days” allows it.\n"
        "  rule: Days (r)\n"
        "  today: 1 of 3 used without asking\n"
        "  longest: 4 hours\n"
        "  at most 2 days ahead"
    )


def test_what_is_asked_is_explained_with_who_decides() -> None:
    steps = (EscalationStep(after=HOUR, approvers=approvers("UCHIEF")),)
    asking = rule(
        "r",
        "ask",
        name="Nights",
        approvers=approvers("UBOSS", "S1"),
        approvals_needed=2,
        self_approval=True,
        reason_required=True,
        expires_after=2 * HOUR,
        remind_after=HOUR / 2,
        escalation=steps,
        break_glass=HOUR,
        channel="C1",
    )
    assert explain(policy(asking).decide(ask())) == (
        "ask: The rule “Nights” says that 2 people have to approve it first.\n"
        "  rule: Nights (r)\n"
        "  who decides: UBOSS, user group S1 (2 of them)\n"
        "  where: C1\n"
        "  until: 2026-03-04 11:00 UTC\n"
        "  a reason is required\n"
        "  an approver may approve their own request\n"
        "  reminder after 30 minutes\n"
        "  after 1 hour also: UCHIEF\n"
        "  break-glass: act now, up to 1 hour, reviewed afterwards"
    )


def test_what_is_refused_is_explained_without_a_rule_id_where_no_rule_says_it() -> None:
    assert explain(policy(default=approvers()).decide(ask())).splitlines()[1] == "  rule: no rule"
    assert explain(policy(rule("r", "refuse")).decide(ask())).startswith("refuse: The rule “R” does not allow it.")
