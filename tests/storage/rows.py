"""Rows to write, and a check of the whole chain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.audit import GENESIS, AuditAction, AuditEvent, Phase, link
from bot.domain.model import PersonRef
from bot.domain.tasks import NewTask, TaskKind
from storage.audit_rows import AuditKey, AuditRow
from storage.database import Database
from storage.transaction import Transaction

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
KEY = AuditKey(key_id="test", secret=b"k" * 32)
SAM = PersonRef(team_id="T1", user_id="U_SAM")


def event(request_id: str = "r", **more: object) -> AuditEvent:
    return AuditEvent(  # type: ignore[arg-type]  # the fields are what the test names
        **{
            "at": NOON,
            "action": AuditAction.DOOR_UNLOCK,
            "phase": Phase.INTENT,
            "actor": SAM,
            "surface": "command",
            "request_id": request_id,
            **more,
        }
    )


def task(key: str, *, due_in: float = 0, subject: str = "s", kind: TaskKind = TaskKind.RELOCK) -> NewTask:
    return NewTask(kind=kind, subject_id=subject, key=key, due_at=NOON + timedelta(seconds=due_in))


async def rows_of(db: Database) -> list[AuditRow]:
    return list(await db.read(lambda tx: tx.audit.after(0)))


async def requests_of(db: Database) -> list[str]:
    return [str(row.content["request_id"]) for row in await rows_of(db)]


def chain_is_whole(rows: list[AuditRow]) -> bool:
    previous = GENESIS
    for number, row in enumerate(rows, 1):
        if (row.seq, row.previous, row.hash) != (number, previous, link(KEY.secret, previous, row.payload)):
            return False
        previous = row.hash
    return True


def record(tx: Transaction) -> str:
    return tx.audit.record(event())
