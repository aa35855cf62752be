"""Each event of Seam counts once, by whichever way it comes and in whatever order."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.audit_export import as_record
from bot.domain.lock_events import KEEP_EVENT_IDS
from bot.domain.model import GuestCode, GuestCodeState
from bot.sandbox.seam.webhooks import OutgoingWebhook, sign
from bot.seam.webhooks import SvixVerifier
from bot.web import SeamInlet
from tests.services.house import House

URL = "https://bot.test/seam/webhooks"


class Wire:
    """Webhooks on their way from the virtual Seam to the bot's real endpoint."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.secret = house.seam.register_webhook(URL)
        inlet = SeamInlet(house.services, SvixVerifier(self.secret, house.clock.now))
        app = Starlette(routes=[Route("/seam/webhooks", inlet.take, methods=["POST"])])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        return (await self.http.post(url, headers=dict(headers), content=body)).status_code

    async def deliver(self) -> int:
        return await self.house.seam.deliver(self.post)

    def waiting(self) -> list[OutgoingWebhook]:
        return list(self.house.seam.outgoing_webhooks)

    async def send(self, message: OutgoingWebhook) -> int:
        return await self.post(message.url, message.headers(self.house.clock.now()), message.body)


@pytest.fixture
def wire(house: House) -> Wire:
    return Wire(house)


async def used(house: House) -> list[tuple[str, str]]:
    """(bolt, method) of every row about a door that was used."""
    rows = [r for r in await house.records() if r["action"] == "door.used"]
    details = [(r["detail"], r["reason"]) for r in rows]
    return [(str(d["bolt"]), str(why)) for d, why in details if isinstance(d, dict)]


async def every_record(house: House) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    while rows := await house.db.read(lambda tx: tx.audit.after(int(str(found[-1]["seq"])) if found else 0)):  # noqa: B023
        found += [as_record(row) for row in rows]
    return found


async def opened_with_code(house: House) -> GuestCode:
    """A code on the lock, used at the keypad."""
    (code,) = await house.order(pin="4827", starts_in=timedelta(minutes=1))
    await house.turn(minutes=3)
    assert house.seam.enter_pin(code.device_id, "4827").opened
    return code


async def test_a_guest_arrives_and_the_host_hears_it_once(house: House, wire: Wire) -> None:
    code = await opened_with_code(house)
    at = house.clock.now()
    await wire.deliver()
    house.clock.turn(timedelta(minutes=5))
    house.seam.enter_pin(code.device_id, "4827")
    await wire.deliver()
    await house.turn(minutes=1)
    assert house.told_kinds().count("tell_arrived") == 1
    assert (await house.code(code)).first_used_at == at
    assert await used(house) == [("unlocked", "keycode")] * 2
    row = next(r for r in await house.records() if r["action"] == "door.used")
    assert row["subject_id"] == code.code_id
    assert "4827" not in json.dumps(row)


async def test_forged_old_and_too_large_change_nothing(house: House, wire: Wire) -> None:
    await opened_with_code(house)
    (message,) = [m for m in wire.waiting() if m.event_type == "lock.unlocked"]
    headers = message.headers(house.clock.now())
    assert await wire.post(URL, headers, message.body.replace(b"keycode", b"manual")) == 401
    assert await wire.post(URL, {**headers, "svix-signature": "v1,AAAA"}, message.body) == 401
    assert await wire.post(URL, {}, message.body) == 401
    old = message.headers(house.clock.now() - timedelta(seconds=301))
    assert await wire.post(URL, old, message.body) == 401
    assert await wire.post(URL, headers, b" " * 300_000) == 413
    assert await used(house) == []
    assert await wire.post(URL, headers, message.body) == 204  # and the real one still counts
    assert await used(house) == [("unlocked", "keycode")]


async def test_a_signed_body_that_is_no_event_is_not_asked_for_again(house: House, wire: Wire) -> None:
    stamp = str(int(house.clock.now().timestamp()))
    headers = {"svix-id": "m", "svix-timestamp": stamp, "svix-signature": sign(wire.secret, "m", stamp, b"[]")}
    assert await wire.post(URL, headers, b"[]") == 204


async def test_without_a_database_seam_is_asked_to_repeat(house: House, wire: Wire) -> None:
    await opened_with_code(house)
    message = wire.waiting()[-1]
    house.sicken("query_only = 1")
    assert await wire.send(message) == 503
    house.sicken()
    assert await wire.send(message) == 204
    assert len(await used(house)) == 1


async def test_the_list_tells_the_same_as_the_webhooks_and_nothing_twice(house: House, wire: Wire) -> None:
    await house.services.lock_events.begin()
    await house.settle()
    await opened_with_code(house)
    await wire.deliver()
    before = await house.records()
    await house.turn(minutes=2)  # the list has it all again
    after = [r for r in await house.records() if r["action"] == "door.used"]
    assert after == [r for r in before if r["action"] == "door.used"]
    assert house.told_kinds().count("tell_arrived") == 1


async def test_what_happened_while_we_were_away_is_caught_up_with(house: House) -> None:
    await house.services.lock_events.begin()
    await house.settle()
    code = await opened_with_code(house)
    at = house.clock.now()
    house.clock.turn(timedelta(days=2))  # nobody runs
    house.restart()
    await house.services.lock_events.begin()
    await house.settle()
    await house.turn(seconds=10)
    assert await used(house) == [("unlocked", "keycode")]
    assert (await house.code(code)).first_used_at == at
    assert house.told_kinds().count("tell_arrived") == 1


async def test_what_was_before_the_first_start_is_not_told(house: House) -> None:
    await opened_with_code(house)
    await house.turn(minutes=5)
    await house.services.lock_events.begin()
    await house.turn(minutes=5)
    assert await used(house) == []


async def test_a_seam_that_is_down_is_read_later(house: House) -> None:
    await house.services.lock_events.begin()
    await house.settle()
    house.seam.faults.seam_down(route="/events/list")
    await opened_with_code(house)
    await house.turn(minutes=1)
    assert await used(house) == []
    house.seam.faults.seam_down(False, route="/events/list")
    await house.turn(minutes=2)
    assert await used(house) == [("unlocked", "keycode")]


async def test_our_own_commands_are_not_written_down_twice(house: House, wire: Wire) -> None:
    await house.unlock()
    await wire.deliver()
    await house.turn(minutes=2)
    assert await used(house) == []
    await house.http.post("/locks/unlock_door", json={"device_id": house.door_id("Garage")})  # Seam's console
    house.clock.turn(timedelta(seconds=5))
    await wire.deliver()
    await house.turn(minutes=2)
    assert await used(house) == [("unlocked", "remote")]


async def test_an_older_report_never_overwrites_a_newer_one(house: House, wire: Wire) -> None:
    await house.services.doors.all()
    device_id = house.door_id("Front Door")
    start = house.seam.door("Front Door").locked
    for _ in range(4):
        house.clock.turn(timedelta(seconds=20))
        house.seam.turn_by_hand(device_id)
    messages = [m for m in wire.waiting() if m.event_type.startswith("lock.")]
    for message in reversed(messages):
        assert await wire.send(message) == 204
    assert (await house.db.read(lambda tx: tx.events.bolt(device_id))) == (start, house.clock.now())
    assert (await house.door("Front Door")).locked == start
    assert len(await used(house)) == 4


async def test_a_code_event_makes_us_look_and_is_not_believed(house: House, wire: Wire) -> None:
    (code,) = await house.order(starts_in=timedelta(minutes=1))
    await house.turn(minutes=10)
    assert (await house.code(code)).state is GuestCodeState.ON_LOCK
    await wire.deliver()
    await house.settle()
    code = await house.code(code)
    assert code.access_code_id
    lie = {"event_id": "lie", "event_type": "access_code.deleted", "access_code_id": code.access_code_id}
    body, stamp = json.dumps(lie).encode(), str(int(house.clock.now().timestamp()))
    headers = {"svix-id": "m", "svix-timestamp": stamp, "svix-signature": sign(wire.secret, "m", stamp, body)}
    looks = house.seam.counts["/access_codes/get"]
    assert await wire.post(URL, headers, body) == 204
    await house.settle()
    assert house.seam.counts["/access_codes/get"] == looks + 1
    assert (await house.code(code)).state is GuestCodeState.ON_LOCK
    house.seam.faults.delete_in_app(code.access_code_id)
    await wire.deliver()
    await house.settle()  # at once, where the follower by itself would have looked hours later
    assert house.seam.counts["/access_codes/get"] > looks + 1


async def test_old_ids_are_forgotten(house: House, wire: Wire) -> None:
    await house.services.lock_events.begin()
    await house.settle()
    await opened_with_code(house)
    await wire.deliver()
    await house.turn(KEEP_EVENT_IDS + timedelta(days=2), step=timedelta(hours=6))
    house.seam.turn_by_hand(house.door_id("Garage"))
    await house.turn(minutes=1)
    left = await house.db.write(lambda tx: tx.events.forget(house.clock.now() - timedelta(days=13)))
    assert left == 0


async def test_five_thousand_at_once_forged_replayed_doubled_and_out_of_order(house: House, wire: Wire) -> None:
    """Acceptance: the state is right, nothing is told twice; and the list afterwards changes nothing."""
    await house.services.lock_events.begin()
    await house.settle()
    code = await opened_with_code(house)
    first_use = house.clock.now()
    doors = [house.door_id(name) for name in ("Front Door", "Garage")]
    for n in range(2_100):
        house.clock.turn(timedelta(milliseconds=50))
        house.seam.turn_by_hand(doors[n % 2])
        if n % 100 == 0:
            house.seam.enter_pin(code.device_id, "4827")
    moved = [e for e in house.seam.events if str(e["event_type"]) in ("lock.unlocked", "lock.locked")]
    messages = wire.waiting()
    assert len(messages) > 2_000
    real = [(m.headers(house.clock.now()), m.body) for m in messages]
    forged = [(headers, body.replace(b"manual", b"keycode")) for headers, body in real if b"manual" in body][:800]
    burst = [*real, *real, *forged]
    random.Random(7).shuffle(burst)
    assert len(burst) >= 5_000
    began = time.perf_counter()
    answers: list[int] = []
    for n in range(0, len(burst), 250):
        answers += await asyncio.gather(*(wire.post(URL, headers, body) for headers, body in burst[n : n + 250]))
    assert time.perf_counter() - began < 20
    assert answers.count(401) == len(forged)
    assert answers.count(204) == len(burst) - len(forged)
    await house.turn(minutes=2)
    await _is_right(house, code, moved, first_use)
    assert house.told_kinds().count("tell_arrived") == 1


async def test_the_list_alone_comes_to_the_same(house: House) -> None:
    await house.services.lock_events.begin()
    await house.settle()
    code = await opened_with_code(house)
    first_use = house.clock.now()
    for n in range(1_200):  # three pages
        house.clock.turn(timedelta(milliseconds=50))
        house.seam.turn_by_hand(house.door_id(("Front Door", "Garage")[n % 2]))
    moved = [e for e in house.seam.events if str(e["event_type"]) in ("lock.unlocked", "lock.locked")]
    await house.turn(minutes=2)
    await _is_right(house, code, moved, first_use)
    assert house.told_kinds().count("tell_arrived") == 1


async def _is_right(house: House, code: GuestCode, moved: list[dict[str, object]], first_use: object) -> None:
    rows = [r for r in await every_record(house) if r["action"] == "door.used"]
    ids = sorted(str(r["seam"]["event_id"]) for r in rows if isinstance(r["seam"], dict))
    assert ids == sorted(str(e["event_id"]) for e in moved)
    assert (await house.code(code)).first_used_at == first_use
    for name in ("Front Door", "Garage"):
        lock = house.seam.door(name)
        bolt = await house.db.read(lambda tx, lock=lock: tx.events.bolt(lock.device_id))  # type: ignore[misc]
        assert bolt is not None
        assert bolt[0] == lock.locked
