"""Unlocks and locks: each with a record before it, once, not late, and told as it was (I1 to I4)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.chaos.books import Row, rows

LATEST_START = timedelta(seconds=11)  # from the click to the intent: 10 s, and the clock's grain
LATEST_SEND = timedelta(seconds=21)  # from the intent to the request: the bot's two limits of 10 s each
GRAIN = timedelta(milliseconds=2)
PATHS = {"/locks/unlock_door": {"door.unlock"}, "/locks/lock_door": {"door.lock", "door.relock"}}


def moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def check(books: Mapping[str, object]) -> list[tuple[str, str]]:
    audit = rows(books, "bot", "audit")
    found: list[tuple[str, str]] = []
    outcomes: dict[object, list[Row]] = defaultdict(list)
    for row in audit:
        if row["phase"] == "outcome":
            outcomes[row["subject_id"]].append(row)
    effects: dict[object, list[Row]] = defaultdict(list)
    for effect in rows(books, "seam", "effects"):
        effects[effect["cause"]].append(effect)
    asked = _asked(books)
    for path, actions in PATHS.items():
        intents = [r for r in audit if r["phase"] == "intent" and r["action"] in actions]
        sent = _matched(found, intents, [s for s in rows(books, "seam", "sends") if s["path"] == path])
        for intent in intents:
            found += _one(intent, sent.get(intent["subject_id"]), outcomes[intent["subject_id"]], effects)
            if intent["action"] == "door.unlock":
                found += _in_time(intent, sent.get(intent["subject_id"]), asked)
    known = {r["subject_id"] for r in audit if r["phase"] == "intent"}
    for operation in rows(books, "bot", "operations"):
        if operation["op_id"] not in known:
            found.append(("record_before_act", f"operation {operation['op_id']} has no audit row"))
        if operation["state"] == "intended":
            found.append(("one_outcome", f"operation {operation['op_id']} never ended"))
    return found


def _matched(found: list[tuple[str, str]], intents: list[Row], sends: list[Row]) -> dict[object, Row]:
    """Which request belongs to which intent: at one door, the newest intent before it; each has one at most."""
    by_door: dict[object, list[tuple[datetime, Row]]] = defaultdict(list)
    for intent in intents:
        by_door[intent["device_id"]].append((moment(intent["at"]), intent))
    sent: dict[object, Row] = {}
    for send in sends:
        before = by_door[send["device_id"]]
        place = bisect_right([at for at, _ in before], moment(send["at"]) + GRAIN) - 1
        where = f"{send['path']} at {send['device_id']}, {send['at']}"
        if place < 0:
            found.append(("record_before_act", f"{where}: nothing was written down before"))
            continue
        subject = before[place][1]["subject_id"]
        if subject in sent:
            found.append(("at_most_once", f"{where}: operation {subject} had been sent already"))
        sent.setdefault(subject, send)
    return sent


def _one(intent: Row, send: Row | None, ends: list[Row], effects: Mapping[object, list[Row]]) -> list[tuple[str, str]]:
    subject, found = intent["subject_id"], []
    if len(ends) != 1:
        found.append(("one_outcome", f"{intent['action']} {subject} has {len(ends)} outcomes"))
    moved = effects.get(send["request_id"], []) if send else []
    for end in ends:
        if end["outcome"] == "ok" and (send is None or (send["status"] != 200 and not moved)):
            found.append(("honest", f"{intent['action']} {subject} is called done, and Seam was never asked"))
        if end["outcome"] == "failed" and any(moment(e["at"]) <= moment(end["at"]) for e in moved):
            found.append(("honest", f"{intent['action']} {subject} is called failed, and the door moved"))
    return found


def _in_time(intent: Row, send: Row | None, asked: Mapping[object, list[datetime]]) -> list[tuple[str, str]]:
    at, found = moment(intent["at"]), []
    if send and moment(send["at"]) - at > LATEST_SEND:
        found.append(
            ("never_late", f"unlock {intent['subject_id']} was sent {moment(send['at']) - at} after its intent")
        )
    clicks = asked.get(intent["subject_id"]) or asked.get(intent["actor_user"], [])
    place = bisect_right(clicks, at + GRAIN)
    if send and (place == 0 or at - clicks[place - 1] > LATEST_START):
        found.append(("never_late", f"unlock {intent['subject_id']} began long after anybody asked for it"))
    return found


def _asked(books: Mapping[str, object]) -> dict[object, list[datetime]]:
    """When people asked, by person; and when a request was decided, by its id (an act has the request's id)."""
    asked: dict[object, list[datetime]] = defaultdict(list)
    for delivery in rows(books, "slack", "deliveries"):
        asked[delivery["user"]].append(moment(delivery["at"]))
    for times in asked.values():
        times.sort()
    for request in rows(books, "bot", "requests"):
        if request["decided_at"]:
            asked[request["request_id"]] = [moment(request["decided_at"])]
    return asked
