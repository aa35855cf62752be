"""What needs attention is found by an index, whatever the number of codes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event

from storage.database import Database
from tests.storage.rows import NOON


async def test_what_needs_attention_is_found_without_a_walk_through_all_codes(db: Database) -> None:
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if "FROM guest_codes" in statement:
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    await db.read(lambda tx: list(tx.lists.need_attention(NOON, NOON - timedelta(days=1), limit=5)))
    event.remove(db.engine, "before_cursor_execute", note)

    assert len(asked) == 3
    with db.engine.connect() as raw:
        for statement, parameters in asked:
            plan = " ".join(str(row) for row in raw.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
            assert "guest_codes_waiting" in plan or "guest_codes_failed" in plan, plan
