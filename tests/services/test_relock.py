"""A door that was opened for a time is locked again, whatever comes in between, or somebody is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.model import OperationState
from bot.sandbox.seam.route_faults import Lost
from bot.sandbox.seam.truth import EffectKind
from tests.services.house import ANA, SAM, House

UNLOCK, LOCK = "/locks/unlock_door", "/locks/lock_door"
RELOCKED = [("door.relock", "intent", None), ("door.relock", "outcome", "ok")]


def is_locked(house: House, door: str = "Front Door") -> bool:
    return house.seam.door(door).locked


async def test_the_door_is_locked_again_at_the_time_and_not_before(house: House) -> None:
    await house.unlock(minutes=30)
    await house.turn(minutes=29, seconds=50)
    assert not is_locked(house)
    await house.turn(seconds=20)
    assert is_locked(house)
    assert (await house.audit())[2:] == RELOCKED


async def test_the_relock_is_the_bots_act_on_behalf_of_whoever_unlocked(house: House) -> None:
    await house.unlock(minutes=30)
    await house.turn(minutes=31)
    outcome = (await house.records())[-1]
    assert outcome["actor"] == "latchkey"
    assert outcome["detail"] == {"door": "Front Door", "confirmed": "yes", "on_behalf_of": "U_SAM"}


async def test_the_person_is_told_that_it_is_locked_again(house: House) -> None:
    await house.services.door_work.told(await house.unlock(minutes=30))
    await house.turn(minutes=31)
    assert house.told_kinds() == ["tell_operation"]


async def test_the_plan_is_in_the_audit_row_of_the_unlock(house: House) -> None:
    await house.unlock(minutes=30)
    assert (await house.records())[0]["detail"] == {"door": "Front Door", "relock_at": "2026-12-01T12:30:00+00:00"}


async def test_a_door_that_is_found_open_after_its_relock_raises_an_alarm(house: House) -> None:
    await house.services.door_work.told(await house.unlock(minutes=30))
    await house.turn(minutes=30)
    assert is_locked(house)
    house.seam.turn_by_hand(house.door_id("Front Door"))
    await house.turn(seconds=30)
    assert house.told_kinds() == ["tell_operation", "tell_not_locked"]
    assert (await house.audit())[-1] == ("door.relock", "note", "failed")
    assert (await house.records())[-1]["reason"] == "still_unlocked"


async def test_locking_it_by_command_calls_the_relock_off(house: House) -> None:
    await house.unlock(minutes=30)
    await house.turn(minutes=5)
    await house.lock(by=ANA)
    await house.turn(minutes=40)
    assert house.seam.counts[LOCK] == 1
    assert not any(action == "door.relock" for action, _, _ in await house.audit())


async def test_opened_for_longer_by_somebody_else_it_stays_open_until_the_later_time(house: House) -> None:
    await house.unlock(by=SAM, minutes=30)
    await house.turn(minutes=10)
    await house.unlock(by=ANA, minutes=60)
    await house.turn(minutes=50)
    assert not is_locked(house)
    await house.turn(minutes=11)
    assert is_locked(house)
    assert house.seam.counts[LOCK] == 1
    assert (await house.records())[-1]["detail"]["on_behalf_of"] == "U_ANA"  # type: ignore[index]


async def test_opened_by_two_until_the_same_moment_it_is_locked_then(house: House) -> None:
    await house.unlock(by=SAM, minutes=30)
    await house.unlock(by=ANA, minutes=30)
    await house.turn(minutes=31)
    assert is_locked(house)


async def test_after_a_pause_of_the_bot_the_later_of_two_relocks_still_happens(house: House) -> None:
    await house.unlock(by=SAM, minutes=30)
    await house.unlock(by=ANA, minutes=29)
    house.clock.turn(timedelta(hours=2))
    await house.settle()
    assert is_locked(house)


async def test_an_offline_door_is_tried_again_until_it_locks(house: House) -> None:
    await house.unlock(minutes=30)
    house.seam.faults.offline(house.door_id("Front Door"))
    await house.turn(minutes=33)
    assert not is_locked(house)
    assert ("door.relock", "outcome", "failed") in await house.audit()
    house.seam.faults.offline(house.door_id("Front Door"), on=False)
    await house.turn(minutes=6)
    assert is_locked(house)
    assert (await house.audit())[-2:] == RELOCKED


async def test_a_relock_that_fails_again_and_again_is_told_once_and_told_when_it_is_over(house: House) -> None:
    await house.services.door_work.told(await house.unlock(minutes=30))
    house.seam.faults.offline(house.door_id("Front Door"))
    await house.turn(minutes=90)
    assert house.told_kinds() == ["tell_operation"]
    house.seam.faults.offline(house.door_id("Front Door"), on=False)
    await house.turn(minutes=20)
    assert house.told_kinds() == ["tell_operation", "tell_operation"]


async def test_a_retried_relock_does_not_hold_off_a_later_one(house: House) -> None:
    await house.unlock(by=SAM, minutes=30)
    house.seam.faults.offline(house.door_id("Front Door"))
    await house.turn(minutes=31)
    house.seam.faults.offline(house.door_id("Front Door"), on=False)
    await house.unlock(by=ANA, minutes=1)
    await house.turn(minutes=2)
    assert is_locked(house)


@pytest.mark.parametrize("how", list(Lost))
async def test_an_unlock_with_unknown_outcome_is_locked_again_all_the_same(house: House, how: Lost) -> None:
    house.seam.faults.lose_answers(UNLOCK, how)
    assert (await house.unlock(minutes=30)).state is OperationState.UNKNOWN
    await house.turn(minutes=31)
    assert is_locked(house)


async def test_an_unlock_that_failed_locks_nothing_later(house: House) -> None:
    house.seam.faults.attempt_fails(house.door_id("Front Door"))
    await house.unlock(minutes=30)
    await house.turn(minutes=31)
    assert house.seam.counts[LOCK] == 0


async def test_a_lost_answer_to_the_relock_is_tried_again(house: House) -> None:
    await house.unlock(minutes=30)
    house.seam.faults.lose_answers(LOCK)
    await house.turn(minutes=32)
    assert is_locked(house)
    assert house.seam.counts[LOCK] == 2
    assert len(house.seam.truth.of(EffectKind.UNLOCKED)) == 1
    assert ("door.relock", "outcome", "unknown") in await house.audit()


async def test_a_door_being_worked_at_that_moment_is_locked_right_after(house: House) -> None:
    await house.unlock(minutes=30)
    await house.turn(minutes=29)
    house.seam.faults.lose_answers(LOCK)  # a lock in flight whose outcome could not be known
    await house.lock()
    await house.turn(minutes=2)
    assert is_locked(house)


async def test_a_door_that_could_not_be_locked_for_a_day_raises_an_alarm(house: House) -> None:
    await house.services.door_work.told(await house.unlock(minutes=30))
    house.seam.faults.offline(house.door_id("Front Door"))
    await house.turn(timedelta(hours=26), step=timedelta(minutes=5))
    assert house.told_kinds() == ["tell_operation", "tell_not_locked"]
    tries = house.seam.counts["/devices/get"]
    await house.turn(timedelta(hours=5), step=timedelta(minutes=5))
    assert house.seam.counts["/devices/get"] == tries
