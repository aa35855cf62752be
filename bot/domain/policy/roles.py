"""Roles: what somebody is, derived from the policy alone. No right comes from Slack's own admin flags (D11)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.model import PersonKind
from bot.domain.policy.ask import Actor
from bot.domain.policy.ids import named
from bot.domain.policy.rule import Approvers, Outcome

if TYPE_CHECKING:
    from bot.domain.policy.policy import Policy


class Role(StrEnum):
    """ADMIN sets rules and works every door; APPROVER is named somewhere; PERSON may ask."""

    ADMIN = "admin"
    APPROVER = "approver"
    PERSON = "person"


def roles_of(policy: Policy, actor: Actor) -> frozenset[Role]:
    """Everything this person is; empty for those whom every answer refuses. Unreadable groups give no role."""
    person = actor.person
    if person.kind in (PersonKind.BOT, PersonKind.DEACTIVATED):
        return frozenset()
    roles = set()
    if policy.is_admin(person):
        roles.add(Role.ADMIN)
    if any(is_among(actor, approvers) for approvers in _all_approvers(policy)):
        roles.add(Role.APPROVER)
    if person.kind is PersonKind.MEMBER or _let_in(policy, actor):
        roles.add(Role.PERSON)
    return frozenset(roles)


def may_change_rules(policy: Policy, actor: Actor) -> bool:
    """Admins only, whatever else somebody is."""
    return policy.is_admin(actor.person)


def _all_approvers(policy: Policy) -> Iterator[Approvers]:
    yield policy.default_approvers
    for rule in policy.rules:
        yield rule.approvers
        yield from (step.approvers for step in rule.escalation)


def is_among(actor: Actor, approvers: Approvers) -> bool:
    """Whether these approvers mean this person, by name or by a user group that Slack could read."""
    if named(actor.person, approvers.people):
        return True
    return actor.person.kind is PersonKind.MEMBER and bool(approvers.user_groups & (actor.groups or frozenset()))


def _let_in(policy: Policy, actor: Actor) -> bool:
    """Whether some rule names this guest or outsider for more than a refusal."""
    guest = actor.person.kind is PersonKind.GUEST
    return any(
        named(actor.person, rule.who.people) or (guest and rule.who.workspace_guests)
        for rule in policy.rules
        if rule.outcome is not Outcome.REFUSE
    )
