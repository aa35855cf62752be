"""The main job, played on the page as a person plays it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.web.sitting import FRIDAY, WEDNESDAY, Sitting

pytestmark = pytest.mark.browser


async def test_an_unlock_opens_the_door_on_the_plan(sitting: Sitting) -> None:
    await sitting.sees_door("Front Door", "Locked")
    await sitting.type("/unlock front door")
    await sitting.sees("Front Door is unlocked.")
    await sitting.sees_door("Front Door", "Unlocked")
    await expect(sitting.messages.last).to_contain_text("Only visible to you")
    await expect(sitting.page.locator("#plan .leaf.unlocked")).to_have_count(1)
    assert not sitting.stage.world.seam.door("Front Door").locked


async def test_buttons_of_the_door_list_work(sitting: Sitting) -> None:
    await sitting.type("/doors")
    await sitting.sees("Back Door")
    await sitting.messages.last.get_by_role("button", name="Unlock").first.click()
    await sitting.sees_door("Back Door", "Unlocked")


async def test_a_door_opened_for_half_an_hour_locks_itself_when_the_clock_is_turned(sitting: Sitting) -> None:
    await sitting.type("/unlock Garage for 30 min")
    await sitting.sees("I will lock it again at")
    await sitting.sees_door("Garage", "Unlocked")
    await sitting.turn("1h")
    await sitting.sees_door("Garage", "Locked")
    await sitting.go("latchkey")
    await sitting.sees("Garage is locked again, as you asked.")


async def test_a_guest_code_by_text_is_echoed_made_and_followed(sitting: Sitting) -> None:
    await sitting.type("/guest-code Dana (plumber) at Front Door tomorrow 9-5")
    await sitting.sees("Is this the code you want?")
    await sitting.sees(WEDNESDAY)
    await sitting.press("Create code")
    mark = sitting.page.locator('[data-place="D0SAM"] .unread')
    await expect(mark).to_contain_text("1")
    await sitting.go("latchkey")
    await expect(mark).to_have_count(0)
    await sitting.turn("10m")
    await sitting.sees("scheduled; it starts to work at its start time")


async def test_a_guest_code_by_form_shows_how_the_time_is_read_while_it_is_typed(sitting: Sitting) -> None:
    await sitting.type("/guest-code")
    modal = sitting.modal
    await expect(modal.get_by_role("heading", name="Guest code")).to_be_visible()
    await modal.get_by_label("Guest", exact=True).fill("Dana")
    await modal.get_by_label("Doors", exact=True).fill("fro")
    await modal.get_by_role("option", name="Front Door").click()
    await expect(modal.locator(".chips li")).to_have_count(1)
    await modal.get_by_label("When", exact=True).press_sequentially("fri 3pm till mon 11am")
    echo = modal.locator('[data-block="echo"]')
    await expect(echo).to_contain_text(FRIDAY)
    await expect(modal.get_by_label("When", exact=True)).to_have_value("fri 3pm till mon 11am")
    await expect(modal.get_by_label("When", exact=True)).to_be_focused()
    await modal.get_by_role("button", name="Create code").click()
    await expect(modal).to_be_hidden()
    await sitting.go("latchkey")
    await sitting.sees(FRIDAY)


async def test_a_form_with_mistakes_says_them_at_the_field_and_loses_nothing(sitting: Sitting) -> None:
    await sitting.type("/guest-code")
    modal = sitting.modal
    await modal.get_by_role("button", name="Create code").click()
    await expect(modal.locator(".bk-error")).to_have_text(["Please complete this required field."] * 3)
    await expect(modal.get_by_label("Guest", exact=True)).to_be_focused()
    await modal.get_by_label("Guest", exact=True).fill("Dana")
    await modal.get_by_label("Doors", exact=True).click()
    await modal.get_by_role("option", name="Front Door").click()
    await modal.get_by_label("When", exact=True).fill("whenever")
    await modal.get_by_role("button", name="Create code").click()
    await expect(modal.get_by_label("When", exact=True)).to_have_attribute("aria-invalid", "true")
    await expect(modal.get_by_label("Guest", exact=True)).to_have_value("Dana")
    await expect(modal.locator(".chips li")).to_have_count(1)


async def test_the_keypad_takes_a_code_only_in_its_time(sitting: Sitting) -> None:
    pin = await sitting.make_code()
    await expect(await sitting.enter_pin("Front Door", pin)).to_contain_text("its time has not come")
    await sitting.sees_door("Front Door", "Locked")
    await expect(await sitting.enter_pin("Front Door", "9999")).to_contain_text("No code on this lock")
    await sitting.turn("1d")
    await sitting.sees("on the lock, it works now")
    await expect(await sitting.enter_pin("Front Door", pin)).to_contain_text("the door is open")
    await sitting.sees_door("Front Door", "Unlocked")
    await sitting.turn("1d")
    await expect(sitting.messages.filter(has_text="ended; it is off the lock")).not_to_have_count(0)
    await expect(await sitting.enter_pin("Front Door", pin)).to_contain_text("Refused")


async def test_the_next_event_is_the_next_thing_that_can_be_seen(sitting: Sitting) -> None:
    await sitting.make_code()
    await sitting.turn("next")
    await expect(sitting.page.locator("#clock-day")).to_contain_text("Wed 25 Nov")
    await expect(sitting.page.locator("#clock-time")).to_contain_text(re.compile(r"^09:00"))
    await sitting.sees("on the lock, it works now")


async def test_who_must_ask_gets_in_when_ana_approves_and_the_keypad_takes_the_code(sitting: Sitting) -> None:
    await sitting.type("/guest-code Dana at Guest Flat tomorrow 9-5")
    await sitting.press("Create code")
    await sitting.sees("You need an approval for Guest Flat")
    await expect(sitting.page.locator('[data-person="ana"] .unread')).to_contain_text("1")
    await sitting.be("ana")
    await sitting.go("door-requests")
    card = sitting.messages.first
    await expect(card).to_contain_text("@Sam Okafor asks for a guest code for Guest Flat")
    await card.get_by_role("button", name="Approve", exact=True).click()
    await expect(card).to_contain_text("Approved by @Ana Lima")
    await expect(card.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    await sitting.be("sam")
    await sitting.go("latchkey")
    await sitting.turn("10m")
    await expect(sitting.messages.filter(has_text="scheduled")).not_to_have_count(0)
    pin = await sitting.read_pin()
    await expect(await sitting.enter_pin("Guest Flat", pin)).to_contain_text("Refused")
    await sitting.turn("1d")
    await expect(await sitting.enter_pin("Guest Flat", pin)).to_contain_text("the door is open")


async def test_a_request_is_denied_with_a_reason_that_reaches_who_asked(sitting: Sitting) -> None:
    await sitting.type("/unlock Guest Flat")
    await sitting.sees("You need an approval for Guest Flat")
    await sitting.be("ana")
    await sitting.go("door-requests")
    await sitting.messages.first.get_by_role("button", name="Deny").click()
    await sitting.modal.get_by_role("textbox").fill("The flat is being *painted* <b>")
    await sitting.modal.locator("#modal-submit").click()
    await expect(sitting.messages.first).to_contain_text("Denied by @Ana Lima")
    await sitting.be("sam")
    await sitting.go("latchkey")
    await expect(sitting.messages.last).to_contain_text("The flat is being *painted* <b>".replace("*", ""))
    assert sitting.stage.world.seam.door("Guest Flat").locked


async def test_a_guest_of_the_workspace_is_refused(sitting: Sitting) -> None:
    await sitting.be("gus")
    await sitting.type("/unlock Front Door")
    await expect(sitting.messages.last).to_contain_text("Guests of the workspace get in only where a rule names them.")
    await sitting.sees_door("Front Door", "Locked")
    assert sitting.stage.world.seam.door("Front Door").locked


async def test_somebody_from_another_company_has_no_commands_at_all(sitting: Sitting) -> None:
    await sitting.be("eve")
    await sitting.type("/unlock Front Door")
    await expect(sitting.page.get_by_role("alert").first).to_contain_text("Slack offers no slash commands there")
    assert sitting.stage.world.seam.door("Front Door").locked


async def test_what_one_person_is_told_nobody_else_sees(sitting: Sitting) -> None:
    await sitting.type("/unlock front door")
    await sitting.sees("Front Door is unlocked.")
    await sitting.be("mia")
    await sitting.go("general")
    await expect(sitting.messages).to_have_count(0)


async def test_the_composer_completes_commands_and_remembers(sitting: Sitting) -> None:
    await sitting.box.press_sequentially("/gu")
    await expect(sitting.page.get_by_role("option")).to_have_count(1)
    await sitting.box.press("Tab")
    await expect(sitting.box).to_have_value("/guest-code ")
    await sitting.type("/lock garage")
    await sitting.sees("Garage is locked.")
    await sitting.box.press("ArrowUp")
    await expect(sitting.box).to_have_value("/lock garage")


async def test_reset_starts_the_first_day_again(sitting: Sitting) -> None:
    await sitting.type("/unlock front door")
    await sitting.sees_door("Front Door", "Unlocked")
    await sitting.turn("1d")
    await sitting.page.locator("#reset-button").click()
    await sitting.sees_door("Front Door", "Locked")
    await expect(sitting.messages).to_have_count(0)
    await expect(sitting.page.locator("#clock-day")).to_contain_text("Tue 24 Nov 2026")


async def test_the_drawer_shows_a_command_on_its_way_and_the_chain_that_holds(sitting: Sitting) -> None:
    await sitting.page.locator("#drawer-button").click()
    await sitting.type("/unlock front door")
    lanes = sitting.page.locator("#passing li")
    await expect(lanes.filter(has_text="/unlock front door by Sam Okafor")).to_have_count(1)
    await expect(lanes.filter(has_text="POST /locks/unlock_door · Front Door")).to_have_count(1)
    await expect(lanes.filter(has_text="door.unlock outcome ok")).to_have_count(1)
    await expect(sitting.page.locator("#chain li")).not_to_have_count(0)
    await expect(sitting.page.locator("#chain-verdict")).to_contain_text("the chain holds")


async def test_the_tour_can_be_entered_anywhere_done_and_left(sitting: Sitting) -> None:
    await sitting.arrive("#tour=2")
    tour = sitting.page.locator("#tour")
    await expect(tour.get_by_role("heading")).to_contain_text("2 of 6")
    await tour.get_by_role("button", name="Type /unlock Garage for 30 min").click()
    await sitting.sees_door("Garage", "Unlocked")
    await tour.get_by_role("button", name="Turn to the next event").click()
    await expect(tour.locator(".tour-done")).to_have_text("Done")
    await tour.get_by_role("button", name="Next", exact=True).click()
    await expect(tour.get_by_role("heading")).to_contain_text("3 of 6")
    assert sitting.page.url.endswith("#tour=3")
    await tour.get_by_role("button", name="Skip the tour").click()
    await expect(tour).to_be_hidden()
