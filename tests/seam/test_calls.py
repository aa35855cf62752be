"""What is repeated, what never is, and how long is waited between."""

from __future__ import annotations

import httpx
import pytest

from bot.domain.errors import CodeRefused, DoorTrouble, OutcomeUnknown, SeamDown, SeamKeyWrong, TooFast
from tests.seam.doubles import ScriptedSeam, Time, ok, plain, refused

READ, WRITE = "/devices/get", "/access_codes/delete"
LOST = [httpx.ReadTimeout("…"), httpx.ReadError("…"), httpx.WriteError("…"), httpx.RemoteProtocolError("…")]
NOT_SENT = [httpx.ConnectError("…"), httpx.ConnectTimeout("…"), httpx.PoolTimeout("…")]


async def read(seam: ScriptedSeam) -> None:
    await seam.client.calls.read(READ, {"device_id": "d"}, key="device")


async def write(seam: ScriptedSeam) -> None:
    await seam.client.calls.write(WRITE, {"access_code_id": "c"})


@pytest.mark.parametrize(
    "failure", [*LOST, *NOT_SENT, plain(503), plain(500, "Not implemented!"), plain(200, "<html>")]
)
async def test_a_read_is_asked_three_times(seam: ScriptedSeam, time: Time, failure: httpx.Response | Exception) -> None:
    seam.answers(READ, failure)
    with pytest.raises(SeamDown):
        await read(seam)
    assert len(seam.requests) == 3
    assert time.pauses == [0.2, 0.4]


async def test_a_read_recovers(seam: ScriptedSeam) -> None:
    seam.answers(READ, plain(503), httpx.ReadError("…"), ok(device={}))
    await read(seam)
    assert len(seam.requests) == 3


async def test_a_read_waits_as_long_as_it_is_told(seam: ScriptedSeam, time: Time) -> None:
    seam.answers(READ, refused(429, "rate_limited", retry_after="7"), ok(device={}))
    await read(seam)
    assert time.pauses == [7.0]


async def test_a_read_does_not_wait_longer_than_a_person_would(seam: ScriptedSeam, time: Time) -> None:
    seam.answers(READ, refused(429, "rate_limited", retry_after="3600"))
    with pytest.raises(TooFast):
        await read(seam)
    assert time.pauses == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_a_definite_no_is_not_asked_again(seam: ScriptedSeam, status: int) -> None:
    seam.answers(READ, refused(status, "some_no", "…"))
    with pytest.raises(DoorTrouble) as caught:
        await read(seam)
    assert len(seam.requests) == 1
    assert not isinstance(caught.value, SeamDown)


@pytest.mark.parametrize("failure", [*LOST, plain(500), plain(502), plain(503), refused(500, "internal_server_error")])
async def test_a_change_without_an_answer_is_sent_once_and_unknown(
    seam: ScriptedSeam, failure: httpx.Response | Exception
) -> None:
    seam.answers(WRITE, failure)
    with pytest.raises(OutcomeUnknown):
        await write(seam)
    assert len(seam.requests) == 1


async def test_a_change_with_an_unreadable_answer_is_unknown(seam: ScriptedSeam) -> None:
    seam.answers(WRITE, plain(200, "<html>"))
    with pytest.raises(OutcomeUnknown) as caught:
        await write(seam)
    assert caught.value.seam_code == "unreadable_reply"


async def test_a_change_that_lacks_what_was_promised_is_unknown(seam: ScriptedSeam) -> None:
    seam.answers("/access_codes/create", ok(something_else={}))
    with pytest.raises(OutcomeUnknown):
        await seam.client.calls.write("/access_codes/create", {}, key="access_code")


@pytest.mark.parametrize("failure", NOT_SENT)
async def test_a_change_that_never_left_is_sent_again(seam: ScriptedSeam, failure: Exception) -> None:
    seam.answers(WRITE, failure, ok())
    await write(seam)
    assert len(seam.requests) == 2


async def test_a_change_that_never_left_is_not_done(seam: ScriptedSeam) -> None:
    seam.answers(WRITE, httpx.ConnectError("…"))
    with pytest.raises(SeamDown):
        await write(seam)
    assert len(seam.requests) == 3


@pytest.mark.parametrize(("header", "pause"), [("4", 4.0), ("", 10.0), ("Tue, 01 Dec 2026 12:00:30 GMT", 30.0)])
async def test_a_change_that_came_too_fast_is_sent_again_later(
    seam: ScriptedSeam, time: Time, header: str, pause: float
) -> None:
    seam.answers(WRITE, refused(429, "rate_limited", retry_after=header), ok())
    await write(seam)
    assert time.pauses == [pause]


async def test_a_change_does_not_wait_longer_than_a_minute(seam: ScriptedSeam) -> None:
    seam.answers(WRITE, refused(429, "rate_limited", retry_after="61"))
    with pytest.raises(TooFast):
        await write(seam)
    assert len(seam.requests) == 1


async def test_a_429_without_a_json_body_is_a_429(seam: ScriptedSeam) -> None:
    seam.answers(WRITE, plain(429), ok())
    await write(seam)
    assert len(seam.requests) == 2


async def test_a_trouble_keeps_seams_code_and_request_id(seam: ScriptedSeam) -> None:
    seam.answers(READ, refused(401, "unauthorized", "…"))
    with pytest.raises(SeamKeyWrong) as caught:
        await read(seam)
    assert (caught.value.seam_code, caught.value.request_id) == ("unauthorized", "req-9")


async def test_nothing_is_said_as_null(seam: ScriptedSeam) -> None:
    seam.answers(READ, ok(device={}))
    await seam.client.calls.read(READ, {"device_id": "d", "name": None}, key="device")
    assert seam.sent(READ) == [{"device_id": "d"}]


async def test_a_call_without_parameters_sends_an_empty_object(seam: ScriptedSeam) -> None:
    seam.answers("/workspaces/get", ok(workspace={}))
    await seam.client.workspace()
    request = seam.requests[0]
    assert (request.method, request.content, request.headers["content-type"]) == ("POST", b"{}", "application/json")


def page(ids: list[str], following: str | None) -> httpx.Response:
    pagination = {
        "has_next_page": following is not None,
        "next_page_cursor": following,
        "next_page_url": "http://wrong",
    }
    return ok(devices=[{"device_id": i} for i in ids], pagination=pagination)


async def ids_of_all_pages(seam: ScriptedSeam) -> list[object]:
    return [d["device_id"] async for d in seam.client.calls.pages("/devices/list", {"limit": 2}, key="devices")]


async def test_every_page_is_read_with_the_same_parameters(seam: ScriptedSeam) -> None:
    seam.answers("/devices/list", page(["a", "b"], "p2"), page(["c", "d"], "p3"), page(["e"], None))
    assert await ids_of_all_pages(seam) == ["a", "b", "c", "d", "e"]
    assert seam.sent("/devices/list") == [
        {"limit": 2},
        {"limit": 2, "page_cursor": "p2"},
        {"limit": 2, "page_cursor": "p3"},
    ]


async def test_a_list_without_pagination_is_one_page(seam: ScriptedSeam) -> None:
    seam.answers("/devices/list", ok(devices=[{"device_id": "a"}]))
    assert await ids_of_all_pages(seam) == ["a"]


async def test_a_page_that_fails_fails_the_list(seam: ScriptedSeam) -> None:
    """Half a list would make doors and codes disappear."""
    seam.answers("/devices/list", page(["a"], "p2"), plain(503))
    with pytest.raises(SeamDown):
        await ids_of_all_pages(seam)


async def test_a_cursor_that_stays_is_not_followed_for_ever(seam: ScriptedSeam) -> None:
    seam.answers("/devices/list", page(["a"], "p2"))
    with pytest.raises(SeamDown) as caught:
        await ids_of_all_pages(seam)
    assert caught.value.seam_code == "pages_without_end"


async def test_field_errors_reach_the_person(seam: ScriptedSeam) -> None:
    seam.answers("/access_codes/create", refused(400, "invalid_input", "ends_at must be after starts_at"))
    with pytest.raises(CodeRefused) as caught:
        await seam.client.calls.write("/access_codes/create", {})
    assert "ends_at must be after starts_at" in str(caught.value)
