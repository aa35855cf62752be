"""The audit log's rows. There is a way to append and to read, and none to change; the database refuses it, too."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, text

from bot.domain.audit import GENESIS, AuditEvent, canonical, commitment, link
from storage.tables import audit, audit_personal

_CHAIN_LOCK = 0x4C41544348  # "LATCH": PostgreSQL's advisory lock for the chain


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditKey:
    """The chain's key, which never touches the database, and the name under which rows mention it."""

    key_id: str
    secret: bytes

    @classmethod
    def over(cls, secret: bytes) -> AuditKey:
        """The key under the name by which rows mention it: the start of its own fingerprint, which tells nothing."""
        return cls(key_id=hashlib.sha256(b"latchkey audit key id" + secret).hexdigest()[:8], secret=secret)

    def __repr__(self) -> str:
        return f"AuditKey({self.key_id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """A stored row: `content` is the parsed payload, `personal` the names and texts that are still kept."""

    seq: int
    at: datetime
    content: Mapping[str, object]
    personal: Mapping[str, str]
    payload: str
    previous: str
    hash: str
    key_id: str


class AuditRows:
    """The log within one transaction."""

    def __init__(self, connection: Connection, key: AuditKey) -> None:
        self._connection, self._key = connection, key
        self.head: tuple[int, str] | None = None  # (seq, hash) of the last row, once read in this transaction

    def record(self, event: AuditEvent) -> str:
        """Append one event, chained to the row before. Returns the event's id."""
        seq, previous = self._read_head()
        event_id = secrets.token_hex(16)
        salts = {field: secrets.token_bytes(16) for field in event.personal}
        commitments = {field: commitment(salts[field], words) for field, words in event.personal.items()}
        payload = canonical(event, seq=seq + 1, event_id=event_id, commitments=commitments)
        row_hash = link(self._key.secret, previous, payload)
        self._connection.execute(
            insert(audit),
            {
                "seq": seq + 1,
                "event_id": event_id,
                "at": event.at,
                "action": event.action.value,
                "phase": event.phase.value,
                "outcome": event.outcome.value if event.outcome else None,
                "actor_team": event.actor.team_id,
                "actor_user": event.actor.user_id,
                "device_id": event.device_id,
                "subject_id": event.subject_id,
                "payload": payload,
                "previous": previous,
                "hash": row_hash,
                "key_id": self._key.key_id,
            },
        )
        if event.personal:
            self._connection.execute(
                insert(audit_personal),
                [
                    {"event_id": event_id, "field": field, "salt": salts[field].hex(), "text": words}
                    for field, words in event.personal.items()
                ],
            )
        self.head = (seq + 1, row_hash)
        return event_id

    def after(self, seq: int, *, limit: int = 1000) -> Sequence[AuditRow]:
        """The next rows after `seq`, oldest first. Pages keep each read short, so that writers never wait for it."""
        rows = self._connection.execute(select(audit).where(audit.c.seq > seq).order_by(audit.c.seq).limit(limit)).all()
        personal: dict[str, dict[str, str]] = {}
        for event_id, field, words in self._connection.execute(
            select(audit_personal.c.event_id, audit_personal.c.field, audit_personal.c.text).where(
                audit_personal.c.event_id.in_([r.event_id for r in rows])
            )
        ):
            personal.setdefault(event_id, {})[field] = words
        return [
            AuditRow(
                seq=r.seq,
                at=r.at,
                content=json.loads(r.payload),
                personal=personal.get(r.event_id, {}),
                payload=r.payload,
                previous=r.previous,
                hash=r.hash,
                key_id=r.key_id,
            )
            for r in rows
        ]

    def _read_head(self) -> tuple[int, str]:
        if self.head is None:
            if self._connection.dialect.name == "postgresql":
                # Held to the commit: two processes that both read the same head would fork the chain (D5).
                self._connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _CHAIN_LOCK})
            last = self._connection.execute(
                select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
            ).first()
            self.head = (last.seq, last.hash) if last else (0, GENESIS)
        return self.head
