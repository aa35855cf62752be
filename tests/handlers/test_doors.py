"""/unlock, /lock and /doors as people use them."""

from __future__ import annotations

import pytest

from bot.sandbox.seam.brands import TTLOCK
from bot.sandbox.seam.building import many_doors
from bot.sandbox.seam.locks import VirtualLock
from tests.handlers.conftest import Raise
from tests.handlers.stage import Stage


@pytest.mark.parametrize(
    "typed",
    [
        "Front Door",
        "FRONT DOOR",
        "front",
        "door front",
        "the front door please",
        "frnt door",
        "“Front Door”",
        "Front-Door",
        "Fróńt Dóor",
    ],
)
async def test_a_door_is_found_however_it_is_typed(s: Stage, typed: str) -> None:
    assert "Front Door is unlocked" in await s.types("sam", f"/unlock {typed}")
    assert not s.locked("Front Door")
    assert await s.audited() == [
        ("door.unlock", "intent", "", "U0SAM"),
        ("door.unlock", "outcome", "ok", "U0SAM"),
    ]


async def test_lock_locks(s: Stage) -> None:
    await s.types("sam", "/unlock garage")
    assert "Garage is locked" in await s.types("sam", "/lock garage")
    assert s.locked("Garage")


async def test_two_doors_that_fit_become_two_buttons_and_the_pressed_one_opens(s: Stage) -> None:
    asked = await s.types("sam", "/unlock door")
    assert "[Unlock Back Door]" in asked
    assert "[Unlock Front Door]" in asked
    assert s.unlocks() == 0
    assert "Back Door is unlocked" in await s.clicks("sam", "door.unlock:0")
    assert not s.locked("Back Door")
    assert s.locked("Front Door")


async def test_two_doors_and_a_time_keep_the_time_until_one_is_chosen(s: Stage) -> None:
    assert "[Unlock Back Door]" in await s.types("sam", "/unlock door for 30 min")
    said = await s.clicks("sam", "draft.run:0")
    assert "I will lock it again at 10:30, Berlin time" in said
    await s.later(minutes=31)
    assert s.locked("Back Door")


async def test_the_time_of_an_old_choice_is_over_and_nothing_opens(s: Stage) -> None:
    await s.types("sam", "/unlock door for 30 min")
    await s.later(minutes=40)
    assert "over by now" in await s.clicks("sam", "draft.run:0")
    assert s.unlocks() == 0


async def test_somebody_elses_choice_is_not_mine(s: Stage) -> None:
    await s.types("sam", "/unlock door for 30 min")
    value = s.last("sam").blocks[1]["elements"][0]["value"]  # type: ignore[index]
    before = s.seen("ana")
    await s.delivers(
        {
            "type": "block_actions",
            "user": {"id": "U0ANA", "team_id": "T0LATCH"},
            "team": {"id": "T0LATCH"},
            "trigger_id": "1.2.x",
            "actions": [{"type": "button", "action_id": "draft.run:0", "block_id": "b", "value": value}],
        }
    )
    await s.w.settle()
    assert "nothing" in s.new("ana", before)
    assert s.unlocks() == 0


async def test_an_unknown_door_brings_near_names(s: Stage) -> None:
    assert "“Garage”" in await s.types("sam", "/unlock garrige")
    said = await s.types("sam", "/unlock xyzzy")
    assert "“xyzzy”" in said
    assert "/doors" in said
    assert s.unlocks() == 0


async def test_nothing_typed_opens_the_form_and_the_list_in_it_is_searched(s: Stage) -> None:
    await s.types("sam", "/unlock")
    assert "Unlock a door" in s.modal("sam")
    assert await s.finds("sam", "door.search", "gar") == ["Garage", "Garden Gate"]
    said = await s.submits("sam", {"door.search": "Garage", "when.value": "for 20 min"})
    assert "Garage is unlocked" in said
    assert "10:20, Berlin time" in said
    assert not s.has_modal("sam")
    await s.later(minutes=21)
    assert s.locked("Garage")


async def test_the_lock_form_asks_for_no_time(s: Stage) -> None:
    await s.types("sam", "/lock")
    assert "For how long" not in s.modal("sam")
    await s.finds("sam", "door.search", "")
    assert "Garage is locked" in await s.submits("sam", {"door.search": "Garage"})


async def test_a_time_in_the_form_that_cannot_be_read_is_marked_and_kept(s: Stage) -> None:
    await s.types("sam", "/unlock")
    await s.finds("sam", "door.search", "")
    await s.submits("sam", {"door.search": "Garage", "when.value": "banana"})
    assert "for 30 min" in s.errors("sam")["when"]
    assert "banana" in s.modal("sam")
    assert s.unlocks() == 0


async def test_five_hundred_doors_are_searched_and_paged(stage_with: Raise) -> None:
    async with stage_with(many_doors(500)) as s:
        first = await s.types("sam", "/doors")
        assert "Page 1 of 50 · 500 doors" in first
        second = await s.clicks("sam", "doors.page:more")
        assert "Page 2 of 50" in second
        assert "Room 0011" in second
        assert "Page 1 of 50" in await s.clicks("sam", "doors.page:back")
        await s.types("sam", "/unlock")
        assert len(await s.finds("sam", "door.search", "")) == 100
        assert await s.finds("sam", "door.search", "0437") == ["Room 0437"]
        assert "Room 0437 is unlocked" in await s.submits("sam", {"door.search": "Room 0437"})
        assert "Room 0500 is unlocked" in await s.types("sam", "/unlock room 0500")


async def test_unlock_for_a_while_locks_again_and_says_so(s: Stage) -> None:
    assert "I will lock it again at 10:30, Berlin time" in await s.types("sam", "/unlock Garage for 30 min")
    await s.later(minutes=29)
    assert not s.locked("Garage")
    await s.later(minutes=1, seconds=5)
    assert s.locked("Garage")
    assert any("Garage is locked again, as you asked" in m for m in s.dm("sam"))


async def test_unlock_until_a_time_of_day(s: Stage) -> None:
    assert "at 18:00, Berlin time" in await s.types("sam", "/unlock Garage until 18:00")


async def test_lock_now_calls_the_timer_off(s: Stage) -> None:
    await s.types("sam", "/unlock Garage for 30 min")
    assert "Garage is locked" in await s.clicks("sam", "door.lock")
    await s.types("sam", "/unlock Garage")
    await s.later(minutes=31)
    assert not s.locked("Garage")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/unlock Garage tomorrow 9am to 5pm", "/guest-code"),
        ("/unlock Garage for 3 days", "at most 12 hours"),
        ("/unlock Garage at 25:99", "for 30 min"),
        ("/lock Garage for 30 min", "only now"),
    ],
)
async def test_a_time_that_does_not_fit_is_explained_and_nothing_opens(s: Stage, typed: str, said: str) -> None:
    assert said in await s.types("sam", typed)
    assert s.unlocks() == 0


async def test_doors_shows_state_battery_and_buttons(s: Stage) -> None:
    s.w.seam.faults.offline(s.device("Library"))
    shown = await s.types("sam", "/doors")
    assert "Front Door" in shown
    assert "battery 86 %" in shown
    assert "offline" in shown
    assert "[Unlock] [Lock]" in shown
    listed = s.last("sam")
    assert listed.ephemeral


async def test_a_button_of_the_list_works_its_door(s: Stage) -> None:
    await s.types("sam", "/doors")
    block = next(b for b in s.last("sam").blocks if s.device("Garage") in str(b))
    assert "Garage is unlocked" in await s.clicks("sam", f"{block['block_id']}.door.unlock")


async def test_a_double_click_opens_once(s: Stage) -> None:
    await s.types("sam", "/unlock door")
    shown = s.last("sam")
    s.w.seam.faults.slow(s.device("Back Door"), 0.3)
    for outcome in (
        await s.w.slack.click("sam", shown, "door.unlock:0"),
        await s.w.slack.click("sam", shown, "door.unlock:0"),
    ):
        outcome.expect_ok()
    await s.w.settle()
    assert s.unlocks() == 1


async def test_a_slow_lock_is_not_a_dead_silence(stage_with: Raise) -> None:
    async with stage_with(progress_after=0.02) as s:
        s.w.seam.faults.slow(s.device("Garage"), 0.4)
        said = await s.types("sam", "/unlock Garage")
        assert "Still waiting for Garage" in said
        assert "Garage is unlocked" in said


async def test_a_command_with_the_word_payload_is_taken(stage_with: Raise) -> None:
    async with stage_with([VirtualLock(name="Payload Bay", brand=TTLOCK)]) as s:
        assert "Payload Bay is unlocked" in await s.types("sam", "/unlock payload bay")


async def test_what_a_phone_makes_of_quotes_and_dashes_is_read(s: Stage) -> None:
    assert "Garage is unlocked" in await s.types("sam", '/unlock "Garage" -- for 30 min', smart=True)


async def test_a_lock_that_cannot_be_reached_is_said_in_words_and_audited(s: Stage) -> None:
    await s.types("sam", "/doors")
    s.w.seam.faults.offline(s.device("Garage"))
    assert "offline" in await s.types("sam", "/unlock Garage")
    assert ("door.unlock", "outcome", "failed", "U0SAM") in await s.audited()


async def test_seam_out_of_reach_is_said_in_words_and_audited(s: Stage) -> None:
    s.w.seam.faults.seam_down()
    said = await s.types("sam", "/unlock Garage")
    assert "does not answer" in said
    assert "nothing was done" in said.lower()
    assert ("request.refused", "note", "denied", "U0SAM") in await s.audited()
    assert s.unlocks() == 0
