"""Who may read what others did at a door."""

from __future__ import annotations

import pytest

from bot.domain.model import Action, PersonKind
from bot.domain.policy.log_rights import may_read_log
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Scope
from tests.domain.policy.world import NOW, actor, approvers, door, policy, rule

LOG = frozenset({Action.READ_LOG})
NOBODY = approvers()
ELSEWHERE = Scope(doors=frozenset({"d2"}))


@pytest.mark.parametrize(
    ("rules", "may"),
    [
        (policy(rule("r", "allow"), default=NOBODY), False),  # "everything" is not the log
        (policy(rule("r", "allow", actions=LOG), default=NOBODY), True),
        (policy(rule("r", "allow", actions=LOG, scope=ELSEWHERE), default=NOBODY), False),
        (policy(rule("r", "ask", actions=LOG), default=NOBODY), False),
        (policy(default=approvers("UPERSON")), True),
        (policy(rule("r", "refuse", actions=LOG), default=approvers("UPERSON")), False),
        (policy(rule("r", "ask", approvers=approvers("UPERSON")), default=NOBODY), True),
        (policy(rule("r", "ask", approvers=approvers("UPERSON"), scope=ELSEWHERE), default=NOBODY), False),
        (policy(default=NOBODY, admins=frozenset({"UPERSON"})), True),
        (policy(default=NOBODY), False),
    ],
)
def test_only_who_decides_there_or_is_named_for_it_reads_the_log(rules: Policy, may: bool) -> None:
    assert may_read_log(rules, actor(), door(), NOW) is may


@pytest.mark.parametrize("kind", [PersonKind.BOT, PersonKind.DEACTIVATED])
def test_a_bot_or_a_deactivated_account_never_reads_it(kind: PersonKind) -> None:
    rules = policy(rule("r", "allow", actions=LOG), admins=frozenset({"UPERSON"}))
    assert not may_read_log(rules, actor(kind=kind), door(), NOW)


def test_user_groups_that_cannot_be_read_give_no_right() -> None:
    rules = policy(rule("r", "ask", approvers=approvers("S1")), default=NOBODY)
    assert may_read_log(rules, actor(groups=frozenset({"S1"})), door(), NOW)
    assert not may_read_log(rules, actor(groups=None), door(), NOW)
