"""Pre-flight where somebody must approve: the card says what each door would do, and the approval gives no more."""

from __future__ import annotations

from bot.domain.model import GuestCode
from tests.requests.town import Town


async def codes(here: Town) -> list[GuestCode]:
    return list(await here.w.bot.db.read(lambda tx: tx.guest_codes.of_host("T0LATCH", here.id_of("sam"))))


async def test_the_approvers_see_what_the_door_would_do_differently(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.makes_code("sam", "Dana at Guest Flat for 2 hours")
    assert "15 minutes" in here.card().rendered
    assert here.w.seam.counts["/access_codes/create"] == 0


async def test_an_approval_shortly_before_the_start_makes_the_code_later_and_never_longer(here: Town) -> None:
    """11:00 in Berlin. The code is to start at 12:00 and is approved at 11:58; a Kwikset wants a quarter of an hour."""
    await here.set_rules(here.rule())
    await here.makes_code("sam", "Dana at Guest Flat today 12:00-17:00")
    await here.turns(minutes=58)

    await here.presses("ana", here.card(), "request.approve")

    (code,) = await codes(here)
    assert code.window.ends_at is not None
    assert (code.window.starts_at.strftime("%H:%M"), code.window.ends_at.strftime("%H:%M")) == ("11:13", "16:00")
    assert code.access_code_id
    trail = [action for action, _, _ in await here.audit()]
    wanted = ["request.submitted", "request.approved", "code.create", "code.create", "request.ended"]
    assert [a for a in trail if a in wanted] == wanted


async def test_a_code_that_nobody_can_end_is_not_had_by_an_approval(here: Town) -> None:
    await here.set_rules(here.rule())
    here.w.seam.faults.gateway_missing(here.w.seam.door("Garden Gate").device_id)
    await here.w.bot.services.doors.refreshed()
    await here.makes_code("sam", "Dana at Garden Gate tomorrow 09:00-11:00")
    assert any("cannot be ended early" in words and "approval" in words for words in here.seen("sam"))
    assert [action for action, _, _ in await here.audit() if action == "request.submitted"] == []


async def test_a_bridge_that_is_lost_before_the_approval_makes_no_code_that_nobody_can_end(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.makes_code("sam", "Dana at Garden Gate tomorrow 09:00-11:00")
    here.w.seam.faults.gateway_missing(here.w.seam.door("Garden Gate").device_id)
    await here.w.bot.services.doors.refreshed()

    await here.presses("ana", here.card(), "request.approve")
    await here.turns(minutes=2)

    assert here.w.seam.truth.codes_on(here.w.seam.door("Garden Gate").device_id) == set()
