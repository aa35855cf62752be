"""Anchors: what the chain looked like at a moment, said outside the database, so that nobody can later say otherwise.

A line of the anchor file is an anchor (row, hash, time, count) or an accepted rollback, which voids the anchors above
it that are past the row it names. Each line has an HMAC of its own (docs/audit.md has the exact form).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """`at` is ISO text in UTC. With `rollback`, the line says: an older database was accepted, its last row is this."""

    seq: int
    hash: str
    at: str
    count: int
    key_id: str
    rollback: bool = False
    mac: str = ""

    def line(self) -> str:
        return json.dumps({**_content(self), "mac": self.mac}, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A line of the anchor file that is not an anchor. `number` counts from 1."""

    number: int


def sealed(anchor: Anchor, key: bytes) -> Anchor:
    """The anchor with its HMAC."""
    return replace(anchor, mac=_mac(anchor, key))


def make_anchor(seq: int, row_hash: str, at: datetime, key_id: str, key: bytes, *, rollback: bool = False) -> Anchor:
    """An anchor of the chain's present end. The chain has no gaps, so that `count` is the row's number."""
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds")
    anchor = Anchor(seq=seq, hash=row_hash, at=stamp, count=seq, key_id=key_id, rollback=rollback)
    return sealed(anchor, key)


def is_genuine(anchor: Anchor, keys: Mapping[str, bytes]) -> bool:
    key = keys.get(anchor.key_id)
    return key is not None and anchor.count == anchor.seq and hmac.compare_digest(_mac(anchor, key), anchor.mac)


def read_anchor(line: str) -> Anchor | None:
    """The anchor that a line holds, or None. A line of the log or of Slack may have words around it."""
    start, end = line.find("{"), line.rfind("}")
    try:
        found = json.loads(line[start : end + 1]) if start >= 0 else None
        if not isinstance(found, dict) or found.get("v") != 1:
            return None
        return Anchor(
            seq=int(found["seq"]),
            hash=str(found["hash"]),
            at=str(found["at"]),
            count=int(found["count"]),
            key_id=str(found["key_id"]),
            rollback=found["kind"] == "rollback",
            mac=str(found["mac"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def read_anchors(text: str) -> tuple[list[Anchor], Unreadable | None]:
    """Every anchor of a file, in its order, and the first line that is none. A last line without its end is a write
    that a crash cut short: it is passed over."""
    anchors: list[Anchor] = []
    lines = text.split("\n")
    unfinished = lines.pop()
    if unfinished:
        tail = read_anchor(unfinished)
        lines += [unfinished] if tail else []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        anchor = read_anchor(line)
        if anchor is None:
            return anchors, Unreadable(number=number)
        anchors.append(anchor)
    return anchors, None


def standing(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors that still bind: a rollback voids those before it that are past the row it names."""
    kept: list[Anchor] = []
    for anchor in anchors:
        if anchor.rollback:
            kept = [a for a in kept if a.seq <= anchor.seq]
        kept.append(anchor)
    return kept


def _content(anchor: Anchor) -> dict[str, object]:
    return {
        "v": 1,
        "kind": "rollback" if anchor.rollback else "anchor",
        "seq": anchor.seq,
        "hash": anchor.hash,
        "at": anchor.at,
        "count": anchor.count,
        "key_id": anchor.key_id,
    }


def _mac(anchor: Anchor, key: bytes) -> str:
    content = json.dumps(_content(anchor), sort_keys=True, separators=(",", ":"))
    return hmac.new(key, f"latchkey anchor\n{content}".encode(), hashlib.sha256).hexdigest()
