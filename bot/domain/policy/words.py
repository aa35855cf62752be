"""A rule in words, field by field, for the list of rules, for changes and for the audit log. Ids stay ids."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from bot.domain.model import Action
from bot.domain.policy.durations import say_duration
from bot.domain.policy.hours import say_hours
from bot.domain.policy.rule import EVERY_ACTION, Approvers, EscalationStep, Notify, Outcome, Rule, Scope, Who

_OUTCOMES = {Outcome.ALLOW: "allowed", Outcome.ASK: "allowed once somebody approves", Outcome.REFUSE: "refused"}
_ACTIONS = {
    Action.UNLOCK: "unlock",
    Action.LOCK: "lock",
    Action.GUEST_CODE: "order guest codes",
    Action.REVEAL: "see PINs",
    Action.EXTEND: "extend codes",
    Action.END: "end codes",
    Action.READ_LOG: "read the log",
}


def say_rule(rule: Rule) -> str:
    """One sentence with everything that is not left at its default."""
    said = [
        f"{say_who(rule.who)} may {say_actions(rule.actions)} at {say_scope(rule.scope)}"
        if rule.outcome is not Outcome.REFUSE
        else f"{say_who(rule.who)} may not {say_actions(rule.actions)} at {say_scope(rule.scope)}"
    ]
    if rule.outcome is Outcome.ASK:
        said.append("once somebody approves" if rule.approvals_needed == 1 else f"once {rule.approvals_needed} approve")
    plain = Rule(rule_id="", name="", outcome=rule.outcome, scope=rule.scope, who=rule.who, actions=rule.actions)
    for field, (label, say) in FIELDS.items():
        if field not in _IN_THE_SENTENCE and getattr(rule, field) != getattr(plain, field):
            said.append(f"{label}: {say(rule)}")
    return "; ".join(said)


def say_scope(scope: Scope) -> str:
    parts = ["every door"] if scope.everything else []
    parts += _some("door", scope.doors) + _some("door group", scope.door_groups) + _some("site", scope.sites)
    return " and ".join(parts) or "no door"


def say_who(who: Who) -> str:
    parts = ["everyone"] if who.everyone else []
    parts += ["guests of the workspace"] if who.workspace_guests else []
    parts += sorted(who.people) + _some("user group", who.user_groups)
    return " and ".join(parts) or "nobody"


def say_actions(actions: Collection[Action]) -> str:
    if frozenset(actions) == EVERY_ACTION:
        return "do everything"
    return ", ".join(_ACTIONS[action] for action in Action if action in actions) or "do nothing"


def say_approvers(approvers: Approvers) -> str:
    names = sorted(approvers.people) + _some("user group", approvers.user_groups)
    return ", ".join(names) or "the default approvers"


def _some(noun: str, names: Collection[str]) -> list[str]:
    if not names:
        return []
    return [f"{noun}{'' if len(names) == 1 else 's'} {', '.join(sorted(names))}"]


def _length(length: timedelta | None, none: str) -> str:
    return none if length is None else say_duration(length)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _steps(steps: tuple[EscalationStep, ...]) -> str:
    return ", then ".join(f"after {say_duration(s.after)} {say_approvers(s.approvers)}" for s in steps) or "nobody"


def _notify(notify: Notify) -> str:
    said = ["approvers are pinged" if notify.ping_approvers else "approvers are not pinged"]
    said += ["to tell the channel what was allowed (kept, not acted on yet)"] if notify.post_allowed else []
    said += ["to tell the channel when access ends (kept, not acted on yet)"] if notify.post_ended else []
    return ", ".join(said)


def _reminders(reminders: tuple[timedelta, ...] | None) -> str:
    if reminders is None:
        return "as usual"
    return ", ".join(f"{say_duration(lead)} before the end" for lead in reminders) or "none"


_IN_THE_SENTENCE = frozenset({"name", "outcome", "scope", "who", "actions", "approvals_needed"})

# Every field of a rule but its id: what it is called, and its value in words. A test holds it complete.
FIELDS: Mapping[str, tuple[str, Callable[[Rule], str]]] = {
    "name": ("name", lambda r: r.name),
    "outcome": ("outcome", lambda r: _OUTCOMES[r.outcome]),
    "scope": ("doors", lambda r: say_scope(r.scope)),
    "who": ("who", lambda r: say_who(r.who)),
    "actions": ("actions", lambda r: say_actions(r.actions)),
    "hours": ("hours", lambda r: say_hours(r.hours)),
    "max_length": ("longest", lambda r: _length(r.max_length, "any length")),
    "max_ahead": ("how far ahead", lambda r: _length(r.max_ahead, "any time ahead")),
    "approvers": ("approvers", lambda r: say_approvers(r.approvers)),
    "channel": ("channel", lambda r: r.channel or "the default channel"),
    "approvals_needed": ("approvals needed", lambda r: str(r.approvals_needed)),
    "self_approval": ("self-approval", lambda r: _yes(r.self_approval)),
    "reason_required": ("reason required", lambda r: _yes(r.reason_required)),
    "expires_after": ("requests expire after", lambda r: _length(r.expires_after, "the usual time")),
    "remind_after": ("reminder to approvers after", lambda r: _length(r.remind_after, "never")),
    "escalation": ("next approvers", lambda r: _steps(r.escalation)),
    "break_glass": ("break-glass up to", lambda r: _length(r.break_glass, "not allowed")),
    "daily_cap": ("a day without asking", lambda r: "any number" if r.daily_cap is None else str(r.daily_cap)),
    "notify": ("notices", lambda r: _notify(r.notify)),
    "reminders": ("reminders", lambda r: _reminders(r.reminders)),
    "end_when_host_leaves": ("ends when the host leaves", lambda r: _yes(r.end_when_host_leaves)),
}
