"""`decide`: may this person do this at this door, and if not, why and who can help.

In this order: the account, the time, the beneficiary, the rules, the admin's right. Pure; total: every `Ask`
has an answer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.model import Action, PersonKind, PersonRef
from bot.domain.policy.ask import Allow, Ask, AskApproval, Caps, Decision, Refuse
from bot.domain.policy.ids import may_be
from bot.domain.policy.rule import Approvers, Outcome, Rule, Scope, Who
from bot.domain.policy.standing import ahead_of
from bot.domain.policy.verdict import Verdict, judge
from bot.domain.policy.why import OUTSIDERS, why_ask, why_refuse

if TYPE_CHECKING:
    from bot.domain.policy.policy import Policy

TIMED = frozenset({Action.GUEST_CODE, Action.EXTEND})
# When the rule does not say: somebody at the door does not wait longer; a code for later can.
EXPIRY_NOW, EXPIRY_LATER = timedelta(hours=1), timedelta(hours=24)
NO_RULE = "no rule"

# What an approval looks like where no rule says otherwise: one approver, never oneself.
_DEFAULTS = Rule(rule_id="defaults", name=NO_RULE, outcome=Outcome.ASK, scope=Scope(), who=Who())


def decide(policy: Policy, ask: Ask) -> Decision:
    """The answer of today's rules. See `docs/rules.md` for how one rule is chosen."""
    refusal = _by_account(ask) or _by_time(ask) or _by_beneficiary(policy, ask)
    if refusal is not None:
        return refusal
    verdict = ruling(policy, ask)
    if policy.is_admin(ask.actor.person) and not _needs_two(verdict):
        return _as_admin(verdict)
    if verdict.outcome is Outcome.REFUSE:
        return Refuse(
            rule_id=None if verdict.rule is None else verdict.rule.rule_id,
            rule_name=NO_RULE if verdict.rule is None else verdict.rule.name,
            reason=why_refuse(policy.rules, ask, verdict),
        )
    rule = verdict.rule
    if verdict.outcome is Outcome.ALLOW and rule is not None and not _cap_reached(rule, ask):
        caps = Caps(
            daily_cap=rule.daily_cap, used_today=ask.used_today, max_length=rule.max_length, max_ahead=rule.max_ahead
        )
        return Allow(rule_id=rule.rule_id, rule_name=rule.name, reason=f"The rule “{rule.name}” allows it.", caps=caps)
    return _ask(policy, ask, verdict)


def ruling(policy: Policy, ask: Ask) -> Verdict:
    """The rule that decides on the person who asks, and its outcome.

    Rules that refuse do not bind an admin, so for an admin they are as if they were not there.
    """
    if policy.is_admin(ask.actor.person):
        binding = (rule for rule in policy.rules if rule.outcome is not Outcome.REFUSE)
        return judge(binding, ask, ask.actor, Outcome.ASK)
    outsider = ask.actor.person.kind is not PersonKind.MEMBER
    default = Outcome.ASK if policy.default_approvers and not outsider else Outcome.REFUSE
    return judge(policy.rules, ask, ask.actor, default)


def approvers_for(policy: Policy, rule: Rule | None, ask: Ask) -> Approvers | None:
    """Who may decide on this: the rule's approvers, or the default ones; None when nobody could.

    Widened by the default approvers, then by the admins, when too few are left without the people the request
    is from and for: a request never goes into the void.
    """
    approvers = (rule.approvers if rule is not None else None) or policy.default_approvers
    if not approvers:
        return None
    needed = 1 if rule is None else rule.approvals_needed
    involved = [] if rule is not None and rule.self_approval else involved_in(ask)
    for more in (Approvers(), policy.default_approvers, Approvers(people=policy.all_admins)):
        approvers = approvers | more
        if _enough(approvers, needed, involved):
            return approvers
    return None


def involved_in(ask: Ask) -> list[PersonRef]:
    """The accounts a request is from and for."""
    return [who.person.ref for who in (ask.actor, ask.beneficiary) if who is not None]


def _enough(approvers: Approvers, needed: int, involved: list[PersonRef]) -> bool:
    if approvers.user_groups:
        return True  # whoever is in it at the click; its size is not known here
    others = approvers.people - {name for ref in involved for name in may_be(ref, approvers.people)}
    return len({name.rpartition("/")[2] for name in others}) >= needed


def _by_account(ask: Ask) -> Refuse | None:
    kind = ask.actor.person.kind
    return _no(OUTSIDERS[kind]) if kind in (PersonKind.BOT, PersonKind.DEACTIVATED) else None


def _by_time(ask: Ask) -> Refuse | None:
    door, window = ask.door, ask.window
    if window is None:
        if ask.action in TIMED:
            return _no("A guest code needs to know from when to when it should work. Say both, and I can check.")
        return None
    if ask.action in TIMED and door.timezone is None:
        return _no(
            f"I do not know in which time zone {door.name} is, so I cannot tell a lock when a code starts and ends. "
            "An admin can set the door's time zone."
        )
    if window.ends_at is not None and window.ends_at.astimezone(UTC) <= ask.now.astimezone(UTC):
        return _no("That time is already over. Choose one that ends in the future.")
    return None


def _by_beneficiary(policy: Policy, ask: Ask) -> Refuse | None:
    """Nobody gets through another what the rules refuse to them by name or user group."""
    if ask.beneficiary is None or ask.beneficiary.person.ref == ask.actor.person.ref:
        return None
    person = ask.beneficiary.person
    if person.kind in (PersonKind.BOT, PersonKind.DEACTIVATED):
        what = "a bot" if person.kind is PersonKind.BOT else "a deactivated account"
        return _no(f"{person.name} is {what}, so nothing can be asked for it. Choose a person.")
    verdict = judge(policy.rules, ask, ask.beneficiary, Outcome.ASK)
    meant = verdict.standing is not None and verdict.standing.names_them
    if verdict.rule is None or verdict.outcome is not Outcome.REFUSE or not meant:
        return None
    if policy.is_admin(ask.actor.person):
        return None
    return Refuse(
        rule_id=verdict.rule.rule_id,
        rule_name=verdict.rule.name,
        reason=f"The rule “{verdict.rule.name}” refuses this to {person.name}, also when somebody else asks for them. "
        "An admin can change the rule.",
    )


def _needs_two(verdict: Verdict) -> bool:
    # A two-person rule that one admin could skip would be no two-person rule (reliability.md T6, D10).
    return verdict.outcome is Outcome.ASK and verdict.rule is not None and verdict.rule.approvals_needed > 1


def _as_admin(verdict: Verdict) -> Allow:
    rule = verdict.rule
    if verdict.outcome is Outcome.ALLOW and rule is not None:
        reason = f"The rule “{rule.name}” allows it, and you are an admin."
    else:
        reason = "You are an admin, and admins may work every door."
    return Allow(rule_id=None, rule_name="admin", reason=reason, caps=Caps())


def _cap_reached(rule: Rule, ask: Ask) -> bool:
    return rule.daily_cap is not None and ask.used_today >= rule.daily_cap


def _ask(policy: Policy, ask: Ask, verdict: Verdict) -> Decision:
    rule_id = None if verdict.rule is None else verdict.rule.rule_id
    rule = verdict.rule or _DEFAULTS
    reason = why_ask(policy.rules, ask, verdict)
    approvers = approvers_for(policy, verdict.rule, ask)
    if approvers is None:
        void = "But there are not enough people who could approve it for you. An admin can name more approvers."
        return Refuse(rule_id=rule_id, rule_name=rule.name, reason=f"{reason} {void}")
    return AskApproval(
        rule_id=rule_id,
        rule_name=rule.name,
        reason=reason,
        approvers=approvers,
        channel=rule.channel or policy.default_channel,
        approvals_needed=rule.approvals_needed,
        self_approval=rule.self_approval,
        reason_required=rule.reason_required,
        expires_at=_expiry(ask, rule),
        remind_after=rule.remind_after,
        escalation=rule.escalation,
        ping_approvers=rule.notify.ping_approvers,
        break_glass=None if verdict.doubts else _break_glass(ask, rule),
    )


def _break_glass(ask: Ask, rule: Rule) -> timedelta | None:
    if rule.break_glass is None or (ask.window is not None and not _starts_now(ask)):
        return None
    length = timedelta() if ask.window is None else ask.window.length
    return rule.break_glass if length is not None and length <= rule.break_glass else None


def _starts_now(ask: Ask) -> bool:
    # What starts later than any request would have been answered is no emergency.
    return ahead_of(ask) <= EXPIRY_NOW


def _expiry(ask: Ask, rule: Rule) -> datetime:
    patience = rule.expires_after or (EXPIRY_NOW if ask.window is None else EXPIRY_LATER)
    expires_at = ask.now.astimezone(UTC) + patience
    if ask.window is not None and ask.window.ends_at is not None:
        return min(expires_at, ask.window.ends_at.astimezone(UTC))
    return expires_at


def _no(reason: str) -> Refuse:
    return Refuse(rule_id=None, rule_name=NO_RULE, reason=reason)
