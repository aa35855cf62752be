"""Where Seam's fake and our sandbox differ, each difference a fact. docs/counterparts.md has the same list in words.

The sandbox follows the OpenAPI document and what is known of the live API (seam-api.md 11); the fake is simpler. A
test here that fails says that one of the two has changed: look, then change the document.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.conftest import Backend

Body = dict[str, object]


async def post(backend: Backend, path: str, body: Body | None = None) -> tuple[int, Body]:
    """Status and JSON of a call that the client itself would not make; no JSON reads as nothing."""
    response = await backend.http.post(path, json=body or {})
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return response.status_code, response.json() if is_json else {}


async def a_ttlock(backend: Backend) -> str:
    doors = await backend.client.doors()
    return next(d.device_id for d in doors if d.provider == "ttlock" and d.can_unlock)


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


REFUSED_BY_THE_SANDBOX_ALONE: list[tuple[str, Body]] = [
    ("too short", {"code": "12"}),
    ("no digits", {"code": "abcd"}),
    ("a length that the lock does not take", {"code": "52746"}),
    ("over already", {"starts_at": in_days(-2), "ends_at": in_days(-1)}),
    ("ends before it starts", {"starts_at": in_days(2), "ends_at": in_days(1)}),
]


@pytest.mark.parametrize(("_what", "order"), REFUSED_BY_THE_SANDBOX_ALONE)
async def test_the_fake_takes_codes_that_a_lock_would_not(backend: Backend, _what: str, order: Body) -> None:
    status, body = await post(backend, "/access_codes/create", {"device_id": await a_ttlock(backend), **order})
    assert status == (200 if backend.name == "fake" else 400)
    made = body.get("access_code")
    if isinstance(made, dict):
        await backend.client.delete_code(made["access_code_id"])


async def test_the_fake_has_only_the_old_words_for_the_state_of_a_code(backend: Backend) -> None:
    order = {"device_id": await a_ttlock(backend), "starts_at": in_days(1), "ends_at": in_days(2)}
    _, body = await post(backend, "/access_codes/create", order)
    made = body["access_code"]
    assert isinstance(made, dict)
    new_words = {"pending_mutations", "is_scheduled_on_device", "is_waiting_for_code_assignment"}
    assert new_words & set(made) == (set() if backend.name == "fake" else new_words)
    assert ("action_attempt" in body) is (backend.name == "sandbox")
    await backend.client.delete_code(made["access_code_id"])


async def test_the_fake_lists_everybodys_codes(backend: Backend) -> None:
    """Hence the client's own filter."""
    mine = await a_ttlock(backend)
    other = next(d.device_id for d in await backend.client.doors() if d.device_id != mine and d.can_program_codes)
    _, body = await post(backend, "/access_codes/create", {"device_id": mine})
    made = body["access_code"]
    assert isinstance(made, dict)
    _, listed = await post(backend, "/access_codes/list", {"device_id": other})
    codes = listed["access_codes"]
    assert isinstance(codes, list)
    assert (made["access_code_id"] in {c["access_code_id"] for c in codes}) is (backend.name == "fake")
    await backend.client.delete_code(made["access_code_id"])


async def test_the_fake_forgets_a_window_when_only_the_name_changes(backend: Backend) -> None:
    """Hence both ends with every change."""
    order = {"device_id": await a_ttlock(backend), "starts_at": in_days(1), "ends_at": in_days(2)}
    _, body = await post(backend, "/access_codes/create", order)
    made = body["access_code"]
    assert isinstance(made, dict)
    which = {"access_code_id": made["access_code_id"]}
    await post(backend, "/access_codes/update", {**which, "name": "Ada"})
    _, after = await post(backend, "/access_codes/get", which)
    code = after["access_code"]
    assert isinstance(code, dict)
    assert code["type"] == ("ongoing" if backend.name == "fake" else "time_bound")
    await backend.client.delete_code(made["access_code_id"])


async def test_the_fake_has_no_limits(backend: Backend) -> None:
    door = await a_ttlock(backend)
    statuses = {(await post(backend, "/locks/lock_door", {"device_id": door}))[0] for _ in range(16)}
    assert (429 in statuses) is (backend.name == "sandbox")


async def test_the_fake_wants_ids_to_list_attempts(backend: Backend) -> None:
    status, _ = await post(backend, "/action_attempts/list", {"device_id": await a_ttlock(backend)})
    assert status == (400 if backend.name == "fake" else 200)


async def test_the_fake_does_not_know_ttlock_as_a_type(backend: Backend) -> None:
    status, _ = await post(backend, "/devices/list", {"device_type": "ttlock_lock"})
    assert status == (400 if backend.name == "fake" else 200)


async def test_the_fake_lists_only_some_brands_as_locks(backend: Backend) -> None:
    """Hence devices/list and never locks/list."""
    _, body = await post(backend, "/locks/list")
    locks = body["locks"]
    assert isinstance(locks, list)
    assert ("ttlock_lock" in {lock["device_type"] for lock in locks}) is (backend.name == "sandbox")


async def test_the_fake_does_not_know_newer_events(backend: Backend) -> None:
    order = {"url": "https://latchkey.example/differences", "event_types": ["lock.access_denied"]}
    status, _ = await post(backend, "/webhooks/create", order)
    assert status == (400 if backend.name == "fake" else 200)


async def test_the_fake_shows_its_stack(backend: Backend) -> None:
    _, body = await post(backend, "/devices/get", {"device_id": "00000000-0000-4000-8000-000000000000"})
    error = body["error"]
    assert isinstance(error, dict)
    assert ("stack" in error) is (backend.name == "fake")
