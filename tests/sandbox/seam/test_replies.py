"""Every reply has the shape that Seam promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.seam import VirtualSeam
from tests.sandbox.seam.conftest import NOON, Api
from tests.sandbox.seam.schema import ReplySchemas


async def test_a_day_in_the_building_validates_reply_by_reply_and_event_by_event(
    api: Api, seam: VirtualSeam, reply_schemas: ReplySchemas | None
) -> None:
    if reply_schemas is None:
        pytest.skip("seam-openapi.json is not in ../shared: replies were not held against Seam's schema")
    front, gate = seam.door("Front Door"), seam.door("Garden Gate")
    for path in ("/workspaces/get", "/workspaces/list", "/devices/list", "/locks/list", "/devices/unmanaged/list"):
        await api.ok(path)
    await api.ok("/devices/list_device_providers")
    for lock in seam.locks.values():
        await api.device(lock)
        await api.ok("/locks/get", device_id=lock.device_id)
        await api.ok("/access_codes/generate_code", device_id=lock.device_id)
        window = {"starts_at": NOON + timedelta(hours=2), "ends_at": NOON + timedelta(hours=20)}
        await api.create(lock, name="Dana 7F3K", **window)
        await api.create(lock, name="Far off", starts_at=NOON + timedelta(days=9), ends_at=NOON + timedelta(days=10))
        await api.ok("/locks/unlock_door", device_id=lock.device_id)
        await api.turn(seconds=5)
        codes = (await api.ok("/access_codes/list", device_id=lock.device_id))["access_codes"]
        await api.ok("/access_codes/update", access_code_id=codes[0]["access_code_id"], name="Dana P 7F3K")
        await api.code(codes[0]["access_code_id"])
    await api.create(gate, is_offline_access_code=True, is_one_time_use=True, starts_at=NOON + timedelta(hours=1))
    await api.ok("/devices/update", device_id=front.device_id, backup_access_code_pool_enabled=True)
    await api.device(front)
    seam.faults.add_in_app(front.device_id, "Cleaner", "904172")
    await api.ok("/access_codes/unmanaged/list", device_id=front.device_id)
    await api.turn(hours=1)
    for fault in (seam.faults.offline, seam.faults.gateway_missing, seam.faults.remote_unlock_off):
        fault(front.device_id)
    for fault in (seam.faults.power_saving, seam.faults.slots_full, seam.faults.removal_fails):
        fault(front.device_id)
    seam.faults.account_disconnected(gate.connected_account_id)
    seam.faults.battery(front.device_id, 0.08)
    await api.ok("/devices/list")
    await api.ok("/connected_accounts/list")
    await api.turn(hours=3)
    for lock in (front, gate):
        await api.ok("/access_codes/list", device_id=lock.device_id)
    seam.faults.clear()
    await api.turn(days=1)
    webview = (await api.ok("/connect_webviews/create", accepted_providers=["ttlock"]))["connect_webview"]
    seam.complete_webview(webview["connect_webview_id"], email="sam@example.com")
    await api.ok("/connect_webviews/get", connect_webview_id=webview["connect_webview_id"])
    await api.ok("/connect_webviews/list")
    await api.ok("/webhooks/create", url="https://bot.example/seam/webhooks")
    await api.ok("/webhooks/list")
    await api.ok("/action_attempts/list", device_id=front.device_id)
    await api.ok("/events/list", since=NOON.isoformat(), limit=10_000)
    await api.turn(days=12)

    events = seam.events
    validator = reply_schemas.event_validator()
    for event in events:
        assert validator.is_valid(event), event["event_type"]
    assert {"lock.unlocked", "access_code.set_on_device", "access_code.deleted"} <= {
        str(e["event_type"]) for e in events
    }


async def test_every_answer_carries_a_request_id(api: Api) -> None:
    good = await api.send("/workspaces/get")
    bad = await api.send("/devices/get", device_id="nowhere")
    assert good.headers["seam-request-id"] != bad.headers["seam-request-id"]
