"""A list of guests: pasted once, read line by line, made once."""

from __future__ import annotations

from tests.handlers.stage import Stage

LIST = """Dana (plumber) at Front Door tomorrow 09:00-17:00
Eli at Back Door tomorrow 10:00-12:00
Frank at Narnia tomorrow 10:00-12:00
Gina at Guest Flat until 17:00
at Front Door tomorrow 9-5"""


async def sends_list(s: Stage, text: str) -> None:
    await s.types("sam", "/guest-code list")
    await s.submits("sam", {"lines.value": text})


async def test_each_line_is_read_and_judged_and_nothing_is_made_before_it_is_sent_off(s: Stage) -> None:
    await sends_list(s, LIST)
    seen = s.modal("sam")
    assert "3 of 5 lines can become a code" in seen
    assert "Tuesday, November 24, 2026, 9:00 AM – 5:00 PM" in seen
    assert "I know no door called “Narnia”" in seen
    assert "Guest Flat takes it with a change" in seen
    assert "I see no guest's name" in seen
    assert s.codes() == 0

    said = await s.submits("sam")

    assert s.codes() == 3
    assert "3 guest codes ordered" in said
    rows = await s.audited()
    assert rows.count(("code.create", "intent", "", "U0SAM")) == 3
    assert rows.count(("code.create", "outcome", "ok", "U0SAM")) == 3
    listed = await s.types("sam", "/latchkey codes")
    assert all(guest in listed for guest in ("Dana", "Eli", "Gina"))


async def test_a_line_that_names_two_doors_says_what_to_do(s: Stage) -> None:
    await sends_list(s, "Dana at Front Door and Garage tomorrow 9-17")
    assert "A line is for one door. Write a line for each." in s.modal("sam")
    assert s.codes() == 0


async def test_twelve_lines_make_twelve_codes_with_twelve_pins(s: Stage) -> None:
    names = ("Dana", "Eli", "Frank", "Gina", "Hugo", "Iris", "Jack", "Kira", "Lars", "Mona", "Nils", "Olga")
    doors = ("Front Door", "Back Door")  # six each: Seam takes ten a minute of one door, and the rest would wait
    await sends_list(s, "\n".join(f"{name} at {doors[n % 2]} tomorrow 09:00-17:00" for n, name in enumerate(names)))
    await s.submits("sam")
    assert s.codes() == 12
    for door in doors:
        held = await s.w.bot.services.context.locks.codes(s.device(door))
        assert len({code.pin for code in held}) == 6


async def test_a_line_that_one_lock_refuses_stops_no_other_and_is_said(s: Stage) -> None:
    await sends_list(s, "Dana at Front Door tomorrow 09:00-17:00\nEli at Back Door tomorrow 09:00-17:00")
    s.w.seam.faults.slots_full(s.device("Front Door"))
    await s.w.bot.services.doors.refreshed()
    said = await s.submits("sam")
    assert "1 guest code ordered" in said
    assert "Dana" in said
    assert "no room for another code" in said
    assert s.codes() == 1


async def test_too_many_lines_are_refused_where_they_stand(s: Stage) -> None:
    await sends_list(s, "\n".join(["Dana at Front Door tomorrow 09:00-17:00"] * 21))
    assert "At most 20 lines" in s.errors("sam")["lines"]
    await s.submits("sam", {"lines.value": " \n "})
    assert "one guest on each line" in s.errors("sam")["lines"]
    assert s.codes() == 0
