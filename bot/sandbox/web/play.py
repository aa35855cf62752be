"""`python -m bot demo`: the stage, the page, and the browser that opens on it."""

from __future__ import annotations

import asyncio
import webbrowser

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
        chosen = PORT if port is None else port
        try:
            serving = serve(page, port=chosen)
            address = await serving.__aenter__()
        except OSError:
            if port is not None:
                raise
            serving = serve(page, port=0)
            address = await serving.__aenter__()
        try:
            print(f"Latchkey's demo is at {address}/  (stop it with Ctrl-C)", flush=True)
            if browser:
                await asyncio.to_thread(webbrowser.open, f"{address}/")
            await stop.wait()
            stage.closing = True
            stage.bell.ring()
        finally:
            await serving.__aexit__(None, None, None)
    print("The demo is over; nothing of it is left.", flush=True)
    return 0
