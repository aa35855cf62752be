"""`python -m bot audit export`: the audit log to a file or the screen, page by page, also while the bot runs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bot.audit_keys import audit_keys_from
from bot.config import database_url
from bot.domain.audit import SYSTEM, AuditAction, AuditEvent, Outcome, Phase
from storage.audit_rows import AuditKey, AuditRow
from storage.database import Database

PAGE = 1000
COLUMNS = (
    "seq", "at", "action", "phase", "outcome", "actor", "team", "surface", "request_id", "device_id", "subject_id",
    "reason", "seam", "detail", "personal",
)  # fmt: skip
# A spreadsheet would run these as formulas (reliability.md T28).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def export(environ: Mapping[str, str], form: str, out: Path | None) -> int:
    """Write every audit row, oldest first, as JSON lines or CSV, and write down that this was done.

    Needs the key for that. Returns the exit code.
    """
    db = Database(database_url(environ), AuditKey.of(*audit_keys_from(environ)), lock=False)
    try:
        await db.write(lambda tx: tx.audit.record(_exported(form)))
        with _target(out) as target:
            writer = csv.writer(target) if form == "csv" else None
            if writer:
                writer.writerow(COLUMNS)
            async for row in _rows(db):
                record = as_record(row)
                if writer:
                    writer.writerow([_cell(record[column]) for column in COLUMNS])
                else:
                    target.write(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n")
    finally:
        await db.close()
    return 0


def _exported(form: str) -> AuditEvent:
    return AuditEvent(
        at=datetime.now(UTC),
        action=AuditAction.RECORDS_EXPORTED,
        phase=Phase.NOTE,
        outcome=Outcome.OK,
        actor=SYSTEM,
        surface="command line",
        request_id="",
        detail={"format": form},
    )


def as_record(row: AuditRow) -> dict[str, object]:
    """One row as people and programs read it: the content of the chain, with the names that are still kept."""
    content = dict(row.content)
    actor = content.pop("actor", None)
    who = actor if isinstance(actor, dict) else {}
    content.pop("personal", None)
    return {
        **content,
        "seq": row.seq,
        "actor": who.get("user"),
        "team": who.get("team"),
        "personal": dict(row.personal),
        "hash": row.hash,
        "key_id": row.key_id,
    }


async def _rows(db: Database) -> AsyncIterator[AuditRow]:
    seq = 0
    while page := await db.read(lambda tx, after=seq: tx.audit.after(after, limit=PAGE)):  # type: ignore[misc]
        for row in page:
            yield row
        seq = page[-1].seq


def _target(out: Path | None) -> AbstractContextManager[TextIO]:
    return out.open("w", encoding="utf-8", newline="") if out else nullcontext(sys.stdout)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
