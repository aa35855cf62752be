"""One process owns an SQLite file. The second is refused in words (reliability.md F31)."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import make_url

from bot.domain.errors import BotError


class DatabaseInUse(BotError):
    """Another Latchkey process has this database file open."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Another Latchkey process is using {path}. Only one process may own an SQLite file: stop the other one, "
            "or set DATABASE_URL to a PostgreSQL database to run several."
        )


class DatabaseUnusable(BotError):
    """The database cannot be opened at all: a wrong path, missing rights, a server that does not answer."""

    def __init__(self, url: str, problem: BaseException) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            where = str(parsed.database)
            fix = (
                "check that the folder is there and that this user may write in it, or set DATABASE_URL to another one"
            )
        else:
            where = parsed.set(password=None).render_as_string(hide_password=True)
            fix = "check that the server runs, that this machine reaches it, and DATABASE_URL's user and password"
        why = (problem.strerror if isinstance(problem, OSError) else "") or str(getattr(problem, "orig", problem))
        super().__init__(f"The database {where} cannot be opened ({' '.join(why.split())[:200]}): {fix}.")


class FileLock:
    """An advisory lock on `<file>.lock`, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Raises `DatabaseInUse` when another process holds it, `DatabaseUnusable` where no file can be made."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise DatabaseUnusable(f"sqlite:///{path.with_suffix('')}", problem) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise DatabaseInUse(path.with_suffix("")) from None

    @classmethod
    def beside(cls, url: str) -> FileLock | None:
        """The lock for this database, or None where there is no file (memory, PostgreSQL)."""
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
            return None
        return cls(Path(parsed.database + ".lock"))

    def release(self) -> None:
        os.close(self._handle)
