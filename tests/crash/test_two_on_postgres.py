"""Two real processes of the bot on one PostgreSQL: starting the second, or killing the first, at any time."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from storage.database import normalised
from tests.crash.street import Street, ended

UNLOCK = "/locks/unlock_door"


class Books:
    """What stands in the database, read from outside."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(normalised(url))

    def states(self) -> list[str]:
        with self._engine.connect() as connection:
            if connection.execute(text("SELECT to_regclass('operations')")).scalar() is None:
                return []
            return [row[0] for row in connection.execute(text("SELECT state FROM operations"))]

    def close(self) -> None:
        self._engine.dispose()


async def until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.05)


@pytest.fixture
async def books(here: Street, postgres_url: str) -> AsyncIterator[Books]:
    here.order["database_url"] = postgres_url
    books = Books(postgres_url)
    yield books
    books.close()


async def second(here: Street, *, ahead: timedelta = timedelta()) -> int:
    """Another bot, on a port of its own, with a clock that is `ahead`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    return await here.zygote.fork({**here.order, "turned": str(ahead.total_seconds()), "port": port})


async def unlock_under_way(here: Street, books: Books, takes_s: float) -> asyncio.Task[None]:
    await here.start()
    here.seam.door("Front Door").trouble.latency = takes_s
    asked = asyncio.create_task(here.slack.command("sam", "general", "/unlock Front Door"))
    await until(lambda: books.states() == ["intended"] and here.seam.counts[UNLOCK] == 1, 20)
    return asked  # type: ignore[return-value]


async def test_a_second_process_starts_while_the_first_unlocks(here: Street, books: Books) -> None:
    asked = await unlock_under_way(here, books, 4)
    other = await second(here)
    assert books.states() == ["intended"], "it belongs to the living"
    try:
        await until(lambda: books.states() != ["intended"], 20)
        assert books.states() == ["done"]
        assert here.seam.counts[UNLOCK] == 1
    finally:
        os.kill(other, signal.SIGTERM)
        await ended(other)
        await asked


async def test_the_first_is_killed_in_mid_unlock_and_the_second_says_so(here: Street, books: Books) -> None:
    asked = await unlock_under_way(here, books, 6)
    await here.kill()
    other = await second(here, ahead=timedelta(minutes=1))
    try:
        await until(lambda: books.states() == ["unknown"], 40)
        assert here.seam.counts[UNLOCK] == 1, "never repeated"
        await until(lambda: any("look at the door" in m.rendered for m in here.heard("sam")), 20)
    finally:
        os.kill(other, signal.SIGTERM)
        await ended(other)
        await asked
