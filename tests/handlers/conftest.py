"""The real bot in the sandbox world: signed HTTP in, Seam's HTTP API out."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from bot.sandbox.seam import VirtualLock
from tests.handlers.stage import Stage, staged


class Raise(Protocol):
    def __call__(
        self, doors: list[VirtualLock] | None = None, *, progress_after: float = 30.0
    ) -> AbstractAsyncContextManager[Stage]: ...


@pytest.fixture
def stage_with(migrated: Path, tmp_path: Path) -> Raise:
    """A stage of another make: other doors, or a bot that speaks up sooner."""

    @asynccontextmanager
    async def raise_it(doors: list[VirtualLock] | None = None, *, progress_after: float = 30.0) -> AsyncIterator[Stage]:
        path = tmp_path / "latchkey.db"
        shutil.copy(migrated, path)
        async with staged(path, doors, progress_after) as stage:
            yield stage

    return raise_it


@pytest.fixture
async def s(stage_with: Raise) -> AsyncIterator[Stage]:
    """Monday, 23 November 2026, 10:00 in Berlin; doors and people of the demo."""
    async with stage_with() as stage:
        yield stage
