"""`python -m bot demo`: the stage, the page, and the browser that opens on it."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.types import ASGIApp

from bot.sandbox.serving import serve
from bot.sandbox.web.app import make_page
from bot.sandbox.web.manifest import read_manifest
from bot.sandbox.web.stage import Stage

PORT = 8321  # any free one when it is taken and nobody asked for it


async def play(stop: asyncio.Event, *, port: int | None = None, browser: bool = True) -> int:
    """Serve the page until `stop` is set. Returns the exit code. Raises `OSError` when the port asked for is taken."""
    manifest = read_manifest()
    stage = Stage(manifest=manifest)
    async with stage.running():
        page = make_page(stage, manifest)
        async with _served(page, port) as address:
            print(f"Latchkey's demo is at {address}/  (stop it with Ctrl-C)", flush=True)
            if browser:
                await asyncio.to_thread(webbrowser.open, f"{address}/")
            await stop.wait()
            stage.closing = True  # the streams end by themselves, and the server need not wait for them
            stage.bell.ring()
    print("The demo is over; nothing of it is left.", flush=True)
    return 0


@asynccontextmanager
async def _served(page: ASGIApp, port: int | None) -> AsyncIterator[str]:
    """Serve on the port asked for; on our own, or any free one, when none was."""
    async with AsyncExitStack() as stack:
        try:
            address = await stack.enter_async_context(serve(page, port=PORT if port is None else port))
        except OSError:
            if port is not None:
                raise
            address = await stack.enter_async_context(serve(page))
        yield address
