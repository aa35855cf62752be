"""Words to meanings: loads a language's table once and turns tokens into atoms.

An atom is the longest phrase the table knows at that place, with every meaning the phrase has in that
language
("second" is an ordinal and a unit, Spanish "mañana" is a day and a part of one). The grammar decides which
meaning holds; the table only says which are possible.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from bot.domain.when.normalise import fold
from bot.domain.when.tokens import Token, tokenize

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "ja")

Meaning = int | str
_PARTS = {"morning": (6 * 60, 12 * 60), "noon": (12 * 60, 14 * 60), "afternoon": (12 * 60, 18 * 60),
          "evening": (18 * 60, 23 * 60), "night": (18 * 60, 24 * 60)}  # fmt: skip
_ARTICLED = {"from", "until", "through", "range", "before", "after", "between", "and", "on"}
_KANJI = {c: n for n, c in enumerate("〇一二三四五六七八九")}


@dataclass(slots=True)
class Atom:
    """A phrase with its possible meanings, by name of meaning: `{"weekday": 4}`, `{"number": 9}`."""

    text: str
    start: int
    end: int
    means: Mapping[str, Meaning]
    spaced: bool
    digits: int = 0
    capital: bool = False

    def get(self, name: str) -> Meaning | None:
        """The value of one meaning, or None when the phrase does not have it."""
        return self.means.get(name)

    def has(self, *names: str) -> bool:
        """Whether the phrase can mean any of these."""
        means = self.means
        return any(name in means for name in names)

    @property
    def number(self) -> int:
        """The value of a number atom."""
        return int(self.means["number"])

    def number_or(self, default: int) -> int:
        """The value of a number atom, or `default`."""
        return int(self.means.get("number", default))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: its phrases, and the few facts about it that are not words."""

    lang: str
    phrases: Mapping[str, list[tuple[tuple[str, ...], Mapping[str, Meaning]]]]
    glued: Mapping[str, Mapping[str, Meaning]]
    facts: Mapping[str, Any]
    part_minutes: Mapping[str, tuple[int, int]]
    examples: Mapping[str, str]
    names: Mapping[str, Any] = field(default_factory=dict)
    # Words of other languages that mean nothing here: in which language, and whether they name a day.
    foreign: Mapping[str, tuple[str, bool]] = field(default_factory=dict)

    @property
    def twelve_hour(self) -> bool:
        """Whether a bare hour is a 12-hour one (rule S11's English rule)."""
        return bool(self.facts.get("clock") == 12)

    def atoms(self, tokens: list[Token]) -> list[Atom]:
        """The longest known phrase at each place; unknown tokens become atoms without meaning."""
        atoms: list[Atom] = []
        i, n = 0, len(tokens)
        while i < n:
            token = tokens[i]
            text = token.text
            if text == self.facts.get("approx_suffix") and not token.spaced and atoms:
                if atoms[-1].text == "-" and len(atoms) > 1:
                    atoms.pop()
                i += 1
                continue
            if text.isdigit() and text.isascii():
                known = self._phrase(tokens, i)
                if known is None:
                    value = int(text) if len(text) < 9 else 10**9
                    atoms.append(Atom(text, token.start, token.end, {"number": value}, token.spaced, len(text)))
                    i += 1
                    continue
                length, means = known
            else:
                if text in _KANJI or text == "十":
                    taken, value = _kanji_number(tokens, i)
                    if taken and self._phrase(tokens, i) is None:
                        end = tokens[i + taken - 1].end
                        atoms.append(
                            Atom(str(value), token.start, end, {"number": value}, token.spaced, len(str(value)))
                        )
                        i += taken
                        continue
                known = self._phrase(tokens, i)
                longer = known is not None and known[0] > 1
                if atoms and atoms[-1].digits and not token.spaced and text in self.glued and not longer:
                    after = tokens[i + 1] if i + 1 < n else None
                    if after is None or after.spaced or not after.text.isalnum():
                        means = self.glued[text]
                        atoms.append(Atom(text, token.start, token.end, means, False))
                        i += 1
                        continue
                length, means = known if known is not None else (1, {})
            last = tokens[i + length - 1]
            joined = text if length == 1 else "".join(t.text for t in tokens[i : i + length])
            atoms.append(Atom(joined, token.start, last.end, means, token.spaced, 0, token.capital))
            i += length
        return atoms

    def _phrase(self, tokens: list[Token], i: int) -> tuple[int, Mapping[str, Meaning]] | None:
        """The longest phrase of the table that starts at token `i`."""
        found = self.phrases.get(tokens[i].text)
        if found is None:
            return None
        room = len(tokens) - i
        for words, means in found:
            size = len(words)
            if size == 1:
                return 1, means
            if size <= room and all(tokens[i + k].text == words[k] for k in range(1, size)):
                return size, means
        return None


def _kanji_number(tokens: list[Token], i: int) -> tuple[int, int]:
    """How many tokens from `i` make one kanji number (up to 99), and its value; (0, 0) for none."""
    total, digit, taken = 0, None, 0
    for token in tokens[i : i + 4]:
        if token.text in _KANJI and digit is None:
            digit = _KANJI[token.text]
        elif token.text == "十" and total == 0:
            total, digit = 10 * (digit if digit is not None else 1), None
        else:
            break
        taken += 1
    return taken, total + (digit or 0)


@lru_cache(maxsize=len(LANGUAGES))
def lexicon(lang: str) -> Lexicon:
    """The lexicon of a language; English for a language that has no table. Reads the table on first use."""
    code = lang if lang in LANGUAGES else "en"
    table = _Table()
    common = _load("common")
    table.add(common)
    own = _load(code)
    table.add(own)
    return table.lexicon(code, own, common)


def _load(name: str) -> dict[str, Any]:
    """A word table as it is written."""
    return tomllib.loads((resources.files("bot.domain.when") / "words" / f"{name}.toml").read_text("utf-8"))


class _Table:
    """Collects phrases from tables, each with all its meanings."""

    def __init__(self) -> None:
        self.means: dict[tuple[str, ...], dict[str, Meaning]] = {}
        self.glued: dict[str, dict[str, Meaning]] = {}

    def put(self, phrases: str, name: str, value: Meaning) -> None:
        for phrase in _split(phrases):
            words = tuple(token.text for token in tokenize(fold(phrase)))
            if words:
                self.means.setdefault(words, {})[name] = value

    def add(self, table: dict[str, Any]) -> None:
        """All sections of one file; the section's name says what its phrases mean."""
        for section in ("weekday", "month", "day", "number", "ordinal", "rel", "rel_post", "length"):
            for key, phrases in table.get(section, {}).items():
                self.put(phrases, section, int(key))
        for section in ("part", "unit", "holiday", "zone", "city", "end_phrase", "period"):
            for key, phrases in table.get(section, {}).items():
                self.put(phrases, section, key)
        for key, phrases in table.get("weekday_habit", {}).items():
            self.put(phrases, "weekday", int(key))
            self.put(phrases, "habit", 1)
        for key, phrases in table.get("day_part", {}).items():
            day, part = key.split()
            self.put(phrases, "day", int(day))
            self.put(phrases, "part", part)
            self.put(phrases, "day_part", 1)
        for name, phrases in table.get("word", {}).items():
            self.put(phrases, name, 1)
            if name.startswith("every_"):
                self.put(phrases, "every", 1)
        for name, letter in table.get("word_glued", {}).items():
            for phrase in _split(letter):
                self.glued[phrase] = {name: 1, **self.means.get((phrase,), {})}
        self._compound(table)

    def _compound(self, table: dict[str, Any]) -> None:
        """German "Dienstagabend", Dutch "vrijdagmiddag": each full weekday with each part of the day."""
        for part, endings in table.get("part_ending", {}).items():
            for key, phrases in table["weekday"].items():
                name = _split(phrases)[0]
                for ending in _split(endings):
                    self.put(name + ending, "weekday", int(key))
                    self.put(name + ending, "part", part)
                    self.put(name + ending, "day_part", 1)

    def lexicon(self, code: str, own: dict[str, Any], common: dict[str, Any]) -> Lexicon:
        # "à partir du", "fino al" end in an article, so a number after them is a day.
        articles = {words[0] for words, means in self.means.items() if len(words) == 1 and "day_article" in means}
        for words, means in self.means.items():
            if len(words) > 1 and words[-1] in articles and means.keys() & _ARTICLED:
                means["day_article"] = 1
        by_first: dict[str, list[tuple[tuple[str, ...], Mapping[str, Meaning]]]] = {}
        for words, means in self.means.items():
            by_first.setdefault(words[0], []).append((words, means))
        for found in by_first.values():
            found.sort(key=lambda item: -len(item[0]))
        parts = dict(_PARTS)
        for part, hours in own.get("hours", {}).items():
            parts[part] = (_minutes(hours.split()[0]), _minutes(hours.split()[1]))
        # "3p" and "14u" are only read when the letter touches the digits.
        glued = {letter: {**means, **self.means.get((letter,), {})} for letter, means in self.glued.items()}
        return Lexicon(
            lang=code,
            phrases=by_first,
            glued=glued,
            facts=own["language"],
            part_minutes=parts,
            examples=own["example"],
            names=own.get("echo", {}),
            foreign=self._foreign(code, common),
        )

    def _foreign(self, code: str, common: dict[str, Any]) -> dict[str, tuple[str, bool]]:
        """Telling words of other languages, without those that are words of this one."""
        found: dict[str, tuple[str, bool]] = {}
        mine = {words[0] for words in self.means}
        for lang, phrases in common["foreign"].items():
            days = {fold(word).text for word in _split(common["foreign_day"].get(lang, ""))}
            for word in (fold(word).text for word in _split(phrases)):
                if lang != code and word not in mine:
                    found.setdefault(word, (lang, word in days))
        return found


def _split(phrases: str) -> list[str]:
    return [phrase for phrase in (part.strip() for part in phrases.split(",")) if phrase]


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute or 0)
