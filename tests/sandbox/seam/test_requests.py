"""Parameters of every kind, right and wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.seam import VirtualLock, VirtualSeam
from tests.sandbox.seam.conftest import NOON, Api


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/devices/list", "device_ids", "one"),
        ("/devices/list", "device_ids", [1]),
        ("/devices/list", "limit", "ten"),
        ("/devices/list", "limit", True),
        ("/devices/list", "limit", 0),
        ("/devices/list", "custom_metadata_has", []),
        ("/devices/list", "search", None),
        ("/devices/get", "device_id", 7),
        ("/devices/get", "nothing", ""),
        ("/devices/report_provider_metadata", "devices", "x"),
        ("/events/get", "nothing", ""),
        ("/events/list", "between", ["2026-12-01T12:00:00Z"]),
        ("/connect_webviews/create", "accepted_providers", ["barn"]),
        ("/connect_webviews/create", "custom_metadata", {f"k{n}": "v" for n in range(51)}),
        ("/connect_webviews/create", "wait_for_device_creation", "yes"),
        ("/access_codes/get", "code", "271845"),
        ("/access_codes/create_multiple", "device_ids", []),
    ],
)
async def test_a_parameter_of_the_wrong_kind_is_400_with_its_name(
    api: Api, path: str, field: str, value: object
) -> None:
    error = await api.refused(path, 400, "invalid_input", **{field: value})
    assert field in error["validation_errors"] or error["validation_errors"]["_errors"]


async def test_an_unknown_parameter_is_ignored(api: Api) -> None:
    await api.ok("/devices/list", colour="red")


async def test_query_strings_carry_flags_numbers_objects_and_empty_lists(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    front.custom_metadata = {"floor": "1"}
    asked = await api.http.get("/devices/list?custom_metadata_has.floor=1&limit=1")
    assert [d["display_name"] for d in asked.json()["devices"]] == ["Front Door"]
    assert (await api.http.get("/devices/list?device_ids=")).json()["devices"] == []
    assert (await api.http.get("/devices/list?limit=many")).status_code == 400
    three = await api.http.get("/devices/list?device_ids=a&device_ids=b&device_ids=c")
    assert three.json()["devices"] == []
    code = await api.create(front)
    gone = await api.http.delete("/access_codes/delete", params={"access_code_id": code["access_code_id"]})
    assert gone.json()["action_attempt"]["action_type"] == "DELETE_ACCESS_CODE"
    patched = await api.http.patch("/devices/update", json={"device_id": front.device_id, "name": "Main Door"})
    assert patched.json() == {"ok": True}


async def test_a_post_without_a_body_is_fine_where_nothing_is_required(api: Api) -> None:
    assert (await api.http.post("/devices/list")).status_code == 200


async def test_a_door_is_renamed_and_gets_its_makers_name_back(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    await api.ok("/devices/update", device_id=front.device_id, name="Main Door")
    device = (await api.ok("/devices/get", name="Main Door"))["device"]
    assert (device["nickname"], device["properties"]["appearance"]["name"]) == ("Main Door", "Front Door")
    await api.ok("/devices/update", device_id=front.device_id, name=None)
    assert (await api.device(front))["display_name"] == "Front Door"
    assert seam.event_types() == ["device.name_changed", "device.name_changed"]


async def test_metadata_is_merged_and_a_null_or_empty_value_deletes_its_key(api: Api, front: VirtualLock) -> None:
    for metadata in ({"a": "1", "b": True, "c": "3"}, {"a": None, "c": ""}):
        await api.ok("/devices/update", device_id=front.device_id, custom_metadata=metadata)
    assert (await api.device(front))["custom_metadata"] == {"b": True}
    for wrong in ({"x.y": "1"}, {"k" * 41: "1"}, {"k": 1}, {f"k{n}": "v" for n in range(51)}):
        await api.refused("/devices/update", 400, "invalid_input", device_id=front.device_id, custom_metadata=wrong)


async def test_a_managed_door_cannot_be_adopted_and_metadata_must_fit_its_maker(api: Api, front: VirtualLock) -> None:
    await api.refused("/devices/unmanaged/update", 400, "device_managed", device_id=front.device_id, is_managed=True)
    entry = {"device_id": front.device_id, "schlage_metadata": {"time_zone": "Europe/Berlin"}}
    await api.refused("/devices/report_provider_metadata", 400, "device_type_not_supported", devices=[entry])


async def test_a_zone_that_is_none_is_refused(api: Api, seam: VirtualSeam) -> None:
    entry = {"device_id": seam.door("Loading Dock").device_id, "schlage_metadata": {"time_zone": "Mars/Olympus"}}
    await api.refused("/devices/report_provider_metadata", 400, "invalid_input", devices=[entry])


async def test_an_unmanaged_door_is_got_from_its_own_path(api: Api, front: VirtualLock) -> None:
    await api.refused("/devices/unmanaged/get", 404, "device_not_found", device_id=front.device_id)
    front.is_managed = False
    device = (await api.ok("/devices/unmanaged/get", device_id=front.device_id))["device"]
    assert device["is_managed"] is False


async def test_simulations_are_for_the_models_that_offer_them(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    library = seam.door("Library")
    await api.ok("/devices/simulate/disconnect", device_id=library.device_id)
    assert (await api.device(library))["properties"]["online"] is False
    await api.ok("/devices/simulate/connect", device_id=library.device_id)
    assert (await api.device(library))["properties"]["online"] is True
    await api.ok("/devices/simulate/disconnect_from_hub", device_id=front.device_id)
    assert (await api.device(front))["errors"][0]["error_code"] == "hub_disconnected"
    await api.refused("/devices/simulate/disconnect", 400, "device_type_not_supported", device_id=front.device_id)
    await api.ok("/connected_accounts/simulate/disconnect", connected_account_id=library.connected_account_id)
    assert (await api.device(library))["errors"][0]["error_code"] == "account_disconnected"
    await api.ok("/connected_accounts/sync", connected_account_id=library.connected_account_id)


async def test_events_are_filtered_by_each_of_their_ids(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    back = seam.door("Back Door")
    code = await api.create(front)
    await api.turn(seconds=5)
    seam.turn_by_hand(back.device_id)
    since = (NOON - timedelta(seconds=1)).isoformat()

    async def kinds(**filters: object) -> list[str]:
        return [e["event_type"] for e in (await api.ok("/events/list", since=since, **filters))["events"]]

    codes = ["access_code.created", "access_code.set_on_device"]
    assert await kinds(access_code_id=code["access_code_id"]) == codes
    assert await kinds(access_code_ids=[code["access_code_id"]]) == codes
    assert await kinds(device_id=back.device_id) == ["lock.unlocked"]
    assert await kinds(device_ids=[back.device_id], event_types=["lock.locked"]) == []
    assert await kinds(event_ids=[str(seam.events[0]["event_id"])]) == codes[:1]
    latest = await api.ok("/events/get", device_id=front.device_id)
    assert latest["event"]["event_type"] == "access_code.set_on_device"
    await api.refused("/events/get", 404, "event_not_found", event_type="device.tampered")


async def test_a_pool_that_is_switched_off_takes_its_codes_along_but_not_the_pulled_one(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, starts_at=NOON, ends_at=NOON + timedelta(hours=2))
    for on in (True, True):  # the second time changes nothing
        await api.ok("/devices/update", device_id=front.device_id, backup_access_code_pool_enabled=on)
    await api.turn(seconds=5)
    pulled = await api.ok("/access_codes/pull_backup_access_code", access_code_id=code["access_code_id"])
    await api.ok("/devices/update", device_id=front.device_id, backup_access_code_pool_enabled=False)
    await api.turn(minutes=1)
    left = (await api.ok("/access_codes/list", device_id=front.device_id))["access_codes"]
    assert {c["access_code_id"] for c in left if c["is_backup"]} == {pulled["backup_access_code"]["access_code_id"]}
    await api.refused(
        "/devices/update",
        400,
        "invalid_input",
        device_id=seam.door("Garden Gate").device_id,
        backup_access_code_pool_enabled=True,
    )


async def test_daily_offline_pins_last_weeks_and_keep_their_time_of_day(api: Api, seam: VirtualSeam) -> None:
    gate = seam.door("Garden Gate")
    order = {"is_offline_access_code": True, "max_time_rounding": "1day"}
    start = NOON + timedelta(hours=1)
    for _ in range(3):
        code = await api.create(gate, starts_at=start, ends_at=start + timedelta(days=40), **order)
    assert (code["starts_at"], code["ends_at"]) == ("2026-12-01T13:00:00.000Z", "2027-01-10T13:00:00.000Z")
    window = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(days=40)).isoformat()}
    await api.refused("/access_codes/create", 400, "invalid_input", device_id=gate.device_id, **order, **window)


async def test_five_one_time_pins_fit_a_day(api: Api, seam: VirtualSeam) -> None:
    gate = seam.door("Garden Gate")
    order = {"is_offline_access_code": True, "is_one_time_use": True, "starts_at": NOON.isoformat()}
    for _ in range(5):
        await api.create(gate, **order)
    await api.refused("/access_codes/create", 400, "invalid_input", device_id=gate.device_id, **order)


async def test_codes_are_listed_by_their_ids_and_a_grants_codes_are_none(api: Api, front: VirtualLock) -> None:
    codes = [(await api.create(front))["access_code_id"] for _ in range(3)]
    listed = (await api.ok("/access_codes/list", access_code_ids=[codes[2], codes[0], "nowhere"]))["access_codes"]
    assert [c["access_code_id"] for c in listed] == [codes[0], codes[2]]
    narrowed = await api.ok("/access_codes/list", device_id=front.device_id, access_code_ids=codes[:1])
    assert [c["access_code_id"] for c in narrowed["access_codes"]] == codes[:1]
    assert (await api.ok("/access_codes/list", access_grant_key="stay-1"))["access_codes"] == []


async def test_a_code_with_the_same_key_gets_the_same_pin(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    first = await api.create(front, common_code_key="stay-1")
    second = await api.create(seam.door("Back Door"), common_code_key="stay-1")
    assert first["code"] == second["code"]
    await api.refused("/access_codes/update_multiple", 404, "access_code_not_found", common_code_key="stay-2")


async def test_a_code_can_be_handed_back_and_its_policy_changed(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code_id = (await api.create(front, allow_external_modification=True))["access_code_id"]
    await api.turn(seconds=5)
    await api.ok("/access_codes/update", access_code_id=code_id, is_external_modification_allowed=False)
    assert (await api.code(code_id))["is_external_modification_allowed"] is False
    reply = await api.ok("/access_codes/update", access_code_id=code_id, is_managed=False)
    assert (await api.attempt(reply["action_attempt"]["action_attempt_id"]))["status"] == "success"
    unmanaged = await api.ok("/access_codes/unmanaged/get", access_code_id=code_id)
    assert unmanaged["access_code"]["is_managed"] is False


async def test_a_code_that_is_being_removed_takes_no_change_and_a_second_delete(api: Api, front: VirtualLock) -> None:
    code_id = (await api.create(front))["access_code_id"]
    await api.turn(seconds=5)
    for _ in range(2):
        await api.ok("/access_codes/delete", access_code_id=code_id)
    await api.refused("/access_codes/update", 400, "invalid_input", access_code_id=code_id, name="X")


async def test_an_update_may_ask_to_fail_fast(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    code_id = (await api.create(front))["access_code_id"]
    seam.faults.offline(front.device_id)
    await api.refused(
        "/access_codes/update",
        400,
        "invalid_input",
        access_code_id=code_id,
        name="X",
        attempt_for_offline_device=False,
    )


async def test_auto_lock_of_a_door_out_of_reach_is_not_changed(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.offline(front.device_id)
    reply = await api.ok(
        "/locks/configure_auto_lock", device_id=front.device_id, auto_lock_enabled=True, auto_lock_delay_seconds=5
    )
    api.wait(1)
    assert (await api.attempt(reply["action_attempt"]["action_attempt_id"]))["status"] == "error"
    assert front.auto_lock_seconds is None
    await api.refused("/locks/configure_auto_lock", 400, "invalid_input", device_id=front.device_id)


async def test_the_next_thing_to_happen_is_known(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    assert seam.next_due() is None
    start = NOON + timedelta(days=10)
    await api.create(front, starts_at=start, ends_at=start + timedelta(hours=1))
    assert seam.next_due() == start - timedelta(hours=72)
    told = []
    seam.on_exchange(told.append)
    await api.device(front)
    assert [exchange.path for exchange in told] == ["/devices/get"]
    with pytest.raises(KeyError):
        seam.door("Nowhere")
