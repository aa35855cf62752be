"""Without a record nothing is done; and what was done is told truly, also when its record has to wait (F35 to F38)."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from bot.domain.errors import NotAllowed, StorageTrouble
from bot.domain.model import GuestCodeState, OperationState, PersonKind
from bot.services.context import Beat
from tests.services.house import House, someone

UNLOCK, CREATE = "/locks/unlock_door", "/access_codes/create"
READ_ONLY = "query_only = 1"


async def fill(house: House) -> None:
    """Fill every page there is, as a full disk would: the next row finds no room."""
    await house.door("Front Door")
    house.fill_the_disk()
    refusals = 0
    while refusals < 500:
        # Refusals are the smallest rows of the log, so that no gap is left for the larger ones.
        try:
            await house.unlock(by=someone("U", PersonKind.BOT))
        except NotAllowed:
            refusals += 1
        except StorageTrouble:
            return
    raise AssertionError("the disk does not get full")


async def test_a_full_disk_keeps_the_door_shut(house: House) -> None:
    await fill(house)
    with pytest.raises(StorageTrouble, match="I did nothing"):
        await house.unlock()
    assert house.seam.counts[UNLOCK] == 0
    assert not [row for row in await house.audit() if row[1] == "intent"]


async def test_a_full_disk_makes_no_code_and_shows_none(house: House) -> None:
    (code,) = await house.order()
    await house.turn(minutes=1)
    await fill(house)
    with pytest.raises(StorageTrouble):
        await house.order()
    with pytest.raises(StorageTrouble):
        await house.services.guest_codes.reveal(
            person=someone("U_SAM"), code_id=code.code_id, origin=house.origin("button")
        )
    assert house.seam.counts[CREATE] == 1


async def test_a_read_only_database_keeps_the_door_shut(house: House) -> None:
    await house.door("Front Door")
    house.sicken(READ_ONLY)
    with pytest.raises(StorageTrouble):
        await house.unlock()
    assert house.seam.counts[UNLOCK] == 0
    assert await house.audit() == []


async def test_it_works_again_by_itself_once_the_database_does(house: House) -> None:
    await fill(house)
    with pytest.raises(StorageTrouble):
        await house.unlock()
    house.sicken()
    assert (await house.unlock()).state is OperationState.DONE


async def test_a_deleted_database_keeps_the_door_shut(house: House) -> None:
    await house.unlock()
    house.path.unlink()
    with pytest.raises(StorageTrouble):
        await house.unlock("Back Door")
    assert house.seam.counts[UNLOCK] == 1
    assert not house.path.exists(), "no empty database in its place, which would look as if nothing had ever happened"


async def test_an_outcome_that_cannot_be_written_is_told_truly_and_written_later(house: House) -> None:
    house.on_beat = lambda beat: house.sicken(READ_ONLY) if beat is Beat.UNLOCK_ACTED else None
    ended = await house.unlock(minutes=30)
    assert ended.state is OperationState.DONE, "the door is open: anything else would be a lie"
    await house.services.door_work.told(ended)
    assert await house.audit() == [("door.unlock", "intent", None)]
    house.sicken()
    assert await house.services.owed.pay()
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "ok")]
    await house.turn(minutes=2)
    assert house.told == [], "they have been told already"
    await house.turn(minutes=30)
    assert house.seam.door("Front Door").locked, "what was planned with the outcome happens, too"


async def test_a_code_whose_outcome_cannot_be_written_is_made_once_and_written_later(house: House) -> None:
    house.on_beat = lambda beat: house.sicken(READ_ONLY) if beat is Beat.CODE_ACTED else None
    (code,) = await house.order()
    assert await house.audit() == [("code.create", "intent", None)]
    house.sicken()
    assert await house.services.owed.pay()
    await house.turn(minutes=3)
    assert await house.audit() == [
        ("code.create", "intent", None),
        ("code.create", "outcome", "ok"),
        ("code.followed", "note", "scheduled"),
    ]
    assert (await house.code(code)).state is GuestCodeState.SCHEDULED
    assert house.seam.counts[CREATE] == 1


async def test_if_the_process_dies_owing_an_outcome_the_next_one_calls_it_unknown(house: House) -> None:
    house.on_beat = lambda beat: house.sicken(READ_ONLY) if beat is Beat.UNLOCK_ACTED else None
    await house.unlock()
    house.sicken()
    house.restart()
    await house.living.begin()
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "unknown")]


async def test_a_locked_database_refuses_and_recovers(house: House) -> None:
    await house.door("Front Door")
    house.sicken("busy_timeout = 20")
    other = sqlite3.connect(house.path, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageTrouble):
            await house.unlock()
        assert house.seam.counts[UNLOCK] == 0
    finally:
        other.close()
    assert (await house.unlock()).state is OperationState.DONE


async def test_a_timer_that_finds_no_database_comes_again(house: House) -> None:
    await house.unlock(minutes=30)
    house.sicken(READ_ONLY)
    house.clock.turn(timedelta(minutes=31))
    with pytest.raises(StorageTrouble):
        await house.settle()
    house.sicken()
    await house.settle()
    assert house.seam.door("Front Door").locked


async def test_a_bug_while_acting_never_leaves_the_door_blocked(house: House) -> None:
    await house.door("Front Door")
    client = house.http
    await client.aclose()  # httpx then raises RuntimeError, which is no trouble that a lock can have
    ended = await house.unlock()
    assert ended.state is OperationState.UNKNOWN
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "unknown")]
