"""What the bot relies on at Seam, held against Seam's own fake and against our sandbox alike.

Where the two differ a test says so in its own branch, and docs/counterparts.md lists it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import CodeGone, DoorGone, DuplicatePin, OutcomeUnknown, RemoteUnlockOff, SeamKeyWrong
from bot.domain.model import AccessCode, AccessCodeState, CodeOrder, Door
from bot.domain.pin import Pin, choose_pin
from bot.domain.window import Window
from bot.seam.client import SeamClient
from bot.seam.connecting import Connecting
from bot.seam.notices import Notices
from bot.seam.rescue import Rescue
from tests.contract.conftest import Backend

FAR = datetime.max.replace(tzinfo=UTC)  # never too late to send


def tomorrow() -> Window:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    return Window(starts_at=start, ends_at=start + timedelta(hours=8))


async def a_door(client: SeamClient) -> Door:
    """Some lock that opens from afar and takes codes."""
    return next(d for d in await client.doors() if d.can_unlock and d.can_lock and d.can_program_codes and d.online)


def fresh_pin(door: Door, taken: tuple[AccessCode, ...] = ()) -> Pin:
    pin = choose_pin(door.rules, taken=[c.pin for c in taken if c.pin])
    assert pin is not None
    return pin


async def a_code(client: SeamClient, door: Door, name: str = "Dana P 7F3K") -> AccessCode:
    pin = fresh_pin(door, await client.codes(door.device_id))
    return await client.create_code(CodeOrder(device_id=door.device_id, name=name, window=tomorrow(), pin=pin))


async def test_the_key_opens_a_sandbox_workspace(backend: Backend) -> None:
    workspace = await backend.client.workspace()
    assert workspace.workspace_id
    assert workspace.is_sandbox


async def test_a_wrong_key_is_said_to_be_wrong(backend: Backend) -> None:
    backend.http.headers["Authorization"] = "Bearer seam_wrong_key"
    with pytest.raises(SeamKeyWrong):
        await backend.client.doors()


async def test_every_lock_is_listed_and_nothing_else(backend: Backend) -> None:
    doors = await backend.client.doors()
    assert any(d.provider == "ttlock" for d in doors)
    assert any(d.provider == "august" for d in doors)
    assert any(d.provider == "schlage" for d in doors)
    assert not {d.provider for d in doors} & {"ecobee", "minut", "ecobee_thermostat", "minut_sensor"}
    assert all(d.name and d.name != "Smart Device" for d in doors)
    assert list(doors) == sorted(doors, key=lambda d: d.name.casefold())


async def test_one_door_reads_like_its_entry_in_the_list(backend: Backend) -> None:
    listed = await a_door(backend.client)
    assert await backend.client.door(listed.device_id) == listed


async def test_a_door_that_is_not_there_is_gone(backend: Backend) -> None:
    with pytest.raises(DoorGone) as caught:
        await backend.client.door("00000000-0000-4000-8000-000000000000")
    assert caught.value.seam_code == "device_not_found"


async def test_lock_and_unlock_reach_the_door(backend: Backend) -> None:
    door = await a_door(backend.client)
    opened = await backend.client.unlock(door.device_id, not_after=FAR)
    assert opened.action_attempt_id
    assert (await backend.client.door(door.device_id)).locked is False
    closed = await backend.client.lock(door.device_id)
    assert closed.action_attempt_id != opened.action_attempt_id
    assert (await backend.client.door(door.device_id)).locked is True


async def test_an_attempt_can_be_looked_up_later(backend: Backend) -> None:
    door = await a_door(backend.client)
    result = await backend.client.unlock(door.device_id, not_after=FAR)
    assert await backend.client.attempt(result.action_attempt_id) == result
    await backend.client.lock(door.device_id)


async def test_an_attempt_that_is_not_there_is_neither_done_nor_failed(backend: Backend) -> None:
    with pytest.raises(OutcomeUnknown):
        await backend.client.attempt("00000000-0000-4000-8000-000000000000")


async def test_remote_unlock_off_is_said_before_anything_is_sent(backend: Backend) -> None:
    doors = await backend.client.doors()
    hindered = next(d for d in doors if d.has_trouble("ttlock_lock_gateway_unlocking_not_enabled"))
    with pytest.raises(RemoteUnlockOff):
        await backend.client.unlock(hindered.device_id, not_after=FAR)
    assert (await backend.client.door(hindered.device_id)).locked == hindered.locked


async def test_a_time_bound_code_comes_back_as_it_was_ordered(backend: Backend) -> None:
    door = await a_door(backend.client)
    window, pin = tomorrow(), fresh_pin(door, await backend.client.codes(door.device_id))
    made = await backend.client.create_code(
        CodeOrder(device_id=door.device_id, name="Ada L 2QX9", window=window, pin=pin)
    )
    read = await backend.client.code(made.access_code_id)
    assert read is not None
    assert (read.device_id, read.name, read.pin) == (door.device_id, "Ada L 2QX9", pin)
    assert (read.starts_at, read.ends_at) == (window.starts_at, window.ends_at)
    assert read.state in {AccessCodeState.SCHEDULED, AccessCodeState.LOADED, AccessCodeState.WAITING}
    assert read.state is not AccessCodeState.ACTIVE
    await backend.client.delete_code(made.access_code_id)


async def test_an_ongoing_code_has_no_times(backend: Backend) -> None:
    door = await a_door(backend.client)
    pin = fresh_pin(door, await backend.client.codes(door.device_id))
    window = Window(starts_at=datetime.now(UTC), ends_at=None)
    made = await backend.client.create_code(
        CodeOrder(device_id=door.device_id, name="Cleaner 8MM2", window=window, pin=pin, is_ongoing=True)
    )
    assert (made.starts_at, made.ends_at) == (None, None)
    await backend.client.delete_code(made.access_code_id)


async def test_seam_chooses_a_pin_when_we_give_none(backend: Backend) -> None:
    door = await a_door(backend.client)
    made = await backend.client.create_code(
        CodeOrder(device_id=door.device_id, name="Any 5TT1", window=tomorrow(), pin=None)
    )
    read = await backend.client.code(made.access_code_id)
    assert read is not None
    assert read.pin is not None or read.state is AccessCodeState.WAITING
    await backend.client.delete_code(made.access_code_id)


async def test_the_same_pin_twice_on_a_door_is_refused(backend: Backend) -> None:
    door = await a_door(backend.client)
    made = await a_code(backend.client, door)
    assert made.pin is not None
    order = CodeOrder(device_id=door.device_id, name="Second 1AB2", window=tomorrow(), pin=made.pin)
    with pytest.raises(DuplicatePin) as caught:
        await backend.client.create_code(order)
    assert made.pin.reveal() not in f"{caught.value} {caught.value.detail} {caught.value!r}"
    await backend.client.delete_code(made.access_code_id)


async def test_a_door_lists_its_own_codes_only(backend: Backend) -> None:
    first, second = [d for d in await backend.client.doors() if d.can_program_codes and d.online][:2]
    mine = await a_code(backend.client, first, "Mine 1111")
    other = await a_code(backend.client, second, "Other 2222")
    ids = {c.access_code_id for c in await backend.client.codes(first.device_id)}
    assert mine.access_code_id in ids
    assert other.access_code_id not in ids
    for code in (mine, other):
        await backend.client.delete_code(code.access_code_id)


async def test_unmanaged_codes_are_marked_as_not_ours(backend: Backend) -> None:
    door = await a_door(backend.client)
    assert all(not c.is_managed for c in await backend.client.unmanaged_codes(door.device_id))


async def test_a_window_can_be_moved(backend: Backend) -> None:
    door = await a_door(backend.client)
    made = await a_code(backend.client, door)
    assert made.starts_at is not None
    assert made.ends_at is not None
    later = made.ends_at + timedelta(hours=2)
    await backend.client.update_code(made.access_code_id, starts_at=made.starts_at, ends_at=later)
    moved = await backend.client.code(made.access_code_id)
    assert moved is not None
    assert (moved.starts_at, moved.ends_at, moved.pin) == (made.starts_at, later, made.pin)
    await backend.client.delete_code(made.access_code_id)


async def test_moving_a_code_that_is_not_there_says_so(backend: Backend) -> None:
    window = tomorrow()
    assert window.ends_at is not None
    with pytest.raises(CodeGone):
        await backend.client.update_code(
            "00000000-0000-4000-8000-000000000000", starts_at=window.starts_at, ends_at=window.ends_at
        )


async def test_a_deleted_code_is_gone_or_on_its_way(backend: Backend) -> None:
    door = await a_door(backend.client)
    made = await a_code(backend.client, door)
    await backend.client.delete_code(made.access_code_id)
    after = await backend.client.code(made.access_code_id)
    assert after is None or after.state is AccessCodeState.REMOVING


async def test_deleting_what_is_not_there_is_no_error(backend: Backend) -> None:
    await backend.client.delete_code("00000000-0000-4000-8000-000000000000")
    assert await backend.client.code("00000000-0000-4000-8000-000000000000") is None


async def test_a_suggested_pin_fits_the_lock(backend: Backend) -> None:
    door = await a_door(backend.client)
    assert await Rescue(backend.client.calls).generate_code(door.device_id) is not None


async def test_a_login_page_is_pending_until_somebody_logs_in(backend: Backend) -> None:
    connecting = Connecting(backend.client.calls)
    made = await connecting.create_webview(providers=["ttlock"], custom_metadata={"slack_user": "U1"})
    assert made.url.startswith("http")
    assert not made.is_connected
    read = await connecting.webview(made.connect_webview_id)
    assert read is not None
    assert read.status == "pending"
    assert await connecting.webview("00000000-0000-4000-8000-000000000000") is None


async def test_accounts_are_listed_and_read(backend: Backend) -> None:
    connecting = Connecting(backend.client.calls)
    accounts = await connecting.accounts()
    assert accounts
    assert await connecting.account(accounts[0].connected_account_id) == accounts[0]
    assert await connecting.account("00000000-0000-4000-8000-000000000000") is None


async def test_what_happened_can_be_read_since_a_time(backend: Backend) -> None:
    door = await a_door(backend.client)
    since = datetime.now(UTC) - timedelta(minutes=1)
    made = await a_code(backend.client, door)
    events = [e async for e in Notices(backend.client.calls).events_since(since)]
    assert any(e.event_type == "access_code.created" and e.access_code_id == made.access_code_id for e in events)
    assert len({e.event_id for e in events}) == len(events)
    await backend.client.delete_code(made.access_code_id)


async def test_a_webhook_is_made_and_found_by_its_url(backend: Backend) -> None:
    notices = Notices(backend.client.calls)
    made = await notices.create_webhook("https://latchkey.example/seam/webhooks")
    assert made.secret
    assert any(hook.url == made.url for hook in await notices.webhooks())


async def test_a_route_that_is_not_there_is_never_taken_for_gone(backend: Backend) -> None:
    response = await backend.http.post("/no/such/route", json={})
    assert response.status_code == 404
    assert not response.headers.get("content-type", "").startswith("application/json") or "error" in response.json()
