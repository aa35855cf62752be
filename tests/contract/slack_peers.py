"""Two Slacks behind one face: our virtual one and local-slack. Both are driven over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.clock import Clock
from bot.sandbox.serving import serve
from bot.sandbox.slack import VirtualSlack
from tests.counterparts import ALICE, BOT_TOKEN, GENERAL, SIGNING_SECRET, local_slack, shared_module

Json = dict[str, Any]


@dataclass
class Inbox:
    """The bot's end: keeps what is delivered and gives the answers that were laid out for it."""

    got: list[Json] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        async def receive(request: Request) -> Response:
            raw = (await request.body()).decode()
            if request.headers["content-type"].startswith("application/json"):
                self.got.append(json.loads(raw))
                return Response()
            form = dict(parse_qsl(raw, keep_blank_values=True))
            self.got.append(json.loads(form["payload"]) if "payload" in form else dict(form))
            return JSONResponse(self.answers.pop(0)) if self.answers else Response()

        return Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])

    async def next(self, after: int) -> Json:
        """The first delivery that came after the `after`-th."""
        for _ in range(200):
            if len(self.got) > after:
                return self.got[after]
            await asyncio.sleep(0.02)
        raise TimeoutError("nothing was delivered")


class Peer(Protocol):
    """A Slack with a person in it who types and clicks. Messages are dicts with ts, text and blocks."""

    name: str
    user: str
    channel: str
    inbox: Inbox
    api: AsyncWebClient
    http: aiohttp.ClientSession

    async def command(self, line: str) -> None: ...
    async def click(self, ts: str, action_id: str) -> None: ...
    async def submit(self, values: dict[str, str]) -> None: ...
    async def messages(self) -> list[Json]: ...
    async def modal(self) -> Json | None: ...


async def said(call: Any) -> str:
    """Slack's error code, or "ok"."""
    try:
        await call
    except SlackApiError as refused:
        return str(refused.response["error"])
    return "ok"


@dataclass
class Virtual:
    slack: VirtualSlack
    inbox: Inbox
    api: AsyncWebClient
    http: aiohttp.ClientSession
    name: str = "virtual"
    user: str = "U0SAM"
    channel: str = "C0GENERAL"

    async def command(self, line: str) -> None:
        await self.slack.command(self.user, self.channel, line)

    async def click(self, ts: str, action_id: str) -> None:
        message = next(m for m in self.slack.workspace.messages.all if m.ts == ts)
        await self.slack.click(self.user, message, action_id)

    async def submit(self, values: dict[str, str]) -> None:
        await self.slack.submit(self.user, values=values)

    async def messages(self) -> list[Json]:
        shown = self.slack.workspace.messages.seen_by(self.user, self.channel)
        return [{"ts": m.ts, "text": m.text, "private": m.ephemeral_to == self.user} for m in shown]

    async def modal(self) -> Json | None:
        try:
            top = self.slack.top(self.user)
        except LookupError:
            return None
        return {"id": top.id, "hash": top.hash}


@dataclass
class Local:
    driver: Any
    inbox: Inbox
    api: AsyncWebClient
    http: aiohttp.ClientSession
    name: str = "local-slack"
    user: str = ALICE
    channel: str = GENERAL

    async def command(self, line: str) -> None:
        command, _, text = line.partition(" ")
        await self.driver.command(self.user, self.channel, command, text)

    async def click(self, ts: str, action_id: str) -> None:
        message = next(m for m in await self.driver.messages(self.channel) if m["ts"] == ts)
        await self.driver.click(self.user, self.channel, message, action_id)

    async def submit(self, values: dict[str, str]) -> None:
        view = await self.driver.wait_view()
        typed = {
            tuple(key.rsplit(".", 1)): {"type": "plain_text_input", "value": value} for key, value in values.items()
        }
        # Not lsdrive's `submit`, which fills in the initial values that local-slack leaves out.
        tree: Json = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                key = (block["block_id"], block["element"]["action_id"])
                tree.setdefault(key[0], {})[key[1]] = typed.get(key, {"type": "plain_text_input", "value": None})
        await self.driver.send(t="view_submit", user=self.user, values=tree)

    async def messages(self) -> list[Json]:
        # local-slack marks an ephemeral message, but shows it to everybody who looks.
        return [
            {"ts": m["ts"], "text": m.get("text", ""), "private": bool(m.get("is_ephemeral") or m.get("ephemeral"))}
            for m in await self.driver.messages(self.channel)
        ]

    async def modal(self) -> Json | None:
        await asyncio.sleep(0.1)  # it comes over the web socket
        return self.driver.views[-1] if self.driver.views else None


@asynccontextmanager
async def peer(name: str, folder: Path) -> AsyncIterator[Peer]:
    """Start one of the two with a bot's end of ours."""
    inbox = Inbox()
    async with serve(inbox.app) as bot_url, aiohttp.ClientSession() as http:
        request_url = f"{bot_url}/slack/events"
        if name == "virtual":
            slack = VirtualSlack(Clock(), SIGNING_SECRET, BOT_TOKEN, request_url=request_url)
            async with slack.running() as address:
                yield Virtual(slack=slack, inbox=inbox, api=_client(address, http), http=http)
        else:
            lsdrive = shared_module("lsdrive")
            with local_slack(folder, request_url=request_url) as address:
                async with lsdrive.LocalSlack(address) as driver:
                    yield Local(driver=driver, inbox=inbox, api=_client(address, http), http=http)


def _client(address: str, http: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=BOT_TOKEN, base_url=f"{address}/api/", session=http, timeout=10)
