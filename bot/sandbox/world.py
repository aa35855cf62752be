"""The demo world put together: virtual locks, a local Slack, and the real bot between them over real HTTP."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx

from bot.app import Bot, running_bot
from bot.config import Settings
from bot.sandbox.clock import Clock
from bot.sandbox.seam import Latencies, VirtualLock, VirtualSeam
from bot.sandbox.serving import serve
from bot.sandbox.slack import VirtualSlack
from bot.secret import Secret
from bot.services.context import Beat
from handlers.desk import PROGRESS_AFTER_S
from handlers.json_types import Json

SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - of a world that exists nowhere
BOT_TOKEN = "xoxb-sandbox"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything in it. `clock` moves all of it at once."""

    clock: Clock
    seam: VirtualSeam
    slack: VirtualSlack
    bot: Bot
    settings: Settings

    async def settle(self) -> None:
        """Wait until the bot has finished what it began, and what is due by now is done."""
        await self.bot.handlers.desk.drain(30)
        while await self.bot.scheduler.run_due():
            await self.bot.handlers.desk.drain(30)

    async def deliver_webhooks(self) -> int:
        """Send what Seam has to report, signed, over HTTP. Returns how many the bot took."""
        async with httpx.AsyncClient() as http:

            async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
                return (await http.post(url, headers=dict(headers), content=body)).status_code

            return await self.seam.deliver(post)


@asynccontextmanager
async def world(
    *,
    clock: Clock | None = None,
    doors: Sequence[VirtualLock] | None = None,
    latencies: Latencies | None = None,
    database_url: str | None = None,
    on_beat: Callable[[Beat], None] = lambda beat: None,
    schedule: bool = True,
    progress_after: float = PROGRESS_AFTER_S,
    manifest: Json | None = None,
    webhooks: bool = False,
) -> AsyncIterator[World]:
    """Start the world and stop it. Without `database_url` its records lie in a folder that goes with it.

    With `schedule=False`, timers run only in `settle()`: tests decide when. `manifest`: Slack allows what it says.
    `webhooks`: Seam reports by webhook (`deliver_webhooks`) instead of being asked.
    """
    clock = clock or Clock()
    with tempfile.TemporaryDirectory(prefix="latchkey-") as folder:
        seam = VirtualSeam(clock, doors=doors, latencies=latencies)
        inlet = _Inlet()
        async with serve(seam.app) as seam_url, serve(inlet) as bot_url:
            slack = VirtualSlack(
                clock,
                SIGNING_SECRET,
                BOT_TOKEN,
                request_url=f"{bot_url}/slack/events",
                # One clock for all: a signature must not look stale because the sandbox's time was turned.
                signing_time=lambda: clock.now().timestamp(),
                manifest=manifest,
            )
            async with slack.running() as slack_url:
                settings = Settings(
                    slack_bot_token=Secret(BOT_TOKEN),
                    slack_app_token=None,
                    slack_signing_secret=Secret(SIGNING_SECRET),
                    slack_api_url=f"{slack_url}/api/",
                    port=0,
                    seam_api_key=Secret(seam.api_key),
                    seam_endpoint=seam_url,
                    database_url=database_url or f"sqlite:///{folder}/latchkey.db",
                    audit_key=None,
                    audit_key_file=Path(folder) / "audit.key",
                    audit_anchors_file=Path(folder) / "audit.anchors",
                    admins=frozenset({slack.user("mia").id}),
                    timezone=ZoneInfo("Europe/Berlin"),
                    approvals_channel=None,
                    log_level="WARNING",
                    seam_webhook_secret=(
                        Secret(seam.register_webhook(f"{bot_url}/seam/webhooks")) if webhooks else None
                    ),
                )
                async with running_bot(
                    settings, now=clock.now, on_beat=on_beat, schedule=schedule, progress_after=progress_after
                ) as bot:
                    inlet.app = bot.web
                    clock.on_turn(bot.scheduler.wake)
                    yield World(clock=clock, seam=seam, slack=slack, bot=bot, settings=settings)


class _Inlet:
    """The bot's address, known before the bot is: Slack must be told where to deliver when it is set up."""

    def __init__(self) -> None:
        self.app: object = None

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        if self.app is None:
            return
        await self.app(scope, receive, send)  # type: ignore[operator]  # an ASGI app, once it is there
