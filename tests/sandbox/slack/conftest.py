"""A Slack with a tiny bot of our own at its other end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx
import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.slack import Delivered, VirtualSlack
from bot.sandbox.slack.wire import Json

SECRET = "shh"
TOKEN = "xoxb-test"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Berlin, 04:00 in New York


@dataclass
class Seconds:
    """The machine's monotonic clock, moved by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Request:
    """What the bot got."""

    body: bytes
    headers: dict[str, str]

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def payload(self) -> Json:
        if self.headers["Content-Type"] == "application/json":
            return dict(json.loads(self.body))
        fields = self.fields
        return dict(json.loads(fields["payload"])) if "payload" in fields else dict(fields)


Handler = Callable[[Request], Awaitable[object]]


@dataclass
class Bot:
    """Answers what its `handler` says: nothing, text, JSON, or a whole `Delivered`."""

    handler: Handler | None = None
    got: list[Request] = field(default_factory=list)

    async def __call__(self, body: bytes, headers: dict[str, str]) -> Delivered:
        request = Request(body, headers)
        self.got.append(request)
        answer = await self.handler(request) if self.handler else None
        if isinstance(answer, Delivered):
            return answer
        if answer is None:
            return Delivered(status=200)
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Delivered(status=200, body=text.encode())

    def answers(self, answer: object) -> None:
        """Give the same answer to everything from now on."""

        async def handler(_: Request) -> object:
            return answer

        self.handler = handler

    @property
    def last(self) -> Json:
        return self.got[-1].payload


@dataclass
class Api:
    """The Web API as the bot calls it."""

    http: httpx.AsyncClient
    token: str = TOKEN

    async def __call__(self, method: str, **args: object) -> Json:
        answer = await self.http.post(f"/api/{method}", json=args, headers={"Authorization": f"Bearer {self.token}"})
        return dict(answer.json())

    async def form(self, method: str, **args: str) -> httpx.Response:
        return await self.http.post(f"/api/{method}", data=args, headers={"Authorization": f"Bearer {self.token}"})

    async def respond(self, url: str, **body: object) -> httpx.Response:
        return await self.http.post(url, json=body)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def slack(clock: Clock, seconds: Seconds, bot: Bot) -> AsyncIterator[VirtualSlack]:
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot, monotonic=seconds, base_url="http://slack.test")
    yield slack
    await slack.aclose()


@pytest.fixture
async def api(slack: VirtualSlack) -> AsyncIterator[Api]:
    async with client(slack) as http:
        yield Api(http)


def client(slack: VirtualSlack) -> httpx.AsyncClient:
    """HTTP straight into the ASGI app."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(slack.app), base_url="http://slack.test")


def button(action_id: str = "go", text: str = "Go", **more: object) -> Json:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}, **more}


def actions(*elements: Json, block_id: str = "row") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def section(text: str, **more: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def field_(block_id: str, element: Json, label: str = "Field", **more: object) -> Json:
    label_object = {"type": "plain_text", "text": label}
    return {"type": "input", "block_id": block_id, "label": label_object, "element": element, **more}


def text_input(action_id: str = "v", **more: object) -> Json:
    return {"type": "plain_text_input", "action_id": action_id, **more}


def option(value: str, text: str | None = None) -> Json:
    return {"text": {"type": "plain_text", "text": text or value.title()}, "value": value}


def modal(*blocks: Json, **more: object) -> Json:
    title, submit = {"type": "plain_text", "text": "Title"}, {"type": "plain_text", "text": "Save"}
    return {"type": "modal", "callback_id": "form", "title": title, "submit": submit, "blocks": list(blocks), **more}


async def open_modal(slack: VirtualSlack, api: Api, who: str, view: Json) -> None:
    """Let a person start a shortcut to which the bot opens a modal."""
    await slack.shortcut(who, "start")
    trigger = slack.courier and slack.traffic.exchanges[-1].payload["trigger_id"]
    answer = await api("views.open", trigger_id=trigger, view=view)
    assert answer["ok"], answer


async def settle() -> None:
    """Let what is ready run."""
    for _ in range(20):
        await asyncio.sleep(0)
