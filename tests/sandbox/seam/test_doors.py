"""Doors: what they say of themselves, and what moves their bolts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.seam import EffectKind, VirtualLock, VirtualSeam
from tests.sandbox.seam.conftest import NOON, Api


async def test_the_default_building_has_nine_doors_of_five_makers(api: Api) -> None:
    devices = (await api.ok("/devices/list"))["devices"]
    assert len(devices) == 9
    assert {d["device_type"] for d in devices} == {
        "ttlock_lock",
        "august_lock",
        "igloohome_lock",
        "schlage_lock",
        "kwikset_lock",
    }


async def test_a_ttlock_says_what_seams_guide_shows(api: Api, seam: VirtualSeam) -> None:
    device = await api.device(seam.door("Office Lock"))
    properties = device["properties"]
    assert device["can_remotely_unlock"] is device["can_program_online_access_codes"] is True
    assert "can_program_offline_access_codes" not in device
    assert device["location"]["time_zone"] == device["location"]["timezone"] == "Europe/Berlin"
    assert properties["supported_code_lengths"] == [4, 6, 8]
    assert properties["max_active_codes_supported"] == 250
    assert properties["auto_lock_delay_seconds"] == 5
    assert properties["ttlock_metadata"]["has_gateway"] is True
    assert properties["ttlock_metadata"]["features"]["unlock_via_gateway"] is True


async def test_each_maker_has_its_own_traits(api: Api, seam: VirtualSeam) -> None:
    gate = await api.device(seam.door("Garden Gate"))
    assert gate["can_program_offline_access_codes"] is True
    assert gate["properties"]["has_native_entry_events"] is False
    dock = await api.device(seam.door("Loading Dock"))
    assert "time_zone" not in dock["location"]
    assert [w["warning_code"] for w in dock["warnings"]] == ["time_zone_unknown"]
    flat = await api.device(seam.door("Guest Flat"))
    kinds = {c["constraint_type"] for c in flat["properties"]["code_constraints"]}
    assert kinds == {"start_date_in_future", "name_length"}


async def test_reporting_the_zone_of_a_schlage_ends_its_warning(api: Api, seam: VirtualSeam) -> None:
    dock = seam.door("Loading Dock")
    entry = {"device_id": dock.device_id, "schlage_metadata": {"time_zone": "America/New_York"}}
    await api.ok("/devices/report_provider_metadata", devices=[entry])
    device = await api.device(dock)
    assert (device["location"]["time_zone"], device["warnings"]) == ("America/New_York", [])


async def test_an_unlock_is_pending_until_the_bolt_has_moved(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    attempt = (await api.ok("/locks/unlock_door", device_id=front.device_id))["action_attempt"]
    assert (attempt["action_type"], attempt["status"], attempt["result"]) == ("UNLOCK_DOOR", "pending", None)
    assert (await api.device(front))["properties"]["locked"] is True
    api.wait(0.2)
    attempt = await api.attempt(attempt["action_attempt_id"])
    assert (attempt["status"], attempt["result"]) == ("success", {"was_confirmed_by_device": True})
    assert (await api.device(front))["properties"]["locked"] is False
    unlocked = next(e for e in seam.events if e["event_type"] == "lock.unlocked")
    assert (unlocked["method"], unlocked["action_attempt_id"]) == ("remote", attempt["action_attempt_id"])
    assert seam.event_types()[-1] == "action_attempt.unlock_door.succeeded"


async def test_turning_the_clock_ends_an_attempt_as_well(api: Api, front: VirtualLock) -> None:
    attempt = (await api.ok("/locks/unlock_door", device_id=front.device_id))["action_attempt"]
    await api.turn(seconds=1)
    assert (await api.attempt(attempt["action_attempt_id"]))["status"] == "success"


async def test_an_attempt_that_ended_by_real_time_does_not_act_again_when_the_clock_is_turned(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    await api.ok("/locks/unlock_door", device_id=front.device_id)
    api.wait(1)
    seam.settle()
    await api.turn(days=1)
    assert len(seam.truth.of(EffectKind.UNLOCKED)) == 1


async def test_the_truth_names_the_request_behind_an_effect(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    response = await api.send("/locks/unlock_door", device_id=front.device_id)
    api.wait(1)
    (effect,) = seam.truth
    assert (effect.kind, effect.device_id, effect.at) == (EffectKind.UNLOCKED, front.device_id, NOON)
    assert effect.cause == response.headers["seam-request-id"]


async def test_attempts_are_found_by_door(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    mine = (await api.ok("/locks/unlock_door", device_id=front.device_id))["action_attempt"]
    await api.ok("/locks/unlock_door", device_id=seam.door("Back Door").device_id)
    listed = (await api.ok("/action_attempts/list", device_id=front.device_id))["action_attempts"]
    assert [a["action_attempt_id"] for a in listed] == [mine["action_attempt_id"]]


async def test_a_door_with_auto_lock_locks_itself(api: Api, seam: VirtualSeam) -> None:
    office = seam.door("Office Lock")
    await api.ok("/locks/unlock_door", device_id=office.device_id)
    api.wait(1)
    await api.turn(seconds=4)
    assert seam.door("Office Lock").locked is False
    await api.turn(seconds=1)
    assert seam.door("Office Lock").locked is True
    last = seam.truth[-1]
    assert (last.kind, last.cause, last.at) == (EffectKind.LOCKED, "auto_lock", NOON + timedelta(seconds=5))
    assert seam.events[-1]["method"] == "automatic"


async def test_a_second_unlock_starts_the_auto_lock_anew(api: Api, seam: VirtualSeam) -> None:
    office = seam.door("Office Lock")
    for _ in range(2):
        await api.ok("/locks/unlock_door", device_id=office.device_id)
        api.wait(1)
        await api.turn(seconds=3)
    assert seam.door("Office Lock").locked is False
    await api.turn(seconds=3)
    assert len(seam.truth.of(EffectKind.LOCKED)) == 1


async def test_auto_lock_can_be_set_and_ended(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    await api.ok(
        "/locks/configure_auto_lock", device_id=front.device_id, auto_lock_enabled=True, auto_lock_delay_seconds=30
    )
    api.wait(1)
    assert (await api.device(front))["properties"]["auto_lock_delay_seconds"] == 30
    await api.refused(
        "/locks/configure_auto_lock",
        400,
        "invalid_input",
        device_id=front.device_id,
        auto_lock_enabled=True,
        auto_lock_delay_seconds=61,
    )
    await api.refused(
        "/locks/configure_auto_lock",
        400,
        "device_type_not_supported",
        device_id=seam.door("Guest Flat").device_id,
        auto_lock_enabled=True,
        auto_lock_delay_seconds=5,
    )


async def test_the_keypad_opens_for_a_code_that_is_on_the_lock(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code = await api.create(front, code="271845")
    assert not seam.enter_pin(front.device_id, "271845").opened  # Seam has it, the lock not yet
    await api.turn(seconds=5)
    result = seam.enter_pin(front.device_id, "271845")
    assert (result.opened, result.access_code_id) == (True, code["access_code_id"])
    unlocked = seam.events[-1]
    assert (unlocked["event_type"], unlocked["method"]) == ("lock.unlocked", "keycode")
    assert unlocked["access_code_id"] == code["access_code_id"]
    assert seam.truth[-1].cause == "keypad"


async def test_the_keypad_refuses_before_and_after_the_window_and_says_why(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    start, end = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    await api.create(front, code="271845", starts_at=start, ends_at=end)
    await api.turn(minutes=59)
    assert seam.enter_pin(front.device_id, "271845").reason == "unknown_code"
    await api.turn(minutes=1)
    assert seam.enter_pin(front.device_id, "271845").opened
    await api.turn(hours=1)
    assert seam.enter_pin(front.device_id, "271845").reason == "expired_code"
    denied = seam.events[-1]
    assert (denied["event_type"], denied["reason"]["reason_code"]) == ("lock.access_denied", "expired_code")
    assert "271845" not in repr(denied)


async def test_a_maker_without_entry_events_does_not_tell_whose_code_it_was(api: Api, seam: VirtualSeam) -> None:
    gate = seam.door("Garden Gate")
    await api.create(gate, code="271845")
    await api.turn(seconds=5)
    seam.enter_pin(gate.device_id, "000000")
    seam.enter_pin(gate.device_id, "271845")
    assert "access_code_id" not in seam.events[-1]
    assert "lock.access_denied" not in seam.event_types()


async def test_a_hand_turns_the_bolt_either_way(seam: VirtualSeam, front: VirtualLock) -> None:
    seam.turn_by_hand(front.device_id)
    seam.turn_by_hand(front.device_id)
    assert [e.kind for e in seam.truth] == [EffectKind.UNLOCKED, EffectKind.LOCKED]
    assert [e["method"] for e in seam.events] == ["manual", "manual"]


async def test_what_happens_at_an_offline_door_is_told_later_with_its_own_time(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    seam.faults.offline(front.device_id)
    seam.turn_by_hand(front.device_id)
    assert "lock.unlocked" not in seam.event_types()
    await api.turn(hours=1)
    seam.faults.offline(front.device_id, on=False)
    late = seam.events[-1]
    assert late["event_type"] == "lock.unlocked"
    assert (late["occurred_at"], late["created_at"]) == ("2026-12-01T12:00:00.000Z", "2026-12-01T13:00:00.000Z")


@pytest.mark.parametrize("steps", [1, 60, 7])
async def test_one_long_turn_and_many_short_ones_give_the_same_events(
    api: Api, seam: VirtualSeam, front: VirtualLock, steps: int
) -> None:
    office = seam.door("Office Lock")
    await api.create(front, starts_at=NOON + timedelta(minutes=10), ends_at=NOON + timedelta(minutes=40))
    await api.create(office, starts_at=NOON + timedelta(minutes=20), ends_at=NOON + timedelta(minutes=30))
    await api.ok("/locks/unlock_door", device_id=office.device_id)
    for _ in range(steps):
        await api.turn(seconds=3600 / steps)
    told = [(e["event_type"], e["created_at"]) for e in seam.events]
    at = lambda minutes, seconds=0: f"2026-12-01T12:{minutes:02}:{seconds:02}"  # noqa: E731
    assert [(kind, when[:19]) for kind, when in told] == [
        ("access_code.created", at(0)),
        ("access_code.created", at(0)),
        ("lock.unlocked", at(0)),
        ("action_attempt.unlock_door.succeeded", at(0)),
        ("access_code.scheduled_on_device", at(0, 3)),
        ("access_code.scheduled_on_device", at(0, 3)),
        ("lock.locked", at(0, 5)),
        ("access_code.set_on_device", at(10)),
        ("access_code.set_on_device", at(20)),
        ("access_code.removed_from_device", at(30, 10)),
        ("access_code.deleted", at(30, 10)),
        ("access_code.removed_from_device", at(40, 10)),
        ("access_code.deleted", at(40, 10)),
    ]
