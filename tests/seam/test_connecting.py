"""Logins at lock makers, events, webhooks, and what helps when the ordinary way did not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from bot.domain.errors import OutcomeUnknown, SeamDown
from bot.domain.pin import Pin
from bot.seam.calls import PAGE_SIZE
from bot.seam.connecting import Connecting
from bot.seam.notices import Notices
from bot.seam.rescue import Rescue
from tests.seam.doubles import (
    ATTEMPT_ID,
    CODE_ID,
    DEVICE_ID,
    NOW,
    ScriptedSeam,
    access_code,
    attempt,
    ok,
    plain,
    refused,
)

WEBVIEW = {"connect_webview_id": "wv", "url": "https://connect.test/?auth_token=secret", "status": "pending"}
ACCOUNT = {
    "connected_account_id": "ca",
    "display_name": "jane@example.com",
    "account_type_display_name": "TTLock",
    "created_at": "2026-12-01T11:00:00.000Z",
    "custom_metadata": {"slack_user": "U1", "count": 3},
    "errors": [{"error_code": "account_disconnected", "message": "…"}],
}


async def test_a_login_page_is_for_the_makers_that_were_named(seam: ScriptedSeam) -> None:
    seam.answers("/connect_webviews/create", ok(connect_webview=WEBVIEW))
    webview = await Connecting(seam.client.calls).create_webview(
        providers=["ttlock"], provider_category="stable", custom_metadata={"slack_user": "U1"}
    )
    assert seam.sent("/connect_webviews/create") == [
        {
            "accepted_providers": ["ttlock"],
            "custom_metadata": {"slack_user": "U1"},
            "automatically_manage_new_devices": True,
            "wait_for_device_creation": True,
        }
    ]
    assert "secret" not in repr(webview)
    assert not webview.is_connected


async def test_a_login_is_done_when_the_page_says_authorized(seam: ScriptedSeam) -> None:
    done = {**WEBVIEW, "status": "authorized", "login_successful": False, "connected_account_id": "ca"}
    seam.answers("/connect_webviews/get", ok(connect_webview=done))
    webview = await Connecting(seam.client.calls).webview("wv")
    assert webview is not None
    assert (webview.is_connected, webview.connected_account_id) == (True, "ca")


async def test_a_login_page_without_an_id_is_unknown(seam: ScriptedSeam) -> None:
    seam.answers("/connect_webviews/create", ok(connect_webview={}))
    with pytest.raises(OutcomeUnknown):
        await Connecting(seam.client.calls).create_webview()


async def test_an_account_says_who_connected_it_and_what_ails_it(seam: ScriptedSeam) -> None:
    seam.answers("/connected_accounts/list", ok(connected_accounts=[ACCOUNT, {}]))
    (account,) = await Connecting(seam.client.calls).accounts()
    assert (account.name, account.maker, account.custom_metadata) == (
        "jane@example.com",
        "TTLock",
        {"slack_user": "U1"},
    )
    assert [t.code for t in account.troubles] == ["account_disconnected"]


async def test_what_is_gone_is_none_and_deleting_it_is_no_error(seam: ScriptedSeam) -> None:
    gone = refused(404, "connected_account_not_found", "…")
    seam.answers("/connected_accounts/get", gone)
    seam.answers("/connected_accounts/delete", gone)
    connecting = Connecting(seam.client.calls)
    assert await connecting.account("ca") is None
    await connecting.delete_account("ca")


async def test_an_address_that_is_wrong_is_not_gone(seam: ScriptedSeam) -> None:
    seam.answers("/connected_accounts/get", plain(404, "404\n"))
    seam.answers("/connected_accounts/delete", plain(404, "404\n"))
    connecting = Connecting(seam.client.calls)
    with pytest.raises(SeamDown):
        await connecting.account("ca")
    with pytest.raises(SeamDown):
        await connecting.delete_account("ca")


def event_log(total: int, per_millisecond: int = 1) -> Callable[[httpx.Request], httpx.Response]:
    """A server with `total` events from NOW on, `per_millisecond` in each millisecond, answering by `since`."""
    import json

    def stamp(n: int) -> str:
        at = NOW + timedelta(milliseconds=n // per_millisecond)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    events = [
        {"event_id": f"e{n}", "event_type": "lock.unlocked", "created_at": stamp(n), "code": "049233"}
        for n in range(total)
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        return ok(events=[e for e in events if e["created_at"] >= asked["since"]][: asked["limit"]])

    return answer


@pytest.mark.parametrize(("total", "per_millisecond"), [(0, 1), (3, 1), (PAGE_SIZE, 1), (1203, 1), (1203, 7)])
async def test_every_event_is_read_once(seam: ScriptedSeam, total: int, per_millisecond: int) -> None:
    seam.answers("/events/list", event_log(total, per_millisecond))
    events = [e async for e in Notices(seam.client.calls).events_since(NOW)]
    assert [e.event_id for e in events] == [f"e{n}" for n in range(total)]
    assert "049233" not in repr(events)


async def test_a_crowded_millisecond_does_not_hold_the_reader_for_ever(seam: ScriptedSeam) -> None:
    seam.answers("/events/list", event_log(PAGE_SIZE * 2 + 1, PAGE_SIZE * 2))
    events = [e async for e in Notices(seam.client.calls).events_since(NOW)]
    assert events[-1].event_id == f"e{PAGE_SIZE * 2}"


async def test_what_is_no_event_is_passed_over(seam: ScriptedSeam) -> None:
    seam.answers(
        "/events/list", ok(events=[{"event_id": "e"}, {"event_type": "x"}, {"event_id": 1, "event_type": "x"}])
    )
    assert [e async for e in Notices(seam.client.calls).events_since(NOW)] == []


async def test_a_webhook_keeps_its_secret_to_itself(seam: ScriptedSeam) -> None:
    hook = {"webhook_id": "w", "url": "https://x.test", "event_types": ["*"], "secret": "whsec_1"}
    seam.answers("/webhooks/create", ok(webhook=hook))
    seam.answers("/webhooks/list", ok(webhooks=[hook]))
    notices = Notices(seam.client.calls)
    made = await notices.create_webhook("https://x.test")
    assert made.secret == "whsec_1"
    assert "whsec_1" not in repr(made)
    assert await notices.webhooks() == (made,)


async def test_a_spare_code_takes_over_with_its_own_pin(seam: ScriptedSeam) -> None:
    spare = access_code(access_code_id="spare", code="871625", status="set")
    seam.answers("/access_codes/pull_backup_access_code", ok(access_code=access_code(), backup_access_code=spare))
    code = await Rescue(seam.client.calls).pull_backup_access_code(CODE_ID)
    assert (code.access_code_id, code.pin) == ("spare", Pin("871625"))


async def test_seam_can_suggest_a_pin(seam: ScriptedSeam) -> None:
    seam.answers("/access_codes/generate_code", ok(generated_code={"device_id": DEVICE_ID, "code": "0412"}))
    assert await Rescue(seam.client.calls).generate_code(DEVICE_ID) == Pin("0412")


async def test_the_attempts_at_a_door_can_be_listed(seam: ScriptedSeam) -> None:
    seam.answers("/action_attempts/list", ok(action_attempts=[attempt("success"), {}]))
    (found,) = await Rescue(seam.client.calls).attempts(DEVICE_ID)
    assert found.action_attempt_id == ATTEMPT_ID
