"""Typed text to plain text: lower case, no accents, one kind of dash, quote and space, and the way back.

Slack turns straight quotes into curly ones and two hyphens into a dash; phones put non-breaking spaces before
"pm"; Japanese keyboards type full-width digits. All of these mean the same, so all are folded before reading,
and each folded character remembers which character of the original it came from.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SINGLE = {
    "’": "'", "‘": "'", "ʼ": "'", "′": "'", "´": "'", "`": " ", "“": " ", "”": " ", "„": " ", '"': " ",
    "«": " ", "»": " ",
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "〜": "-", "～": "-", "~": "-",
    "－": "-",
    "→": "-", "➔": "-", "➝": "-", "➡": "-", "⇒": "-", "⟶": "-", "↦": "-", "►": "-", "▸": "-",
    "…": ",", "。": ",", "、": ",", "・": ",", "·": ",", "•": ",", "；": ",", ";": ",", "！": ",", "!": ",",
    "?": ",", "？": ",",
    "*": " ", "_": " ", "[": "(", "]": ")", "「": " ", "」": " ", "｢": " ", "｣": " ",
    "º": "°", "ª": "°", "½": ".5", "¼": ".25", "¾": ".75", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o",
    "ł": "l",
    "时": "時", "间": "間", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
    "\ufeff": "", "\u00ad": "", "\ufe0f": "",
    "\u200e": "", "\u200f": "", "\u202a": "", "\u202c": "", "\n": ",", "\r": " ", "\t": " ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text, the index in the original of each of its characters, and the original."""

    text: str
    origin: tuple[int, ...]
    original: str


def fold(text: str) -> Folded:
    """Fold `text` for reading. Never raises; any script passes through."""
    pieces: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        plain = _fold_char(char)
        pieces.append(plain)
        if len(plain) == 1:
            origin.append(index)
        else:
            origin.extend([index] * len(plain))
    return Folded("".join(pieces), tuple(origin), text)


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    """One character folded: possibly to nothing, possibly to several."""
    known = _SINGLE.get(char)
    if known is not None:
        return known
    if char < "\x80":
        return char.lower()
    if char.isspace():
        return " "
    compatible = unicodedata.normalize("NFKC", char)
    if len(compatible) == 1 and compatible in _SINGLE:
        return _SINGLE[compatible]
    decomposed = unicodedata.normalize("NFKD", char)
    # Only Latin loses its marks: a Japanese voiced kana without its mark is another letter.
    if "a" <= decomposed[0].lower() <= "z" or unicodedata.combining(char):
        compatible = "".join(c for c in decomposed if not unicodedata.combining(c))
    return compatible.lower()
