"""Rules as JSON-able dicts, for the database, the audit log and the policy file; `from_dict.py` reads them back.

What is at its default is left out, so that a rule reads as what somebody meant. Lists of ids are sorted: the
same rule gives the same dict.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from bot.domain.model import Action
from bot.domain.policy.durations import format_duration
from bot.domain.policy.hours import format_hours
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import EVERY_ACTION, Approvers, Notify, Rule, Scope, Who

# The words in `who` that are not ids.
EVERYONE, WORKSPACE_GUESTS = "everyone", "workspace_guests"

JsonDict = dict[str, object]


def policy_to_dict(policy: Policy) -> JsonDict:
    """The whole policy but for the admins that the settings name; rules in their order."""
    defaults: JsonDict = {}
    if policy.default_approvers:
        defaults["approvers"] = approvers_to_list(policy.default_approvers)
    if policy.default_channel is not None:
        defaults["channel"] = policy.default_channel
    return {
        "version": policy.version,
        "admins": sorted(policy.admins),
        "defaults": defaults,
        "rule": [rule_to_dict(rule) for rule in policy.rules],
    }


def rule_to_dict(rule: Rule) -> JsonDict:
    """One rule with the keys of the policy file, in the file's order."""
    found: JsonDict = {"id": rule.rule_id, "name": rule.name, "outcome": rule.outcome.value}
    found |= _scope(rule.scope)
    found["who"] = _who(rule.who)
    if rule.actions != EVERY_ACTION:
        found["actions"] = [action.value for action in Action if action in rule.actions]
    if rule.hours:
        found["hours"] = [format_hours(h) for h in sorted(rule.hours, key=lambda h: (sorted(h.days), h.start, h.end))]
    found |= _lengths(rule, "max_length", "max_ahead")
    if rule.approvers:
        found["approvers"] = approvers_to_list(rule.approvers)
    if rule.channel is not None:
        found["channel"] = rule.channel
    if rule.approvals_needed != 1:
        found["approvals_needed"] = rule.approvals_needed
    found |= _flags(rule, "self_approval", "reason_required")
    found |= _lengths(rule, "expires_after", "remind_after", "break_glass")
    if rule.daily_cap is not None:
        found["daily_cap"] = rule.daily_cap
    found |= {
        f.name: getattr(rule.notify, f.name)
        for f in fields(Notify)
        if getattr(rule.notify, f.name) != getattr(Notify(), f.name)
    }
    if rule.reminders is not None:
        found["reminders"] = [format_duration(lead) for lead in rule.reminders]
    found |= _flags(rule, "end_when_host_leaves")
    if rule.escalation:
        found["escalation"] = [
            {"after": format_duration(step.after), "approvers": approvers_to_list(step.approvers)}
            for step in rule.escalation
        ]
    return found


def approvers_to_list(approvers: Approvers) -> list[str]:
    """People first, then user groups; the first letter of an id tells them apart."""
    return [*sorted(approvers.people), *sorted(approvers.user_groups)]


def _scope(scope: Scope) -> JsonDict:
    found: JsonDict = {}
    for key, names in (("doors", scope.doors), ("door_groups", scope.door_groups), ("sites", scope.sites)):
        if names:
            found[key] = sorted(names)
    return found | ({"everything": True} if scope.everything else {})


def _who(who: Who) -> list[str]:
    words = [EVERYONE] * who.everyone + [WORKSPACE_GUESTS] * who.workspace_guests
    return [*words, *sorted(who.people), *sorted(who.user_groups)]


def _lengths(rule: Rule, *keys: str) -> JsonDict:
    lengths: dict[str, timedelta | None] = {key: getattr(rule, key) for key in keys}
    return {key: format_duration(length) for key, length in lengths.items() if length is not None}


def _flags(rule: Rule, *keys: str) -> JsonDict:
    return {key: True for key in keys if getattr(rule, key)}
