"""A migrated database of one's own, and people to write about."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.storage.rows import KEY


@pytest.fixture
def path(migrated: Path, tmp_path: Path) -> Path:
    """The file."""
    return Path(shutil.copy(migrated, tmp_path / "latchkey.db"))


@pytest.fixture
async def db(path: Path) -> AsyncIterator[Database]:
    db = Database(f"sqlite:///{path}", KEY)
    yield db
    await db.close()
