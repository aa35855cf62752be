"""Reading one field of Seam's JSON: the value if it is what we expect, else None. Never an exception.

Seam adds, deprecates and drops fields every few weeks (seam-api.md 0, 1.3), so a missing or odd field costs us that
field and nothing more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

JsonObject = Mapping[str, object]


def text(source: JsonObject, key: str) -> str | None:
    """A string that is not blank, trimmed."""
    value = source.get(key)
    return (value.strip() or None) if isinstance(value, str) else None


def flag(source: JsonObject, key: str) -> bool | None:
    """True, False, or None for everything else: a capability flag has three values (seam-api.md 3.3)."""
    value = source.get(key)
    return value if isinstance(value, bool) else None


def number(source: JsonObject, key: str) -> float | None:
    """A finite number; a bool is none."""
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def count(source: JsonObject, key: str) -> int | None:
    """A number as a whole one."""
    value = number(source, key)
    return None if value is None else int(value)


def nested(source: JsonObject, key: str) -> JsonObject:
    """An object; empty when it is missing or something else."""
    value = source.get(key)
    return value if isinstance(value, Mapping) else {}


def items(source: JsonObject, key: str) -> tuple[JsonObject, ...]:
    """The objects of a list; anything else in it is passed over."""
    return tuple(item for item in _list(source, key) if isinstance(item, Mapping))


def texts(source: JsonObject, key: str) -> tuple[str, ...]:
    """The strings of a list."""
    return tuple(item for item in _list(source, key) if isinstance(item, str))


def counts(source: JsonObject, key: str) -> tuple[int, ...]:
    """The whole numbers of a list, ascending, each once."""
    return tuple(sorted({item for item in _list(source, key) if isinstance(item, int) and not isinstance(item, bool)}))


def moment(source: JsonObject, key: str) -> datetime | None:
    """A timestamp, aware and in UTC. One without an offset is read as UTC, which is what Seam means."""
    value = source.get(key)
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def zone(source: JsonObject, key: str) -> ZoneInfo | None:
    """An IANA zone that this machine knows."""
    name = text(source, key)
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def stamp(when: datetime) -> str:
    """An aware time as Seam gets it: UTC, milliseconds, `Z`. Without an offset Seam guesses (seam-api.md 5.1)."""
    if when.tzinfo is None:
        raise ValueError("a time for Seam must be aware")
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _list(source: JsonObject, key: str) -> list[object]:
    value = source.get(key)
    return value if isinstance(value, list) else []
