"""What people typed, made safe to show and to store: one line, no hidden marks, not too long (reliability.md T12)."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 60
LONGEST_NOTE = 200
CUT_MARK = "…"

_SPACES = re.compile(r"\s+")


def one_line(text: str, limit: int) -> str:
    """NFKC, control and invisible characters (bidi marks, zero width) out, white space folded, cut at `limit`
    characters with a visible mark."""
    # NFKC makes three full stops of our own mark: text that was cut before would be cut again, elsewhere.
    composed = CUT_MARK.join(unicodedata.normalize("NFKC", part) for part in text.split(CUT_MARK))
    visible = "".join(
        c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " if c.isspace() else ""
        for c in composed
    )
    return cut(_SPACES.sub(" ", visible).strip(), limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; what is longer ends in a visible mark."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + CUT_MARK
