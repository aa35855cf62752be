"""A database of the first release comes to the newest form, on both engines, with all that is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, insert, select

from storage.audit_rows import AuditRows
from storage.database import Database, normalised, open_engine
from storage.migrate import _config, is_current, upgrade
from storage.tables import audit_personal
from tests.services.house import NOON
from tests.storage.rows import KEY, chain_is_whole, event, rows_of

AT = "2026-12-01T12:00:00.000000Z"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/first.db"
    address: str = request.getfixturevalue("postgres_url")
    return address


def to_the_first(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


def fill(connection: Connection) -> None:
    then = MetaData()
    then.reflect(connection)
    who = {"team_id": "T1", "user_id": "U1"}
    door = {"device_id": "d1", "door_name": "Front Door", "timezone": "Europe/Berlin"}
    for n in range(30):
        AuditRows(connection, KEY).record(event())
        if n == 0:
            first = connection.execute(select(then.tables["audit"].c.event_id)).scalar_one()
            row = {"event_id": first, "field": "guest", "salt": "00", "text": "Dana"}
            connection.execute(insert(then.tables["audit_personal"]).values(row))
    begun = {"op_id": "op", "action": "unlock", "surface": "command", "request_id": "r", "state": "intended"}
    connection.execute(insert(then.tables["operations"]).values(**begun, **who, **door, intended_at=AT))
    connection.execute(insert(then.tables["inbox"]).values(key="k", received_at=AT, what="/unlock", done=False, **who))
    code = {"code_id": "c", "order_id": "o", "marker": "7F3K", "guest": "Dana", "note": "", "state": "on_lock"}
    times = {"starts_at": AT, "ends_at": AT.replace("T12", "T13"), "created_at": AT, "changed_at": AT}
    connection.execute(insert(then.tables["guest_codes"]).values(**code, **times, **who, **door))
    task = {"kind": "follow_code", "subject_id": "c", "key": "follow:c", "payload": "{}", "due_at": AT}
    connection.execute(insert(then.tables["tasks"]).values(**task, state="waiting"))


async def test_from_the_first_release_with_data(url: str) -> None:
    engine = open_engine(normalised(url))
    with engine.begin() as connection:
        to_the_first(connection)
        assert not is_current(connection)
        fill(connection)
    engine.dispose()
    upgrade(url)
    upgrade(url)
    engine = open_engine(normalised(url))
    with engine.begin() as connection:
        assert is_current(connection)
        (personal,) = connection.execute(select(audit_personal)).all()
        assert (personal.text, personal.at) == ("Dana", event().at.replace(microsecond=0))
    engine.dispose()
    db = Database(url, KEY)
    try:
        rows = await rows_of(db)
        assert len(rows) == 30
        assert chain_is_whole(rows)
        (lost,) = await db.read(lambda tx: tx.operations.left_behind(NOON, alone=True))
        assert lost.door_name == "Front Door"
        assert await db.read(lambda tx: tx.operations.left_behind(lost.intended_at, alone=False)) == []
        code = await db.read(lambda tx: tx.guest_codes.get("c"))
        assert code
        assert code.guest == "Dana"
        (task,) = await db.write(lambda tx: tx.tasks.claim_due(NOON.replace(hour=13)))
        assert task.subject_id == "c"
    finally:
        await db.close()
