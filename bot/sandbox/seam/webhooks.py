"""Webhooks: registration, the Svix signature, and a queue that somebody else empties (seam-api.md 8.2 and 8.3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.seam.json_types import Json, new_id
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem, not_found
from bot.sandbox.seam.world import World

# Seconds from one try to the next while the receiver does not answer 2xx (seam-api.md 8.3).
RETRY_AFTER = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)

FAMILIES = {
    "access_code",
    "access_grant",
    "access_method",
    "acs_system",
    "acs_user",
    "acs_credential",
    "acs_entrance",
    "action_attempt",
    "client_session",
    "connect_webview",
    "connected_account",
    "device",
    "lock",
}

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]


@dataclass(slots=True, kw_only=True)
class Webhook:
    webhook_id: str
    url: str
    event_types: list[str]
    secret: str = field(repr=False)

    def json(self) -> Json:
        return {
            "webhook_id": self.webhook_id,
            "url": self.url,
            "event_types": list(self.event_types),
            "secret": self.secret,
        }

    def wants(self, event_type: str) -> bool:
        return "*" in self.event_types or event_type in self.event_types


@dataclass(slots=True, kw_only=True)
class OutgoingWebhook:
    """One event on its way to one receiver. `body` may hold a PIN."""

    message_id: str
    url: str
    event_type: str
    body: bytes = field(repr=False)
    secret: str = field(repr=False)
    tries: int = 0

    def headers(self, now: datetime) -> dict[str, str]:
        """Signed for this moment: the receiver refuses a stamp more than five minutes off its own clock."""
        stamp = str(int(now.timestamp()))
        return {
            "content-type": "application/json",
            "svix-id": self.message_id,
            "svix-timestamp": stamp,
            "svix-signature": sign(self.secret, self.message_id, stamp, self.body),
        }


def sign(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """Svix's (Standard Webhooks') `v1` signature over the raw bytes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class Webhooks:
    def __init__(self, world: World) -> None:
        self._world = world
        self._webhooks: dict[str, Webhook] = {}
        self.outgoing: deque[OutgoingWebhook] = deque()
        world.events.listen(self._queue)

    def _queue(self, event: Json) -> None:
        for webhook in self._webhooks.values():
            if webhook.wants(str(event["event_type"])):
                message = OutgoingWebhook(
                    message_id=f"msg_{secrets.token_hex(13)}",
                    url=webhook.url,
                    event_type=str(event["event_type"]),
                    body=json.dumps(event).encode(),
                    secret=webhook.secret,
                )
                self.outgoing.append(message)

    async def deliver(self, post: Post) -> int:
        """Send what is queued now, in order, through `post(url, headers, body) -> status`; returns how many arrived.

        What is not answered with 2xx, or raises `OSError`, is queued again later, on the sandbox clock.
        """
        arrived = 0
        for _ in range(len(self.outgoing)):
            message = self.outgoing.popleft()
            try:
                status = await post(message.url, message.headers(self._world.now), message.body)
            except OSError:
                status = 0
            if 200 <= status < 300:
                arrived += 1
            elif message.tries < len(RETRY_AFTER):
                self._try_again(message)
        return arrived

    def _try_again(self, message: OutgoingWebhook) -> None:
        wait = RETRY_AFTER[message.tries]
        message.tries += 1
        self._world.timeline.later(wait, lambda: self.outgoing.append(message))

    # -- endpoints ------------------------------------------------------------------------------------------

    def create(self, params: Params) -> Json:
        types = _event_types(params)
        return {"webhook": self.register(params.need("url"), ["*"] if types is None else types).json()}

    def register(self, url: str, types: list[str]) -> Webhook:
        """Send events of these types to `url` from now on."""
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
        webhook = Webhook(webhook_id=new_id(), url=url, event_types=types, secret=secret)
        self._webhooks[webhook.webhook_id] = webhook
        return webhook

    def get(self, params: Params) -> Json:
        return {"webhook": self._need(params).json()}

    def list(self, params: Params) -> Json:
        return {"webhooks": [webhook.json() for webhook in self._webhooks.values()]}

    def update(self, params: Params) -> Json:
        webhook = self._need(params)
        webhook.event_types = _event_types(params) or ["*"]
        return {}

    def delete(self, params: Params) -> Json:
        del self._webhooks[self._need(params).webhook_id]
        return {}

    def _need(self, params: Params) -> Webhook:
        webhook_id = params.need("webhook_id")
        if webhook_id not in self._webhooks:
            raise not_found("webhook", "webhook_id", webhook_id)
        return self._webhooks[webhook_id]


def _event_types(params: Params) -> list[str] | None:
    """Raises 400 `invalid_event_types` for one of a family that Seam does not have."""
    types = params.texts("event_types")
    for name in types or ():
        if name != "*" and name.partition(".")[0] not in FAMILIES:
            raise SeamProblem(400, "invalid_event_types", f"Unknown event type: {name}")
    return types
