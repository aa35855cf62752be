"""Is the audit chain whole? Its rules are taken from docs/audit.md, not from the bot's code (I10)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from tests.chaos.books import Row, rows

COLUMNS = {
    "action": "action",
    "phase": "phase",
    "outcome": "outcome",
    "device_id": "device_id",
    "subject_id": "subject_id",
}


def check(books: Mapping[str, object]) -> list[tuple[str, str]]:
    keys = books.get("keys")
    assert isinstance(keys, dict)
    found: list[tuple[str, str]] = []
    previous = "0" * 64
    hashes: dict[int, str] = {}
    for n, row in enumerate(rows(books, "bot", "audit"), 1):
        if row["seq"] != n:
            return [*found, ("chain_whole", f"row {n} is missing: the next one is {row['seq']}")]
        secret = bytes.fromhex(str(keys.get(row["key_id"], "")))
        good = hmac.new(secret, f"{row['previous']}\n{row['payload']}".encode(), hashlib.sha256).hexdigest()
        if row["previous"] != previous or not hmac.compare_digest(good, str(row["hash"])):
            return [*found, ("chain_whole", f"row {n} is not what was signed")]
        if wrong := _column(row):
            found.append(("chain_whole", f"row {n}: the column {wrong} says something else than the signed row"))
        previous = str(row["hash"])
        hashes[n] = previous
    found += [
        ("chain_whole", f"the anchor of row {anchor['seq']} says something else: rows were cut off")
        for anchor in rows(books, "anchors")
        if hashes.get(int(str(anchor["seq"]))) != anchor["hash"]
    ]
    return found


def _column(row: Row) -> str | None:
    content = json.loads(str(row["payload"]))
    return next((column for column, name in COLUMNS.items() if row[column] != content.get(name)), None)
