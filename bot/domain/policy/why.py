"""Why the answer is what it is, in words ready for the person who asked: what, why, who can help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain.model import PersonKind
from bot.domain.policy.ask import Ask
from bot.domain.policy.durations import say_duration
from bot.domain.policy.hours import say_hours, second_of_week
from bot.domain.policy.rule import Outcome, Rule
from bot.domain.policy.standing import applies_at, scope_level, standings, who_levels
from bot.domain.policy.verdict import Doubt, Verdict

OUTSIDERS: Mapping[PersonKind, str] = {
    PersonKind.BOT: "Bots do not get through doors. A person has to ask.",
    PersonKind.DEACTIVATED: "This Slack account is deactivated. An admin of the Slack workspace can help.",
    PersonKind.GUEST: "Guests of the workspace get in only where a rule names them. Ask the person you are visiting.",
    PersonKind.EXTERNAL: (
        "People from other workspaces get in only where a rule names them. Ask the person you are visiting."
    ),
}


def why_ask(rules: Iterable[Rule], ask: Ask, verdict: Verdict) -> str:
    """Why somebody has to approve it: no rule, a rule that asks, or a daily cap that is used up."""
    rule = verdict.rule
    if rule is None:
        why = "No rule covers this, so the default approvers decide."
    elif verdict.outcome is Outcome.ALLOW and rule.daily_cap is not None:
        times = "once" if rule.daily_cap == 1 else f"{rule.daily_cap} times"
        often = f"{times} a day without asking, and that is used up" if rule.daily_cap else "only with approval"
        return f"The rule “{rule.name}” allows it {often}. So somebody has to approve it."
    else:
        who = "somebody has" if rule.approvals_needed == 1 else f"{rule.approvals_needed} people have"
        why = f"The rule “{rule.name}” says that {who} to approve it first."
    return why + _doubt(ask, verdict) + _near_miss(rules, ask, verdict)


def why_refuse(rules: Iterable[Rule], ask: Ask, verdict: Verdict) -> str:
    """Why it is refused, and who can change that."""
    hints = _doubt(ask, verdict) + _near_miss(rules, ask, verdict)
    if verdict.rule is not None:
        return f"The rule “{verdict.rule.name}” does not allow it.{hints} An admin can change the rules."
    kind = ask.actor.person.kind
    if kind is not PersonKind.MEMBER:
        return OUTSIDERS[kind] + hints
    return (
        f"No rule covers this, and nobody is named to approve such requests.{hints} "
        "An admin can add a rule or name approvers."
    )


def _doubt(ask: Ask, verdict: Verdict) -> str:
    said = ""
    if Doubt.GROUPS in verdict.doubts:
        said += " I cannot see in Slack just now which user groups you are in, so I take the strict side."
    if Doubt.CLOCK in verdict.doubts:
        said += (
            f" I do not know in which time zone {ask.door.name} is, so I take the strict side of every rule's hours."
        )
    return said


def _near_miss(rules: Iterable[Rule], ask: Ask, verdict: Verdict) -> str:
    """When a rule that means the door and the person as specifically would allow it at another time or for less."""
    zone = ask.door.timezone
    misses = [
        ((scope, who), rule.rule_id, rule)
        for rule in rules
        if rule.outcome is Outcome.ALLOW and ask.action in rule.actions and rule is not verdict.rule
        for scope in [scope_level(rule.scope, ask.door)]
        if scope is not None
        for who, certain in who_levels(rule.who, ask.actor)
        if certain and (scope, who) >= verdict.rank[:2]
    ]
    if not misses or zone is None:
        return ""
    rule = max(misses, key=lambda miss: miss[:2])[2]
    if not any(True for _ in standings(rule, ask, ask.actor)):
        limits = [f"up to {say_duration(rule.max_length)} long"] if rule.max_length is not None else []
        limits += [f"up to {say_duration(rule.max_ahead)} ahead"] if rule.max_ahead is not None else []
        return f" The rule “{rule.name}” would allow it {' and '.join(limits)}."
    if rule.hours and (ask.window is not None or not applies_at(rule, second_of_week(ask.now, zone))):
        return f" The rule “{rule.name}” would allow it {say_hours(rule.hours)} ({zone.key} time)."
    return ""
