"""Insert a row once: the second time its key is there, and nothing happens."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Executable, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, values: Mapping[str, object]) -> bool:
    """Insert a row unless one of its unique keys is taken. Returns whether it was inserted.

    Told by what comes back, since drivers disagree on the row count of such an insert.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement: Executable = insert(table).values(dict(values)).on_conflict_do_nothing().returning(literal_column("1"))
    return connection.execute(statement).first() is not None
