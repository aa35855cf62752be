"""Signed deliveries to the bot, with 3 s for each (slack-platform.md A1, A2)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
import httpx
from starlette.types import ASGIApp

from bot.sandbox.slack.traffic import Direction, Exchange
from bot.sandbox.slack.wire import Json, parse
from bot.sandbox.slack.workspace import Workspace

ACK_SECONDS = 3.0
LATE_SECONDS = 60.0  # how long we listen for an answer that Slack no longer waits for, to show when it came
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The bot's HTTP answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Deliver = Callable[[bytes, dict[str, str]], Awaitable[Delivered]]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """How an act of a person went, as Slack saw it.

    `failure` is Slack's word for what went wrong: operation_timeout (no answer in 3 s), http_service_error (not 200),
    dispatch_failed (no connection), or what was wrong with the answer's content.
    """

    sent: bool = True  # False: Slack's client kept it (a required field is empty, a dialog was dismissed ...)
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    failure: str | None = None
    problems: list[str] = field(default_factory=list)  # why Slack would not take the answer
    options: list[Json] = field(default_factory=list)  # of block_suggestion, groups flattened

    @property
    def ok(self) -> bool:
        """It reached the bot and the bot answered well and in time."""
        return self.sent and self.failure is None

    @property
    def json(self) -> object:
        """The answer as JSON, None if it is none."""
        return parse(self.body)

    def expect_ok(self) -> Outcome:
        """Itself. Raises `AssertionError` that says what happened, if it was not ok."""
        if not self.ok:
            what = self.failure or "Slack did not send it"
            raise AssertionError(
                f"{what}: HTTP {self.status} after {self.seconds:.2f} s, {self.body[:300]!r} {self.problems}"
            )
        return self


class HttpDelivery:
    """POSTs to the bot's request URL through one shared session, opened at first use."""

    def __init__(self, request_url: str) -> None:
        self._url = request_url
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, body: bytes, headers: dict[str, str]) -> Delivered:
        if self._session is None:
            # No limit of connections: a command that waits for a free one would look like a slow bot.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=LATE_SECONDS)
            )
        async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer:
            return Delivered(status=answer.status, headers=dict(answer.headers), body=await answer.read())

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class AsgiDelivery:
    """Calls the bot's ASGI app in this process, without a socket. What escapes the app is a 500, as from a server."""

    def __init__(self, app: ASGIApp, path: str = "/slack/events") -> None:
        self._app = app
        self._path = path

    async def __call__(self, body: bytes, headers: dict[str, str]) -> Delivered:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.invalid") as http:
            answer = await http.post(self._path, content=body, headers=headers)
        return Delivered(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


class Courier:
    """Signs, sends, measures, and writes down."""

    def __init__(
        self,
        workspace: Callable[[], Workspace],
        deliver: Deliver,
        signing_secret: str,
        *,
        signing_time: Callable[[], float],
        ack_seconds: float,
    ) -> None:
        self._workspace = workspace
        self._deliver = deliver
        self._secret = signing_secret
        self._signing_time = signing_time
        self._ack_seconds = ack_seconds
        self._late: set[asyncio.Future[Delivered]] = set()

    def signed(self, body: bytes, content_type: str) -> dict[str, str]:
        """The headers of a request that Slack signs. The timestamp is the machine's: the bot checks it against that."""
        stamp = str(int(self._signing_time()))
        base = b"v0:" + stamp.encode() + b":" + body
        digest = hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }

    async def send(
        self,
        kind: str,
        summary: str,
        body: bytes,
        content_type: str,
        payload: Json,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Sign and send, and wait as long as Slack waits. A late answer is written down and changes nothing."""
        headers = self.signed(body, content_type) | dict(extra_headers or {})
        outcome = await self.send_as(kind, summary, body, headers, payload)
        if outcome.failure:
            self._workspace().fault(f"{summary}: {outcome.failure}")
        return outcome

    async def send_as(self, kind: str, summary: str, body: bytes, headers: dict[str, str], payload: Json) -> Outcome:
        """Send bytes with headers as they are: also for requests that Slack would never send."""
        ws = self._workspace()
        exchange = ws.traffic.begin(Direction.TO_BOT, kind, summary, payload, headers, body)
        started = ws.monotonic()
        task = asyncio.ensure_future(self._deliver(body, headers))
        done, _ = await asyncio.wait({task}, timeout=self._ack_seconds)
        if not done:
            self._listen_on(task, exchange, started, ws)
            return self._note(ws, exchange, Outcome(failure="operation_timeout", seconds=ws.monotonic() - started))
        try:
            answer = task.result()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return self._note(ws, exchange, Outcome(failure="dispatch_failed", seconds=ws.monotonic() - started))
        outcome = Outcome(
            status=answer.status, headers=answer.headers, body=answer.body, seconds=ws.monotonic() - started
        )
        if outcome.seconds > self._ack_seconds:
            outcome.failure = "operation_timeout"
        elif not (200 <= answer.status < 300 if kind == "event" else answer.status == 200):
            outcome.failure = "http_service_error"
        return self._note(ws, exchange, outcome)

    def _note(self, ws: Workspace, exchange: Exchange, outcome: Outcome) -> Outcome:
        answer = outcome.json if outcome.json is not None else outcome.body.decode(errors="replace")
        ws.traffic.end(exchange, status=outcome.status, answer=answer, seconds=outcome.seconds, trouble=outcome.failure)
        return outcome

    def _listen_on(self, task: asyncio.Future[Delivered], exchange: Exchange, started: float, ws: Workspace) -> None:
        """Slack has hung up; the bot's server works on, as a real one would."""

        def came(late: asyncio.Future[Delivered]) -> None:
            self._late.discard(late)
            if late.cancelled():
                return
            if (error := late.exception()) is not None:
                ws.traffic.end(
                    exchange, status=None, answer=repr(error), seconds=ws.monotonic() - started, trouble="late"
                )
                return
            answer = late.result()
            body = parse(answer.body) or answer.body.decode(errors="replace")
            seconds = ws.monotonic() - started
            ws.traffic.end(exchange, status=answer.status, answer=body, seconds=seconds, trouble="operation_timeout")

        self._late.add(task)
        task.add_done_callback(came)

    async def aclose(self) -> None:
        """Stop listening for late answers."""
        for task in list(self._late):
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
