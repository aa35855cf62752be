"""Run an ASGI application on a real socket, inside the event loop that is already running."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """A world has three of them, and each test a world: what uvicorn waits by habit at each end adds up to minutes."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stop = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM belong to the program around us."""
        yield

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Connections that are at rest end at once; only where one still answers, uvicorn's own waiting begins."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0.005)
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
        else:
            await self.lifespan.shutdown()


@asynccontextmanager
async def serve(app: ASGIApp, *, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve `app` while the context lasts; yields its base URL, without a trailing slash. Port 0 picks a free one.

    Raises `OSError` if the port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        address = f"http://{host}:{listener.getsockname()[1]}"
        settings = uvicorn.Config(
            app, loop="asyncio", http="httptools", ws="none", log_level="warning", timeout_graceful_shutdown=1
        )
        server = _Server(settings)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started and not running.done():  # noqa: ASYNC110 - uvicorn has a flag and no event
                await asyncio.sleep(0.005)
            if running.done():
                await running
            yield address
        finally:
            server.should_exit = True
            server.stop.set()
            await running
