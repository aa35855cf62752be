"""Lengths of time: `1h30m` in the file, "1 hour 30 minutes" for people."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = (("d", "day", 86_400), ("h", "hour", 3_600), ("m", "minute", 60), ("s", "second", 1))
_SHAPE = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?")


def parse_duration(text: str) -> timedelta | None:
    """`90m`, `4h`, `30d`, `1d12h`, in this order of units; None when it is not a length. May be zero."""
    shape = _SHAPE.fullmatch(text.strip().lower().replace(" ", ""))
    if shape is None or not any(shape.groups()):
        return None
    counts = (int(count or 0) for count in shape.groups())
    return timedelta(seconds=sum(n * size for n, (_, _, size) in zip(counts, _UNITS, strict=True)))


def format_duration(length: timedelta) -> str:
    """The shortest text that `parse_duration` reads back as the same length; whole seconds."""
    return "".join(f"{n}{short}" for n, short, _ in _parts(length)) or "0s"


def say_duration(length: timedelta) -> str:
    """For people: "1 hour 30 minutes"."""
    return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, _, word in _parts(length)) or "no time"


def _parts(length: timedelta) -> list[tuple[int, str, str]]:
    rest = length.days * 86_400 + length.seconds
    parts = []
    for short, word, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append((count, short, word))
    return parts
