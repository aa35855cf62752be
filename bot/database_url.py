"""Is DATABASE_URL one that the bot can use here? Looked at before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

FORMS = "sqlite:///var/latchkey.db (a file) or postgres://user:password@host/database"


def database_problem(url: str, environ: Mapping[str, str]) -> str | None:
    """What is wrong with `url` and its fix, as one sentence without the URL's password; None when nothing is.

    On Heroku (where DYNO is set) the disk is emptied at least once a day, so an SQLite file there is refused.
    """
    try:
        backend = make_url(url).get_backend_name()
    except (ArgumentError, ValueError):
        return f"DATABASE_URL is not a database's address: set it to {FORMS}"
    if backend == "sqlite":
        if "DYNO" in environ:
            return (
                "the database would be an SQLite file on this dyno, and Heroku deletes files at every restart, with "
                "all codes, requests and the audit log: add a PostgreSQL database (`heroku addons:create "
                "heroku-postgresql`), which sets DATABASE_URL"
            )
        return None
    if backend not in {"postgres", "postgresql"}:
        return f"DATABASE_URL names a {backend} database, which Latchkey cannot use: set it to {FORMS}"
    if find_spec("psycopg") is None:
        return (
            "DATABASE_URL names a PostgreSQL database and its driver is not installed: pip install 'latchkey[postgres]'"
        )
    return None
