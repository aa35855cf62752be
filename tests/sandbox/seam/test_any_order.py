"""Whatever is done in whatever order, the building stays consistent and everything ends."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.clock import Clock
from bot.sandbox.seam import VirtualLock, VirtualSeam
from tests.sandbox.seam.conftest import KEY, NOON, Api, Hands
from tests.sandbox.seam.schema import ReplySchemas

DOORS = ("Front Door", "Office Lock", "Loading Dock", "Guest Flat")
SWITCHES = (
    "offline",
    "gateway_missing",
    "never_sets",
    "removal_fails",
    "removal_stalls",
    "slots_full",
    "delete_lies",
    "power_saving",
    "attempt_fails",
)

numbers = st.integers(0, 1000)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["create", "move", "rename", "repin", "delete", "unlock", "lock", "turn", "turn", "fault", "right", "app"]
        ),
        numbers,
        numbers,
    ),
    max_size=40,
)


class Play:
    """Does one random thing after the other."""

    def __init__(self, schemas: ReplySchemas | None) -> None:
        clock, hands = Clock(fixed_at=NOON), Hands()
        self.seam = VirtualSeam(clock, KEY, monotonic=hands)
        self.seam.limits.enabled = False
        self.api = Api(self.seam, clock, hands, schemas)
        self.clock = clock
        self.code_ids: list[str] = []

    def door(self, number: int) -> VirtualLock:
        return self.seam.door(DOORS[number % len(DOORS)])

    def window(self, number: int) -> dict[str, str]:
        start = self.clock.now() + timedelta(minutes=1 + number * 7)
        return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=1 + number)).isoformat()}

    async def send(self, path: str, **body: object) -> Any:
        response = await self.api.send(path, **body)
        assert response.status_code in (200, 400, 404, 409), response.text
        return response.json()

    async def step(self, what: str, a: int, b: int) -> None:
        code_id = self.code_ids[a % len(self.code_ids)] if self.code_ids else "none"
        match what:
            case "create":
                window = self.window(b) if b % 3 else {}
                pin = {"code": str(100000 + b % 7)} if b % 2 else {}
                reply = await self.send(
                    "/access_codes/create", device_id=self.door(a).device_id, name="Dana", **pin, **window
                )
                if "access_code" in reply:
                    self.code_ids.append(reply["access_code"]["access_code_id"])
            case "move":
                await self.send("/access_codes/update", access_code_id=code_id, **self.window(b))
            case "rename":
                await self.send("/access_codes/update", access_code_id=code_id, name=f"Ada {b}")
            case "repin":
                await self.send("/access_codes/update", access_code_id=code_id, code=str(100000 + b % 7))
            case "delete":
                await self.send("/access_codes/delete", access_code_id=code_id)
            case "unlock" | "lock":
                await self.send(f"/locks/{what}_door", device_id=self.door(a).device_id)
            case "turn":
                self.clock.turn(timedelta(seconds=b * b / 10))
            case "fault":
                getattr(self.seam.faults, SWITCHES[b % len(SWITCHES)])(self.door(a).device_id)
            case "right":
                getattr(self.seam.faults, SWITCHES[b % len(SWITCHES)])(self.door(a).device_id, False)
            case "app":
                lock = self.door(a)
                for loaded_id in list(lock.loaded)[:1]:
                    if b % 2:
                        self.seam.faults.delete_in_app(loaded_id)
                    else:
                        self.seam.faults.edit_in_app(loaded_id, pin="555123")

    def check(self) -> None:
        for lock in self.seam.locks.values():
            assert set(lock.loaded) == self.seam.truth.codes_on(lock.device_id)
        stamps = [effect.at for effect in self.seam.truth]
        assert stamps == sorted(stamps)
        told = [datetime.fromisoformat(str(event["created_at"])) for event in self.seam.events]
        assert told == sorted(told)

    async def end_all(self) -> None:
        self.seam.faults.clear()
        self.clock.turn(timedelta(minutes=5))
        for code_id in self.code_ids:
            await self.send("/access_codes/delete", access_code_id=code_id)
        self.clock.turn(timedelta(minutes=5))
        for lock in self.seam.locks.values():
            assert lock.loaded == {}
            assert (await self.send("/access_codes/list", device_id=lock.device_id))["access_codes"] == []
        deleted = self.seam.event_types().count("access_code.deleted")
        assert deleted == self.seam.event_types().count("access_code.created") == len(self.code_ids)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_nothing_is_lost_doubled_or_left_behind(
    reply_schemas: ReplySchemas | None, todo: list[tuple[str, int, int]]
) -> None:
    async def play() -> None:
        game = Play(reply_schemas)
        for step in todo:
            await game.step(*step)
            game.check()
        await game.end_all()
        await game.api.http.aclose()

    asyncio.run(play())
