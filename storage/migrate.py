"""Bring the database to the newest form, without an alembic.ini."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storage.database import normalised, open_engine
from storage.file_lock import DatabaseUnusable

_MIGRATION_LOCK = 0x4D494752  # "MIGR": only one process migrates a PostgreSQL database at a time


def upgrade(url: str) -> None:
    """Run every migration that is missing. Safe to call at every start. Raises `DatabaseUnusable`."""
    engine = open_engine(normalised(url))
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _MIGRATION_LOCK})
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as problem:
        raise DatabaseUnusable(normalised(url), problem) from None
    finally:
        engine.dispose()


def is_current(connection: Connection) -> bool:
    """True when the database has every migration this version knows, and none that it does not."""
    return set(MigrationContext.configure(connection).get_current_heads()) == set(
        ScriptDirectory.from_config(_config()).get_heads()
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
