"""What `policy test` and `/latchkey test` say: allow, ask or refuse, and why. Nothing is changed by it."""

from __future__ import annotations

from bot.domain.policy.ask import Allow, AskApproval, Decision
from bot.domain.policy.durations import say_duration
from bot.domain.policy.words import say_approvers


def explain(decision: Decision) -> str:
    """A few lines of plain text: the outcome, the reason, the rule, and what would follow."""
    lines = [f"{_verb(decision)}: {decision.reason}", f"  rule: {decision.rule_name}"]
    if decision.rule_id is not None:
        lines[1] += f" ({decision.rule_id})"
    if isinstance(decision, Allow):
        lines += _caps(decision)
    if isinstance(decision, AskApproval):
        lines += _asking(decision)
    return "\n".join(lines)


def _verb(decision: Decision) -> str:
    if isinstance(decision, Allow):
        return "allow"
    return "ask" if isinstance(decision, AskApproval) else "refuse"


def _caps(decision: Allow) -> list[str]:
    caps = decision.caps
    lines = []
    if caps.daily_cap is not None:
        lines.append(f"  today: {caps.used_today} of {caps.daily_cap} used without asking")
    if caps.max_length is not None:
        lines.append(f"  longest: {say_duration(caps.max_length)}")
    if caps.max_ahead is not None:
        lines.append(f"  at most {say_duration(caps.max_ahead)} ahead")
    return lines


def _asking(decision: AskApproval) -> list[str]:
    needed = decision.approvals_needed
    lines = [
        f"  who decides: {say_approvers(decision.approvers)}" + (f" ({needed} of them)" if needed > 1 else ""),
        f"  where: {decision.channel or 'the approvals channel'}",
        f"  until: {decision.expires_at:%Y-%m-%d %H:%M} UTC",
    ]
    if decision.reason_required:
        lines.append("  a reason is required")
    if decision.self_approval:
        lines.append("  an approver may approve their own request")
    if decision.remind_after is not None:
        lines.append(f"  reminder after {say_duration(decision.remind_after)}")
    lines += [
        f"  after {say_duration(step.after)} also: {say_approvers(step.approvers)}" for step in decision.escalation
    ]
    if decision.break_glass is not None:
        lines.append(f"  break-glass: act now, up to {say_duration(decision.break_glass)}, reviewed afterwards")
    return lines
