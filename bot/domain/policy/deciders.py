"""Who may decide a request: checked at the click, for the person who clicks, against today's rules.

Never the person it is from or for, by no side door: not by another account of theirs, not as an admin, not by
a rule they have just edited. A rule with `self_approval` opens exactly one door: their own account, when they
are an approver and somebody else edited the rule last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.model import PersonKind, PersonRef
from bot.domain.policy.ask import Actor, Ask, Refuse
from bot.domain.policy.decide import approvers_for, decide, involved_in, ruling
from bot.domain.policy.durations import say_duration
from bot.domain.policy.ids import may_be, named
from bot.domain.policy.rule import Approvers, Rule

if TYPE_CHECKING:
    from bot.domain.policy.policy import Policy

Linked = Mapping[PersonRef, Collection[PersonRef]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """A pending request, its people and door described as they are today.

    `linked` maps an account to other accounts of the same human being, in either direction. `editors` maps a
    rule's id to the person who last changed it. Times are aware.
    """

    ask: Ask
    asked_at: datetime
    expires_at: datetime
    decided_by: frozenset[PersonRef] = frozenset()
    linked: Linked = field(default_factory=dict)
    editors: Mapping[str, PersonRef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MayDecide:
    """This click counts. `approvals_needed` is today's number, this one included."""

    rule_id: str | None
    rule_name: str
    approvals_needed: int
    as_admin: bool


class Bar(StrEnum):
    """What stands in the way of a click; goes into the audit log."""

    ACCOUNT = "account"  # what kind of account it is
    OWN_REQUEST = "own_request"
    EDITED_RULE = "edited_rule"
    ALREADY_DECIDED = "already_decided"
    EXPIRED = "expired"
    NOT_APPROVER = "not_approver"
    NOT_YET = "not_yet"  # an approver of a later step
    GROUPS_UNKNOWN = "groups_unknown"
    RULES_REFUSE = "rules_refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class MayNot:
    """This click does nothing; `reason` is ready for the person who clicked."""

    bar: Bar
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciders:
    """Who can decide now, for the card: sorted ids. `admins` can always step in; they are not pinged."""

    people: tuple[str, ...]
    user_groups: tuple[str, ...]
    admins: tuple[str, ...]


def may_decide(
    request: RequestFacts, clicker: Actor, policy: Policy, now: datetime, *, approving: bool = True
) -> MayDecide | MayNot:
    """Whether this click counts. `approving=False` for a denial, which today's rules need not permit."""
    ask = replace(request.ask, now=now)
    rule = ruling(policy, ask).rule
    bar = (
        _account(clicker)
        or _own(request, clicker, rule)
        or _already(request, clicker)
        or _expired(request, now)
        or _standing(request, clicker, policy, ask, rule)
    )
    if bar is not None:
        return bar
    today = decide(policy, ask)
    if approving and isinstance(today, Refuse):
        return MayNot(bar=Bar.RULES_REFUSE, reason=f"Today's rules do not allow this any more. {today.reason}")
    return MayDecide(
        rule_id=None if rule is None else rule.rule_id,
        rule_name=today.rule_name,
        approvals_needed=1 if rule is None else rule.approvals_needed,
        as_admin=not _among(clicker, _approvers_now(request, policy, ask, rule)),
    )


def deciders(request: RequestFacts, policy: Policy, now: datetime) -> Deciders:
    """Whom the card names: approvers whose turn it is, without the people the request is from and for."""
    ask = replace(request.ask, now=now)
    rule = ruling(policy, ask).rule
    approvers = _approvers_now(request, policy, ask, rule)
    barred = request.decided_by | (frozenset() if _self_approval(rule) else frozenset(involved_in(ask)))
    barred = frozenset(ref for one in barred for ref in same_human(one, request.linked))
    return Deciders(
        people=_without(approvers.people, barred),
        user_groups=tuple(sorted(approvers.user_groups)),
        admins=_without(policy.all_admins, barred),
    )


def same_human(ref: PersonRef, linked: Linked) -> frozenset[PersonRef]:
    """All known accounts of the person behind this one, itself included, however the links were noted."""
    found, new = {ref}, {ref}
    while new:
        onward = {other for one in new for other in linked.get(one, ())}
        backward = {one for one, others in linked.items() if not new.isdisjoint(others)}
        new = (onward | backward) - found
        found |= new
    return frozenset(found)


def _account(clicker: Actor) -> MayNot | None:
    reasons = {
        PersonKind.BOT: "Bots decide nothing here. An approver has to press the button.",
        PersonKind.DEACTIVATED: "This account is deactivated, so its click does not count.",
    }
    reason = reasons.get(clicker.person.kind)
    return None if reason is None else MayNot(bar=Bar.ACCOUNT, reason=reason)


def _own(request: RequestFacts, clicker: Actor, rule: Rule | None) -> MayNot | None:
    me = clicker.person.ref
    mine = same_human(me, request.linked)
    involved = involved_in(request.ask)
    if mine.isdisjoint(involved):
        return None
    if not _self_approval(rule) or me not in involved:
        return MayNot(
            bar=Bar.OWN_REQUEST,
            reason="This request is from you or for you, so somebody else has to decide it. "
            "You can cancel it if you no longer need it.",
        )
    if rule is not None and request.editors.get(rule.rule_id) in mine:
        return MayNot(
            bar=Bar.EDITED_RULE,
            reason=f"You were the last to change the rule “{rule.name}”, so somebody else has to approve "
            "your own request under it.",
        )
    return None


def _already(request: RequestFacts, clicker: Actor) -> MayNot | None:
    if request.decided_by.isdisjoint(same_human(clicker.person.ref, request.linked)):
        return None
    return MayNot(
        bar=Bar.ALREADY_DECIDED, reason="You have already decided on this request; it needs somebody else now."
    )


def _expired(request: RequestFacts, now: datetime) -> MayNot | None:
    if now.astimezone(UTC) < request.expires_at.astimezone(UTC):
        return None
    return MayNot(bar=Bar.EXPIRED, reason="This request has expired, so nothing happens any more. Ask for a new one.")


def _standing(request: RequestFacts, clicker: Actor, policy: Policy, ask: Ask, rule: Rule | None) -> MayNot | None:
    """Whether the clicker is an approver now, or an admin."""
    approvers = _approvers_now(request, policy, ask, rule)
    if policy.is_admin(clicker.person) or _among(clicker, approvers):
        return None
    if clicker.person.kind is not PersonKind.MEMBER:
        return MayNot(
            bar=Bar.ACCOUNT, reason="Guests and people from other workspaces decide only where a rule names them."
        )
    for step in () if rule is None else rule.escalation:
        if _among(clicker, step.approvers):
            return MayNot(
                bar=Bar.NOT_YET,
                reason="The first approvers still have time to answer: it is your turn when nobody has decided "
                f"{say_duration(step.after)} after the request.",
            )
    if clicker.groups is None and approvers.user_groups:
        return MayNot(
            bar=Bar.GROUPS_UNKNOWN,
            reason="I cannot see in Slack just now whether you are in the group that decides this. "
            "Try again in a minute, or let somebody decide whom the rule names.",
        )
    return MayNot(
        bar=Bar.NOT_APPROVER, reason="You are not an approver for this door. The card names the people who are."
    )


def _approvers_now(request: RequestFacts, policy: Policy, ask: Ask, rule: Rule | None) -> Approvers:
    approvers = approvers_for(policy, rule, ask) or Approvers()
    waited = ask.now.astimezone(UTC) - request.asked_at.astimezone(UTC)
    for step in () if rule is None else rule.escalation:
        if waited >= step.after:
            approvers = approvers | step.approvers
    return approvers


def _among(clicker: Actor, approvers: Approvers) -> bool:
    if named(clicker.person, approvers.people):
        return True
    # A user group may hold guests; only being named lets those decide.
    return clicker.person.kind is PersonKind.MEMBER and bool(approvers.user_groups & (clicker.groups or frozenset()))


def _self_approval(rule: Rule | None) -> bool:
    return rule is not None and rule.self_approval


def _without(names: frozenset[str], barred: frozenset[PersonRef]) -> tuple[str, ...]:
    return tuple(sorted(names - {name for ref in barred for name in may_be(ref, names)}))
