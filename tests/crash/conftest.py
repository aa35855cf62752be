"""One zygote for each test: forking from it is quick, and nothing is shared between bots but code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.crash.street import Street, Zygote, street


@pytest.fixture
async def zygote() -> AsyncIterator[Zygote]:
    zygote = await Zygote.start()
    yield zygote
    await zygote.stop()


@pytest.fixture
async def here(zygote: Zygote, tmp_path: Path, migrated: Path) -> AsyncIterator[Street]:
    async with street(zygote, tmp_path, migrated) as here:
        yield here
