"""One browser for all tests of the page, and for each test a world of its own on a clock that starts the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.sandbox.clock import Clock
from bot.sandbox.serving import serve
from bot.sandbox.web.app import make_page
from bot.sandbox.web.manifest import read_manifest
from bot.sandbox.web.stage import Stage
from tests.web.sitting import Sitting

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday, ten o'clock in Berlin


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives in one event loop, so the tests that use it share that loop."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not here: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sitting(browser: Browser) -> AsyncIterator[Sitting]:
    """Somebody before the page, on Tuesday at ten in Berlin, being Sam in #general."""
    manifest = read_manifest()
    stage = Stage(clock=lambda: Clock(starts_at=MORNING), manifest=manifest)
    async with stage.running(), serve(make_page(stage, manifest)) as address:
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page = await context.new_page()
        someone = Sitting(page=page, stage=stage, address=address)
        someone.listen()
        await someone.arrive()
        yield someone
        await context.close()
        stage.closing = True
        stage.bell.ring()
    assert not someone.complaints, someone.complaints
