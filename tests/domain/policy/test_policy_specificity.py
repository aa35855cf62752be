"""Which of two rules decides. Each row: the more specific one, the less specific one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.model import Action, PersonKind
from bot.domain.policy.ask import Allow, AskApproval, Refuse
from bot.domain.policy.rule import Outcome, Rule, Scope, Who
from tests.domain.policy.world import EVERYONE, HOUR, actor, approvers, ask, groups, people, policy, rule, window

BY_DOOR, BY_GROUP = Scope(doors=frozenset({"d1"})), Scope(door_groups=frozenset({"g1"}))
BY_SITE, ANYWHERE = Scope(sites=frozenset({"s1"})), Scope(everything=True)
ME, MY_GROUP = people("UPERSON"), groups("S1")
WEEK = ("00:00-24:00",)

PAIRS = [
    ("door before group", {"scope": BY_DOOR}, {"scope": BY_GROUP}),
    ("door before site", {"scope": BY_DOOR}, {"scope": BY_SITE}),
    ("door before everything", {"scope": BY_DOOR}, {"scope": ANYWHERE}),
    ("group before site", {"scope": BY_GROUP}, {"scope": BY_SITE}),
    ("group before everything", {"scope": BY_GROUP}, {"scope": ANYWHERE}),
    ("site before everything", {"scope": BY_SITE}, {"scope": ANYWHERE}),
    ("person before user group", {"who": ME}, {"who": MY_GROUP}),
    ("person before everyone", {"who": ME}, {"who": EVERYONE}),
    ("user group before everyone", {"who": MY_GROUP}, {"who": EVERYONE}),
    ("hours before always", {"hours": WEEK}, {}),
    ("short before long", {"max_length": 2 * HOUR}, {"max_length": 4 * HOUR}),
    ("short before any length", {"max_length": 2 * HOUR}, {}),
    ("soon before later", {"max_ahead": 2 * HOUR}, {"max_ahead": 4 * HOUR}),
    ("soon before any time", {"max_ahead": 2 * HOUR}, {}),
    ("door before person", {"scope": BY_DOOR}, {"scope": BY_GROUP, "who": ME}),
    ("person before hours", {"who": ME}, {"who": MY_GROUP, "hours": WEEK}),
    ("hours before length", {"hours": WEEK}, {"max_length": HOUR}),
    ("length before ahead", {"max_length": HOUR}, {"max_ahead": HOUR}),
    (
        "the most specific of several doors counts",
        {"scope": replace(BY_SITE, doors=frozenset({"d1"}))},
        {"scope": BY_GROUP},
    ),
    (
        "the most specific of several people counts",
        {"who": replace(EVERYONE, people=frozenset({"UPERSON"}))},
        {"who": MY_GROUP},
    ),
]
VERDICTS = {Outcome.ALLOW: Allow, Outcome.ASK: AskApproval, Outcome.REFUSE: Refuse}


@pytest.mark.parametrize("outcomes", [("allow", "refuse"), ("refuse", "allow"), ("ask", "allow"), ("allow", "ask")])
@pytest.mark.parametrize(("strong", "weak"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_the_more_specific_rule_decides(
    strong: dict[str, object], weak: dict[str, object], outcomes: tuple[str, str]
) -> None:
    question = ask(Action.GUEST_CODE, actor(groups=frozenset({"S1"})))
    first, second = rule("strong", outcomes[0], **strong), rule("weak", outcomes[1], **weak)
    decision = policy(second, first).decide(question)
    assert type(decision) is VERDICTS[Outcome(outcomes[0])]
    assert decision.rule_id == "strong"


@pytest.mark.parametrize(
    ("one", "other", "stricter"),
    [
        ("allow", "ask", "ask"),
        ("allow", "refuse", "refuse"),
        ("ask", "refuse", "refuse"),
    ],
)
def test_a_tie_goes_to_the_stricter(one: str, other: str, stricter: str) -> None:
    for scope in (ANYWHERE, BY_SITE, BY_GROUP, BY_DOOR):
        rules = policy(rule("a", one, scope=scope), rule("b", other, scope=scope))
        assert type(rules.decide(ask())) is VERDICTS[Outcome(stricter)]


@pytest.mark.parametrize(
    ("stricter", "milder"),
    [
        ({"approvals_needed": 2}, {}),
        ({}, {"self_approval": True}),
        ({"reason_required": True}, {}),
        ({}, {"break_glass": HOUR}),
    ],
)
def test_of_two_rules_that_ask_the_stricter_decides(stricter: dict[str, object], milder: dict[str, object]) -> None:
    some = approvers("UBOSS", "UCHIEF")
    rules = policy(rule("a", "ask", approvers=some, **stricter), rule("b", "ask", approvers=some, **milder))
    assert rules.decide(ask()).rule_id == "a"


def ladder() -> tuple[Rule, ...]:
    return (
        rule("short", "allow", max_length=4 * HOUR),
        rule("day", "ask", max_length=24 * HOUR),
        rule("longer", "refuse"),
    )


@pytest.mark.parametrize(
    ("hours", "rule_id"), [(1, "short"), (4, "short"), (5, "day"), (24, "day"), (25, "longer"), (None, "longer")]
)
def test_lengths_make_a_ladder(hours: int | None, rule_id: str) -> None:
    length = None if hours is None else timedelta(hours=hours)
    decision = policy(*ladder()).decide(ask(Action.GUEST_CODE, window=window(length=length)))
    assert decision.rule_id == rule_id


def test_an_act_now_has_no_length_and_fits_every_limit() -> None:
    assert policy(*ladder()).decide(ask(Action.UNLOCK)).rule_id == "short"


def test_a_user_group_does_not_bring_in_guests() -> None:
    guest = actor(kind=PersonKind.GUEST, groups=frozenset({"S1"}))
    assert isinstance(policy(rule("r", "allow", who=MY_GROUP)).decide(ask(who=guest)), Refuse)


def test_a_rule_about_nobody_applies_to_nobody() -> None:
    assert policy(rule("r", "allow", who=Who())).decide(ask()).rule_id is None
