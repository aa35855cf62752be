"""The real client, the real transport and a real socket, with a sandbox behind it that misbehaves.

`truth` is what physically happened: however an answer is lost, the door moves once at most, and the bot never says
"done" or "not done" where it does not know.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.domain.errors import (
    DoorOffline,
    GatewayMissing,
    LockRefused,
    OutcomeUnknown,
    PowerSaving,
    RemoteUnlockOff,
    SeamDown,
    TooFast,
)
from bot.domain.model import CodeOrder, Door
from bot.domain.pin import choose_pin
from bot.domain.window import Window
from bot.sandbox.clock import Clock
from bot.sandbox.seam import EffectKind, Latencies, Lost, VirtualSeam
from bot.sandbox.serving import serve
from bot.seam.client import SeamClient
from bot.seam.transport import make_http_client

FAR = datetime.max.replace(tzinfo=UTC)  # never too late to send

UNLOCK, CREATE = "/locks/unlock_door", "/access_codes/create"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A virtual Seam on a socket, a client of it, and one door that works."""

    virtual: VirtualSeam
    client: SeamClient
    door: Door

    def openings(self) -> int:
        return len(self.virtual.truth.of(EffectKind.UNLOCKED, self.door.device_id))

    def sent(self, route: str) -> int:
        return self.virtual.counts[route]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = Clock()
    virtual = VirtualSeam(clock=clock, api_key="seam_test_sandbox", latencies=Latencies(command=0.05))
    async with serve(virtual.app) as url, make_http_client(url, "seam_test_sandbox", "tests") as http:
        http.timeout = httpx.Timeout(0.8)
        client = SeamClient(http, now=clock.now, deadline=2.0)
        door = next(d for d in await client.doors() if d.provider == "ttlock" and d.can_unlock)
        yield House(virtual=virtual, client=client, door=door)


async def test_an_unlock_moves_the_bolt_once(house: House) -> None:
    result = await house.client.unlock(house.door.device_id, not_after=FAR)
    assert result.confirmed
    assert (house.openings(), house.sent(UNLOCK)) == (1, 1)


@pytest.mark.parametrize("how", list(Lost))
async def test_a_lost_answer_is_unknown_and_the_door_opens_once(house: House, how: Lost) -> None:
    house.virtual.faults.lose_answers(UNLOCK, how)
    with pytest.raises(OutcomeUnknown):
        await house.client.unlock(house.door.device_id, not_after=FAR)
    house.virtual.settle()
    assert house.sent(UNLOCK) <= 1  # one that hangs is counted when it ends
    assert house.openings() <= 1


async def test_an_attempt_that_stays_open_is_unknown_even_when_the_door_opened(house: House) -> None:
    house.virtual.faults.attempt_stays_pending(house.door.device_id, yet_acts=True)
    with pytest.raises(OutcomeUnknown) as caught:
        await house.client.unlock(house.door.device_id, not_after=FAR)
    assert caught.value.seam_code == "pending"
    assert await house.client.attempt(caught.value.action_attempt_id) is None
    assert house.sent(UNLOCK) == 1


async def test_seam_down_opens_nothing(house: House) -> None:
    house.virtual.faults.seam_down()
    with pytest.raises(SeamDown):
        await house.client.unlock(house.door.device_id, not_after=FAR)
    assert (house.openings(), house.sent(UNLOCK)) == (0, 0)


async def test_too_fast_opens_nothing(house: House) -> None:
    house.virtual.faults.rate_limit(route=UNLOCK)
    with pytest.raises(TooFast):
        await house.client.unlock(house.door.device_id, not_after=FAR)
    assert (house.openings(), house.sent(UNLOCK)) == (0, 1)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("offline", DoorOffline),
        ("gateway_missing", GatewayMissing),
        ("remote_unlock_off", RemoteUnlockOff),
        ("power_saving", PowerSaving),
        ("attempt_fails", LockRefused),
    ],
)
async def test_a_door_that_cannot_says_why(house: House, fault: str, expected: type[Exception]) -> None:
    getattr(house.virtual.faults, fault)(house.door.device_id)
    with pytest.raises(expected, match=house.door.name):
        await house.client.unlock(house.door.device_id, not_after=FAR)
    assert house.openings() == 0


@pytest.mark.parametrize("how", list(Lost))
async def test_an_order_whose_answer_is_lost_is_found_again_by_its_name(house: House, how: Lost) -> None:
    house.virtual.faults.lose_answers(CREATE, how)
    pin = choose_pin(house.door.rules)
    starts_at = datetime.now(UTC) + timedelta(hours=1)
    window = Window(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    order = CodeOrder(device_id=house.door.device_id, name="Dana 7F3K", window=window, pin=pin)
    with pytest.raises(OutcomeUnknown):
        await house.client.create_code(order)
    found = [c for c in await house.client.codes(house.door.device_id) if c.name == "Dana 7F3K"]
    assert [c.pin for c in found] == [pin]
    assert house.sent(CREATE) <= 1
