"""Rows of the audit log as lines for people: the door's name and zone, the rule's name, who approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditAction
from bot.domain.log_entry import LogEntry
from bot.domain.model import Door, PersonRef
from bot.domain.policy.policy import Policy
from bot.services.policy_book import PolicyBook
from storage.audit_rows import AuditRow

_APPROVALS = {AuditAction.REQUEST_APPROVED.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRows:
    """`doors` by id, as far as they are known."""

    policy: PolicyBook
    doors: Mapping[str, Door]
    fallback: ZoneInfo

    async def entries(self, rows: Sequence[AuditRow], beside: Sequence[AuditRow]) -> tuple[LogEntry, ...]:
        """`rows` as lines; `beside` are other rows about the same subjects, for the rule and the approvals."""
        rules: dict[str, str] = {}
        approvals: dict[str, list[str]] = {}
        for row in beside:
            subject, reason = _text(row, "subject_id"), _text(row, "reason")
            if reason.startswith("rule:"):
                rules.setdefault(subject, reason)
            if row.content.get("action") in _APPROVALS and row.content.get("outcome") == "ok":
                approvals.setdefault(subject, []).append(actor_of(row).user_id)
        known: dict[str, str] = {}
        made = []
        for row in rows:
            subject, reason = _text(row, "subject_id"), _text(row, "reason")
            said = reason if reason.startswith("rule:") else rules.get(subject, "")
            if said and said not in known:
                known[said] = await self._rule_name(said)
            made.append(self._entry(row, known.get(said) or None, tuple(dict.fromkeys(approvals.get(subject, ())))))
        return tuple(made)

    def _entry(self, row: AuditRow, rule: str | None, approved_by: tuple[str, ...]) -> LogEntry:
        content, detail = row.content, _texts(row.content.get("detail"))
        device_id = _text(row, "device_id") or None
        door = self.doors.get(device_id or "")
        names = [self.doors[d].name for d in detail.get("doors", "").split(",") if d in self.doors]
        return LogEntry(
            seq=row.seq,
            at=row.at,
            zone=(door.timezone if door else None) or self.fallback,
            action=_text(row, "action"),
            phase=_text(row, "phase"),
            outcome=_text(row, "outcome") or None,
            actor=actor_of(row),
            surface=_text(row, "surface"),
            device_id=device_id,
            # The name that the door had then, where it was written down.
            door=detail.get("door") or ", ".join(names) or (door.name if door else ""),
            subject_id=_text(row, "subject_id") or None,
            reason=_text(row, "reason") or None,
            rule=rule,
            approved_by=approved_by,
            detail=detail,
            seam=_texts(content.get("seam")),
            personal=dict(row.personal),
        )

    async def _rule_name(self, said: str) -> str:
        """The rule's name today, else as it was when it decided, else its id."""
        rule_id, _, version = said.removeprefix("rule:").rpartition("@")
        policies: list[Policy] = [await self.policy.current()]
        if policies[0].rule(rule_id) is None and version.isdigit():
            policies.append(await self.policy.at(int(version)))
        return next((rule.name for policy in policies if (rule := policy.rule(rule_id))), rule_id)


def actor_of(row: AuditRow) -> PersonRef:
    """Who did it."""
    actor = row.content.get("actor")
    who = actor if isinstance(actor, dict) else {}
    return PersonRef(team_id=str(who.get("team", "")), user_id=str(who.get("user", "")))


def _text(row: AuditRow, key: str) -> str:
    value = row.content.get(key)
    return value if isinstance(value, str) else ""


def _texts(value: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}
