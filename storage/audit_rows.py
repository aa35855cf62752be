"""The audit log's rows. There is a way to append and to read, and none to change; the database refuses it, too."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, String, insert, select, text, type_coerce

from bot.domain.audit import (
    GENESIS,
    SYSTEM,
    AuditAction,
    AuditEvent,
    Outcome,
    Phase,
    canonical,
    commitment,
    key_name,
    link,
    rotation_mac,
)
from bot.domain.audit_verify import StoredRow
from bot.domain.errors import StorageTrouble
from storage.tables import audit, audit_personal

_CHAIN_LOCK = 0x4C41544348  # "LATCH": PostgreSQL's advisory lock for the chain


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditKey:
    """The chain's key, which never touches the database, and the name under which rows mention it."""

    key_id: str
    secret: bytes
    old: Mapping[str, bytes] = field(default_factory=dict)  # keys of earlier rows, by name

    @classmethod
    def of(cls, secret: bytes, *old: bytes) -> AuditKey:
        return cls(key_id=key_name(secret), secret=secret, old={key_name(k): k for k in old})

    @property
    def all(self) -> Mapping[str, bytes]:
        """Every key there is, by name: what the verifier needs."""
        return {**self.old, self.key_id: self.secret}

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
        self.head: tuple[int, str, str] | None = None  # (seq, hash, key id) of the last row, once read here

    def record(self, event: AuditEvent) -> str:
        """Append one event, chained to the row before. Returns the event's id.

        If the last row has an older key of ours, a row signed by both begins the new one first. Raises
        `StorageTrouble` if it has a key that we do not know: another process has changed it, and we are behind.
        """
        seq, previous, key_id = self._read_head()
        if seq and key_id != self._key.key_id and event.action is not AuditAction.AUDIT_KEY_ROTATED:
            self._rotate(event.at, previous, key_id)
            seq, previous, _ = self._read_head()
        event = replace(event, at=_to_the_ms(event.at))
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
                    {"event_id": event_id, "field": field, "salt": salts[field].hex(), "text": words, "at": event.at}
                    for field, words in event.personal.items()
                ],
            )
        self.head = (seq + 1, row_hash, self._key.key_id)
        return event_id

    def after(self, seq: int, *, limit: int = 1000) -> Sequence[AuditRow]:
        """The next rows after `seq`, oldest first. Pages keep each read short, so that writers never wait for it."""
        return self.with_personal(
            self._connection.execute(select(audit).where(audit.c.seq > seq).order_by(audit.c.seq).limit(limit)).all()
        )

    def stored_after(self, seq: int, *, limit: int = 1000) -> Sequence[StoredRow]:
        """The next rows exactly as they lie there, for the verifier. Nothing is parsed: a row may hold anything."""
        wanted = (audit.c.seq, audit.c.payload, audit.c.previous, audit.c.hash, audit.c.key_id, _RAW_AT, *_TYPED)
        rows = self._connection.execute(
            select(*wanted).where(audit.c.seq > seq).order_by(audit.c.seq).limit(limit)
        ).all()
        texts: dict[str, dict[str, tuple[str, str]]] = {}
        for event_id, name, salt, words in self._connection.execute(
            select(
                audit_personal.c.event_id, audit_personal.c.field, audit_personal.c.salt, audit_personal.c.text
            ).where(audit_personal.c.event_id.in_([r.event_id for r in rows]))
        ):
            texts.setdefault(event_id, {})[name] = (salt, words)
        return [
            StoredRow(
                seq=r[0],
                payload=r[1],
                previous=r[2],
                hash=r[3],
                key_id=r[4],
                columns=dict(zip(_TYPED_NAMES, r[5:], strict=True)),
                personal=texts.get(r.event_id, {}),
            )
            for r in rows
        ]

    def end(self) -> tuple[int, str, str]:
        """(seq, hash, key id) of the last row, only to look: (0, 64 zeros, "") when there is none."""
        last = self._connection.execute(
            select(audit.c.seq, audit.c.hash, audit.c.key_id).order_by(audit.c.seq.desc()).limit(1)
        ).first()
        return (last.seq, last.hash, last.key_id) if last else (0, GENESIS, "")

    def hash_of(self, seq: int) -> str | None:
        """The hash of one row, or None when it is not there."""
        row = self._connection.execute(select(audit.c.hash).where(audit.c.seq == seq)).first()
        return row.hash if row else None

    def with_personal(self, rows: Sequence[Row[tuple[object, ...]]]) -> Sequence[AuditRow]:
        """Rows of the table with the names that are still kept."""
        personal: dict[str, dict[str, str]] = {}
        for event_id, name, words in self._connection.execute(
            select(audit_personal.c.event_id, audit_personal.c.field, audit_personal.c.text).where(
                audit_personal.c.event_id.in_([r.event_id for r in rows])
            )
        ):
            personal.setdefault(event_id, {})[name] = words
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

    def _rotate(self, at: datetime, previous: str, old_id: str) -> None:
        old = self._key.old.get(old_id)
        if old is None:
            raise StorageTrouble()
        self.record(
            AuditEvent(
                at=at,
                action=AuditAction.AUDIT_KEY_ROTATED,
                phase=Phase.NOTE,
                outcome=Outcome.OK,
                actor=SYSTEM,
                surface="storage",
                request_id="",
                detail={
                    "old_key": old_id,
                    "new_key": self._key.key_id,
                    "signed_by_old": rotation_mac(old, previous, self._key.key_id),
                },
            )
        )

    def _read_head(self) -> tuple[int, str, str]:
        if self.head is None:
            if self._connection.dialect.name == "postgresql":
                # Held to the commit: two processes that both read the same head would fork the chain (D5).
                self._connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _CHAIN_LOCK})
            self.head = self.end()
        return self.head


_TYPED = (
    audit.c.event_id,
    audit.c.action,
    audit.c.phase,
    audit.c.outcome,
    audit.c.actor_team,
    audit.c.actor_user,
    audit.c.device_id,
    audit.c.subject_id,
)
_RAW_AT = type_coerce(audit.c.at, String)
_TYPED_NAMES = ("at", *(column.name for column in _TYPED))


def _to_the_ms(at: datetime) -> datetime:
    """The payload has milliseconds; the column must say the same."""
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
