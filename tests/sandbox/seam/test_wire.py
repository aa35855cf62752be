"""How the virtual Seam answers on the wire: keys, verbs, envelopes, pages, limits."""

from __future__ import annotations

import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.seam import TTLOCK, VirtualLock, VirtualSeam, many_doors
from tests.sandbox.seam.conftest import KEY, NOON, Api, Hands
from tests.sandbox.seam.schema import ReplySchemas


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {KEY}", "Bearer"])
async def test_a_wrong_key_is_401(api: Api, header: str) -> None:
    response = await api.http.post("/devices/list", json={}, headers={"authorization": header})
    assert response.status_code == 401
    assert response.json()["error"]["type"] == "unauthorized"


async def test_health_needs_no_key(api: Api) -> None:
    assert (await api.http.get("/health", headers={"authorization": ""})).json() == {"ok": True}


async def test_an_unknown_path_is_a_404_in_plain_text_without_request_id(api: Api) -> None:
    response = await api.http.post("/access_grants/create", json={})
    assert (response.status_code, response.text) == (404, "404\n")
    assert "seam-request-id" not in response.headers


async def test_reads_take_get_with_seams_query_serialisation(api: Api, front: VirtualLock) -> None:
    one = await api.http.get("/devices/get", params={"device_id": front.device_id})
    assert one.json()["device"]["display_name"] == "Front Door"
    two = await api.http.get(
        "/devices/list", params=[("device_ids", front.device_id), ("device_ids", "x"), ("limit", "5")]
    )
    assert [d["display_name"] for d in two.json()["devices"]] == ["Front Door"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/locks/unlock_door"), ("DELETE", "/access_codes/create"), ("PUT", "/devices/get")]
)
async def test_other_verbs_are_405(api: Api, method: str, path: str) -> None:
    response = await api.http.request(method, path)
    assert (response.status_code, response.json()["error"]["type"]) == (405, "method_not_allowed")


async def test_the_body_must_be_a_json_object(api: Api) -> None:
    no_json = await api.http.post("/devices/list", content=b"{oops", headers={"content-type": "application/json"})
    assert (no_json.status_code, no_json.text) == (400, "Invalid JSON\n")
    form = await api.http.post("/devices/list", data={"limit": "1"})
    assert form.json()["error"]["type"] == "invalid_content_type"
    array = await api.http.post("/devices/list", json=[])
    assert array.json()["error"]["type"] == "invalid_input"


async def test_a_field_error_names_its_field(api: Api, front: VirtualLock) -> None:
    missing = await api.refused("/access_codes/create", 400, "invalid_input")
    assert missing["validation_errors"]["device_id"]["_errors"] == ["Required"]
    null = await api.refused(
        "/access_codes/create", 400, "invalid_input", device_id=front.device_id, starts_at=None, ends_at=None
    )
    assert null["validation_errors"]["starts_at"]["_errors"] == ["Expected string, received null"]


@pytest.mark.parametrize(
    ("path", "field", "error_type"),
    [
        ("/devices/get", "device_id", "device_not_found"),
        ("/locks/unlock_door", "device_id", "device_not_found"),
        ("/access_codes/create", "device_id", "device_not_found"),
        ("/access_codes/get", "access_code_id", "not_found"),
        ("/access_codes/delete", "access_code_id", "access_code_not_found"),
        ("/action_attempts/get", "action_attempt_id", "action_attempt_not_found"),
        ("/events/get", "event_id", "event_not_found"),
        ("/connect_webviews/get", "connect_webview_id", "connect_webview_not_found"),
        ("/connected_accounts/get", "connected_account_id", "connected_account_not_found"),
        ("/webhooks/get", "webhook_id", "webhook_not_found"),
    ],
)
async def test_what_is_not_there_is_404(api: Api, path: str, field: str, error_type: str) -> None:
    await api.refused(path, 404, error_type, **{field: "00000000-0000-0000-0000-000000000000"})


async def test_500_doors_and_one_more_come_in_pages(
    clock: Clock, hands: Hands, reply_schemas: ReplySchemas | None
) -> None:
    api = Api(VirtualSeam(clock, KEY, many_doors(501)), clock, hands, reply_schemas)
    first = await api.ok("/devices/list")
    assert (len(first["devices"]), first["pagination"]["has_next_page"]) == (500, True)
    rest = await api.ok("/devices/list", page_cursor=first["pagination"]["next_page_cursor"])
    assert [d["display_name"] for d in rest["devices"]] == ["Room 0501"]
    assert rest["pagination"] == {"has_next_page": False, "next_page_cursor": None, "next_page_url": None}
    cursor = first["pagination"]["next_page_cursor"]
    await api.refused("/devices/list", 400, "mismatched_page_parameters", page_cursor=cursor, limit=100)
    await api.refused("/devices/list", 400, "invalid_input", page_cursor="junk")


async def test_pages_of_any_size_hold_each_door_once_while_doors_go(api: Api, seam: VirtualSeam) -> None:
    names: list[str] = []
    cursor = None
    while True:
        reply = await api.ok("/devices/list", limit=2, page_cursor=cursor)
        names += [d["display_name"] for d in reply["devices"]]
        seam.door("Front Door").is_managed = False
        cursor = reply["pagination"]["next_page_cursor"]
        if not reply["pagination"]["has_next_page"]:
            break
    assert len(names) == len(set(names)) == 9


async def test_the_filters_of_the_device_list_filter(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    await api.ok("/devices/update", device_id=front.device_id, custom_metadata={"floor": "1"})

    async def names(**filters: object) -> list[str]:
        return [d["display_name"] for d in (await api.ok("/devices/list", **filters))["devices"]]

    assert await names(device_ids=[front.device_id]) == ["Front Door"]
    assert await names(device_type="august_lock") == ["Library"]
    assert await names(device_types=["august_lock", "schlage_lock"]) == ["Library", "Loading Dock"]
    assert await names(manufacturer="kwikset") == ["Guest Flat"]
    assert await names(connected_account_id=seam.door("Garden Gate").connected_account_id) == ["Garden Gate"]
    assert await names(connected_account_ids=[]) == []
    assert await names(search="door") == ["Front Door", "Back Door"]
    assert await names(search=front.device_id[:8]) == ["Front Door"]
    assert await names(custom_metadata_has={"floor": "1"}) == ["Front Door"]
    assert await names(custom_metadata_has={"floor": "2"}) == []


async def test_unmanaged_doors_are_elsewhere_until_adopted(api: Api, front: VirtualLock) -> None:
    await api.ok("/devices/update", device_id=front.device_id, is_managed=False)
    await api.refused("/devices/get", 404, "device_not_found", device_id=front.device_id)
    await api.refused("/locks/unlock_door", 400, "device_unmanaged", device_id=front.device_id)
    unmanaged = (await api.ok("/devices/unmanaged/list"))["devices"]
    assert [d["device_id"] for d in unmanaged] == [front.device_id]
    await api.ok("/devices/unmanaged/update", device_id=front.device_id, is_managed=True)
    assert (await api.device(front))["is_managed"] is True


@pytest.mark.parametrize(("path", "allowed"), [("/locks/unlock_door", 15), ("/locks/lock_door", 15)])
async def test_one_command_too_many_in_a_minute_is_429_until_the_minute_is_over(
    api: Api, front: VirtualLock, path: str, allowed: int
) -> None:
    for _ in range(allowed):
        await api.ok(path, device_id=front.device_id)
    await api.turn(seconds=20)
    response = await api.send(path, device_id=front.device_id)
    assert (response.status_code, response.headers["retry-after"]) == (429, "40")
    await api.turn(seconds=40)
    await api.ok(path, device_id=front.device_id)


async def test_the_limits_of_codes_are_per_door(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    made = [await api.create(front) for _ in range(10)]
    assert (await api.send("/access_codes/create", device_id=front.device_id)).status_code == 429
    await api.create(seam.door("Back Door"))
    for n in range(10):
        await api.ok("/access_codes/update", access_code_id=made[0]["access_code_id"], name=f"Name {n}")
    response = await api.send("/access_codes/update", access_code_id=made[0]["access_code_id"], name="Name 10")
    assert response.status_code == 429
    assert seam.counts["/access_codes/create"] == 12


async def test_events_are_asked_for_with_exactly_one_interval(api: Api, front: VirtualLock) -> None:
    await api.refused("/events/list", 400, "invalid_input")
    await api.refused("/events/list", 400, "invalid_input", since=NOON.isoformat(), between=["x", "y"])
    await api.turn(seconds=1)
    await api.ok("/locks/lock_door", device_id=front.device_id)
    await api.turn(seconds=1)
    both = (await api.ok("/events/list", since=NOON.isoformat()))["events"]
    assert [e["event_type"] for e in both] == ["lock.locked", "action_attempt.lock_door.succeeded"]
    assert (await api.ok("/events/list", since=both[-1]["created_at"]))["events"] == []
    only = await api.ok(
        "/events/list", between=[NOON.isoformat(), "2026-12-02T00:00:00Z"], event_type="lock.locked", limit=1
    )
    assert only["events"] == both[:1]
    assert (await api.ok("/events/get", event_id=both[0]["event_id"]))["event"] == both[0]


async def test_the_journal_tells_of_each_request_without_its_body(api: Api, seam: VirtualSeam) -> None:
    lock = seam.door("Front Door")
    await api.create(lock, code="271845")
    last = seam.journal[-1]
    assert (last.path, last.status, last.device_id) == ("/access_codes/create", 200, lock.device_id)
    assert "271845" not in repr(seam.journal)


def test_a_door_keeps_its_id_from_run_to_run() -> None:
    assert VirtualLock(name="Attic", brand=TTLOCK).device_id == VirtualLock(name="Attic", brand=TTLOCK).device_id
