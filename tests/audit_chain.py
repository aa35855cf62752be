"""Chains to tamper with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.model import PersonRef

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SAM = PersonRef(team_id="T1", user_id="U_SAM")


def event(n: int, **more: object) -> AuditEvent:
    given: dict[str, object] = {
        "at": NOON + timedelta(seconds=n, microseconds=123_456),
        "action": AuditAction.DOOR_UNLOCK,
        "phase": Phase.OUTCOME,
        "outcome": Outcome.OK,
        "actor": SAM,
        "surface": "command",
        "request_id": f"r{n}",
        "device_id": f"door{n % 3}",
        "subject_id": f"op{n}",
    }
    return AuditEvent(**(given | more))  # type: ignore[arg-type]
