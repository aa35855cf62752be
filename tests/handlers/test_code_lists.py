"""`/latchkey codes` and the Home tab: my codes, my requests, and for admins what needs attention."""

from __future__ import annotations

from datetime import timedelta

from tests.handlers.stage import Stage


async def make(s: Stage, who: str, guest: str, when: str = "tomorrow 09:00-17:00", door: str = "Front Door") -> None:
    await s.types(who, f"/guest-code {guest} at {door} {when}")
    await s.clicks(who, "code.create")


async def test_codes_lists_my_own_and_shows_one(s: Stage) -> None:
    await make(s, "sam", "Dana")
    await make(s, "ana", "Eli")
    said = await s.types("sam", "/latchkey codes")
    assert "Dana" in said
    assert "Front Door" in said
    assert "Eli" not in said
    assert "Needs attention" not in said
    await s.later(seconds=30)
    await s.clicks("sam", "code.show:0", s.last("sam"))
    assert s.pin_shown("sam").isdigit()
    assert ("code.reveal", "note", "ok", "U0SAM") in await s.audited()


async def test_nobody_without_codes_is_left_without_a_hint(s: Stage) -> None:
    assert "You have no guest codes" in await s.types("sam", "/latchkey codes")


async def test_pages_turn(s: Stage) -> None:
    for day, guest in enumerate(("Dana", "Eli", "Frank", "Gina", "Hugo", "Iris"), 1):
        await make(s, "sam", guest, f"December {day} 09:00-10:00")
    first = await s.types("sam", "/latchkey codes")
    assert "Page 1 of 2" in first
    assert "Iris" not in first
    second = await s.clicks("sam", "codes.page:more")
    assert "Iris" in second
    assert "Dana" not in second
    assert "Dana" in await s.clicks("sam", "codes.page:back")


async def test_an_admin_sees_what_is_not_on_its_lock_in_time_and_others_do_not(s: Stage) -> None:
    await make(s, "sam", "Dana", "today 11:00-17:00")
    s.w.seam.faults.offline(s.device("Front Door"))
    s.w.seam.faults.never_sets(s.device("Front Door"))
    assert "No code of anybody needs attention" in await s.types("mia", "/latchkey codes")
    for _ in range(8):
        s.w.clock.turn(timedelta(minutes=10))
        await s.w.settle()
    said = await s.types("mia", "/latchkey codes")
    assert "Needs attention" in said
    assert "Dana" in said
    assert "Needs attention" not in await s.types("sam", "/latchkey codes")


async def test_a_code_is_ended_from_the_list(s: Stage) -> None:
    await make(s, "sam", "Dana")
    await s.later(seconds=30)
    await s.types("sam", "/latchkey codes")
    await s.clicks("sam", "code.end:0", s.last("sam"))
    await s.later(minutes=2)
    assert await s.w.bot.services.context.locks.codes(s.device("Front Door")) == ()
    assert any(action == "code.end" and actor == "U0SAM" for action, _, _, actor in await s.audited())
    assert "You have no guest codes" in await s.types("sam", "/latchkey codes")
