"""Everything that can be made to go wrong goes wrong as scripted, and right again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.seam import EffectKind, Faults, Lost, VirtualLock, VirtualSeam
from tests.sandbox.seam.conftest import NOON, Api


def _codes_of(entries: list[dict[str, Any]], key: str) -> list[str]:
    return [entry[key] for entry in entries]


async def _unlock(api: Api, lock: VirtualLock) -> Any:
    attempt = (await api.ok("/locks/unlock_door", device_id=lock.device_id))["action_attempt"]
    api.wait(1)
    return await api.attempt(attempt["action_attempt_id"])


# -- doors ----------------------------------------------------------------------------------------------------


async def test_an_offline_door_hides_its_bolt_refuses_commands_and_reports_both_ways(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    seam.faults.offline(front.device_id)
    device = await api.device(front)
    assert device["properties"]["online"] is False
    assert "locked" not in device["properties"]
    assert _codes_of(device["errors"], "error_code") == ["device_disconnected"]
    assert device["can_program_online_access_codes"] is True
    assert (await _unlock(api, front))["error"]["message"] == "The lock is offline."
    seam.faults.offline(front.device_id, on=False)
    assert (await api.device(front))["errors"] == []
    assert (await _unlock(api, front))["status"] == "success"
    kinds = [kind for kind in seam.event_types() if kind.startswith("device.")]
    assert kinds == ["device.disconnected", "device.connected"]


async def test_codes_for_an_offline_door_queue_and_carry_its_error(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    seam.faults.offline(front.device_id)
    code = await api.create(front)
    await api.turn(hours=2)
    code = await api.code(code["access_code_id"])
    assert (code["status"], _codes_of(code["errors"], "error_code")) == ("setting", ["device_disconnected"])
    assert len(seam.truth) == 0
    seam.faults.offline(front.device_id, on=False)
    await api.turn(seconds=5)
    assert (await api.code(code["access_code_id"]))["status"] == "set"


async def test_a_code_that_ends_while_its_door_is_offline_is_removed_when_it_is_back(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    await api.turn(minutes=30)
    seam.faults.offline(front.device_id)
    await api.turn(days=2)
    assert (await api.code(code["access_code_id"]))["status"] == "removing"
    assert seam.truth.codes_on(front.device_id)
    seam.faults.offline(front.device_id, on=False)
    await api.turn(seconds=10)
    assert seam.truth.codes_on(front.device_id) == set()


async def test_an_update_made_while_the_door_is_offline_arrives_when_it_is_back(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    seam.faults.offline(front.device_id)
    await api.ok("/access_codes/update", access_code_id=code["access_code_id"], code="904172")
    await api.turn(hours=1)
    assert seam.enter_pin(front.device_id, "271845").opened
    assert (await api.code(code["access_code_id"]))["pending_mutations"]
    seam.faults.offline(front.device_id, on=False)
    await api.turn(seconds=5)
    assert not seam.enter_pin(front.device_id, "271845").opened
    assert seam.enter_pin(front.device_id, "904172").opened
    assert seam.event_types().count("access_code.code_changed") == 1


@pytest.mark.parametrize(
    ("switch", "flags", "trouble"),
    [
        (Faults.gateway_missing, {"can_remotely_unlock": False, "can_remotely_lock": False}, "hub_disconnected"),
        (
            Faults.remote_unlock_off,
            {"can_remotely_unlock": False, "can_remotely_lock": True},
            "ttlock_lock_gateway_unlocking_not_enabled",
        ),
        (Faults.power_saving, {"can_remotely_unlock": False, "can_remotely_lock": False}, "power_saving_mode"),
    ],
)
async def test_what_hinders_commands_shows_in_flags_and_codes_and_fails_the_attempt(
    api: Api,
    seam: VirtualSeam,
    front: VirtualLock,
    switch: Callable[..., None],
    flags: dict[str, bool],
    trouble: str,
) -> None:
    await api.create(front, code="271845")
    await api.turn(seconds=5)
    switch(seam.faults, front.device_id)
    device = await api.device(front)
    assert {name: device[name] for name in flags} == flags
    reported = _codes_of(device["errors"], "error_code") + _codes_of(device["warnings"], "warning_code")
    assert reported == [trouble]
    attempt = await _unlock(api, front)
    assert (attempt["status"], attempt["error"]["type"]) == ("error", "uncategorized_error")
    assert seam.enter_pin(front.device_id, "271845").opened  # PINs work all the same
    switch(seam.faults, front.device_id, False)
    assert (await _unlock(api, front))["status"] == "success"


async def test_a_low_battery_is_a_property_and_two_events(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.battery(front.device_id, 0.08)
    device = await api.device(front)
    assert (device["properties"]["battery"], device["warnings"]) == ({"level": 0.08, "status": "critical"}, [])
    assert seam.event_types() == ["device.battery_status_changed", "device.low_battery"]


async def test_a_full_lock_fails_the_code_until_a_slot_is_free(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    front.max_codes = 1
    first = await api.create(front)
    second = await api.create(front)
    await api.turn(seconds=5)
    assert _codes_of((await api.device(front))["warnings"], "warning_code") == ["max_access_codes_reached"]
    code = await api.code(second["access_code_id"])
    assert _codes_of(code["errors"], "error_code") == ["no_space_for_access_code_on_device"]
    await api.ok("/access_codes/delete", access_code_id=first["access_code_id"])
    await api.turn(seconds=20)
    code = await api.code(second["access_code_id"])
    assert (code["status"], code["errors"]) == ("set", [])


async def test_slots_can_be_full_by_fault(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.slots_full(front.device_id)
    reply = await api.ok("/access_codes/create", device_id=front.device_id)
    await api.turn(seconds=5)
    assert (await api.attempt(reply["action_attempt"]["action_attempt_id"]))["status"] == "error"
    assert "access_code.failed_to_set_on_device" in seam.event_types()
    seam.faults.slots_full(front.device_id, on=False)
    await api.turn(seconds=5)
    assert (await api.code(reply["access_code"]["access_code_id"]))["status"] == "set"


async def test_a_lost_login_makes_its_doors_unreachable_and_its_codes_unknown(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front)
    await api.turn(seconds=5)
    seam.faults.account_disconnected(front.connected_account_id)
    assert (await api.code(code["access_code_id"]))["status"] == "unknown"
    device = await api.device(seam.door("Back Door"))
    assert _codes_of(device["errors"], "error_code") == ["account_disconnected"]
    accounts = (await api.ok("/connected_accounts/list"))["connected_accounts"]
    assert [len(a["errors"]) for a in accounts if a["account_type"] == "ttlock"] == [1]
    assert (await _unlock(api, front))["status"] == "error"
    assert (await api.device(seam.door("Library")))["errors"] == []
    seam.faults.account_disconnected(front.connected_account_id, on=False)
    assert (await api.code(code["access_code_id"]))["status"] == "set"


# -- commands -------------------------------------------------------------------------------------------------


async def test_a_slow_door_keeps_its_attempt_pending_for_as_long(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    seam.faults.slow(front.device_id, 30)
    attempt = (await api.ok("/locks/unlock_door", device_id=front.device_id))["action_attempt"]
    api.wait(29)
    assert (await api.attempt(attempt["action_attempt_id"]))["status"] == "pending"
    api.wait(1)
    assert (await api.attempt(attempt["action_attempt_id"]))["status"] == "success"


@pytest.mark.parametrize(("yet_acts", "unlocks"), [(False, 0), (True, 1)])
async def test_an_attempt_can_stay_pending_with_and_without_the_act(
    api: Api, seam: VirtualSeam, front: VirtualLock, yet_acts: bool, unlocks: int
) -> None:
    seam.faults.attempt_stays_pending(front.device_id, yet_acts=yet_acts)
    assert (await _unlock(api, front))["status"] == "pending"
    await api.turn(days=1)
    assert len(seam.truth.of(EffectKind.UNLOCKED, front.device_id)) == unlocks


async def test_an_attempt_can_fail_with_any_error_or_succeed_unconfirmed(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    seam.faults.attempt_fails(front.device_id, error_type="jammed", message="The bolt is jammed.")
    attempt = await _unlock(api, front)
    assert attempt["error"] == {"type": "jammed", "message": "The bolt is jammed."}
    assert seam.event_types() == ["action_attempt.unlock_door.failed"]
    seam.faults.attempt_fails(front.device_id, on=False)
    seam.faults.unconfirmed(front.device_id)
    assert (await _unlock(api, front))["result"] == {"was_confirmed_by_device": False}


# -- the wire -------------------------------------------------------------------------------------------------


async def test_seam_down_is_503_with_nothing_in_it(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.seam_down()
    response = await api.send("/locks/unlock_door", device_id=front.device_id)
    assert (response.status_code, response.content) == (503, b"")
    seam.faults.seam_down(on=False)
    seam.faults.seam_down(route="/devices/list")
    assert (await api.send("/devices/list")).status_code == 503
    await api.device(front)
    await api.turn(seconds=5)
    assert len(seam.truth) == 0


async def test_429_n_times_then_through(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.rate_limit(2, route="/locks/unlock_door", retry_after=7)
    for _ in range(2):
        response = await api.send("/locks/unlock_door", device_id=front.device_id)
        assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert (await _unlock(api, front))["status"] == "success"
    assert len(seam.truth) == 1


async def test_an_error_before_the_effect_does_nothing(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.refuse("/access_codes/create", times=1)
    assert (await api.send("/access_codes/create", device_id=front.device_id)).status_code == 500
    assert (await api.ok("/access_codes/list", device_id=front.device_id))["access_codes"] == []
    await api.create(front)


@pytest.mark.parametrize(("how", "raised"), [(Lost.HANG, httpx.ReadTimeout), (Lost.DROP, httpx.RemoteProtocolError)])
async def test_a_lost_answer_is_an_exception_for_the_client_and_the_thing_is_done(
    api: Api, seam: VirtualSeam, front: VirtualLock, how: Lost, raised: type[Exception]
) -> None:
    seam.faults.lose_answers("/locks/unlock_door", how)
    with pytest.raises(raised):
        await api.send("/locks/unlock_door", device_id=front.device_id)
    await api.turn(seconds=1)
    assert len(seam.truth.of(EffectKind.UNLOCKED)) == 1
    assert seam.journal[-1].status == 0


async def test_a_500_after_the_effect_is_a_lie(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.lose_answers("/access_codes/create", Lost.ERROR)
    response = await api.send("/access_codes/create", device_id=front.device_id, code="271845")
    assert response.status_code == 500
    await api.ok("/access_codes/get", device_id=front.device_id, code="271845")


async def test_every_nth_answer_of_one_door_is_lost(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.limits.enabled = False
    seam.faults.lose_answers("/access_codes/create", Lost.ERROR, times=None, every=3, device_id=front.device_id)
    back = seam.door("Back Door")
    seen = []
    for _ in range(9):
        seen.append((await api.send("/access_codes/create", device_id=front.device_id)).status_code)
        assert (await api.send("/access_codes/create", device_id=back.device_id)).status_code == 200
    assert seen == [200, 200, 500] * 3
    assert len((await api.ok("/access_codes/list", device_id=front.device_id))["access_codes"]) == 9


async def test_what_lands_late_is_done_late_once(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.land_late("/access_codes/create", 120, Lost.ERROR)
    response = await api.send("/access_codes/create", device_id=front.device_id, code="271845")
    request_id = response.headers["seam-request-id"]
    await api.turn(seconds=119)
    await api.refused("/access_codes/get", 404, "not_found", device_id=front.device_id, code="271845")
    await api.turn(seconds=10)
    await api.ok("/access_codes/get", device_id=front.device_id, code="271845")
    (effect,) = seam.truth
    assert effect.cause == request_id


async def test_a_late_duplicate_is_refused_in_silence(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.land_late("/access_codes/create", 60, Lost.ERROR)
    await api.send("/access_codes/create", device_id=front.device_id, code="271845")
    await api.create(front, code="271845")
    await api.turn(minutes=5)
    assert len(seam.truth.of(EffectKind.CODE_ON)) == 1


async def test_slow_answers_come_all_the_same(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    fault = seam.faults.slow_answers(0.01, route="/devices/get")
    await api.device(front)
    assert fault.struck == 1
    seam.faults.routes.remove(fault)


# -- codes ----------------------------------------------------------------------------------------------------


async def test_a_code_that_never_gets_set_says_so_and_at_its_start_again(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    seam.faults.never_sets(front.device_id)
    code = await api.create(front, starts_at=NOON + timedelta(hours=1), ends_at=NOON + timedelta(hours=2))
    await api.turn(minutes=1)
    shown = await api.code(code["access_code_id"])
    assert (shown["status"], _codes_of(shown["errors"], "error_code")) == ("unset", ["failed_to_set_on_device"])
    await api.turn(hours=1)
    shown = await api.code(code["access_code_id"])
    assert (shown["status"], _codes_of(shown["warnings"], "warning_code")) == (
        "setting",
        ["delay_in_setting_on_device"],
    )
    seam.faults.never_sets(front.device_id, on=False)
    await api.turn(seconds=5)
    shown = await api.code(code["access_code_id"])
    assert (shown["status"], shown["errors"], shown["warnings"]) == ("set", [], [])


async def test_a_removal_that_fails_keeps_the_code_opening_until_it_does_not(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    seam.faults.removal_fails(front.device_id)
    await api.ok("/access_codes/delete", access_code_id=code["access_code_id"])
    await api.turn(days=2)
    shown = await api.code(code["access_code_id"])
    assert (shown["status"], _codes_of(shown["errors"], "error_code")) == ("removing", ["failed_to_remove_from_device"])
    assert seam.enter_pin(front.device_id, "271845").opened
    assert seam.event_types().count("access_code.failed_to_remove_from_device") == 1
    seam.faults.removal_fails(front.device_id, on=False)
    await api.turn(seconds=10)
    assert not seam.enter_pin(front.device_id, "271845").opened
    await api.refused("/access_codes/get", 404, "not_found", access_code_id=code["access_code_id"])


async def test_a_removal_can_stall_without_a_word(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code = await api.create(front, code="271845", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    seam.faults.removal_stalls(front.device_id)
    await api.turn(days=2)
    shown = await api.code(code["access_code_id"])
    assert (shown["status"], shown["errors"]) == ("removing", [])
    assert seam.truth.codes_on(front.device_id) == {code["access_code_id"]}
    seam.faults.removal_stalls(front.device_id, on=False)
    await api.turn(seconds=10)
    assert seam.truth.codes_on(front.device_id) == set()


async def test_a_delete_that_lies_leaves_the_code_set(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    seam.faults.delete_lies(front.device_id)
    await api.ok("/access_codes/delete", access_code_id=code["access_code_id"])
    await api.turn(hours=1)
    assert (await api.code(code["access_code_id"]))["status"] == "set"
    seam.faults.delete_lies(front.device_id, on=False)
    await api.ok("/access_codes/delete", access_code_id=code["access_code_id"])
    await api.turn(seconds=10)
    assert seam.truth.codes_on(front.device_id) == set()


async def test_a_ghost_is_gone_at_seam_works_at_the_door_and_comes_back_unmanaged(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    seam.faults.delete_lies(front.device_id, ghost=True)
    await api.ok("/access_codes/delete", access_code_id=code["access_code_id"])
    await api.refused("/access_codes/get", 404, "not_found", access_code_id=code["access_code_id"])
    assert "access_code.removed_from_device" in seam.event_types()
    assert seam.enter_pin(front.device_id, "271845").opened
    await api.turn(minutes=11)
    (found,) = (await api.ok("/access_codes/unmanaged/list", device_id=front.device_id))["access_codes"]
    assert found["access_code_id"] == code["access_code_id"]


async def test_an_edit_in_the_makers_app_conflicts_and_is_written_back(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    seam.faults.edit_in_app(code["access_code_id"], pin="904172")
    assert seam.enter_pin(front.device_id, "904172").opened
    shown = await api.code(code["access_code_id"])
    (error,) = shown["errors"]
    assert (error["error_code"], error["change_type"]) == ("conflicting_external_modification", "modified")
    assert shown["code"] == "271845"
    await api.turn(minutes=2)
    assert not seam.enter_pin(front.device_id, "904172").opened
    assert seam.enter_pin(front.device_id, "271845").opened
    assert (await api.code(code["access_code_id"]))["errors"] == []


async def test_an_edit_that_is_allowed_stands(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code = await api.create(front, code="271845", is_external_modification_allowed=True)
    await api.turn(seconds=5)
    seam.faults.edit_in_app(code["access_code_id"], pin="904172")
    await api.turn(minutes=2)
    shown = await api.code(code["access_code_id"])
    assert (shown["code"], shown["errors"]) == ("904172", [])
    assert _codes_of(shown["warnings"], "warning_code") == ["external_modification_in_effect"]


async def test_a_deletion_in_the_makers_app_is_noticed_and_undone_or_not_noticed_at_all(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    seam.faults.delete_in_app(code["access_code_id"])
    assert not seam.enter_pin(front.device_id, "271845").opened
    assert "access_code.deleted_external_to_seam" in seam.event_types()
    await api.turn(minutes=2)
    assert seam.enter_pin(front.device_id, "271845").opened
    seam.faults.delete_in_app(code["access_code_id"], noticed=False)
    await api.turn(days=1)
    assert (await api.code(code["access_code_id"]))["status"] == "set"
    assert not seam.enter_pin(front.device_id, "271845").opened


async def test_a_code_that_turns_unmanaged_leaves_the_list_and_stays_on_the_lock_past_its_end(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    await api.turn(seconds=5)
    seam.faults.turn_unmanaged(code["access_code_id"])
    await api.refused("/access_codes/get", 404, "not_found", access_code_id=code["access_code_id"])
    await api.turn(days=1)
    assert seam.truth.codes_on(front.device_id) == {code["access_code_id"]}
    assert len((await api.ok("/access_codes/unmanaged/list", device_id=front.device_id))["access_codes"]) == 1


async def test_a_rival_from_the_makers_app_is_found_late(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    rival = seam.faults.add_in_app(front.device_id, "Cleaner", "271845")
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    (error,) = (await api.code(code["access_code_id"]))["errors"]
    assert (error["error_code"], error["unmanaged_access_code_id"]) == ("duplicate_code_on_device", rival)


async def test_clear_puts_everything_right(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    for switch in (seam.faults.offline, seam.faults.remote_unlock_off, seam.faults.never_sets, seam.faults.slots_full):
        switch(front.device_id)
    seam.faults.account_disconnected(front.connected_account_id)
    seam.faults.seam_down()
    seam.faults.clear()
    device = await api.device(front)
    assert (device["errors"], device["warnings"], device["can_remotely_unlock"]) == ([], [], True)
    assert (await _unlock(api, front))["status"] == "success"
