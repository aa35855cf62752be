"""Folded text to tokens: numbers, words, signs; each Japanese character is a token of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.when.normalise import Folded

# Kana and kanji have no spaces between words, so the lexicon matches them character by character.
_CJK = "\u3005\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"\d+|[{_CJK}]|[^\W\d_{_CJK}]+|[^\w\s]|_")


@dataclass(slots=True)
class Token:
    """One token: folded text, place in the original, and whether white space stands before it."""

    text: str
    start: int
    end: int
    spaced: bool
    capital: bool


def _name_start(char: str) -> bool:
    """A capital letter; kanji and kana know none, so any of them may begin a name."""
    return char.isupper() or "\u3040" <= char <= "\u9fff"


def tokenize(folded: Folded) -> list[Token]:
    """All tokens in order; what is neither a letter, digit nor sign (white space) separates."""
    tokens: list[Token] = []
    previous_end = -1
    origin, original = folded.origin, folded.original
    for match in _TOKEN.finditer(folded.text):
        first, last = match.span()
        start = origin[first]
        tokens.append(
            Token(
                match.group(),
                start,
                origin[last - 1] + 1,
                first != previous_end,
                _name_start(original[start]),
            )
        )
        previous_end = last
    return tokens
