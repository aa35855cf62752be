"""One browser for all tests of the page, and for each test a world of its own on a clock that starts the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
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
from handlers.json_types import Json, at
from tests.web.sitting import Sitting

CHROMIUM = "/usr/bin/chromium"
HAS_CHROMIUM = Path(CHROMIUM).exists()
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
    if not HAS_CHROMIUM:
        pytest.skip(f"{CHROMIUM} is not here: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


class Theatre:
    """Starts stages, and lets them end while the next test runs: their servers take most of a second to say goodbye."""

    def __init__(self) -> None:
        self._ending: list[asyncio.Task[None]] = []

    async def play(self, manifest: Json | None) -> tuple[Stage, str, Callable[[], None]]:
        """A stage, its page's address, and the function that ends it."""
        begun: asyncio.Future[tuple[Stage, str]] = asyncio.get_running_loop().create_future()
        over = asyncio.Event()

        async def run() -> None:
            stage = Stage(clock=lambda: Clock(starts_at=MORNING), manifest=manifest)
            async with stage.running(), serve(make_page(stage, manifest)) as address:
                begun.set_result((stage, address))
                await over.wait()
                stage.closing = True
                stage.bell.ring()

        task = asyncio.create_task(run())
        await asyncio.wait({task, begun}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        self._ending.append(task)
        return *begun.result(), over.set

    async def close(self) -> None:
        await asyncio.gather(*self._ending)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def theatre() -> AsyncIterator[Theatre]:
    theatre = Theatre()
    yield theatre
    await theatre.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sitting(browser: Browser, theatre: Theatre, request: pytest.FixtureRequest) -> AsyncIterator[Sitting]:
    """Somebody before the page, on Tuesday at ten in Berlin, being Sam in #general.

    Parametrized with anything, the Home tab is switched on, whatever the manifest says.
    """
    manifest = read_manifest()
    assert manifest is not None
    if hasattr(request, "param"):
        app_home = at(manifest, "features", "app_home")
        assert isinstance(app_home, dict)
        app_home["home_tab_enabled"] = True
    stage, address, end = await theatre.play(manifest)
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    someone = Sitting(page=await context.new_page(), stage=stage, address=address)
    someone.listen()
    await someone.arrive()
    yield someone
    await context.close()
    end()
    assert not someone.complaints, someone.complaints
