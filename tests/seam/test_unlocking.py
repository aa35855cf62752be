"""One unlock: look, send once, watch, and never pretend."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from bot.domain.errors import (
    DoorGone,
    DoorOffline,
    DoorTrouble,
    LockRefused,
    OutcomeUnknown,
    RemoteUnlockOff,
    SeamDown,
    TooFast,
)
from bot.domain.model import ActionResult
from tests.seam.doubles import (
    ATTEMPT_ID,
    DEVICE_ID,
    NOW,
    OTHER_DEVICE_ID,
    ScriptedSeam,
    Time,
    attempt,
    device,
    ok,
    plain,
    refused,
)

LATER = NOW + timedelta(hours=1)  # late enough for the tests that are about something else
LOOK, UNLOCK, LOCK, POLL = "/devices/get", "/locks/unlock_door", "/locks/lock_door", "/action_attempts/get"
DONE = ok(action_attempt=attempt("success", result={"was_confirmed_by_device": True}))
OPEN = ok(action_attempt=attempt("pending"))
FAILED = ok(action_attempt=attempt("error", error={"type": "uncategorized_error", "message": "Bolt jammed."}))


@pytest.fixture
def seam(time: Time) -> ScriptedSeam:
    """A door that works, and an unlock that is open until a test says otherwise."""
    scripted = ScriptedSeam(time)
    scripted.answers(LOOK, ok(device=device()))
    scripted.answers(UNLOCK, OPEN)
    scripted.answers(LOCK, OPEN)
    scripted.answers(POLL, OPEN)
    return scripted


async def test_an_unlock_is_sent_once_and_watched(seam: ScriptedSeam, time: Time) -> None:
    seam.answers(POLL, OPEN, OPEN, OPEN, OPEN, DONE)
    assert await seam.client.unlock(DEVICE_ID, not_after=LATER) == ActionResult(
        action_attempt_id=ATTEMPT_ID, confirmed=True
    )
    assert seam.sent(UNLOCK) == [{"device_id": DEVICE_ID}]
    assert time.pauses == [0.0, 0.1, 0.2, 0.25, 0.25]


async def test_locking_has_its_own_call(seam: ScriptedSeam) -> None:
    seam.answers(POLL, DONE)
    await seam.client.lock(DEVICE_ID)
    assert seam.sent(LOCK) == [{"device_id": DEVICE_ID}]
    assert seam.sent(UNLOCK) == []


async def test_an_answer_that_is_already_final_is_not_watched(seam: ScriptedSeam) -> None:
    seam.answers(UNLOCK, DONE)
    await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert seam.sent(POLL) == []


async def test_what_the_maker_cannot_confirm_is_not_called_confirmed(seam: ScriptedSeam) -> None:
    seam.answers(UNLOCK, ok(action_attempt=attempt("success")))
    assert (await seam.client.unlock(DEVICE_ID, not_after=LATER)).confirmed is False


async def test_a_door_that_cannot_be_opened_gets_no_command(seam: ScriptedSeam) -> None:
    seam.answers(LOOK, ok(device=device(can_remotely_unlock=False)))
    with pytest.raises(RemoteUnlockOff, match="Office Lock"):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert seam.sent(UNLOCK) == []


async def test_a_door_that_is_gone_gets_no_command(seam: ScriptedSeam) -> None:
    seam.answers(LOOK, refused(404, "device_not_found", "…"))
    with pytest.raises(DoorGone):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert seam.sent(UNLOCK) == []


async def test_what_is_no_lock_gets_no_command(seam: ScriptedSeam) -> None:
    seam.answers(LOOK, ok(device={"device_id": DEVICE_ID, "device_type": "ecobee_thermostat"}))
    with pytest.raises(DoorGone):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert seam.sent(UNLOCK) == []


async def test_a_door_that_cannot_be_looked_at_gets_no_command(seam: ScriptedSeam) -> None:
    seam.answers(LOOK, plain(503))
    with pytest.raises(SeamDown):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert seam.sent(UNLOCK) == []


async def test_an_unlock_is_not_sent_when_the_look_took_too_long(seam: ScriptedSeam, time: Time) -> None:
    def slow(_request: httpx.Request) -> httpx.Response:
        time.pass_by(11)
        return ok(device=device())

    seam.answers(LOOK, slow)
    with pytest.raises(SeamDown) as caught:
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert caught.value.seam_code == "too_late_to_send"
    assert seam.sent(UNLOCK) == []


@pytest.mark.parametrize(
    "lost",
    [
        httpx.ReadTimeout("…"),
        httpx.ReadError("…"),
        httpx.RemoteProtocolError("…"),
        plain(503),
        plain(200, "<html>"),
        ok(),
    ],
)
async def test_an_unlock_is_sent_once_even_when_the_answer_is_lost(
    seam: ScriptedSeam, lost: httpx.Response | Exception
) -> None:
    seam.answers(UNLOCK, lost)
    with pytest.raises(OutcomeUnknown, match="Office Lock"):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert len(seam.sent(UNLOCK)) == 1


@pytest.mark.parametrize("failure", [httpx.ConnectError("…"), httpx.ConnectTimeout("…"), httpx.PoolTimeout("…")])
async def test_an_unlock_that_never_left_is_said_not_to_be_done(seam: ScriptedSeam, failure: Exception) -> None:
    seam.answers(UNLOCK, failure)
    with pytest.raises(SeamDown, match="nothing was done at Office Lock"):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert len(seam.sent(UNLOCK)) == 1


async def test_an_unlock_does_not_queue_behind_a_429(seam: ScriptedSeam, time: Time) -> None:
    seam.answers(UNLOCK, refused(429, "rate_limited", retry_after="1"))
    with pytest.raises(TooFast):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert len(seam.sent(UNLOCK)) == 1
    assert time.pauses == []


async def test_an_attempt_without_an_id_is_unknown(seam: ScriptedSeam) -> None:
    seam.answers(UNLOCK, ok(action_attempt={"status": "pending"}))
    with pytest.raises(OutcomeUnknown):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)


async def test_an_attempt_that_stays_open_is_unknown_at_the_deadline_and_can_be_looked_up(
    seam: ScriptedSeam, time: Time
) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert (caught.value.seam_code, caught.value.action_attempt_id) == ("pending", ATTEMPT_ID)
    assert 23 < sum(time.pauses) <= 25
    assert len(seam.sent(POLL)) < 50
    assert len(seam.sent(UNLOCK)) == 1


async def test_the_command_itself_may_take_no_longer_than_the_deadline(seam: ScriptedSeam, time: Time) -> None:
    def after_a_while(_request: httpx.Request) -> httpx.Response:
        time.pass_by(3)
        return ok(device=device())

    seam.answers(LOOK, after_a_while)
    seam.answers(UNLOCK, DONE)
    await seam.client.unlock(DEVICE_ID, not_after=LATER)
    (timeout,) = [r.extensions["timeout"] for r in seam.requests if r.url.path == UNLOCK]
    assert (timeout["read"], timeout["connect"], timeout["pool"]) == (22, 5, 5)


async def test_no_look_may_hang_beyond_the_deadline(seam: ScriptedSeam) -> None:
    with pytest.raises(OutcomeUnknown):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    timeouts = [r.extensions["timeout"]["read"] for r in seam.requests if r.url.path == POLL]
    assert timeouts[0] == 10
    assert timeouts[-1] <= 1


async def test_a_status_nobody_knows_is_waited_for(seam: ScriptedSeam) -> None:
    seam.answers(UNLOCK, ok(action_attempt=attempt("queued")))
    seam.answers(POLL, ok(action_attempt=attempt("almost")), DONE)
    assert (await seam.client.unlock(DEVICE_ID, not_after=LATER)).confirmed


@pytest.mark.parametrize(
    "hiccup", [plain(503), plain(404, "404\n"), httpx.ReadError("…"), refused(429, "rate_limited"), plain(200, "?")]
)
async def test_a_look_that_fails_is_followed_by_another(seam: ScriptedSeam, hiccup: httpx.Response | Exception) -> None:
    seam.answers(POLL, hiccup, hiccup, DONE)
    assert (await seam.client.unlock(DEVICE_ID, not_after=LATER)).confirmed


@pytest.mark.parametrize(("status", "kind"), [(404, "action_attempt_not_found"), (401, "unauthorized")])
async def test_an_attempt_that_seam_no_longer_shows_is_unknown(seam: ScriptedSeam, status: int, kind: str) -> None:
    seam.answers(POLL, refused(status, kind, "…"))
    with pytest.raises(OutcomeUnknown) as caught:
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert (caught.value.seam_code, caught.value.action_attempt_id) == (kind, ATTEMPT_ID)
    assert len(seam.sent(POLL)) == 1


async def test_a_failed_attempt_is_explained_by_the_door_as_it_is_now(seam: ScriptedSeam) -> None:
    offline = device(errors=[{"error_code": "device_disconnected", "message": "…"}], properties={"online": False})
    seam.answers(LOOK, ok(device=device()), ok(device=offline))
    seam.answers(POLL, FAILED)
    with pytest.raises(DoorOffline) as caught:
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert caught.value.action_attempt_id == ATTEMPT_ID
    assert len(seam.sent(UNLOCK)) == 1


async def test_a_failed_attempt_is_told_when_the_door_cannot_be_asked(seam: ScriptedSeam) -> None:
    seam.answers(LOOK, ok(device=device()), plain(503))
    seam.answers(POLL, FAILED)
    with pytest.raises(LockRefused, match=r"Office Lock refused\. Bolt jammed\."):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)


async def test_the_sixteenth_unlock_in_a_minute_is_refused_before_seam_does(seam: ScriptedSeam, time: Time) -> None:
    seam.answers(UNLOCK, DONE)
    for _ in range(15):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    with pytest.raises(TooFast):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    assert len(seam.sent(UNLOCK)) == 15
    seam.answers(LOCK, DONE)
    await seam.client.lock(DEVICE_ID)  # counted by itself
    time.pass_by(60)
    await seam.client.unlock(DEVICE_ID, not_after=LATER)


async def test_each_door_has_its_own_limit(seam: ScriptedSeam) -> None:
    seam.answers(UNLOCK, DONE)
    for _ in range(15):
        await seam.client.unlock(DEVICE_ID, not_after=LATER)
    await seam.client.unlock(OTHER_DEVICE_ID, not_after=LATER)


async def test_a_late_look_finds_how_it_ended(seam: ScriptedSeam) -> None:
    seam.answers(POLL, OPEN, DONE)
    assert await seam.client.attempt(ATTEMPT_ID) is None
    assert await seam.client.attempt(ATTEMPT_ID) == ActionResult(action_attempt_id=ATTEMPT_ID, confirmed=True)


async def test_a_late_look_finds_that_it_failed(seam: ScriptedSeam) -> None:
    seam.answers(POLL, FAILED)
    with pytest.raises(LockRefused):
        await seam.client.attempt(ATTEMPT_ID)


async def test_a_late_look_at_what_seam_forgot_is_unknown(seam: ScriptedSeam) -> None:
    seam.answers(POLL, refused(404, "action_attempt_not_found", "…"))
    with pytest.raises(OutcomeUnknown):
        await seam.client.attempt(ATTEMPT_ID)


@pytest.mark.parametrize(
    "failure", [plain(503), refused(401, "unauthorized"), refused(429, "rate_limited", retry_after="99")]
)
async def test_a_late_look_that_seam_does_not_answer_says_nothing_about_the_door(
    seam: ScriptedSeam, failure: httpx.Response
) -> None:
    """SeamDown says "nothing was done", which nobody knows here."""
    seam.answers(POLL, failure)
    assert await seam.client.attempt(ATTEMPT_ID) is None


async def test_every_trouble_of_an_unlock_is_one_the_bot_can_say(seam: ScriptedSeam) -> None:
    for status in (400, 401, 403, 404, 405, 409, 418, 422, 500, 599):
        seam.answers(UNLOCK, refused(status, "something", "…"))
        with pytest.raises(DoorTrouble):
            await seam.client.unlock(DEVICE_ID, not_after=LATER)


@pytest.mark.parametrize(
    ("clicked_ago", "look_takes", "is_sent"), [(0, 9, True), (8, 3, False), (9.5, 0.2, True), (11, 0, False)]
)
async def test_nothing_is_sent_later_than_was_agreed_however_long_the_look_took(
    seam: ScriptedSeam, time: Time, clicked_ago: float, look_takes: float, is_sent: bool
) -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        time.pass_by(look_takes)
        return ok(device=device())

    seam.answers(LOOK, slow)
    seam.answers(UNLOCK, DONE)
    not_after = NOW + timedelta(seconds=10 - clicked_ago)
    if is_sent:
        await seam.client.unlock(DEVICE_ID, not_after=not_after)
    else:
        with pytest.raises(SeamDown) as late:
            await seam.client.unlock(DEVICE_ID, not_after=not_after)
        assert late.value.seam_code == "too_late_to_send"
    assert len(seam.sent(UNLOCK)) == (1 if is_sent else 0)
