"""Seam on the wire: an ASGI application that authenticates, routes, injects faults and answers in Seam's envelopes.

Raw ASGI rather than endpoints of a framework: a fault must be able to hang or to break the connection.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qsl

import httpx
from starlette.types import Receive, Scope, Send

from bot.sandbox.seam.json_types import Json
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem
from bot.sandbox.seam.rate_limits import RateLimits, too_many
from bot.sandbox.seam.route_faults import FaultKind, Lost, RouteFault, RouteFaults
from bot.sandbox.seam.timeline import Timeline

Endpoint = Callable[[Params], Json]

READ = ("POST", "GET")
WRITE = ("POST",)
UPDATE = ("POST", "PATCH", "PUT")
DELETE = ("POST", "DELETE")
MAX_BODY = 1 << 20  # bytes; ours
JOURNAL_LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class Route:
    methods: tuple[str, ...]
    endpoint: Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request that came in, at `at`. No bodies: they hold PINs. `status` 0 means that no answer was sent."""

    at: datetime
    method: str
    path: str
    device_id: str | None
    status: int
    request_id: str
    error_type: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]
    error_type: str | None = None


class Router:
    """`device_of` finds the door a request is about; `limits` and `faults` may change at any time."""

    def __init__(
        self,
        *,
        api_key: str,
        routes: Mapping[str, Route],
        timeline: Timeline,
        faults: RouteFaults,
        limits: RateLimits,
        device_of: Callable[[Mapping[str, object]], str | None],
    ) -> None:
        self._api_key, self._routes, self._timeline = api_key, routes, timeline
        self._faults, self._limits, self._device_of = faults, limits, device_of
        self.journal: deque[Exchange] = deque(maxlen=JOURNAL_LENGTH)
        self.counts: Counter[str] = Counter()
        self.listeners: list[Callable[[Exchange], None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = str(scope["method"]), str(scope["path"])
        body = await _read(receive)
        self._timeline.settle()
        came_at = self._timeline.now
        route = self._routes.get(path)
        if route is None:
            await _send(send, _text(404, "404\n"))
            return
        request_id = str(uuid.uuid4())
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        answer, device_id, lost, seconds = self._answer(
            route, method, path, headers, scope.get("query_string", b""), body, request_id
        )
        if seconds:
            await asyncio.sleep(seconds)
        self._note(came_at, method, path, device_id, answer, lost, request_id)
        await self._finish(scope, receive, send, answer, lost, request_id)

    def _answer(
        self,
        route: Route,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: bytes,
        body: bytes,
        request_id: str,
    ) -> tuple[Answer, str | None, Lost | None, float]:
        """What to answer, about which door, how the answer gets lost if it does, and after how many seconds."""
        device_id: str | None = None
        try:
            if path != "/health":
                self._authenticate(headers)
            if method not in route.methods:
                raise SeamProblem(405, "method_not_allowed", f"Method {method} is not allowed")
            params = _params(method, headers, query, body)
            device_id = self._device_of(params.as_json())
            hit = self._faults.striking(path, device_id)
            if FaultKind.DOWN in hit:
                return Answer(503, b"", {}), device_id, None, 0
            seconds = hit[FaultKind.SLOW].seconds if FaultKind.SLOW in hit else 0
            if FaultKind.RATE_LIMITED in hit:
                raise too_many(hit[FaultKind.RATE_LIMITED].seconds)
            if FaultKind.REFUSE in hit:
                fault = hit[FaultKind.REFUSE]
                raise SeamProblem(fault.status, fault.error_type, fault.message)
            self._limits.check(path, device_id, self._timeline.now)
            if FaultKind.LATE in hit:
                self._do_later(hit[FaultKind.LATE], route, params, request_id)
                return _server_error(), device_id, hit[FaultKind.LATE].lost, seconds
            answer = self._do(route, params, request_id)
            if FaultKind.LOSE in hit:
                return _server_error(), device_id, hit[FaultKind.LOSE].lost, seconds
            return answer, device_id, None, seconds
        except _InvalidJson:
            return _text(400, "Invalid JSON\n"), device_id, None, 0
        except SeamProblem as problem:
            return _problem(problem), device_id, None, 0

    def _authenticate(self, headers: Mapping[str, str]) -> None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), self._api_key.encode()):
            raise SeamProblem(401, "unauthorized", "Unauthorized")

    def _do(self, route: Route, params: Params, request_id: str) -> Answer:
        self._timeline.cause = request_id
        try:
            result = route.endpoint(params)
        finally:
            self._timeline.cause = None
        return _json(200, {**result, "ok": True})

    def _do_later(self, fault: RouteFault, route: Route, params: Params, request_id: str) -> None:
        def late() -> None:
            try:
                route.endpoint(params)
            except SeamProblem:
                return  # nobody waits for the refusal any more

        self._timeline.cause = request_id
        self._timeline.later(fault.seconds, late)
        self._timeline.cause = None

    async def _finish(
        self, scope: Scope, receive: Receive, send: Send, answer: Answer, lost: Lost | None, request_id: str
    ) -> None:
        """Answer, or lose the answer.

        On a socket a lost answer is the real thing. A client in the same process (`httpx.ASGITransport`) has no
        socket and keeps no timeout, so it gets the exception that a socket would have led to, at once.
        """
        if lost is Lost.HANG:
            if _is_in_process(scope):
                raise httpx.ReadTimeout("the virtual Seam does not answer")
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        if lost is Lost.DROP:
            if _is_in_process(scope):
                raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
            # More is promised than is sent: uvicorn then closes the connection.
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            return
        await _send(send, answer, request_id)

    def _note(
        self,
        came_at: datetime,
        method: str,
        path: str,
        device_id: str | None,
        answer: Answer,
        lost: Lost | None,
        request_id: str,
    ) -> None:
        exchange = Exchange(
            at=came_at,
            method=method,
            path=path,
            device_id=device_id,
            status=0 if lost in (Lost.HANG, Lost.DROP) else answer.status,
            request_id=request_id,
            error_type=answer.error_type,
        )
        self.counts[path] += 1
        self.journal.append(exchange)
        for listener in self.listeners:
            listener(exchange)


class _InvalidJson(Exception):
    pass


def _params(method: str, headers: Mapping[str, str], query: bytes, body: bytes) -> Params:
    if method == "GET" or (method == "DELETE" and not body):
        return Params.from_query(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    if not body:
        return Params({})
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise SeamProblem(400, "invalid_content_type", "Content-Type must be application/json")
    try:
        values = json.loads(body)
    except ValueError:
        raise _InvalidJson from None
    if not isinstance(values, dict):
        raise SeamProblem(400, "invalid_input", "Expected object")
    return Params(values)


def _is_in_process(scope: Scope) -> bool:
    """httpx names only the ASGI version in its scope; a server names the version of the HTTP spec, too."""
    return "spec_version" not in scope.get("asgi", {})


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        body += bytes(message.get("body", b""))
        if not message.get("more_body") or len(body) > MAX_BODY:
            return body


async def _send(send: Send, answer: Answer, request_id: str | None = None) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    if request_id:
        headers["seam-request-id"] = request_id
    pairs = [(k.encode(), v.encode()) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": answer.body})


def _json(status: int, body: Json, headers: Mapping[str, str] | None = None, error_type: str | None = None) -> Answer:
    all_headers = {"content-type": "application/json; charset=utf-8", **(headers or {})}
    return Answer(status, json.dumps(body).encode(), all_headers, error_type)


def _problem(problem: SeamProblem) -> Answer:
    return _json(problem.status, problem.envelope(), problem.headers, problem.kind)


def _text(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), {"content-type": "text/plain; charset=utf-8"})


def _server_error() -> Answer:
    return _problem(SeamProblem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_server_error", "Internal Server Error"))
