"""Whether the database file is still the one that was opened.

On Unix a file that was deleted or replaced can still be written to by whoever has it open: every record would go to
nowhere while the doors open (reliability.md F38). SQLite notices it in some journal modes and not in others.
"""

from __future__ import annotations

import os

from sqlalchemy import make_url


class FileGone(Exception):
    """The file was deleted, moved or replaced while we had it open."""


class FileWatch:
    """Remembers which file lies at the path when it is first looked at. Does nothing where there is no file."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        has_file = parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:"
        self._path = parsed.database if has_file else None
        self._known: tuple[int, int] | None = None

    def check(self) -> None:
        """Raises `FileGone`. To be called before each transaction: a look costs a microsecond."""
        if self._path is None:
            return
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            if self._known is None:
                return  # it is about to be made
            raise FileGone(self._path) from None
        if self._known is None:
            self._known = (found.st_dev, found.st_ino)
        elif self._known != (found.st_dev, found.st_ino):
            raise FileGone(self._path)
