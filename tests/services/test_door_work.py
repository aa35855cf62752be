"""Unlock and lock: what happens at the door, what is written down, and what the person is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyUnderway, NotAllowed, OutcomeUnknown
from bot.domain.model import OperationState, PersonKind
from bot.domain.tasks import TaskKind
from bot.sandbox.seam.route_faults import Lost
from bot.sandbox.seam.truth import EffectKind
from bot.services.context import Beat
from tests.services.house import ANA, SAM, House, someone

UNLOCK, LOCK = "/locks/unlock_door", "/locks/lock_door"


async def test_an_unlock_opens_the_door_once_and_leaves_an_intent_and_an_outcome(house: House) -> None:
    ended = await house.unlock()
    assert ended.state is OperationState.DONE
    assert ended.confirmed is True
    assert not house.seam.door("Front Door").locked
    assert len(house.seam.truth.of(EffectKind.UNLOCKED)) == 1
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "ok")]


async def test_both_rows_name_the_person_the_door_the_request_and_seams_attempt(house: House) -> None:
    ended = await house.unlock()
    intent, outcome = await house.records()
    for row in (intent, outcome):
        assert (row["actor"], row["team"]) == ("U_SAM", "T1")
        assert row["device_id"] == house.door_id("Front Door")
        assert row["request_id"] == "req1"
        assert row["subject_id"] == ended.op_id
    assert outcome["seam"] == {"action_attempt_id": ended.action_attempt_id}


async def test_a_lock_locks_the_door(house: House) -> None:
    await house.unlock()
    ended = await house.lock()
    assert ended.state is OperationState.DONE
    assert house.seam.door("Front Door").locked
    assert (await house.audit())[2:] == [("door.lock", "intent", None), ("door.lock", "outcome", "ok")]


async def test_the_beats_come_in_order(house: House) -> None:
    await house.services.door_work.told(await house.unlock())
    assert house.beats == [Beat.UNLOCK_INTENDED, Beat.UNLOCK_ACTED, Beat.UNLOCK_RECORDED, Beat.TOLD]


async def test_the_intent_is_durable_before_the_lock_hears_of_it(house: House) -> None:
    seen: list[tuple[int, int]] = []

    def look(beat: Beat) -> None:
        if beat is Beat.UNLOCK_INTENDED:
            seen.append((house.seam.counts[UNLOCK], len(house.seam.truth)))

    house.on_beat = look
    await house.unlock()
    assert seen == [(0, 0)]


async def test_the_outbox_tells_what_the_process_did_not_tell_itself_and_only_that(house: House) -> None:
    told_at_once, left_to_the_outbox = await house.unlock("Front Door"), await house.unlock("Back Door")
    await house.services.door_work.told(told_at_once)
    await house.turn(minutes=2)
    assert [t.subject_id for t in house.told] == [left_to_the_outbox.op_id]


async def test_a_lock_that_says_no_is_a_failure_with_a_sentence(house: House) -> None:
    house.seam.faults.attempt_fails(house.door_id("Front Door"))
    ended = await house.unlock()
    assert ended.state is OperationState.FAILED
    assert ended.trouble is not None
    assert "Front Door" in ended.trouble
    assert house.seam.truth.of(EffectKind.UNLOCKED) == []
    assert (await house.audit())[-1] == ("door.unlock", "outcome", "failed")


async def test_an_offline_door_is_a_failure_and_gets_no_command(house: House) -> None:
    house.seam.faults.offline(house.door_id("Front Door"))
    ended = await house.unlock()
    assert ended.state is OperationState.FAILED
    assert house.seam.counts[UNLOCK] == 0
    assert (await house.audit())[-1] == ("door.unlock", "outcome", "failed")


@pytest.mark.parametrize("how", list(Lost))
async def test_a_lost_answer_is_unknown_and_never_repeated(house: House, how: Lost) -> None:
    house.seam.faults.lose_answers(UNLOCK, how)
    ended = await house.unlock()
    assert ended.state is OperationState.UNKNOWN
    assert ended.trouble is not None
    assert "look at the door" in ended.trouble
    await house.turn(minutes=10)
    assert house.seam.counts[UNLOCK] == 1
    assert len(house.seam.truth.of(EffectKind.UNLOCKED)) == 1
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "unknown")]


async def test_a_command_that_is_still_open_at_the_deadline_is_unknown_and_its_late_success_is_told(
    house: House,
) -> None:
    house.seam.faults.slow(house.door_id("Front Door"), 120)
    ended = await house.unlock()
    assert ended.state is OperationState.UNKNOWN
    await house.services.door_work.told(ended)
    await house.turn(minutes=4)
    assert [(t.kind, dict(t.payload)) for t in house.told] == [(TaskKind.TELL_OPERATION, {"late": "yes"})]
    now = await house.services.door_work.operation(ended.op_id)
    assert now is not None
    assert now.state is OperationState.DONE
    assert await house.audit() == [
        ("door.unlock", "intent", None),
        ("door.unlock", "outcome", "unknown"),
        ("door.unlock", "note", "ok"),
    ]


async def test_an_attempt_that_seam_has_lost_stays_unknown_and_is_never_called_failed(house: House) -> None:
    door = house.door_id("Front Door")
    house.seam.faults.attempt_stays_pending(door, yet_acts=True)
    ended = await house.unlock()
    house.seam.faults.refuse(
        "/action_attempts/get", times=None, status=404, error_type="action_attempt_not_found", message="not found"
    )
    await house.turn(minutes=4)
    now = await house.services.door_work.operation(ended.op_id)
    assert now is not None
    assert now.state is OperationState.UNKNOWN
    assert ("door.unlock", "note", "failed") not in await house.audit()


async def test_a_click_that_is_too_old_sends_nothing(house: House) -> None:
    ended = await house.unlock(asked_ago=11)
    assert ended.state is OperationState.FAILED
    assert ended.trouble is not None
    assert "too long" in ended.trouble
    assert house.seam.counts[UNLOCK] == 0
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "failed")]


async def test_two_people_at_one_door_at_once_make_one_command(house: House) -> None:
    await house.door("Front Door")
    first, second = await asyncio.gather(house.unlock(by=SAM), house.unlock(by=ANA), return_exceptions=True)
    refused = [r for r in (first, second) if isinstance(r, AlreadyUnderway)]
    assert len(refused) == 1
    assert "unlocking Front Door" in str(refused[0])
    assert house.seam.counts[UNLOCK] == 1
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "ok")]


async def test_the_same_door_can_be_worked_again_once_the_first_command_has_ended(house: House) -> None:
    await house.unlock()
    assert (await house.unlock(by=ANA)).state is OperationState.DONE


@pytest.mark.parametrize("kind", [k for k in PersonKind if k is not PersonKind.MEMBER])
async def test_only_full_members_may_and_a_refusal_is_in_the_log(house: House, kind: PersonKind) -> None:
    with pytest.raises(NotAllowed, match="You may not unlock Front Door"):
        await house.unlock(by=someone("U_X", kind))
    assert house.seam.counts[UNLOCK] == 0
    assert await house.audit() == [("door.unlock", "note", "denied")]


async def test_what_was_begun_before_a_restart_is_unknown_told_at_once_and_not_repeated(house: House) -> None:
    class Killed(BaseException):
        pass

    def die(beat: Beat) -> None:
        if beat is Beat.UNLOCK_INTENDED:
            raise Killed

    house.on_beat = die
    with pytest.raises(Killed):
        await house.unlock(minutes=30)
    house.restart()
    await house.living.begin()
    await house.settle()
    assert house.told_kinds() == ["tell_operation"]
    assert house.seam.counts[UNLOCK] == 0
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "unknown")]
    await house.turn(minutes=31)
    assert house.seam.counts[LOCK] == 1, "a door that may be open is locked at its time"


async def test_seam_down_means_nothing_done_and_says_so(house: House) -> None:
    await house.door("Front Door")
    house.seam.faults.seam_down()
    ended = await house.unlock()
    assert ended.state is OperationState.FAILED
    assert ended.trouble is not None
    assert "nothing was done" in ended.trouble
    assert await house.audit() == [("door.unlock", "intent", None), ("door.unlock", "outcome", "failed")]


async def test_a_late_failure_is_told_too(house: House) -> None:
    door = house.door_id("Front Door")
    house.seam.faults.slow(door, 120)
    ended = await house.unlock()
    house.seam.faults.attempt_fails(door)
    await house.services.door_work.told(ended)
    await house.turn(timedelta(minutes=4))
    assert house.told_kinds() == ["tell_operation"]
    assert (await house.audit())[-1] == ("door.unlock", "note", "failed")


def test_unknown_is_not_a_failure_in_words() -> None:
    assert "fail" not in str(OutcomeUnknown("Front Door"))
