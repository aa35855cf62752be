"""The life of an access code, watched while the clock is turned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.seam import EffectKind, VirtualLock, VirtualSeam
from tests.sandbox.seam.conftest import NOON, Api


def _kinds(code: dict[str, object], field: str, key: str) -> list[str]:
    entries = code[field]
    assert isinstance(entries, list)
    return [entry[key] for entry in entries]


async def test_an_ongoing_code_goes_from_unset_over_setting_to_set(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, name="Dana 7F3K")
    code_id = code["access_code_id"]
    assert (code["type"], code["status"], code["starts_at"], code["ends_at"]) == ("ongoing", "unset", None, None)
    assert _kinds(code, "pending_mutations", "mutation_code") == ["creating"]
    await api.turn(seconds=1)
    assert (await api.code(code_id))["status"] == "setting"
    assert seam.truth.codes_on(front.device_id) == set()
    await api.turn(seconds=2)
    code = await api.code(code_id)
    assert (code["status"], code["pending_mutations"]) == ("set", [])
    assert seam.truth.codes_on(front.device_id) == {code_id}
    assert seam.event_types(access_code_id=code_id) == ["access_code.created", "access_code.set_on_device"]


async def test_a_code_that_starts_while_it_is_being_written_is_not_called_late(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    start = NOON + timedelta(seconds=2)
    code = await api.create(front, starts_at=start, ends_at=start + timedelta(hours=1))
    await api.turn(minutes=1)
    shown = await api.code(code["access_code_id"])
    assert (shown["status"], shown["warnings"]) == ("set", [])
    assert seam.event_types() == ["access_code.created", "access_code.set_on_device"]


async def test_a_code_deleted_just_before_its_start_is_not_called_late(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    seam.faults.removal_stalls(front.device_id)
    code = await api.create(front, starts_at=NOON + timedelta(hours=1), ends_at=NOON + timedelta(hours=2))
    await api.turn(minutes=59, seconds=55)
    await api.ok("/access_codes/delete", access_code_id=code["access_code_id"])
    await api.turn(minutes=5)
    assert _kinds(await api.code(code["access_code_id"]), "warnings", "warning_code") == ["being_deleted"]
    assert "access_code.set_on_device" not in seam.event_types()


async def test_the_create_attempt_succeeds_when_the_lock_has_the_code(api: Api, front: VirtualLock) -> None:
    reply = await api.ok("/access_codes/create", device_id=front.device_id)
    attempt = reply["action_attempt"]
    assert (attempt["action_type"], attempt["status"]) == ("CREATE_ACCESS_CODE", "pending")
    await api.turn(seconds=5)
    attempt = await api.attempt(attempt["action_attempt_id"])
    assert attempt["status"] == "success"
    assert attempt["result"]["access_code"]["status"] == "set"


async def test_a_code_far_ahead_is_deferred_then_loaded_72_hours_before_and_set_at_its_start(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    start = NOON + timedelta(days=10)
    code = await api.create(front, starts_at=start, ends_at=start + timedelta(hours=9))
    code_id = code["access_code_id"]
    (deferred,) = code["pending_mutations"]
    assert (deferred["mutation_code"], deferred["scheduled_at"]) == ("deferring_creation", "2026-12-08T12:00:00.000Z")
    await api.turn(days=6, hours=23)
    assert (await api.code(code_id))["is_scheduled_on_device"] is False
    await api.turn(hours=1, seconds=10)
    code = await api.code(code_id)
    assert (code["status"], code["is_scheduled_on_device"]) == ("unset", True)
    assert seam.truth.codes_on(front.device_id) == {code_id}
    await api.turn(days=3)
    code = await api.code(code_id)
    assert (code["status"], code["is_scheduled_on_device"]) == ("set", False)
    assert seam.event_types(access_code_id=code_id) == [
        "access_code.created",
        "access_code.scheduled_on_device",
        "access_code.set_on_device",
    ]


async def test_an_ended_code_is_removed_and_then_unknown(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code = await api.create(front, starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    await api.turn(hours=1)
    code = await api.code(code["access_code_id"])
    assert code["status"] == "removing"
    assert _kinds(code, "pending_mutations", "mutation_code") == ["deleting"]
    assert _kinds(code, "warnings", "warning_code") == ["being_deleted"]
    await api.turn(seconds=10)
    await api.refused("/access_codes/get", 404, "not_found", access_code_id=code["access_code_id"])
    assert seam.truth.codes_on(front.device_id) == set()
    assert seam.event_types()[-2:] == ["access_code.removed_from_device", "access_code.deleted"]
    assert seam.truth[-1].cause == "window"


async def test_without_native_scheduling_the_code_opens_an_hour_early(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    start = NOON + timedelta(hours=5)
    await api.create(
        front, code="271845", starts_at=start, ends_at=start + timedelta(hours=1), prefer_native_scheduling=False
    )
    await api.turn(hours=3, minutes=59)
    assert not seam.enter_pin(front.device_id, "271845").opened
    await api.turn(minutes=2)
    assert seam.enter_pin(front.device_id, "271845").opened


async def test_a_deleted_code_opens_until_the_lock_has_lost_it(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    reply = await api.ok("/access_codes/delete", access_code_id=code["access_code_id"])
    assert reply["action_attempt"]["status"] == "pending"
    assert (await api.code(code["access_code_id"]))["status"] == "removing"
    assert seam.enter_pin(front.device_id, "271845").opened
    await api.turn(seconds=10)
    assert not seam.enter_pin(front.device_id, "271845").opened
    assert (await api.attempt(reply["action_attempt"]["action_attempt_id"]))["status"] == "success"
    await api.refused("/access_codes/delete", 404, "access_code_not_found", access_code_id=code["access_code_id"])


async def test_a_code_that_never_was_on_the_lock_is_gone_at_once_and_only_deleted(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    start = NOON + timedelta(days=30)
    code = await api.create(front, starts_at=start, ends_at=start + timedelta(hours=1))
    await api.ok("/access_codes/delete", access_code_id=code["access_code_id"])
    await api.refused("/access_codes/get", 404, "not_found", access_code_id=code["access_code_id"])
    assert seam.event_types() == ["access_code.created", "access_code.deleted"]
    await api.turn(days=40)
    assert len(seam.truth) == 0


async def test_an_extended_code_goes_on_past_its_old_end(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code = await api.create(front, code="271845", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    code_id = code["access_code_id"]
    await api.turn(minutes=50)
    new_end = "2026-12-01T15:00:00.000Z"
    await api.ok("/access_codes/update", access_code_id=code_id, starts_at=code["starts_at"], ends_at=new_end)
    code = await api.code(code_id)
    assert (code["ends_at"], code["type"], code["status"]) == (new_end, "time_bound", "setting")
    (change,) = code["pending_mutations"]
    assert (change["from"]["ends_at"], change["to"]["ends_at"]) == ("2026-12-01T13:00:00.000Z", new_end)
    await api.turn(minutes=30)
    assert (await api.code(code_id))["status"] == "set"
    assert seam.enter_pin(front.device_id, "271845").opened
    assert seam.event_types(access_code_id=code_id)[2] == "access_code.time_frame_changed"
    assert [e.kind for e in seam.truth][:2] == [EffectKind.CODE_ON, EffectKind.CODE_CHANGED]
    await api.turn(hours=3)
    await api.refused("/access_codes/get", 404, "not_found", access_code_id=code_id)


async def test_an_update_of_the_name_alone_keeps_a_code_time_bound(api: Api, front: VirtualLock) -> None:
    code = await api.create(front, starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    await api.ok("/access_codes/update", access_code_id=code["access_code_id"], name="Ada")
    after = await api.code(code["access_code_id"])
    assert (after["type"], after["ends_at"], after["name"]) == ("time_bound", code["ends_at"], "Ada")


async def test_a_time_bound_code_becomes_ongoing_by_its_type_alone(api: Api, front: VirtualLock) -> None:
    code = await api.create(front, starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    await api.turn(minutes=1)
    await api.ok("/access_codes/update", access_code_id=code["access_code_id"], type="ongoing")
    await api.turn(days=3)
    after = await api.code(code["access_code_id"])
    assert (after["type"], after["status"]) == ("ongoing", "set")


async def test_a_new_pin_takes_the_place_of_the_old_one(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    await api.ok("/access_codes/update", access_code_id=code["access_code_id"], code="904172")
    await api.turn(seconds=5)
    assert not seam.enter_pin(front.device_id, "271845").opened
    assert seam.enter_pin(front.device_id, "904172").opened
    assert [e.kind for e in seam.truth][:3] == [EffectKind.CODE_ON, EffectKind.CODE_OFF, EffectKind.CODE_ON]
    assert "access_code.code_changed" in seam.event_types()


async def test_a_deferred_code_that_is_moved_nearer_gets_on_the_lock_in_time(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    start = NOON + timedelta(days=30)
    code = await api.create(front, starts_at=start, ends_at=start + timedelta(hours=1))
    moved = {"starts_at": "2026-12-01T13:00:00Z", "ends_at": "2026-12-01T14:00:00Z"}
    await api.ok("/access_codes/update", access_code_id=code["access_code_id"], **moved)
    await api.turn(minutes=61)
    assert (await api.code(code["access_code_id"]))["status"] == "set"
    await api.turn(days=40)
    assert seam.event_types(access_code_id=code["access_code_id"]).count("access_code.deleted") == 1


async def test_a_code_is_found_by_door_and_pin_and_by_a_search(api: Api, front: VirtualLock) -> None:
    code = await api.create(front, name="Dana 7F3K", code="271845")
    found = await api.ok("/access_codes/get", device_id=front.device_id, code="271845")
    assert found["access_code"]["access_code_id"] == code["access_code_id"]
    for search in ("7f3k", "2718", code["access_code_id"][:8]):
        listed = (await api.ok("/access_codes/list", device_id=front.device_id, search=search))["access_codes"]
        assert len(listed) == 1
    await api.refused("/access_codes/get", 404, "not_found", device_id=front.device_id, code="999999")


async def test_the_list_of_a_door_holds_that_doors_codes_in_pages(api: Api, seam: VirtualSeam) -> None:
    front, back = seam.door("Front Door"), seam.door("Back Door")
    mine = [(await api.create(front))["access_code_id"] for _ in range(3)]
    await api.create(back)
    first = await api.ok("/access_codes/list", device_id=front.device_id, limit=2)
    assert [c["access_code_id"] for c in first["access_codes"]] == mine[:2]
    rest = await api.ok(
        "/access_codes/list",
        device_id=front.device_id,
        limit=2,
        page_cursor=first["pagination"]["next_page_cursor"],
    )
    assert [c["access_code_id"] for c in rest["access_codes"]] == mine[2:]
    await api.refused("/access_codes/list", 400, "invalid_input")
    await api.refused("/access_codes/list", 404, "device_not_found", device_id="nowhere")


async def test_a_schlage_without_zone_gets_a_wider_window_and_says_so(api: Api, seam: VirtualSeam) -> None:
    dock = seam.door("Loading Dock")
    start = NOON + timedelta(hours=2)
    code = await api.create(dock, code="271845", starts_at=start, ends_at=start + timedelta(hours=1))
    assert _kinds(code, "warnings", "warning_code") == ["time_frame_adjusted_for_unknown_time_zone"]
    await api.turn(hours=1, minutes=1)
    assert seam.enter_pin(dock.device_id, "271845").opened


async def test_an_offline_pin_is_assigned_later_and_cannot_be_changed_or_taken_back(
    api: Api, seam: VirtualSeam
) -> None:
    gate = seam.door("Garden Gate")
    start = NOON + timedelta(hours=3, minutes=20)
    code = await api.create(gate, is_offline_access_code=True, starts_at=start, ends_at=start + timedelta(hours=30))
    code_id = code["access_code_id"]
    assert (code["code"], code["is_waiting_for_code_assignment"]) == (None, True)
    assert (code["starts_at"], code["ends_at"]) == ("2026-12-01T15:00:00.000Z", "2026-12-02T22:00:00.000Z")
    assert _kinds(code, "warnings", "warning_code") == ["igloo_algopin_must_be_used_within_24_hours"]
    await api.turn(hours=4)
    code = await api.code(code_id)
    assert (len(code["code"]), code["status"]) == (9, "set")
    assert seam.enter_pin(gate.device_id, code["code"]).opened
    await api.refused("/access_codes/update", 400, "invalid_input", access_code_id=code_id, name="X")
    await api.refused("/access_codes/delete", 400, "invalid_input", access_code_id=code_id)


async def test_a_one_time_pin_opens_once(api: Api, seam: VirtualSeam) -> None:
    gate = seam.door("Garden Gate")
    code = await api.create(gate, is_offline_access_code=True, is_one_time_use=True, starts_at=NOON)
    await api.turn(seconds=10)
    pin = (await api.code(code["access_code_id"]))["code"]
    assert seam.enter_pin(gate.device_id, pin).opened
    assert not seam.enter_pin(gate.device_id, pin).opened


async def test_codes_of_one_order_share_a_pin_and_move_together(api: Api, seam: VirtualSeam) -> None:
    doors = [seam.door(name).device_id for name in ("Front Door", "Garage", "Library")]
    window = {"starts_at": "2026-12-01T13:00:00Z", "ends_at": "2026-12-01T14:00:00Z"}
    codes = (await api.ok("/access_codes/create_multiple", device_ids=doors, **window))["access_codes"]
    assert len({c["code"] for c in codes}) == 1
    key = codes[0]["common_code_key"]
    await api.ok("/access_codes/update_multiple", common_code_key=key, ends_at="2026-12-01T15:00:00Z")
    for code in codes:
        assert (await api.code(code["access_code_id"]))["ends_at"] == "2026-12-01T15:00:00.000Z"


async def test_an_order_for_several_doors_is_all_or_nothing(api: Api, seam: VirtualSeam) -> None:
    doors = [seam.door(name).device_id for name in ("Front Door", "Garage")]
    await api.refused("/access_codes/create_multiple", 400, "invalid_input", device_ids=doors, code="908070")
    assert (await api.ok("/access_codes/list", device_id=doors[0]))["access_codes"] == []
    reply = await api.ok(
        "/access_codes/create_multiple",
        device_ids=doors,
        code="908070",
        behavior_when_code_cannot_be_shared="create_random_code",
    )
    assert [c["code"] == "908070" for c in reply["access_codes"]] == [True, False]


async def test_a_backup_code_is_pulled_once_and_takes_over_the_end(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, starts_at=NOON, ends_at=NOON + timedelta(hours=2))
    code_id = code["access_code_id"]
    await api.refused(
        "/access_codes/pull_backup_access_code", 404, "backup_access_code_not_found", access_code_id=code_id
    )
    await api.ok("/devices/update", device_id=front.device_id, backup_access_code_pool_enabled=True)
    assert _kinds(await api.device(front), "errors", "error_code") == ["empty_backup_access_code_pool"]
    await api.turn(seconds=5)
    assert (await api.device(front))["errors"] == []
    assert (await api.code(code_id))["is_backup_access_code_available"] is True
    pulled = [
        (await api.ok("/access_codes/pull_backup_access_code", access_code_id=code_id))["backup_access_code"]
        for _ in range(2)
    ]
    assert pulled[0]["access_code_id"] == pulled[1]["access_code_id"]
    assert (pulled[0]["ends_at"], pulled[0]["is_backup"]) == (code["ends_at"], True)
    assert seam.enter_pin(front.device_id, pulled[0]["code"]).opened
    ongoing = await api.create(front)
    await api.refused(
        "/access_codes/pull_backup_access_code",
        400,
        "access_code_not_time_bound",
        access_code_id=ongoing["access_code_id"],
    )


async def test_an_unmanaged_code_can_be_adopted_or_deleted(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    kept = seam.faults.add_in_app(front.device_id, "Cleaner", "904172")
    gone = seam.faults.add_in_app(front.device_id, "Old", "555123")
    listed = (await api.ok("/access_codes/unmanaged/list", device_id=front.device_id))["access_codes"]
    assert [(c["name"], c["status"], c["is_managed"]) for c in listed] == [
        ("Cleaner", "set", False),
        ("Old", "set", False),
    ]
    await api.refused("/access_codes/get", 404, "not_found", access_code_id=kept)
    await api.ok("/access_codes/unmanaged/convert_to_managed", access_code_id=kept)
    await api.ok("/access_codes/unmanaged/delete", access_code_id=gone)
    await api.turn(minutes=1)
    assert (await api.code(kept))["status"] == "set"
    assert not seam.enter_pin(front.device_id, "555123").opened


async def test_an_igloohome_code_of_the_app_cannot_be_adopted(api: Api, seam: VirtualSeam) -> None:
    gate = seam.door("Garden Gate")
    code_id = seam.faults.add_in_app(gate.device_id, "Cleaner", "904172")
    (code,) = (await api.ok("/access_codes/unmanaged/list", device_id=gate.device_id))["access_codes"]
    assert code["cannot_be_managed"] is True
    await api.refused("/access_codes/unmanaged/convert_to_managed", 400, "invalid_input", access_code_id=code_id)


@pytest.mark.parametrize("count", [300])
async def test_many_codes_end_when_they_should(api: Api, seam: VirtualSeam, front: VirtualLock, count: int) -> None:
    seam.limits.enabled = False
    front.max_codes = 1000
    for n in range(count):
        start = NOON + timedelta(hours=1 + n)
        await api.create(front, starts_at=start, ends_at=start + timedelta(hours=1))
    await api.turn(hours=count / 2, minutes=1)
    left = (await api.ok("/access_codes/list", device_id=front.device_id))["access_codes"]
    assert len(left) == count - count / 2 + 1
    await api.turn(hours=count)
    assert seam.truth.codes_on(front.device_id) == set()
    assert len(seam.truth.of(EffectKind.CODE_ON)) == len(seam.truth.of(EffectKind.CODE_OFF)) == count
