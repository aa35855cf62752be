"""On which line each table, key and list item of a TOML text stands. `tomllib` does not tell.

Made for texts that `tomllib` has read without complaint; it does not judge them. What stands inside an inline
table (`{…}`) has the place of the table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping

Path = tuple[str | int, ...]
Places = Mapping[Path, int]

_BLANK = re.compile(r"(?:\s|#[^\n]*)+")
_KEY_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*""")
# In this order: what is longer is tried first. A string may span lines only in its tripled form.
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{},\n]|[^\[\]{},\n"\'#]+',
    re.DOTALL,
)


def locate(text: str) -> Places:
    """Lines, counted from 1, by path: `("rule", 0, "hours", 1)` is the second item of the first rule's hours."""
    return _Locator(text).places


class _Locator:
    """One walk over the text, statement by statement."""

    def __init__(self, text: str) -> None:
        self.places: dict[Path, int] = {}
        self._text = text
        self._breaks = [at for at, char in enumerate(text) if char == "\n"]
        self._at = 0
        self._table: Path = ()
        self._counts: dict[Path, int] = {}  # how many [[…]] of this path there were
        while self._at < len(text):
            self._statement()

    @property
    def _line(self) -> int:
        return bisect_left(self._breaks, self._at) + 1

    def _statement(self) -> None:
        blank = _BLANK.match(self._text, self._at)
        if blank is not None:
            self._at = blank.end()
        elif self._text.startswith("[[", self._at):
            self._at += 2
            self._header(many=True)
        elif self._text.startswith("[", self._at):
            self._at += 1
            self._header(many=False)
        else:
            self._pair()

    def _header(self, *, many: bool) -> None:
        line, parts = self._line, self._key()
        path = self._resolve(parts[:-1]) + parts[-1:]
        if many:
            count = self._counts.get(path, 0)
            self._counts[path] = count + 1
            self.places.setdefault(path, line)
            path += (count,)
        self.places[path] = line
        self._table = path
        self._skip_line()

    def _resolve(self, parts: Path) -> Path:
        """The path with the index of the latest table wherever a part of it is a list of tables."""
        path: Path = ()
        for part in parts:
            path += (part,)
            if path in self._counts:
                path += (self._counts[path] - 1,)
        return path

    def _pair(self) -> None:
        line, parts = self._line, self._key()
        if not parts or self._text[self._at : self._at + 1] != "=":
            self._skip_line()
            return
        for end in range(1, len(parts) + 1):
            self.places.setdefault(self._table + parts[:end], line)
        self._at += 1
        self._value_of(self._table + parts)

    def _key(self) -> Path:
        parts: list[str | int] = []
        while (match := _KEY_PART.match(self._text, self._at)) is not None:
            self._at = match.end()
            parts.append(match[1].strip("\"'"))
            if self._text[self._at : self._at + 1] != ".":
                break
            self._at += 1
        return tuple(parts)

    def _value_of(self, path: Path) -> None:
        """Walk over the value to the end of its last line, noting the items of a list."""
        depth, index, fresh = 0, 0, False
        while (token := _TOKEN.match(self._text, self._at)) is not None:
            text = token[0]
            if text == "\n" and depth == 0:
                return
            if fresh and depth == 1 and text.strip() and text[0] not in "#,]":
                self.places[(*path, index)] = self._line + text[: len(text) - len(text.lstrip())].count("\n")
                index, fresh = index + 1, False
            if text in ("[", "{"):
                depth += 1
                fresh = fresh or (depth == 1 and text == "[")
            elif text in ("]", "}"):
                depth -= 1
            elif text == "," and depth == 1:
                fresh = index > 0
            self._at = token.end()
        self._skip_line()

    def _skip_line(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end + 1
