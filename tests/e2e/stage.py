"""The whole stage of an end-to-end test: a Slack, the bot's process, Seam's own fake; and how to look at each."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx

from tests.counterparts import GENERAL, BotProcess, shared_module

T = TypeVar("T")

OFFICE, STORE_ROOM, EAST_GATE, WEST_GATE = (f"ttlock_device_{n}" for n in (1, 2, 3, 4))
WAIT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """Seam's fake, asked directly and not through our client."""

    http: httpx.AsyncClient

    async def locked(self, device_id: str) -> bool:
        return bool((await self._post("/devices/get", device_id=device_id))["device"]["properties"]["locked"])

    async def codes(self, device_id: str) -> list[dict[str, Any]]:
        # The fake lists the codes of every door, whatever it is asked (docs/counterparts.md).
        found = (await self._post("/access_codes/list", device_id=device_id))["access_codes"]
        return [code for code in found if code["device_id"] == device_id]

    async def close_all(self) -> None:
        """Every test begins with locked doors and no codes."""
        for device_id in (OFFICE, STORE_ROOM, EAST_GATE, WEST_GATE):
            await self._post("/locks/lock_door", device_id=device_id)
            for code in await self.codes(device_id):
                await self._post("/access_codes/delete", access_code_id=code["access_code_id"])

    async def _post(self, route: str, **body: object) -> dict[str, Any]:
        answer = await self.http.post(route, json=body)
        answer.raise_for_status()
        return dict(answer.json())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything on it. `slack` is lsdrive's LocalSlack."""

    slack: Any
    bot: BotProcess
    seam: Seam

    async def said(self, words: str, channel: str = GENERAL) -> dict[str, Any]:
        """The newest message in a channel that holds these words, as local-slack shows it."""

        def holds(message: dict[str, Any]) -> bool:
            return words in json.dumps(message, ensure_ascii=False)

        async def find() -> dict[str, Any] | None:
            return next((m for m in reversed(await self.slack.messages(channel)) if holds(m)), None)

        try:
            return await until(find, words)
        except AssertionError:
            shown = [m.get("text") for m in await self.slack.messages(channel)]
            raise AssertionError(f"“{words}” was not said in {channel}, but {shown}") from None

    async def problems(self) -> list[str]:
        """What Slack would have refused of everything that was sent: by the Web API, in acks and to response URLs."""
        check = shared_module("check_blocks").check
        found = [f"{name}: {p}" for name, p in await self.slack.block_kit_problems() if p.level == "ERROR"]
        for channel in (await self.slack.state())["channels"]:
            for message in await self.slack.messages(channel["id"]):
                if message.get("blocks"):  # response URLs are not in local-slack's log, so what came of them is read
                    payload = {"text": message.get("text", ""), "blocks": message["blocks"]}
                    found += [f"{message['ts']}: {p}" for p in check(payload) if p.level == "ERROR"]
        return found

    async def dm(self, user: str) -> str:
        """The channel of the bot's direct messages with somebody."""

        async def find() -> str | None:
            channels = (await self.slack.state())["channels"]
            return next((c["id"] for c in channels if c.get("is_im") and user in c.get("members", ())), None)

        return await until(find, f"a direct message to {user}")

    async def type(self, user: str, line: str) -> None:
        """Type a slash command; it must be acked within Slack's three seconds."""
        command, _, text = line.partition(" ")
        answer, seconds = await self.slack.command(user, GENERAL, command, text)
        assert answer.get("ok"), answer
        assert seconds < 3

    async def recorded(self, action: str, outcome: str = "ok") -> tuple[dict[str, Any], dict[str, Any]]:
        """An act's intent and outcome in the audit log, once both are there, in this order."""

        async def find() -> tuple[dict[str, Any], dict[str, Any]] | None:
            rows = await self.bot.audit()
            ends = [r for r in rows if r["action"] == action and r["phase"] == "outcome"]
            if not ends:
                return None
            begins = [r for r in rows if r["phase"] == "intent" and r["subject_id"] == ends[-1]["subject_id"]]
            assert [b["action"] for b in begins] == [action]
            assert begins[0]["seq"] < ends[-1]["seq"]
            return begins[0], ends[-1]

        intent, end = await until(find, f"the outcome of {action} in the audit log")
        assert end["outcome"] == outcome, end
        return intent, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The bot at the end of signed HTTP. `slack` is slackpost's Slack, `ann` a full member in it."""

    slack: Any
    bot: BotProcess
    seam: Seam
    ann: dict[str, Any]

    async def said(self, words: str, *, to: str, channel: str = GENERAL, seconds: float = WAIT_S) -> dict[str, Any]:
        """The newest message that only this person sees, or one in a channel with `to=""`, with these words."""

        def holds() -> dict[str, Any] | None:
            return next(
                (
                    m
                    for m in reversed(self.slack.messages)
                    if m["channel"] == channel
                    and (m.get("ephemeral_to") or "") == to
                    and words in json.dumps(m, ensure_ascii=False)
                ),
                None,
            )

        found: dict[str, Any] = await self.slack.until(holds, seconds, words)
        return found

    async def view(self, callback_id: str) -> dict[str, Any]:
        """The modal on Ann's screen, once it is this one."""

        def top() -> dict[str, Any] | None:
            view: dict[str, Any] = self.slack.top(self.ann)
            return view if view["callback_id"] == callback_id else None

        found: dict[str, Any] = await self.slack.until(top, WAIT_S, callback_id)
        return found


async def until(find: Callable[[], Awaitable[T | None]], what: str, seconds: float = WAIT_S) -> T:
    """Wait for something to be there."""
    end = time.monotonic() + seconds
    while True:
        found = await find()
        if found is not None:
            return found
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        await asyncio.sleep(0.1)


def moment(text: object) -> datetime:
    """Seam's time as an aware moment."""
    return datetime.fromisoformat(str(text))


def input_values(**values: Mapping[str, object]) -> dict[tuple[str, str], Mapping[str, object]]:
    """`guest__value={...}` as lsdrive wants it: {("guest", "value"): {...}}; a dot is written as `_dot_`."""
    found = {}
    for name, value in values.items():
        block, _, action = name.partition("__")
        found[(block, action.replace("_dot_", "."))] = value
    return found
