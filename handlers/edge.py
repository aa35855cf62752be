"""The edge: only what Slack signed, lately, and for the first time gets as far as Bolt (reliability.md T1 to T3).

Works on the raw bytes. Anything else is answered 401 with an empty body, whatever is wrong with it; the log gets one
line of constant size. The form is decoded here, because Bolt takes any body with the word "payload" in it for an
interactive one (slack-platform.md A4).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain.errors import StorageTrouble
from handlers.json_types import Json, text_at
from handlers.shapes import is_shaped

log = logging.getLogger(__name__)

WINDOW_S = 300  # Slack: older than five minutes is refused (A2)
LARGEST_BODY = 256 * 1024
KEPT_SIGNATURES = 20_000
_TIMESTAMP = re.compile(rb"\A\d{10}\Z")
_SIGNATURE = re.compile(rb"\Av0=[0-9a-f]{64}\Z")

Receive = Callable[[], Awaitable[Mapping[str, object]]]
Send = Callable[[dict[str, object]], Awaitable[None]]
Answer = tuple[int, bytes, str]

REFUSED: Answer = (401, b"", "text/plain")


class Forged(Exception):
    """Not from Slack, not of now, or not for the first time. `why` is a word for the log."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Verifier:
    """Says whether a request is from Slack, of the last minutes, and new."""

    def __init__(
        self,
        secrets: Sequence[bytes],
        now: Callable[[], datetime],
        is_new: Callable[[str], Awaitable[bool]],
    ) -> None:
        """`secrets`: the signing secret, and during a rotation the old one, too. Raises `ValueError` for an empty one:
        it would let anybody sign (A2). `is_new` remembers signatures durably."""
        if not secrets or not all(secrets):
            raise ValueError("the signing secret must not be empty")
        self._secrets, self._now, self._is_new = tuple(secrets), now, is_new
        self._seen: dict[bytes, None] = {}

    async def check(self, headers: Mapping[bytes, Sequence[bytes]], body: bytes) -> None:
        """Raises `Forged`."""
        timestamp = _the_one(headers, b"x-slack-request-timestamp", _TIMESTAMP)
        signature = _the_one(headers, b"x-slack-signature", _SIGNATURE)
        if abs(self._now().timestamp() - int(timestamp)) > WINDOW_S:
            raise Forged("stale")
        base = b"v0:" + timestamp + b":" + body
        # Every secret is tried, so that the time does not tell which one was nearer.
        good = [
            hmac.compare_digest(b"v0=" + hmac.new(secret, base, hashlib.sha256).hexdigest().encode(), signature)
            for secret in self._secrets
        ]
        if not any(good):
            raise Forged("signature")
        await self._check_new(signature)

    async def _check_new(self, signature: bytes) -> None:
        if signature in self._seen:
            raise Forged("replay")
        self._seen[signature] = None
        if len(self._seen) > KEPT_SIGNATURES:
            self._seen.pop(next(iter(self._seen)))
        try:
            if not await self._is_new(signature.decode()):
                raise Forged("replay")
        except StorageTrouble:
            # Without the database nothing can be done to a door anyway; let the person hear that in words.
            log.warning("edge.replays_remembered_in_memory_only")


class SlackEdge:
    """The ASGI endpoint `POST /slack/events`: everything from Slack."""

    def __init__(self, app: AsyncApp, verifier: Verifier) -> None:
        self._app, self._verifier = app, verifier

    async def __call__(self, scope: Mapping[str, object], receive: Receive, send: Send) -> None:
        status, body, content_type = await self._answer(scope, receive)
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Mapping[str, object], receive: Receive) -> Answer:
        if scope.get("method") != "POST":
            return (405, b"", "text/plain")
        headers = _headers(scope)
        try:
            raw = await _read(receive)
            await self._verifier.check(headers, raw)
        except Forged as forged:
            log.warning("edge.refused", extra={"why": forged.why})
            return REFUSED
        body = decoded(raw, headers)
        if body is None or not is_shaped(body):
            # Signed, so it is Slack's own, and yet nothing that we can read: repeating it would not help.
            log.warning("edge.unreadable")
            return (200, b"", "text/plain")
        if "ssl_check" in body:
            return (200, b"", "text/plain")
        if text_at(body, "type") == "url_verification":
            return (200, text_at(body, "challenge").encode(), "text/plain")
        request = AsyncBoltRequest(body=body, mode="socket_mode", headers=_retry_headers(headers))
        response = await self._app.async_dispatch(request)
        if response.status != 200:
            log.warning("edge.not_handled", extra={"status": response.status})
            return (200, b"", "text/plain")
        content_type = response.first_headers().get("content-type", "text/plain")
        return (200, (response.body or "").encode(), content_type)


def decoded(raw: bytes, headers: Mapping[bytes, Sequence[bytes]]) -> Json | None:
    """Slack's body as a dict: JSON (events), a form with a `payload` (interactive), or a form (commands)."""
    try:
        text = raw.decode("utf-8")
        kind = (headers.get(b"content-type") or [b""])[0].split(b";")[0].strip().lower()
        if kind == b"application/json":
            body = _parsed(text)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=200))
            body = _parsed(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    if body.get("view", body) is None:
        del body["view"]  # Bolt looks into it wherever the name is there, and raises at null
    return body


def _parsed(text: str) -> object:
    """JSON, with half surrogate pairs (which JSON can name and no database or wire can carry) made into marks."""
    body: object = json.loads(text)
    if "\\ud" in text or "\\uD" in text:
        body = json.loads(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    return body


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message.get("type") == "http.disconnect":
            raise Forged("gone")
        part = message.get("body", b"")
        assert isinstance(part, bytes)
        size += len(part)
        if size > LARGEST_BODY:
            raise Forged("too_large")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _headers(scope: Mapping[str, object]) -> Mapping[bytes, Sequence[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    pairs = scope.get("headers")
    for name, value in pairs if isinstance(pairs, (list, tuple)) else ():
        found.setdefault(name.lower(), []).append(value)
    return found


def _the_one(headers: Mapping[bytes, Sequence[bytes]], name: bytes, form: re.Pattern[bytes]) -> bytes:
    """The header's only value in just this form: a second one, or a stray space, is a forgery."""
    values = headers.get(name, ())
    if len(values) != 1 or not form.match(values[0]):
        raise Forged("header")
    return values[0]


def _retry_headers(headers: Mapping[bytes, Sequence[bytes]]) -> dict[str, str | Sequence[str]]:
    wanted = (b"x-slack-retry-num", b"x-slack-retry-reason")
    return {name.decode(): headers[name][0].decode("latin-1") for name in wanted if headers.get(name)}
