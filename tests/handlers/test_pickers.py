"""The date pickers, for those who would rather not type; and the echo in the reader's language."""

from __future__ import annotations

from tests.handlers.stage import Stage


async def test_what_was_typed_is_carried_over_to_the_pickers_and_back(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    await s.edits("sam", "code.when", "tomorrow 09:00-17:00")
    await s.edits("sam", "code.pick", None)
    view = s.w.slack.top("sam")
    values = {b: v["value"] for b, v in view.state.items() if "_date" in b or "_time" in b}
    assert values["start_date"]["selected_date"] == values["end_date"]["selected_date"]
    assert (values["start_time"]["selected_time"], values["end_time"]["selected_time"]) == ("09:00", "17:00")
    assert "when" not in view.state

    await s.edits("sam", "code.pick", None)
    assert " 09:00 to " in s.modal("sam")


async def test_the_pickers_make_the_code_that_they_say(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    await s.finds("sam", "code.doors", "")
    await s.edits("sam", "code.pick", None)
    day = s.w.clock.now().date().replace(month=12, day=30).isoformat()
    await s.submits(
        "sam",
        {
            "guest.value": "Dana",
            "code.doors": ["Front Door"],
            "start_date.value": day,
            "start_time.value": "10:15",
            "end_date.value": day,
            "end_time.value": "11:45",
        },
    )
    assert not s.has_modal("sam"), s.errors("sam")
    assert "30 Dec" in s.dm("sam")[-1]
    assert "10:15 to 11:45" in s.dm("sam")[-1]


async def test_pickers_that_end_before_they_start_are_marked_at_the_end(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    await s.finds("sam", "code.doors", "")
    await s.edits("sam", "code.pick", None)
    await s.submits(
        "sam",
        {
            "guest.value": "Dana",
            "code.doors": ["Front Door"],
            "start_date.value": "2027-03-01",
            "start_time.value": "10:00",
            "end_date.value": "2027-02-28",
            "end_time.value": "11:00",
        },
    )
    assert "not after the start" in s.errors("sam")["end_date"]


async def test_an_hour_that_the_clock_change_leaves_out_is_asked_for_again(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    await s.finds("sam", "code.doors", "")
    await s.edits("sam", "code.pick", None)
    await s.submits(
        "sam",
        {
            "guest.value": "Dana",
            "code.doors": ["Front Door"],
            "start_date.value": "2027-03-28",
            "start_time.value": "02:30",
            "end_date.value": "2027-03-28",
            "end_time.value": "11:00",
        },
    )
    assert "does not exist" in s.errors("sam")["start_time"]


async def test_the_echo_is_in_the_readers_language_and_time(s: Stage) -> None:
    uwe = s.w.slack.add_user("uwe", tz="America/New_York", locale="de-DE", channels=("general",))
    await s.types(uwe.id, "/guest-code")
    form = await s.edits(uwe.id, "code.when", "morgen von 9 bis 17 Uhr")
    assert "09:00 – 17:00 · Zeit in Berlin" in form
    assert "deine Zeit" in form
