"""Is the database one that keeps what it is given? Asked by `python -m bot doctor`; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from storage.database import normalised, open_engine
from storage.migrate import is_current


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """`durable`: a commit is on the disk before it is answered; `how` names the settings that say so."""

    current: bool
    durable: bool
    how: str


def look(url: str) -> Checkup | None:
    """Look at the database behind `url` with the bot's own settings; None when it cannot be reached."""
    engine = open_engine(normalised(url))
    # Read-only, so that on SQLite a running bot is not kept waiting.
    try:
        with engine.connect().execution_options(latchkey_reading=True) as connection:
            current = is_current(connection)
            if connection.dialect.name == "sqlite":
                mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar()).upper()
                level = str(connection.exec_driver_sql("PRAGMA synchronous").scalar())
                durable = mode in {"WAL", "TRUNCATE", "DELETE"} and level in {"2", "3"}
                return Checkup(current=current, durable=durable, how=f"journal {mode}, synchronous {level}")
            told = [
                str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in ("fsync", "synchronous_commit")
            ]
            how = f"fsync {told[0]}, synchronous_commit {told[1]}"
            return Checkup(current=current, durable=told[0] == "on" and told[1] != "off", how=how)
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()
