"""The answers one by one: their words, their caps, and what stands beside the rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest

from bot.domain.model import Action, PersonKind
from bot.domain.policy.ask import Allow, Ask, AskApproval, Caps, Refuse
from bot.domain.policy.rule import Approvers, EscalationStep, Notify, Scope
from tests.domain.policy.world import HOUR, NOW, actor, approvers, ask, door, groups, people, policy, rule, window

TIMED = (Action.GUEST_CODE, Action.EXTEND)


def test_what_is_allowed_carries_its_rule_and_caps() -> None:
    rules = policy(rule("r", "allow", name="Office hours", daily_cap=3, max_length=4 * HOUR, max_ahead=72 * HOUR))
    assert rules.decide(ask(used_today=2)) == Allow(
        rule_id="r",
        rule_name="Office hours",
        reason="The rule “Office hours” allows it.",
        caps=Caps(daily_cap=3, used_today=2, max_length=4 * HOUR, max_ahead=72 * HOUR),
    )


def test_what_is_asked_carries_all_that_asking_needs() -> None:
    steps = (EscalationStep(after=HOUR, approvers=approvers("UCHIEF")),)
    rules = policy(
        rule(
            "r",
            "ask",
            name="Nights",
            approvers=approvers("UBOSS", "UCHIEF"),
            channel="C1",
            approvals_needed=2,
            reason_required=True,
            expires_after=2 * HOUR,
            remind_after=HOUR / 2,
            escalation=steps,
            break_glass=HOUR,
            notify=Notify(ping_approvers=False),
        )
    )
    assert rules.decide(ask()) == AskApproval(
        rule_id="r",
        rule_name="Nights",
        reason="The rule “Nights” says that 2 people have to approve it first.",
        approvers=approvers("UBOSS", "UCHIEF"),
        channel="C1",
        approvals_needed=2,
        self_approval=False,
        reason_required=True,
        expires_at=NOW + 2 * HOUR,
        remind_after=HOUR / 2,
        escalation=steps,
        ping_approvers=False,
        break_glass=HOUR,
    )


def test_without_a_rule_the_default_approvers_are_asked_in_the_default_channel() -> None:
    decision = policy(default=approvers("UBOSS"), default_channel="C9").decide(ask())
    assert isinstance(decision, AskApproval)
    assert (decision.rule_id, decision.approvers, decision.channel) == (None, approvers("UBOSS"), "C9")


def test_without_a_rule_and_without_approvers_it_is_refused_even_where_there_are_admins() -> None:
    decision = policy(default=Approvers(), admins=frozenset({"UADMIN"})).decide(ask())
    assert isinstance(decision, Refuse)
    assert "admin can add a rule" in decision.reason


@pytest.mark.parametrize(("used", "kind"), [(0, Allow), (1, Allow), (2, AskApproval), (9, AskApproval)])
def test_over_the_daily_cap_somebody_is_asked(used: int, kind: type) -> None:
    decision = policy(rule("r", "allow", daily_cap=2)).decide(ask(used_today=used))
    assert type(decision) is kind
    if kind is AskApproval:
        assert "2 times a day without asking, and that is used up" in decision.reason


def test_over_the_daily_cap_with_nobody_to_ask_it_is_refused() -> None:
    decision = policy(rule("r", "allow", daily_cap=0), default=Approvers()).decide(ask())
    assert isinstance(decision, Refuse)
    assert decision.rule_id == "r"


@pytest.mark.parametrize("action", TIMED)
def test_a_door_without_a_zone_takes_no_timed_code_even_from_an_admin(action: Action) -> None:
    rules = policy(rule("r", "allow"), admins=frozenset({"UADMIN"}))
    for who in (actor(), actor("UADMIN")):
        decision = rules.decide(ask(action, who, door=door(timezone=None)))
        assert isinstance(decision, Refuse)
        assert "time zone" in decision.reason


def test_a_door_without_a_zone_is_unlocked_where_no_hours_matter() -> None:
    nowhere = door(timezone=None)
    assert isinstance(policy(rule("r", "allow")).decide(ask(door=nowhere)), Allow)
    by_day = policy(rule("r", "allow", hours=("00:00-24:00",)), default=Approvers())
    decision = by_day.decide(ask(door=nowhere))
    assert isinstance(decision, Refuse)
    closed_at_night = policy(rule("r", "allow"), rule("n", "refuse", hours=("22:00-06:00",)))
    decision = closed_at_night.decide(ask(door=nowhere))
    assert isinstance(decision, Refuse)
    assert "time zone" in decision.reason


@pytest.mark.parametrize("action", TIMED)
def test_a_timed_code_needs_a_time(action: Action) -> None:
    assert isinstance(
        policy(rule("r", "allow")).decide(Ask(actor=actor(), action=action, door=door(), now=NOW)), Refuse
    )


@pytest.mark.parametrize("action", Action)
def test_a_time_that_is_over_is_refused(action: Action) -> None:
    over = window(-2 * HOUR, 2 * HOUR)
    decision = policy(rule("r", "allow")).decide(ask(action, window=over))
    assert isinstance(decision, Refuse)
    assert "already over" in decision.reason


def test_now_must_be_aware() -> None:
    with pytest.raises(ValueError):
        ask(now=datetime(2026, 3, 4, 9, 0))


@pytest.mark.parametrize(("scope", "outcome"), list(product(["d1", "d2"], ["allow", "ask", "refuse"])))
def test_unreadable_groups_take_the_strict_side_where_a_rule_depends_on_them(scope: str, outcome: str) -> None:
    grouped = rule("g", outcome, who=groups("S1"), scope=Scope(doors=frozenset({scope})))
    decision = policy(rule("all", "allow"), grouped).decide(ask(who=actor(groups=None)))
    matters = scope == "d1" and outcome != "allow"
    assert isinstance(decision, Allow) is not matters
    assert ("cannot see in Slack" in decision.reason) is matters


def test_a_rule_for_a_group_allows_nobody_while_the_group_is_unreadable() -> None:
    rules = policy(rule("g", "allow", who=groups("S1")), default=Approvers())
    decision = rules.decide(ask(who=actor(groups=None)))
    assert isinstance(decision, Refuse)
    assert "cannot see in Slack" in decision.reason


def test_unreadable_groups_do_not_matter_to_whom_a_rule_names() -> None:
    rules = policy(rule("me", "allow", who=people("UPERSON")), rule("g", "refuse", who=groups("S1")))
    assert isinstance(rules.decide(ask(who=actor(groups=None))), Allow)


def test_what_is_refused_to_somebody_by_name_is_not_got_through_another() -> None:
    rules = policy(rule("all", "allow"), rule("ben", "refuse", name="Not Ben", who=people("UBEN")))
    decision = rules.decide(ask(beneficiary=actor("UBEN")))
    assert isinstance(decision, Refuse)
    assert "Not Ben" in decision.reason
    assert isinstance(rules.decide(ask(beneficiary=actor("UCLEO"))), Allow)


def test_what_is_refused_to_a_group_is_not_got_through_another_while_the_group_is_unreadable() -> None:
    rules = policy(rule("all", "allow"), rule("g", "refuse", who=groups("S1")))
    for theirs in (frozenset({"S1"}), None):
        assert isinstance(rules.decide(ask(beneficiary=actor("UBEN", groups=theirs))), Refuse)
    assert isinstance(rules.decide(ask(beneficiary=actor("UBEN"))), Allow)


def test_a_host_may_ask_for_visitors_that_have_no_right_of_their_own() -> None:
    rules = policy(rule("hosts", "allow", who=groups("S1")))
    host = actor(groups=frozenset({"S1"}))
    for kind in (PersonKind.MEMBER, PersonKind.GUEST, PersonKind.EXTERNAL):
        assert isinstance(rules.decide(ask(who=host, beneficiary=actor("UBEN", kind=kind))), Allow)
    for kind in (PersonKind.BOT, PersonKind.DEACTIVATED):
        assert isinstance(rules.decide(ask(who=host, beneficiary=actor("UBEN", kind=kind))), Refuse)


def test_admins_work_every_door_but_hold_to_a_two_person_rule() -> None:
    admin, four = actor("UADMIN"), approvers("UBOSS", "UCHIEF", "UADMIN")
    for rules in ((), (rule("r", "refuse"),), (rule("r", "ask"),)):
        decision = policy(*rules, admins=frozenset({"UADMIN"})).decide(ask(who=admin))
        assert isinstance(decision, Allow)
        assert "admin" in decision.reason
    two = rule("two", "ask", approvers=four, approvals_needed=2)
    decision = policy(two, admins=frozenset({"UADMIN"})).decide(ask(who=admin))
    assert isinstance(decision, AskApproval)
    # A refusal on top of it does not open what two people guard.
    nobody = rule("no", "refuse", scope=Scope(doors=frozenset({"d1"})))
    assert isinstance(policy(two, nobody, admins=frozenset({"UADMIN"})).decide(ask(who=admin)), AskApproval)


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        (ask(), HOUR),
        (ask(Action.GUEST_CODE, window=window(timedelta(), HOUR)), HOUR),
        (ask(Action.GUEST_CODE, window=window(timedelta(), 2 * HOUR)), None),
        (ask(Action.GUEST_CODE, window=window(timedelta(), None)), None),
        (ask(Action.GUEST_CODE, window=window(20 * HOUR, HOUR)), None),
    ],
)
def test_break_glass_is_offered_for_what_is_short_and_soon(asked: Ask, offered: timedelta | None) -> None:
    decision = policy(rule("r", "ask", break_glass=HOUR)).decide(asked)
    assert isinstance(decision, AskApproval)
    assert decision.break_glass == offered


def test_break_glass_is_not_offered_on_a_guess() -> None:
    rules = policy(rule("r", "allow"), rule("t", "ask", who=groups("S2"), break_glass=HOUR))
    for theirs, offered in ((frozenset({"S2"}), HOUR), (None, None)):
        decision = rules.decide(ask(who=actor(groups=theirs)))
        assert isinstance(decision, AskApproval)
        assert decision.break_glass == offered


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        (ask(), HOUR),
        (ask(Action.GUEST_CODE, window=window(20 * HOUR, 24 * HOUR)), 24 * HOUR),
        (ask(Action.GUEST_CODE, window=window(HOUR, HOUR)), 2 * HOUR),
    ],
)
def test_a_request_expires_at_the_usual_time_or_when_its_window_ends(asked: Ask, after: timedelta) -> None:
    decision = policy(rule("r", "ask")).decide(asked)
    assert isinstance(decision, AskApproval)
    assert decision.expires_at == NOW + after


@pytest.mark.parametrize(
    ("allowing", "asked", "words"),
    [
        ({"hours": ("mon-fri 18:00-20:00",)}, ask(), "would allow it Mon-Fri 18:00-20:00 (Europe/Berlin time)"),
        ({"max_length": HOUR}, ask(Action.GUEST_CODE, window=window(HOUR, 5 * HOUR)), "up to 1 hour long"),
        ({"max_ahead": HOUR}, ask(Action.GUEST_CODE, window=window(30 * HOUR)), "up to 1 hour ahead"),
    ],
)
def test_who_just_misses_a_rule_is_told_what_would_do(allowing: dict[str, object], asked: Ask, words: str) -> None:
    near = rule("near", "allow", name="Near", **allowing)
    for rest in ((), (rule("no", "refuse"),)):
        assert words in policy(near, *rest).decide(asked).reason
        assert words in policy(near, *rest, default=Approvers()).decide(asked).reason
    door_is_shut = rule("no", "refuse", scope=Scope(doors=frozenset({"d1"})))
    assert "would allow" not in policy(near, door_is_shut).decide(asked).reason
