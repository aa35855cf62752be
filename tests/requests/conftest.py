"""The town that every story here happens in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.requests.town import Town, town


@pytest_asyncio.fixture
async def here() -> AsyncIterator[Town]:
    async with town() as made:
        yield made
