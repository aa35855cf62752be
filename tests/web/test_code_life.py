"""The life of a guest code on the page: asked for, used, about to end, extended, ended, and then refused."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.sitting import Sitting

pytestmark = pytest.mark.browser


async def test_a_code_is_approved_used_extended_ended_and_then_the_keypad_refuses_it(sitting: Sitting) -> None:
    await sitting.type("/guest-code Dana at Guest Flat tomorrow 9-5")
    await sitting.press("Create code")
    await sitting.sees("You need an approval for Guest Flat")
    await _approve(sitting)
    await sitting.turn("10m")
    pin = await sitting.read_pin()
    await sitting.turn("1d")
    await expect(await sitting.enter_pin("Guest Flat", pin)).to_contain_text("the door is open")

    for _ in range(6):
        await sitting.turn("1h")
    reminder = sitting.messages.filter(has_text="The code of Dana for Guest Flat ends in 1 h")
    await expect(reminder).to_have_count(1)
    await reminder.get_by_role("button", name="to 18:00").click()
    await expect(sitting.messages.filter(has_text="Your request: extend a code")).to_have_count(1)
    await _approve(sitting)
    await expect(sitting.messages.filter(has_text="09:00 to 18:00").filter(has_text="Show code")).not_to_have_count(0)

    await sitting.turn("1h")  # past the old end
    await expect(await sitting.enter_pin("Guest Flat", pin)).to_contain_text("the door is open")
    await sitting.messages.get_by_role("button", name="End now").last.click()
    await sitting.page.locator("dialog.confirm").get_by_role("button", name="End now").click()
    await sitting.turn("10m")
    await expect(sitting.messages.filter(has_text="ended; it is off the lock")).not_to_have_count(0)
    await expect(await sitting.enter_pin("Guest Flat", pin)).to_contain_text("Refused")


async def test_a_code_that_may_end_is_let_end_and_nothing_more_is_said_of_it(sitting: Sitting) -> None:
    await sitting.make_code("Dana at Front Door tomorrow 9-5")
    await sitting.turn("1d")
    for _ in range(6):
        await sitting.turn("1h")
    await sitting.press("Let it end")
    await sitting.turn("1h")
    await sitting.turn("10m")
    await expect(sitting.messages.filter(has_text="ended; it is off the lock")).not_to_have_count(0)
    await expect(sitting.messages.get_by_role("button", name="Extend 1 h")).to_have_count(0)


async def _approve(sitting: Sitting) -> None:
    """Ana approves the newest request; then it is Sam before the page again, in the direct messages."""
    await sitting.be("ana")
    await sitting.go("door-requests")
    await sitting.messages.get_by_role("button", name="Approve", exact=True).last.click()
    await expect(sitting.messages.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    await sitting.be("sam")
    await sitting.go("latchkey")
