"""Any rule that can be, opened in the form and sent off unchanged, comes back as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from bot.domain.errors import BadFields
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Outcome, Rule, Scope
from bot.sandbox.slack.blocks import state_of
from handlers.json_types import Json
from handlers.rule_reading import Started, groups_in, outcome_of, read_rule
from handlers.views.rule_form import RuleFormFill, rule_form, too_big
from tests.domain.policy.world import BOSS, approvers, groups, people, rule, rules


def sent(one: Rule, *, more: bool = True, outcome: Outcome | None = None) -> Json:
    """The form of this rule as Slack would send it back, nothing touched."""
    view = rule_form(RuleFormFill(based_on=3, rule=one, more=more, outcome=outcome))
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    return view | {"state": {"values": state_of(blocks)}}


def started(one: Rule | None) -> Started:
    return Started(policy=Policy(default_approvers=BOSS), rule=one, new_id=lambda name: "new")


@settings(max_examples=200, deadline=None)
@given(rules())
def test_a_rule_comes_back_from_its_form(one: Rule) -> None:
    one = replace(one, name=" ".join(one.name.split()))  # white space is folded
    assert not too_big(one)
    assert read_rule(sent(one), started(one)) == one


@settings(max_examples=100, deadline=None)
@given(rules())
def test_what_the_form_does_not_show_stays(one: Rule) -> None:
    one = replace(one, name=" ".join(one.name.split()))
    assert read_rule(sent(one, more=False), started(one)) == one


@settings(max_examples=100, deadline=None)
@given(rules(outcome=Outcome.ASK))
def test_a_rule_that_refuses_from_now_on_keeps_nothing_of_asking(one: Rule) -> None:
    read = read_rule(sent(one, outcome=Outcome.REFUSE), started(one))
    plain = Rule(rule_id="", name="", outcome=Outcome.REFUSE, scope=Scope(), who=one.who)
    shown = {"rule_id", "name", "scope", "who", "actions", "hours"}
    for field in Rule.__dataclass_fields__:
        if field not in shown:
            assert getattr(read, field) == getattr(plain, field), field


def test_an_outcome_that_is_not_offered_counts_as_the_strictest() -> None:
    view = sent(rule(approvers=approvers("U1")))
    view["state"] = {"values": {"rule.outcome": {"rules.outcome": {"selected_option": {"value": "everything"}}}}}
    assert outcome_of(view) is Outcome.REFUSE


def test_a_view_with_nothing_in_it_is_a_list_of_mistakes() -> None:
    with pytest.raises(BadFields) as refused:
        read_rule({"blocks": [], "state": {}}, started(None))
    assert {"rule.name", "rule.doors", "rule.who", "rule.actions"} <= refused.value.problems.keys()


def test_every_user_group_of_a_rule_is_looked_at() -> None:
    one = rule("r", "ask", who=groups("S1"), approvers=approvers("U1", "S2"))
    assert groups_in(one) == {"S1", "S2"}
    assert groups_in(rule("r", who=people("U1"))) == frozenset()
