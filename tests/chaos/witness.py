"""Writes down what passes at Slack and at Seam, and what happens at the doors: the books that the checker compares."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from bot.sandbox.clock import Clock
from bot.sandbox.seam import Exchange, VirtualSeam
from bot.sandbox.slack import VirtualSlack
from bot.sandbox.slack.conditions import Failure
from bot.sandbox.slack.messages import Message
from tests.chaos.books import Row


class Witness:
    """Sits beside the fakes. Keeps everything: their own logs forget."""

    def __init__(self, seam: VirtualSeam, slack: VirtualSlack, clock: Clock) -> None:
        self._seam, self._slack, self._clock = seam, slack, clock
        self.sends: list[Row] = []
        self.names: dict[str, Row] = {}
        self.deliveries: list[Row] = []
        self.posts: list[Row] = []
        self._failure: Failure | None = None
        seam.on_exchange(self._seam_asked)
        self._watch_slack()

    def _seam_asked(self, exchange: Exchange) -> None:
        if exchange.path in {"/locks/unlock_door", "/locks/lock_door", "/access_codes/create"}:
            self.sends.append(
                {
                    "at": exchange.at.isoformat(),
                    "path": exchange.path,
                    "device_id": exchange.device_id,
                    "status": exchange.status,
                    "request_id": exchange.request_id,
                }
            )
        self.look_at_codes()

    def look_at_codes(self) -> None:
        """The names of all codes that Seam has at present: what is gone later was seen here."""
        for code in self._seam._orders._codes.all():  # the fake's own shelf: its API forgets what is gone
            self.names.setdefault(
                code.access_code_id,
                {"access_code_id": code.access_code_id, "name": code.name or "", "device_id": code.device_id},
            )

    def _watch_slack(self) -> None:
        slack, messages, conditions, courier = (
            self._slack,
            self._slack.workspace.messages,
            self._slack.conditions,
            self._slack.courier,
        )
        post, change, now, send_as = messages.post, messages.change, conditions.now, courier.send_as

        def posted(channel: str, *args: object, **kwargs: object) -> Message:
            message = post(channel, *args, **kwargs)  # type: ignore[arg-type]
            self._write(message, edit=False)
            return message

        def changed(message: Message, **kwargs: object) -> None:
            change(message, **kwargs)  # type: ignore[arg-type]
            self._write(message, edit=True)

        def weather(method: str, channel: str = "") -> Failure | None:
            self._failure = now(method, channel)
            return self._failure

        async def sent(
            kind: str, summary: str, body: bytes, headers: dict[str, str], payload: dict[str, object]
        ) -> object:
            at = self._clock.now()
            outcome = await send_as(kind, summary, body, headers, payload)
            user = payload.get("user_id") or (payload.get("user") or {}).get("id")  # type: ignore[attr-defined]
            self.deliveries.append({"at": at.isoformat(), "user": user, "kind": kind, "ok": outcome.ok})
            return outcome

        messages.post, messages.change = posted, changed  # type: ignore[method-assign]
        conditions.now, courier.send_as = weather, sent  # type: ignore[method-assign]
        assert slack is self._slack

    def _write(self, message: Message, *, edit: bool) -> None:
        if not message.by_app:
            return
        channel = self._slack.workspace.conversations.channels[message.channel]
        reader = message.ephemeral_to or (channel.members[0] if channel.kind == "im" else channel.id)
        self.posts.append(
            {
                "at": self._clock.now().isoformat(),
                "real": datetime.now(UTC).isoformat(),
                "reader": reader,
                "thread": message.thread_ts,
                "text": message.text + "\n" + json.dumps(_words(message.blocks), ensure_ascii=False),
                "edit": edit,
                "answer_lost": self._failure is not None and self._failure.how == "lost",
            }
        )

    def books(self) -> dict[str, object]:
        """Seam's and Slack's side. Times of the sandbox in UTC; `real` is the machine's."""
        self.look_at_codes()
        return {
            "now": self._clock.now().isoformat(),
            "seam": {
                "sends": sorted(self.sends, key=lambda s: str(s["at"])),
                "effects": [
                    {
                        "at": e.at.isoformat(),
                        "kind": e.kind.value,
                        "device_id": e.device_id,
                        "cause": e.cause,
                        "access_code_id": e.access_code_id,
                    }
                    for e in self._seam.truth
                ],
                "names": list(self.names.values()),
            },
            "slack": {"deliveries": self.deliveries, "posts": self.posts},
        }


def _words(node: object) -> list[str]:
    """Every text in the blocks, in order; not the ids, which are made anew for each post."""
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [w for key, value in node.items() if key != "text" or not own for w in _words(value)]
    if isinstance(node, list):
        return [w for item in node for w in _words(item)]
    return []
