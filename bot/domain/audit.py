"""What goes into the audit log, and the chain that makes a change to it show.

Each row holds the exact canonical bytes of its content and an HMAC over them and the row before, with a key that is
not in the database (reliability.md D4, D5; the byte form is written down in docs/audit.md). Names and free text of
people do not go into the chain: the row carries a salted commitment, the text lies beside it and can be erased.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.model import PersonRef


class AuditAction(StrEnum):
    """What happened. Grammar: subject.verb_in_past or subject.verb for an act with intent and outcome."""

    DOOR_UNLOCK = "door.unlock"
    DOOR_LOCK = "door.lock"
    DOOR_RELOCK = "door.relock"
    DOOR_USED = "door.used"  # a bolt moved and it was not us: by keypad, hand, card, or somebody's app
    CODE_CREATE = "code.create"
    CODE_REVEAL = "code.reveal"
    CODE_END = "code.end"
    CODE_REMINDED = "code.reminded"
    CODE_EXTEND = "code.extend"
    CODE_FOLLOWED = "code.followed"
    REQUEST_REFUSED = "request.refused"
    REQUEST_SUBMITTED = "request.submitted"
    REQUEST_APPROVED = "request.approved"
    REQUEST_DENIED = "request.denied"
    REQUEST_CHANGED = "request.changed"
    REQUEST_CANCELLED = "request.cancelled"
    REQUEST_EXPIRED = "request.expired"
    REQUEST_TAKEN = "request.taken"
    REQUEST_REMINDED = "request.reminded"
    REQUEST_ESCALATED = "request.escalated"
    REQUEST_BARRED = "request.barred"  # a click that did not count, and why
    REQUEST_ENDED = "request.ended"  # what became of an approved one
    RULES_CHANGED = "rules.changed"
    RULES_REFUSED = "rules.refused"  # somebody tried who may not
    BREAK_GLASS = "request.break_glass"
    BREAK_GLASS_REVIEWED = "request.reviewed"
    RECORDS_EXPORTED = "records.exported"
    RECORDS_READ = "records.read"  # somebody asked the log, or was not allowed to
    PERSONAL_ERASED = "personal.erased"
    AUDIT_KEY_ROTATED = "audit.key_rotated"
    ROLLBACK_ACCEPTED = "audit.rollback_accepted"
    BOT_STARTED = "bot.started"


class Phase(StrEnum):
    """An act has two rows: what was intended, and how it ended. A note stands alone."""

    INTENT = "intent"
    OUTCOME = "outcome"
    NOTE = "note"


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DENIED = "denied"


SYSTEM = PersonRef(team_id="", user_id="latchkey")  # what the bot does by itself: re-locking, following codes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One thing that happened. `at` is aware; `detail` holds ids and codes; `personal` holds names and free text."""

    at: datetime
    action: AuditAction
    phase: Phase
    actor: PersonRef
    surface: str
    request_id: str
    outcome: Outcome | None = None
    device_id: str | None = None
    subject_id: str | None = None  # the operation or guest code that this is about: ties intent to outcome
    reason: str | None = None  # the rule, or the error's name: never a person's words
    seam: Mapping[str, str] = field(default_factory=dict)  # ids: action_attempt_id, access_code_id, request_id, code
    detail: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)


GENESIS = "0" * 64


def canonical(event: AuditEvent, *, seq: int, event_id: str, commitments: Mapping[str, str]) -> str:
    """The exact text that is stored and hashed: JSON, keys sorted, no spaces, ASCII only, times in UTC to the ms."""
    content: dict[str, object] = {
        "v": 1,
        "seq": seq,
        "id": event_id,
        "at": event.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "action": event.action.value,
        "phase": event.phase.value,
        "outcome": event.outcome.value if event.outcome else None,
        "actor": {"team": event.actor.team_id, "user": event.actor.user_id},
        "surface": event.surface,
        "request_id": event.request_id,
        "device_id": event.device_id,
        "subject_id": event.subject_id,
        "reason": event.reason,
        "seam": dict(event.seam),
        "detail": dict(event.detail),
        "personal": dict(commitments),
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def link(key: bytes, previous: str, payload: str) -> str:
    """The row's hash: HMAC-SHA256(key, previous hash ‖ newline ‖ payload), as hex."""
    return hmac.new(key, f"{previous}\n{payload}".encode(), hashlib.sha256).hexdigest()


def rotation_mac(old_key: bytes, previous: str, new_key_id: str) -> str:
    """The old key's signature under the row with which a new key begins."""
    return hmac.new(old_key, f"latchkey rotation\n{previous}\n{new_key_id}".encode(), hashlib.sha256).hexdigest()


def key_name(key: bytes) -> str:
    """A name for a key that tells nothing of it: the start of its own fingerprint."""
    return hashlib.sha256(b"latchkey audit key id" + key).hexdigest()[:8]


def commitment(salt: bytes, text: str) -> str:
    """SHA-256(salt ‖ text) as hex: stands in the chain for a text that may be erased together with its salt."""
    return hashlib.sha256(salt + text.encode()).hexdigest()
