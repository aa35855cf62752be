"""The bot's own book, read from outside: plain SQL on the file or the server, nothing of the bot's code.

What comes out is JSON: {"audit": [row, ...], "operations": [...], ...}, each row a dict of its columns.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

TABLES = ("audit", "operations", "guest_codes", "requests", "request_doors", "reviews", "tasks", "inbox")
ORDER = {"audit": " ORDER BY seq", "tasks": " ORDER BY task_id"}

Row = dict[str, object]
Books = dict[str, object]


def read_tables(url: str) -> dict[str, list[Row]]:
    """Every table that the checker looks at. `url`: sqlite:///path, or postgresql://…"""
    return _sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite:") else _postgres(url)


def _sqlite(path: str) -> dict[str, list[Row]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        connection.row_factory = sqlite3.Row
        return {t: [dict(r) for r in connection.execute(_select(t))] for t in TABLES}
    finally:
        connection.close()


def _postgres(url: str) -> dict[str, list[Row]]:
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), row_factory=dict_row) as connection:
        return {t: list(connection.execute(_select(t)).fetchall()) for t in TABLES}


def _select(table: str) -> str:
    return f"SELECT * FROM {table}{ORDER.get(table, '')}"


def rows(books: Mapping[str, object], *path: str) -> list[Row]:
    """A list of rows somewhere in the books; empty where there is none."""
    node: object = books
    for key in path:
        node = node.get(key, []) if isinstance(node, dict) else []
    return node if isinstance(node, list) else []
