"""Connecting a maker's account, and the events that Seam sends out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

import pytest

from bot.sandbox.seam import TTLOCK, VirtualLock, VirtualSeam
from tests.sandbox.seam.conftest import NOON, Api

URL = "https://bot.example/seam/webhooks"


async def test_a_webview_brings_an_account_with_its_doors_and_metadata(api: Api, seam: VirtualSeam) -> None:
    asked = {"accepted_providers": ["ttlock"], "custom_metadata": {"user": "U1"}, "wait_for_device_creation": True}
    webview = (await api.ok("/connect_webviews/create", **asked))["connect_webview"]
    webview_id = webview["connect_webview_id"]
    assert (webview["status"], webview["login_successful"], webview["connected_account_id"]) == ("pending", False, None)
    account_id = seam.complete_webview(
        webview_id, email="sam@example.com", doors=[VirtualLock(name="Barn", brand=TTLOCK)]
    )
    webview = (await api.ok("/connect_webviews/get", connect_webview_id=webview_id))["connect_webview"]
    assert (webview["status"], webview["login_successful"]) == ("authorized", True)
    assert webview["connected_account_id"] == account_id
    account = (await api.ok("/connected_accounts/get", connected_account_id=account_id))["connected_account"]
    assert (account["custom_metadata"], account["errors"]) == ({"user": "U1"}, [])
    by_mail = await api.ok("/connected_accounts/get", email="sam@example.com")
    assert by_mail["connected_account"]["connected_account_id"] == account_id
    doors = (await api.ok("/devices/list", connected_account_id=account_id))["devices"]
    assert [d["display_name"] for d in doors] == ["Barn"]
    assert seam.event_types() == [
        "connect_webview.login_succeeded",
        "connected_account.created",
        "connected_account.connected",
        "device.added",
        "connected_account.completed_first_sync",
    ]
    with pytest.raises(ValueError):
        seam.complete_webview(webview_id)  # one login for each webview


async def test_the_same_login_again_is_the_same_account(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    seam.faults.account_disconnected(front.connected_account_id)
    webview = (await api.ok("/connect_webviews/create", accepted_providers=["ttlock"]))["connect_webview"]
    assert seam.complete_webview(webview["connect_webview_id"]) == front.connected_account_id
    assert (await api.device(front))["errors"] == []
    assert seam.event_types()[-1] == "connected_account.completed_first_sync_after_reconnection"


async def test_a_login_can_fail_and_a_webview_be_thrown_away(api: Api, seam: VirtualSeam) -> None:
    webview = (await api.ok("/connect_webviews/create"))["connect_webview"]
    seam.fail_webview(webview["connect_webview_id"])
    (listed,) = (await api.ok("/connect_webviews/list"))["connect_webviews"]
    assert listed["status"] == "failed"
    await api.ok("/connect_webviews/delete", connect_webview_id=webview["connect_webview_id"])
    assert (await api.ok("/connect_webviews/list"))["connect_webviews"] == []


async def test_doors_of_an_account_that_manages_none_come_in_unmanaged(api: Api, seam: VirtualSeam) -> None:
    webview = (await api.ok("/connect_webviews/create", automatically_manage_new_devices=False))["connect_webview"]
    seam.complete_webview(
        webview["connect_webview_id"], email="sam@example.com", doors=[VirtualLock(name="Barn", brand=TTLOCK)]
    )
    (door,) = (await api.ok("/devices/unmanaged/list"))["devices"]
    assert door["display_name"] == "Barn"


async def test_a_deleted_account_takes_doors_and_codes_with_it_and_leaves_the_pins_on_the_locks(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    code = await api.create(front, code="271845")
    await api.turn(seconds=5)
    await api.ok("/connected_accounts/delete", connected_account_id=front.connected_account_id)
    await api.refused("/devices/get", 404, "device_not_found", device_id=front.device_id)
    await api.refused("/access_codes/get", 404, "not_found", access_code_id=code["access_code_id"])
    assert seam.event_types()[-1] == "connected_account.deleted"
    assert seam.enter_pin(front.device_id, "271845").opened


async def test_a_command_on_its_way_fails_when_its_account_is_deleted(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    attempt = (await api.ok("/locks/unlock_door", device_id=front.device_id))["action_attempt"]
    await api.ok("/connected_accounts/delete", connected_account_id=front.connected_account_id)
    await api.turn(days=1)
    assert (await api.attempt(attempt["action_attempt_id"]))["status"] == "error"


async def test_a_webhook_for_events_that_seam_does_not_have_is_refused(api: Api) -> None:
    await api.refused("/webhooks/create", 400, "invalid_event_types", url=URL, event_types=["lcok.unlocked"])


async def test_events_go_to_webhooks_signed_over_the_raw_body(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    webhook = (await api.ok("/webhooks/create", url=URL, event_types=["lock.unlocked"]))["webhook"]
    seam.turn_by_hand(front.device_id)
    seam.turn_by_hand(front.device_id)
    got: list[tuple[str, Mapping[str, str], bytes]] = []

    async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
        got.append((url, headers, body))
        return 200

    assert len(seam.outgoing_webhooks) == 1  # the locking was not asked for
    assert await seam.deliver(post) == 1
    ((url, headers, body),) = got
    key = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    signed = f"{headers['svix-id']}.{headers['svix-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert (url, headers["svix-signature"]) == (URL, f"v1,{expected}")
    assert headers["svix-timestamp"] == str(int(NOON.timestamp()))
    assert json.loads(body) == seam.events[0]


async def test_what_is_not_taken_is_sent_again_later_under_the_same_id(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    await api.ok("/webhooks/create", url=URL)
    seam.turn_by_hand(front.device_id)
    answers = [500, 204]
    got: list[Mapping[str, str]] = []

    async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
        got.append(headers)
        if len(got) == 1:
            raise ConnectionError("the bot is down")
        return answers.pop(0)

    for wait in (0, 5, 300):
        await api.turn(seconds=wait)
        await seam.deliver(post)
    assert len({h["svix-id"] for h in got}) == 1
    assert len({h["svix-timestamp"] for h in got}) == 3
    await api.turn(days=3)
    assert len(seam.outgoing_webhooks) == 0


async def test_webhooks_are_registered_changed_and_taken_back(api: Api, seam: VirtualSeam, front: VirtualLock) -> None:
    webhook_id = (await api.ok("/webhooks/create", url=URL))["webhook"]["webhook_id"]
    await api.ok("/webhooks/update", webhook_id=webhook_id, event_types=["lock.locked"])
    assert (await api.ok("/webhooks/get", webhook_id=webhook_id))["webhook"]["event_types"] == ["lock.locked"]
    seam.turn_by_hand(front.device_id)
    assert len(seam.outgoing_webhooks) == 0
    await api.ok("/webhooks/delete", webhook_id=webhook_id)
    assert (await api.ok("/webhooks/list"))["webhooks"] == []
