"""Reading values out of a dict that a person wrote: strictly, and noting every mistake instead of stopping."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from bot.domain.policy.checks import Path, Problem
from bot.domain.policy.durations import parse_duration

LONGEST = timedelta(days=3650)  # ten years: more is a typing mistake, and dates end somewhere
LONGEST_NAME = 80
_TYPES: Mapping[type, str] = {str: "a text in quotes", bool: "true or false", int: "a whole number", list: "a list"}


class Reader:
    """The values of one table. Each method returns the value, or the default when it is not there or wrong.

    Problems go to `problems`, with paths that begin with `path`; `broken` holds the keys that had one.
    """

    def __init__(self, table: Mapping[str, object], path: Path, problems: list[Problem]) -> None:
        self._table, self._path, self._problems = table, path, problems
        self.broken: set[str] = set()

    def note(self, key: str, message: str, fix: str, *, index: int | None = None) -> None:
        """Write down a mistake in the value of `key`, or in one of its items."""
        self.broken.add(key)
        tail: Path = (key,) if index is None else (key, index)
        self._problems.append(Problem(path=self._path + tail, message=message, fix=fix))

    def refuse_others(self, known: Collection[str], where: str) -> None:
        """Note every key that is none of these. Comes first: a misspelt key is not also missing."""
        for key in self._table:
            if key in known:
                continue
            near = next(iter(difflib.get_close_matches(key, known, n=1, cutoff=0.6)), None)
            fix = f"did you mean “{near}”?" if near else f"the keys are {', '.join(sorted(known))}"
            message = f"{where} has no key “{key}”"
            self._problems.append(Problem(path=(*self._path, key), message=message, fix=fix, meant=near))
            self.broken |= {key} if near is None else {key, near}

    def required(self, key: str, example: str) -> None:
        """Note the key as missing when it is not there."""
        if key not in self._table and key not in self.broken:
            self.broken.add(key)
            self._problems.append(
                Problem(path=self._path, message=f"“{key}” is missing", fix=f"add {key} = {example}", missing=True)
            )

    def text(self, key: str) -> str | None:
        """One line of text for people."""
        value = self._typed(key, str)
        if not isinstance(value, str):
            return None
        wrong = what_is_wrong_with(value)
        if wrong is not None:
            self.note(key, f"“{key}” {wrong}", f"write one line of up to {LONGEST_NAME} characters")
            return None
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._typed(key, bool)
        return value if isinstance(value, bool) else default

    def number(self, key: str, low: int, high: int) -> int | None:
        value = self._typed(key, int)
        if not isinstance(value, int):
            return None
        if not low <= value <= high:
            self.note(key, f"“{key}” is {value}", f"write a number from {low} to {high}")
            return None
        return value

    def duration(self, key: str) -> timedelta | None:
        """A length of time above zero."""
        value = self._typed(key, str)
        return self._length(key, value) if isinstance(value, str) else None

    def durations(self, key: str) -> tuple[timedelta, ...] | None:
        """A list of lengths; None when the key is not there, which is not the same as an empty list."""
        if key not in self._table:
            return None
        lengths = [self._length(key, item, index) for index, item in self.texts(key)]
        return tuple(length for length in lengths if length is not None)

    def texts(self, key: str) -> list[tuple[int, str]]:
        """A list of texts, with the index of each; none twice."""
        value = self._typed(key, list)
        found: list[tuple[int, str]] = []
        for index, item in enumerate(value if isinstance(value, list) else []):
            if not isinstance(item, str):
                self.note(
                    key,
                    f"“{key}” has {_shown(item)} in it",
                    'every item is a text in quotes, like "U024BE7LH"',
                    index=index,
                )
            elif any(item == other for _, other in found):
                self.note(key, f"“{item}” is in “{key}” twice", "remove one of them", index=index)
            else:
                found.append((index, item))
        return found

    def names(self, key: str) -> frozenset[str]:
        """A list of names of doors, groups or sites."""
        found = set()
        for index, item in self.texts(key):
            wrong = what_is_wrong_with(item)
            if wrong is None:
                found.add(item)
            else:
                self.note(key, f"a name in “{key}” {wrong}", "write the name as it is in Latchkey", index=index)
        return frozenset(found)

    def ids(self, key: str, kinds: Mapping[str, Callable[[str], bool]], fix: str) -> dict[str, frozenset[str]]:
        """A list of ids, sorted into kinds by the first test that takes each; the others are noted with `fix`."""
        found: dict[str, set[str]] = {kind: set() for kind in kinds}
        for index, item in self.texts(key):
            kind = next((kind for kind, test in kinds.items() if test(item)), None)
            if kind is None:
                self.note(key, f"“{item}” in “{key}” is not an id", fix, index=index)
            else:
                found[kind].add(item)
        return {kind: frozenset(items) for kind, items in found.items()}

    def tables(self, key: str) -> list[tuple[int, Mapping[str, object]]]:
        """A list of tables, with the index of each."""
        value = self._typed(key, list)
        found: list[tuple[int, Mapping[str, object]]] = []
        for index, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, dict):
                found.append((index, item))
            else:
                self.note(key, f"“{key}” has {_shown(item)} in it", f"write each as a table, [[{key}]]", index=index)
        return found

    def table(self, key: str) -> Mapping[str, object]:
        value = self._table.get(key, {})
        if isinstance(value, dict):
            return value
        self.note(key, f"“{key}” is not a table", f"write [{key}] on a line of its own, and its keys below")
        return {}

    def _typed(self, key: str, kind: type) -> object:
        """The value when it is there and of this very type (true is no number), else None."""
        if key not in self._table:
            return None
        value = self._table[key]
        if type(value) is kind:
            return value
        example = f'write {key} = ["{value}"]' if kind is list and isinstance(value, str) else f"write {_TYPES[kind]}"
        self.note(key, f"“{key}” has to be {_TYPES[kind]}, not {_shown(value)}", example)
        return None

    def _length(self, key: str, value: str, index: int | None = None) -> timedelta | None:
        length = parse_duration(value)
        if length is None and value.strip().startswith("-"):
            self.note(key, f"“{key}” is negative: “{value}”", 'write a length above zero, like "4h"', index=index)
        elif length is None:
            self.note(
                key, f"“{value}” is not a length of time", 'write it like "30m", "4h", "30d" or "1h30m"', index=index
            )
        elif not timedelta() < length <= LONGEST:
            self.note(key, f"“{key}” is {value}", "write a length above zero and up to ten years", index=index)
        else:
            return length
        return None


def _shown(value: object) -> str:
    """The value as the file has it, or its kind when it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return f"“{value}”" if isinstance(value, str) else str(value)


def what_is_wrong_with(name: str) -> str | None:
    """Why this cannot be a name: empty, too long, or with characters that no one can see; None when it can."""
    if not name.strip():
        return "is empty"
    if len(name) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters"
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in name):
        return "has line breaks or control characters in it"
    return None
