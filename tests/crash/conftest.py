"""One zygote: forking from it is quick, and nothing is shared between bots but code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.crash.street import Street, Zygote, street


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    zygote = Zygote()
    yield zygote
    zygote.stop()


@pytest.fixture
async def here(zygote: Zygote, tmp_path: Path, migrated: Path) -> AsyncIterator[Street]:
    async with street(zygote, tmp_path, migrated) as here:
        yield here
