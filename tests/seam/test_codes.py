"""Codes: ordered once, read honestly, and their PINs nowhere but in a Pin."""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from bot.domain.errors import (
    CodeGone,
    CodeLengthNotSupported,
    CodeRefused,
    DoorTrouble,
    DuplicatePin,
    OutcomeUnknown,
    SeamDown,
    SlotsFull,
    TooFast,
)
from bot.domain.model import AccessCodeState, CodeOrder
from bot.domain.pin import Pin
from bot.domain.window import Window
from tests.seam.doubles import (
    CODE_ID,
    DEVICE_ID,
    OTHER_DEVICE_ID,
    ScriptedSeam,
    Time,
    access_code,
    device,
    ok,
    plain,
    refused,
)

CREATE, GET, LIST, UPDATE, DELETE = (f"/access_codes/{verb}" for verb in ("create", "get", "list", "update", "delete"))
BERLIN_WINTER = timezone(timedelta(hours=1))
WINDOW = Window(
    starts_at=datetime(2026, 12, 2, 10, 0, 0, 123456, tzinfo=BERLIN_WINTER),
    ends_at=datetime(2026, 12, 2, 19, tzinfo=BERLIN_WINTER),
)
ORDER = CodeOrder(device_id=DEVICE_ID, name="Dana P 7F3K", window=WINDOW, pin=Pin("049233"))


@pytest.fixture
def seam(time: Time) -> ScriptedSeam:
    """A door that works and takes every code."""
    scripted = ScriptedSeam(time)
    scripted.answers("/devices/get", ok(device=device()))
    scripted.answers(CREATE, ok(access_code=access_code()))
    scripted.answers(DELETE, ok())
    scripted.answers(UPDATE, ok())
    return scripted


async def test_an_order_is_sent_with_its_pin_and_both_times_in_utc(seam: ScriptedSeam) -> None:
    code = await seam.client.create_code(ORDER)
    assert seam.sent(CREATE) == [
        {
            "device_id": DEVICE_ID,
            "name": "Dana P 7F3K",
            "code": "049233",
            "starts_at": "2026-12-02T09:00:00.123Z",
            "ends_at": "2026-12-02T18:00:00.000Z",
        }
    ]
    assert (code.access_code_id, code.pin, code.state) == (CODE_ID, Pin("049233"), AccessCodeState.SCHEDULED)


@pytest.mark.parametrize(
    ("window", "is_ongoing"), [(WINDOW, True), (Window(starts_at=WINDOW.starts_at, ends_at=None), False)]
)
async def test_an_order_without_end_has_no_times_at_all(seam: ScriptedSeam, window: Window, is_ongoing: bool) -> None:
    """One time alone is a 400 at Seam."""
    order = CodeOrder(device_id=DEVICE_ID, name="Cleaner", window=window, pin=None, is_ongoing=is_ongoing)
    await seam.client.create_code(order)
    assert seam.sent(CREATE) == [{"device_id": DEVICE_ID, "name": "Cleaner"}]


async def test_trap_an_offline_code_never_carries_a_pin_and_says_how_far_it_may_be_rounded(seam: ScriptedSeam) -> None:
    """seam-api.md 6.7: `code` is refused there; beyond 28 days igloohome counts in days."""
    start = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    for days, rounding in ((1, None), (30, "1day")):
        window = Window(starts_at=start, ends_at=start + timedelta(days=days))
        order = CodeOrder(device_id=DEVICE_ID, name="Dana 7F3K", window=window, pin=Pin("482915"), is_offline=True)
        await seam.client.create_code(order)
        sent = seam.sent(CREATE)[-1]
        assert "code" not in sent
        assert sent["is_offline_access_code"] is True
        assert sent.get("max_time_rounding") == rounding


@pytest.mark.parametrize("lost", [httpx.ReadTimeout("…"), plain(500), plain(200, "?"), ok(), ok(access_code={})])
async def test_an_order_is_never_sent_again_blindly(seam: ScriptedSeam, lost: httpx.Response | Exception) -> None:
    seam.answers(CREATE, lost)
    with pytest.raises(OutcomeUnknown):
        await seam.client.create_code(ORDER)
    assert len(seam.sent(CREATE)) == 1


REFUSED = refused(409, "duplicate_access_code", "Cannot set duplicate access code 049233 on this device")


async def test_a_pin_that_is_taken_is_said_without_saying_it(
    seam: ScriptedSeam, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seam.answers(CREATE, REFUSED)
    with pytest.raises(DuplicatePin) as caught:
        await seam.client.create_code(ORDER)
    trouble = caught.value
    assert (trouble.seam_code, trouble.request_id, trouble.door) == ("duplicate_access_code", "req-9", "Office Lock")
    told = "".join(traceback.format_exception(trouble))
    for kept in (told, str(trouble), repr(trouble), trouble.detail, repr(vars(trouble))):
        assert "049233" not in kept


@pytest.mark.parametrize(
    "answer",
    [REFUSED, ok(access_code=access_code()), plain(503, "049233"), httpx.ReadTimeout("049233"), plain(200, "049233")],
)
async def test_a_pin_is_in_no_log_line(
    seam: ScriptedSeam, caplog: pytest.LogCaptureFixture, answer: httpx.Response | Exception
) -> None:
    caplog.set_level(logging.DEBUG)
    seam.answers(CREATE, answer)
    with suppress(DoorTrouble):
        await seam.client.create_code(ORDER)
    assert any(record.message == "seam.request" for record in caplog.records)
    assert "049233" not in "".join(repr(vars(record)) for record in caplog.records)


@pytest.mark.parametrize(
    ("message", "changes", "expected"),
    [
        ("Code must be 4, 6 or 8 digits", {}, CodeLengthNotSupported),
        ("Something is wrong", {"warnings": [{"warning_code": "max_access_codes_reached"}]}, SlotsFull),
        ("Something is wrong", {}, CodeRefused),
    ],
)
async def test_a_refused_order_is_explained_with_the_door(
    seam: ScriptedSeam, message: str, changes: dict[str, object], expected: type[DoorTrouble]
) -> None:
    seam.answers(CREATE, refused(400, "invalid_input", message))
    seam.answers("/devices/get", ok(device=device(**changes)))
    with pytest.raises(CodeRefused) as caught:
        await seam.client.create_code(ORDER)
    assert type(caught.value) is expected
    assert caught.value.door == "Office Lock"


async def test_a_refused_order_is_told_when_the_door_cannot_be_asked(seam: ScriptedSeam) -> None:
    seam.answers(CREATE, refused(400, "invalid_input", "Something is wrong"))
    seam.answers("/devices/get", plain(503))
    with pytest.raises(CodeRefused, match="Something is wrong"):
        await seam.client.create_code(ORDER)


async def test_a_code_that_seam_no_longer_has_is_none(seam: ScriptedSeam) -> None:
    seam.answers(GET, refused(404, "not_found", "…"))
    assert await seam.client.code(CODE_ID) is None


async def test_an_address_that_is_wrong_does_not_make_codes_disappear(seam: ScriptedSeam) -> None:
    seam.answers(GET, plain(404, "404\n"))
    with pytest.raises(SeamDown):
        await seam.client.code(CODE_ID)


async def test_deleting_what_is_already_gone_is_no_error(seam: ScriptedSeam) -> None:
    seam.answers(DELETE, refused(404, "access_code_not_found", "…"))
    await seam.client.delete_code(CODE_ID)
    assert seam.sent(DELETE) == [{"access_code_id": CODE_ID}]


async def test_an_address_that_is_wrong_is_not_taken_for_a_code_that_is_gone(seam: ScriptedSeam) -> None:
    seam.answers(DELETE, plain(404, "404\n"))
    with pytest.raises(SeamDown):
        await seam.client.delete_code(CODE_ID)


async def test_a_window_moves_with_both_ends(seam: ScriptedSeam) -> None:
    assert WINDOW.ends_at
    await seam.client.update_code(CODE_ID, starts_at=WINDOW.starts_at, ends_at=WINDOW.ends_at)
    assert seam.sent(UPDATE) == [
        {
            "access_code_id": CODE_ID,
            "starts_at": "2026-12-02T09:00:00.123Z",
            "ends_at": "2026-12-02T18:00:00.000Z",
        }
    ]


async def test_a_window_without_a_zone_is_never_sent(seam: ScriptedSeam) -> None:
    with pytest.raises(ValueError, match="aware"):
        await seam.client.update_code(
            CODE_ID, starts_at=datetime(2026, 12, 2, 9), ends_at=datetime(2026, 12, 2, 18, tzinfo=UTC)
        )
    assert seam.requests == []


async def test_moving_a_code_that_is_gone_says_so(seam: ScriptedSeam) -> None:
    seam.answers(UPDATE, refused(404, "access_code_not_found", "…"))
    with pytest.raises(CodeGone):
        await seam.client.update_code(
            CODE_ID, starts_at=WINDOW.starts_at, ends_at=WINDOW.starts_at + timedelta(hours=1)
        )


async def test_a_door_lists_only_its_own_codes(seam: ScriptedSeam, caplog: pytest.LogCaptureFixture) -> None:
    """Seam's fake gives everybody's."""
    others = access_code(access_code_id="other", device_id=OTHER_DEVICE_ID)
    seam.answers(LIST, ok(access_codes=[access_code(), others, {"name": "no ids"}]))
    codes = await seam.client.codes(DEVICE_ID)
    assert [c.access_code_id for c in codes] == [CODE_ID]
    assert [r.message for r in caplog.records if r.levelno >= logging.WARNING] == ["seam.unreadable_item"]


async def test_codes_from_the_makers_app_are_not_ours(seam: ScriptedSeam) -> None:
    seam.answers("/access_codes/unmanaged/list", ok(access_codes=[access_code(status="set", is_managed=False)]))
    (code,) = await seam.client.unmanaged_codes(DEVICE_ID)
    assert not code.is_managed


async def test_the_eleventh_order_in_a_minute_waits_its_turn(seam: ScriptedSeam, time: Time) -> None:
    for _ in range(11):
        await seam.client.create_code(ORDER)
    assert time.pauses == [60.0]
    assert len(seam.sent(CREATE)) == 11


class Standstill(Time):
    """Sleeping moves nothing: as if somebody else always took the free place."""

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


async def test_orders_that_would_wait_longer_than_a_minute_are_refused() -> None:
    seam = ScriptedSeam(Standstill())
    seam.answers(CREATE, ok(access_code=access_code()))
    for _ in range(10):
        await seam.client.create_code(ORDER)
    with pytest.raises(TooFast):
        await seam.client.create_code(ORDER)


async def test_changes_of_codes_are_counted_by_their_door(seam: ScriptedSeam, time: Time) -> None:
    seam.answers(LIST, ok(access_codes=[access_code(access_code_id=f"c{n}") for n in range(21)]))
    for code in await seam.client.codes(DEVICE_ID):
        await seam.client.delete_code(code.access_code_id)
    assert time.pauses == [60.0]


async def test_every_lock_of_every_page_is_listed_by_name(seam: ScriptedSeam) -> None:
    first = ok(
        devices=[device(display_name="b"), {"device_id": "t", "device_type": "ecobee_thermostat"}],
        pagination={"has_next_page": True, "next_page_cursor": "2"},
    )
    second = ok(devices=[device(display_name="A", device_id=OTHER_DEVICE_ID)], pagination={"has_next_page": False})
    seam.answers("/devices/list", first, second)
    assert [d.name for d in await seam.client.doors()] == ["A", "b"]


@pytest.mark.parametrize(("said", "sandbox"), [(True, True), (False, False), (None, False), ("yes", False)])
async def test_a_workspace_is_a_sandbox_only_when_seam_says_so(seam: ScriptedSeam, said: object, sandbox: bool) -> None:
    seam.answers("/workspaces/get", ok(workspace={"workspace_id": "w", "name": "HQ", "is_sandbox": said}))
    workspace = await seam.client.workspace()
    assert (workspace.name, workspace.is_sandbox) == ("HQ", sandbox)
