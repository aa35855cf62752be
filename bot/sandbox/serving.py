"""Run an ASGI application on a real socket, inside the event loop that is already running."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM belong to the program around us."""
        yield


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
            await running
