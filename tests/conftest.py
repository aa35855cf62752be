"""What every test may need."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

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
