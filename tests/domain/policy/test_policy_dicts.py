"""Rules as dicts: there and back, strictly."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.policy.as_dict import policy_to_dict, rule_to_dict
from bot.domain.policy.checks import PolicyProblems
from bot.domain.policy.durations import format_duration, parse_duration, say_duration
from bot.domain.policy.from_dict import RULE_KEYS, policy_from_dict, rule_from_dict
from bot.domain.policy.rule import Rule
from tests.domain.policy.world import lengths, rule, rules

SOME = settings(max_examples=100, deadline=None, phases=set(Phase) - {Phase.explain})
PLAIN: dict[str, object] = {"id": "r", "name": "R", "outcome": "allow", "everything": True, "who": ["everyone"]}
ASKING = PLAIN | {"outcome": "ask", "approvers": ["U1", "U2", "U3"]}


@SOME
@given(rules())
def test_a_rule_comes_back_from_json_as_it_went(one: Rule) -> None:
    assert rule_from_dict(json.loads(json.dumps(rule_to_dict(one)))) == one


@SOME
@given(rules())
def test_every_key_that_is_written_is_known(one: Rule) -> None:
    assert set(rule_to_dict(one)) <= RULE_KEYS


def test_a_plain_rule_is_a_short_dict() -> None:
    assert rule_to_dict(rule("r", "allow")) == PLAIN


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"id": "No Spaces"}, "id"),
        ({"name": ""}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"outcome": "maybe"}, "outcome"),
        ({"everything": 1}, "everything"),
        ({"everything": False}, ""),
        ({"doors": ["d1"]}, "everything"),
        ({"doors": "d1"}, "doors"),
        ({"doors": ["d1", "d1"]}, "doors.1"),
        ({"sites": [" "]}, "sites.0"),
        ({"who": []}, "who"),
        ({"who": ["@ana"]}, "who.0"),
        ({"who": ["ana@example.com"]}, "who.0"),
        ({"who": [7]}, "who.0"),
        ({"actions": []}, "actions"),
        ({"actions": ["open"]}, "actions.0"),
        ({"hours": ["8-18"]}, "hours.0"),
        ({"max_length": "-1h"}, "max_length"),
        ({"max_length": "0h"}, "max_length"),
        ({"max_length": "soon"}, "max_length"),
        ({"max_length": 4}, "max_length"),
        ({"max_length": "99999d"}, "max_length"),
        ({"channel": "#doors"}, "channel"),
        ({"approvals_needed": 0}, "approvals_needed"),
        ({"approvals_needed": 4}, "approvals_needed"),
        ({"approvals_needed": True}, "approvals_needed"),
        ({"approvals_needed": 2, "approvers": ["U1", "T1/U1"]}, "approvals_needed"),
        ({"daily_cap": -1}, "daily_cap"),
        ({"reminders": ["1h", "1d"]}, "reminders"),
        ({"reminders": ["1h", "60m"]}, "reminders"),
        ({"break_glass": "1h"}, "break_glass"),
        ({"color": "red"}, "color"),
        ({"escalation": [{"after": "1h"}]}, "escalation.0"),
        ({"escalation": [{"after": "1h", "approvers": []}]}, "escalation.0.approvers"),
        ({"escalation": ["1h"]}, "escalation.0"),
        ({"outcome": "refuse", "max_length": "1h"}, "max_length"),
        ({"outcome": "refuse", "self_approval": True}, "self_approval"),
        (ASKING | {"daily_cap": 1}, "daily_cap"),
        (ASKING | {"expires_after": "1h", "remind_after": "1h"}, "remind_after"),
        (
            ASKING | {"expires_after": "1h", "escalation": [{"after": "2h", "approvers": ["U4"]}]},
            "escalation.0.after",
        ),
        (
            ASKING | {"escalation": [{"after": "2h", "approvers": ["U4"]}, {"after": "1h", "approvers": ["U5"]}]},
            "escalation.1.after",
        ),
    ],
)
def test_one_mistake_is_one_problem_in_its_place(broken: dict[str, object], path: str) -> None:
    with pytest.raises(PolicyProblems) as caught:
        rule_from_dict(PLAIN | broken)
    assert [".".join(map(str, p.path)) for p in caught.value.problems] == [path]
    assert all(p.message and p.fix for p in caught.value.problems)
    assert str(caught.value)


@pytest.mark.parametrize("key", ["id", "name", "outcome", "who", "everything"])
def test_what_is_missing_is_said(key: str) -> None:
    with pytest.raises(PolicyProblems) as caught:
        rule_from_dict({k: v for k, v in PLAIN.items() if k != key})
    assert [p.missing for p in caught.value.problems] == [True]


@pytest.mark.parametrize("tables", [{"rule": {}}, {"rule": ["x"]}, {"defaults": 3}, {"rule": [3]}, {"version": -1}])
def test_a_policy_of_another_shape_is_refused(tables: dict[str, object]) -> None:
    with pytest.raises(PolicyProblems):
        policy_from_dict(tables)


def test_an_empty_policy_is_a_policy() -> None:
    assert policy_to_dict(policy_from_dict({})) == {"version": 0, "admins": [], "defaults": {}, "rule": []}


@given(
    st.dictionaries(
        st.sampled_from(sorted(RULE_KEYS)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        ),
    )
)
@settings(max_examples=150, deadline=None, phases=set(Phase) - {Phase.explain})
def test_whatever_stands_in_the_dict_it_is_a_rule_or_a_list_of_problems(data: dict[str, object]) -> None:
    try:
        one = rule_from_dict(data)
    except PolicyProblems:
        return
    assert rule_from_dict(rule_to_dict(one)) == one


@given(lengths(100_000))
def test_lengths_read_back_as_they_were_written(length: timedelta) -> None:
    assert parse_duration(format_duration(length)) == length


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("90m", "1 hour 30 minutes"),
        ("1d", "1 day"),
        ("48h", "2 days"),
        ("0m", "no time"),
        ("1h30m", "1 hour 30 minutes"),
    ],
)
def test_lengths_in_words(text: str, words: str) -> None:
    length = parse_duration(text)
    assert length is not None
    assert say_duration(length) == words


@pytest.mark.parametrize("text", ["", "h", "4", "4 parsecs", "1h1d", "-4h", "1.5h"])
def test_what_is_no_length(text: str) -> None:
    assert parse_duration(text) is None
