"""Books that agree, by hand: an unlock, an approved code that came and went, one that got stuck and was told of."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

from tests.chaos.books import Books, Row

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
DOOR, OTHER = "door-1", "door-2"
SAM, ANA = "U0SAM", "U0ANA"


def at(seconds: float) -> str:
    """A moment of the story."""
    return (START + timedelta(seconds=seconds)).isoformat()


def whole() -> Books:
    """Two hours in which everything went as it should."""
    audit = [
        row(1.0, "door.unlock", "intent", None, "op1", DOOR, SAM),
        row(1.5, "door.unlock", "outcome", "ok", "op1", DOOR, SAM),
        row(10, "request.submitted", "note", "ok", "req1", OTHER, SAM),
        row(60, "request.approved", "note", "ok", "req1", OTHER, ANA),
        row(60.1, "code.create", "intent", None, "code1", OTHER, SAM),
        row(60.4, "code.create", "outcome", "ok", "code1", OTHER, SAM),
        row(60.5, "request.ended", "note", "ok", "req1", OTHER, SAM),
        row(65, "code.followed", "note", "ok", "code1", OTHER, "latchkey", "on_lock"),
        row(70, "code.create", "intent", None, "code2", DOOR, SAM),
        row(70.4, "code.create", "outcome", "ok", "code2", DOOR, SAM),
        row(75, "code.followed", "note", "ok", "code2", DOOR, "latchkey", "on_lock"),
        row(3620, "code.followed", "note", "ok", "code1", OTHER, "latchkey", "ending"),
        row(3620, "code.followed", "note", "ok", "code2", DOOR, "latchkey", "ending"),
        row(3650, "code.followed", "note", "ok", "code1", OTHER, "latchkey", "ended"),
        row(3920, "code.followed", "note", "failed", "code2", DOOR, "latchkey", "stuck"),
    ]
    books: Books = {
        "now": at(7200),
        "settled": True,
        "approvers": [ANA],
        "kills": [at(5000)],
        "awake": [{"from": at(0), "to": at(7200)}],
        "anchors": [],
        "keys": {"k1": KEY.hex()},
        "slack": {
            "deliveries": [{"at": at(0.9), "user": SAM}, {"at": at(9.9), "user": SAM}, {"at": at(69.9), "user": SAM}],
            "posts": [
                post(1.6, SAM, "Room 1 is unlocked."),
                post(60.6, SAM, "The code for Dana00001 is ordered."),
                post(70.6, SAM, "The code for Dana00002 is on its way."),
                post(3921, SAM, "The code of Dana00002 should be off the lock and is not: it may still open the door."),
            ],
        },
        "seam": {
            "sends": [
                send(1.2, "/locks/unlock_door", DOOR, "r1"),
                send(60.2, "/access_codes/create", OTHER, "r2"),
                send(70.2, "/access_codes/create", DOOR, "r3"),
            ],
            "effects": [
                effect(1.3, "unlocked", DOOR, "r1"),
                effect(64, "code_on", OTHER, "r2", "ac1"),
                effect(74, "code_on", DOOR, "r3", "ac2"),
                effect(3640, "code_off", OTHER, "window", "ac1"),
            ],
            "names": [
                {"access_code_id": "ac1", "name": "Dana00001 AB2C", "device_id": OTHER},
                {"access_code_id": "ac2", "name": "Dana00002 XY3Z", "device_id": DOOR},
            ],
        },
        "bot": {
            "audit": audit,
            "operations": [
                {"op_id": "op1", "state": "done", "user_id": SAM, "door_name": "Room 1", "surface": "command"}
            ],
            "guest_codes": [
                code("code1", "req1", "AB2C", OTHER, "Dana00001", "ended"),
                code("code2", "order2", "XY3Z", DOOR, "Dana00002", "stuck"),
            ],
            "requests": [
                {
                    "request_id": "req1",
                    "state": "done",
                    "user_id": SAM,
                    "beneficiary_user": None,
                    "break_glass": 0,
                    "decided_at": at(60),
                }
            ],
            "reviews": [{"request_id": "req1", "verdict": "approve", "user_id": ANA}],
            "tasks": [
                {"kind": "tell_order", "key": "tell-order:order2:XY3Z:stuck", "state": "done", "due_at": at(3920)},
                {"kind": "tell_operation", "key": "tell:op1", "state": "done", "due_at": at(46)},
            ],
        },
    }
    return sign(books)


def sign(books: Books) -> Books:
    """Number and sign the audit rows anew, as somebody who has the key could."""
    previous = "0" * 64
    for n, entry in enumerate(books["bot"]["audit"], 1):  # type: ignore[index]
        content = json.loads(entry["payload"])
        entry["payload"] = json.dumps({**content, **{k: entry[k] for k in content if k in entry}}, sort_keys=True)
        entry["seq"], entry["previous"], entry["key_id"] = n, previous, "k1"
        entry["hash"] = hmac.new(KEY, f"{previous}\n{entry['payload']}".encode(), hashlib.sha256).hexdigest()
        previous = entry["hash"]
    return books


def row(
    second: float,
    action: str,
    phase: str,
    outcome: str | None,
    subject: str,
    door: str,
    actor: str,
    reason: str | None = None,
) -> Row:
    columns: Row = {
        "at": at(second),
        "action": action,
        "phase": phase,
        "outcome": outcome,
        "device_id": door,
        "subject_id": subject,
    }
    return {**columns, "actor_user": actor, "payload": json.dumps({**columns, "reason": reason})}


def post(second: float, reader: str, text: str) -> Row:
    return {
        "at": at(second),
        "real": at(second),
        "reader": reader,
        "thread": None,
        "text": text,
        "edit": False,
        "answer_lost": False,
    }


def send(second: float, path: str, door: str, request_id: str, status: int = 200) -> Row:
    return {"at": at(second), "path": path, "device_id": door, "status": status, "request_id": request_id}


def effect(second: float, kind: str, door: str, cause: str, access_code_id: str | None = None) -> Row:
    return {"at": at(second), "kind": kind, "device_id": door, "cause": cause, "access_code_id": access_code_id}


def code(code_id: str, order_id: str, marker: str, door: str, guest: str, state: str) -> Row:
    return {
        "code_id": code_id,
        "order_id": order_id,
        "marker": marker,
        "device_id": door,
        "door_name": "Room 1" if door == DOOR else "Room 2",
        "guest": guest,
        "user_id": SAM,
        "state": state,
        "ends_at": at(3600),
    }
