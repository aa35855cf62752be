"""A house for each test; its database is a copy of one that was migrated once."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.house import House


@pytest.fixture
async def house(migrated: Path, tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "latchkey.db"
    shutil.copy(migrated, path)
    house = House.over(path, doors=None)
    yield house
    await house.close()
