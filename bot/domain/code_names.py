"""The name of a code on the lock: the guest, cut to the lock's limit, and a short id by which we find it again."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Container

# No 0/O, 1/I/L, U: what is read aloud at a door must not be misheard. No words can come of it, either.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MARKER_LENGTH = 4
USUAL_LIMIT = 30  # a lock that names no limit; makers' apps show about this much


def new_marker(taken: Container[str] = frozenset()) -> str:
    """Four characters that are not in `taken`, with at least one digit, so that it never is a name."""
    while True:
        marker = "".join(secrets.choice(_LETTERS) for _ in range(MARKER_LENGTH))
        if any(c.isdigit() for c in marker) and marker not in taken:
            return marker


def name_on_lock(guest: str, marker: str, limit: int | None) -> str:
    """`Dana P 7F3K`: at most `limit` characters (Kwikset: 14), and only letters, digits and spaces."""
    room = min(limit or USUAL_LIMIT, USUAL_LIMIT) - len(marker) - 1
    plain = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", guest))
    kept = " ".join(plain.split())[: max(room, 0)].strip()
    return f"{kept} {marker}" if kept else marker


def carries_marker(name: str, marker: str) -> bool:
    """True when this name on a lock is one that we gave, with this marker."""
    return name.rsplit(" ", 1)[-1] == marker
