"""Access codes: one for each that was ordered, known, and gone after its end or somebody was told (I5, I6)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.chaos.acts import GRAIN, moment
from tests.chaos.books import Row, rows

# Awake time after a code's end in which it must be gone, or called stuck: five minutes, and one round of looks.
OFF_BY = timedelta(minutes=7)
LEGAL = {
    "ordered": {"scheduled", "on_lock", "failed", "ending"},
    "scheduled": {"on_lock", "failed", "ending"},
    "on_lock": {"ending", "failed"},
    "ending": {"ended", "stuck"},
    "stuck": {"ended"},
    "failed": {"ending", "ended"},
    "ended": set(),
}


def check(books: Mapping[str, object]) -> list[tuple[str, str]]:
    ours = {str(c["marker"]): c for c in rows(books, "bot", "guest_codes")}
    made: dict[str, list[Row]] = defaultdict(list)
    for name in rows(books, "seam", "names"):
        made[str(name["name"]).rsplit(" ", 1)[-1]].append(name)
    found = _orders(books)
    for marker, held in made.items():
        if len(held) > 1:
            found.append(("one_code", f"{len(held)} access codes were made for {marker}"))
        if marker not in ours:
            found.append(("no_unknown_code", f"{held[0]['name']} at {held[0]['device_id']} is in nobody's book"))
    by_id = {name["access_code_id"]: marker for marker, held in made.items() for name in held}
    for spell in _spells(books):
        code = ours.get(by_id.get(spell["access_code_id"], ""))
        if code is not None:
            found += _outlives(books, code, spell)
    return found + _moves(books)


def _orders(books: Mapping[str, object]) -> list[tuple[str, str]]:
    """Every order that Seam took has a record of ours before it."""
    intents: dict[object, list[datetime]] = defaultdict(list)
    for row in rows(books, "bot", "audit"):
        if row["action"] == "code.create" and row["phase"] == "intent":
            intents[row["device_id"]].append(moment(row["at"]))
    found, sent = [], defaultdict(int)
    for send in rows(books, "seam", "sends"):
        # Too many requests: nothing was done, and the same order may be sent again.
        if send["path"] != "/access_codes/create" or send["status"] == 429:
            continue
        door = send["device_id"]
        sent[door] += 1
        written = sum(1 for at in intents[door] if at <= moment(send["at"]) + GRAIN)
        if sent[door] > written:
            found.append(("record_before_act", f"{sent[door]} codes ordered at {door}, {written} written down"))
    return found


def _spells(books: Mapping[str, object]) -> list[Row]:
    """How long each code was in a lock's memory: from `on_at` to `off_at` (None: it still is)."""
    open_now: dict[tuple[object, object], Row] = {}
    spells: list[Row] = []
    for effect in rows(books, "seam", "effects"):
        place = (effect["device_id"], effect["access_code_id"])
        if effect["kind"] == "code_on" and place not in open_now:
            open_now[place] = {"access_code_id": place[1], "on_at": effect["at"], "off_at": None}
            spells.append(open_now[place])
        elif effect["kind"] == "code_off" and place in open_now:
            open_now.pop(place)["off_at"] = effect["at"]
    return spells


def _outlives(books: Mapping[str, object], code: Row, spell: Row) -> list[tuple[str, str]]:
    until = moment(spell["off_at"] or books["now"])
    where = f"the code {code['marker']} at {code['door_name']}"
    if spell["off_at"] is None and books.get("settled") and code["state"] in {"ended", "failed"}:
        return [("gone_or_alarmed", f"{where} is called {code['state']} and is on the lock")]
    if not code["ends_at"] or _awake(books, moment(code["ends_at"]), until) <= OFF_BY:
        return []
    followed = [r for r in rows(books, "bot", "audit") if r["subject_id"] == code["code_id"]]
    if not any(json.loads(str(r["payload"]))["reason"] == "stuck" for r in followed):
        return [("gone_or_alarmed", f"{where} outlived its end by {until - moment(code['ends_at'])}, without an alarm")]
    key = f"tell-order:{code['order_id']}:{code['marker']}:stuck"
    told = [t for t in rows(books, "bot", "tasks") if t["key"] == key and t["state"] == "done"]
    heard = [p for p in rows(books, "slack", "posts") if str(code["guest"]) in str(p["text"]) and _rings(p)]
    if books.get("settled") and not (told and heard):
        return [("gone_or_alarmed", f"{where} is stuck, and nobody was told")]
    return []


def _rings(post: Row) -> bool:
    return "still open the door" in str(post["text"]) or "may still" in str(post["text"])


def _awake(books: Mapping[str, object], start: datetime, end: datetime) -> timedelta:
    """How much of a span of time a bot was running."""
    total = timedelta()
    for spell in rows(books, "awake"):
        low, high = max(start, moment(spell["from"])), min(end, moment(spell["to"]))
        total += max(high - low, timedelta())
    return total


def _moves(books: Mapping[str, object]) -> list[tuple[str, str]]:
    """No code went back, or from its end to anything (as the audit log has it)."""
    state: dict[object, str] = {}
    found = []
    for row in rows(books, "bot", "audit"):
        if row["action"] != "code.followed":
            continue
        after = str(json.loads(str(row["payload"]))["reason"])
        if after not in LEGAL:
            continue  # adopted, taken back, …: not a state
        before = state.get(row["subject_id"])
        if before is not None and after not in LEGAL[before]:
            found.append(("legal_states", f"code {row['subject_id']} went from {before} to {after}"))
        state[row["subject_id"]] = after
    return found
