"""The migrations make the tables that the code believes in, and the audit log in them cannot be rewritten."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from storage.database import Database
from storage.migrate import is_current, upgrade
from storage.tables import metadata
from tests.storage.rows import event, record, rows_of


def _where(index: Any) -> str:
    """The condition of a partial index, as SQL."""
    return str(index.get("dialect_options", {}).get("sqlite_where", ""))


def test_the_migrations_make_just_the_tables_of_the_code(migrated: Path) -> None:
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_checks_and_unique_constraints_are_those_of_the_code(migrated: Path, tmp_path: Path) -> None:
    def rules(path: Path) -> dict[str, list[object]]:
        engine = create_engine(f"sqlite:///{path}")
        found = inspect(engine)
        result = {
            table: [
                sorted((c["name"] or "", c["sqltext"]) for c in found.get_check_constraints(table)),
                sorted((u["name"] or "", tuple(u["column_names"])) for u in found.get_unique_constraints(table)),
                sorted((i["name"] or "", i["unique"], _where(i)) for i in found.get_indexes(table)),
            ]
            for table in metadata.tables
        }
        engine.dispose()
        return result

    engine = create_engine(f"sqlite:///{tmp_path}/from_code.db")
    metadata.create_all(engine)
    engine.dispose()
    assert rules(migrated) == rules(tmp_path / "from_code.db")


def test_migrating_twice_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    upgrade(f"sqlite:///{path}")
    assert path.read_bytes() == before
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert is_current(connection)
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET payload = 'x'",
        "UPDATE audit SET at = at",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq=1",
    ],
)
async def test_the_database_itself_refuses_to_change_the_audit_log(db: Database, path: Path, statement: str) -> None:
    await db.write(record)
    raw = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)
    raw.close()
    assert len(await rows_of(db)) == 1


async def test_no_two_rows_may_follow_the_same_row(db: Database, path: Path) -> None:
    await db.write(record)
    raw = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="previous"):
        raw.execute(
            "INSERT INTO audit SELECT 2,'other',at,action,phase,outcome,actor_team,actor_user,device_id,subject_id,"
            "payload,previous,'h',key_id FROM audit"
        )
    raw.close()


async def test_an_erased_name_leaves_the_chain_whole(db: Database, path: Path) -> None:
    await db.write(lambda tx: tx.audit.record(event(personal={"guest": "Dana Canary"})))
    (row,) = await rows_of(db)
    assert row.personal == {"guest": "Dana Canary"}
    assert "Canary" not in row.payload
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA secure_delete = ON")
    raw.execute("DELETE FROM audit_personal")
    raw.close()
    (again,) = await rows_of(db)
    assert (again.payload, again.hash, again.personal) == (row.payload, row.hash, {})
