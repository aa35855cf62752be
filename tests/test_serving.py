"""What an operator reads when the way in from Slack cannot be opened."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from bot.app import serve_http
from bot.domain.errors import ConfigError


async def test_a_taken_port_is_said_in_words() -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        settings: Any = SimpleNamespace(port=taken.getsockname()[1])
        bot: Any = SimpleNamespace(web=None)
        with pytest.raises(ConfigError, match="set PORT to another port"):
            await serve_http(bot, settings, asyncio.Event())
