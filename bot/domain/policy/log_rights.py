"""Who may read what happened at a door: admins, who decides there, and whom a rule with `read_log` lets.

Everybody reads their own acts; that needs no right. A rule for `read_log` holds over the rest, also when it refuses;
one that asks gives no right, since nobody is asked about reading.
"""

from __future__ import annotations

from datetime import datetime

from bot.domain.model import Action, PersonKind
from bot.domain.policy.ask import Actor, Ask, DoorFacts
from bot.domain.policy.policy import Policy
from bot.domain.policy.roles import is_among
from bot.domain.policy.rule import Outcome
from bot.domain.policy.standing import scope_level
from bot.domain.policy.verdict import judge


def may_read_log(policy: Policy, actor: Actor, door: DoorFacts, now: datetime) -> bool:
    """Whether this person may read this door's log now. What cannot be read (user groups) gives no right."""
    if actor.person.kind in (PersonKind.BOT, PersonKind.DEACTIVATED):
        return False
    if policy.is_admin(actor.person):
        return True
    ask = Ask(actor=actor, action=Action.READ_LOG, door=door, now=now)
    verdict = judge(policy.rules, ask, actor, Outcome.REFUSE)
    if verdict.rule is not None:
        return verdict.outcome is Outcome.ALLOW and not verdict.doubts
    return _decides_at(policy, actor, door)


def _decides_at(policy: Policy, actor: Actor, door: DoorFacts) -> bool:
    if is_among(actor, policy.default_approvers):
        return True
    return any(
        is_among(actor, approvers)
        for rule in policy.rules
        if rule.outcome is Outcome.ASK and scope_level(rule.scope, door) is not None
        for approvers in (rule.approvers, *(step.approvers for step in rule.escalation))
    )
