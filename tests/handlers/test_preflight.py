"""Before a code is asked for, each door says whether it would take it; changes are agreed to by a button."""

from __future__ import annotations

from bot.domain.model import GuestCode
from tests.handlers.stage import Stage


async def codes_of(s: Stage) -> list[GuestCode]:
    return list(await s.w.bot.db.read(lambda tx: tx.guest_codes.of_host("T0LATCH", "U0SAM")))


async def test_a_line_is_answered_with_what_the_door_says(s: Stage) -> None:
    asked = await s.types("sam", "/guest-code Dana at Front Door tomorrow 09:00-17:00")
    assert "Front Door takes this code" in asked
    assert "Create code" in asked


async def test_a_start_that_comes_too_soon_is_offered_later_and_made_when_agreed_to(s: Stage) -> None:
    asked = await s.types("sam", "/guest-code Dana at Guest Flat until 17:00")
    assert "with a change: it starts at 23 Nov 10:15, since this lock needs 15 minutes" in asked
    assert s.codes() == 0

    await s.clicks("sam", "code.create")

    (code,) = await codes_of(s)
    assert code.window.starts_at.isoformat() == "2026-11-23T09:15:00+00:00"
    assert s.codes() == 1
    rows = await s.audited()
    assert ("code.create", "intent", "", "U0SAM") in rows
    assert ("code.create", "outcome", "ok", "U0SAM") in rows


async def test_a_form_with_several_doors_offers_one_line_for_each_and_makes_nothing_before(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    await s.finds("sam", "code.doors", "")
    values = {"guest.value": "Dana", "code.doors": ["Front Door", "Guest Flat"], "when.code.when": "until 17:00"}
    offered = await s.submits("sam", values)
    assert "Front Door takes this code" in offered
    assert "Guest Flat takes it with a change" in offered
    assert s.codes() == 0

    (await s.w.slack.click("sam", s.w.slack.screen("sam").dm.last, "code.create")).expect_ok()
    await s.w.settle()

    starts = {c.door_name: c.window.starts_at.strftime("%H:%M") for c in await codes_of(s)}
    assert starts == {"Front Door": "09:00", "Guest Flat": "09:15"}


async def test_cancel_leaves_everything_as_it_is(s: Stage) -> None:
    await s.types("sam", "/guest-code Dana at Guest Flat until 17:00")
    assert "no code was made" in await s.clicks("sam", "code.cancel")
    assert s.codes() == 0


async def test_a_full_lock_says_so_before_anything_is_asked(s: Stage) -> None:
    s.w.seam.faults.slots_full(s.device("Front Door"))
    await s.w.bot.services.doors.refreshed()
    said = await s.types("sam", "/guest-code Dana at Front Door tomorrow 09:00-17:00")
    assert "no room for another code" in said
    assert s.codes() == 0


async def test_a_gate_without_its_bridge_offers_a_code_that_cannot_be_ended_and_it_opens(s: Stage) -> None:
    s.w.seam.faults.gateway_missing(s.device("Garden Gate"))
    await s.w.bot.services.doors.refreshed()
    asked = await s.types("sam", "/guest-code Dana at Garden Gate today 10:20-11:40")
    assert "cannot be changed or ended early" in asked
    assert "23 Nov 10:00 to 23 Nov 12:00" in asked

    await s.clicks("sam", "code.create")
    await s.later(minutes=10)

    (code,) = await codes_of(s)
    assert code.window.starts_at.strftime("%H:%M") == "09:00"
    assert code.window.ends_at is not None
    assert code.window.ends_at.strftime("%H:%M") == "11:00"
    (held,) = await s.w.bot.services.context.locks.codes(code.device_id)
    assert held.pin is not None
    assert s.w.seam.enter_pin(code.device_id, held.pin.reveal()).opened


async def test_a_door_that_changed_its_mind_is_asked_about_again(s: Stage) -> None:
    """The button agrees to what was shown and to nothing else."""
    await s.types("sam", "/guest-code Dana at Garden Gate today 10:20-11:40")
    s.w.seam.faults.gateway_missing(s.device("Garden Gate"))
    await s.w.bot.services.doors.refreshed()
    said = await s.clicks("sam", "code.create")
    assert "cannot be changed or ended early" in said
    assert s.codes() == 0


async def test_the_form_shows_the_verdicts_while_one_types(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    await s.finds("sam", "code.doors", "")
    await s.edits("sam", "code.doors", ["Front Door", "Guest Flat"])
    form = await s.edits("sam", "code.when", "until 17:00")
    assert "Front Door takes this code" in form
    assert "Guest Flat takes it with a change" in form
    s.w.slack.fill("sam", None, {"guest.value": "Dana", "pin.value": "482915"})
    (await s.w.slack.submit("sam", None, None)).expect_ok()
    await s.w.settle()
    assert "leave the PIN empty" in s.errors("sam")["doors"]  # a PIN is kept nowhere, so not with a question either
    assert s.codes() == 0


async def test_trap_an_offline_code_cannot_be_ended_and_is_never_called_ended_before_it_is(s: Stage) -> None:
    """seam-api.md 6.7: it cannot be revoked. Whoever ends it all the same is told that it may still open."""
    s.w.seam.faults.gateway_missing(s.device("Garden Gate"))
    await s.w.bot.services.doors.refreshed()
    await s.types("sam", "/guest-code Dana at Garden Gate today 10:20-11:40")
    await s.clicks("sam", "code.create")
    await s.later(minutes=5)
    await s.types("sam", "/latchkey codes")
    assert "it may still open" in await s.clicks("sam", "code.end:0", s.last("sam"))
    await s.later(minutes=10)
    listed = await s.types("sam", "/latchkey codes")
    assert "should be off the lock and is not: it may still open the door" in listed
    for _ in range(12):
        await s.later(minutes=15)
    assert "is off Garden Gate now" in s.dm("sam")[-1]
    followed = [outcome for action, _, outcome, _ in await s.audited() if action == "code.followed"]
    assert followed.index("failed") < len(followed) - 1  # stuck came first, and the end after it
