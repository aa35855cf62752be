"""Each switch that makes something fail, and what a person is told then."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.sitting import Sitting

pytestmark = pytest.mark.browser


async def test_offline_the_bot_says_so_and_the_door_stays_shut(sitting: Sitting) -> None:
    await sitting.switch("offline", "Library")
    await sitting.sees_door("Library", "offline")
    await sitting.type("/unlock Library")
    await expect(sitting.messages.last).to_contain_text("Library")
    assert sitting.stage.world.seam.door("Library").locked
    await sitting.switch("offline", "Library")
    await sitting.type("/unlock Library")
    await sitting.sees_door("Library", "Unlocked")


async def test_a_slow_door_is_waited_for_and_the_person_is_told(sitting: Sitting) -> None:
    await sitting.switch("slow", "Back Door")
    await sitting.type("/unlock Back Door")
    await sitting.sees("Still waiting for Back Door to answer.")
    await sitting.turn("10m")
    await sitting.sees("Back Door is unlocked.")


async def test_without_remote_unlock_the_door_is_not_opened_from_afar(sitting: Sitting) -> None:
    await sitting.switch("remote_unlock_off", "Front Door")
    await sitting.type("/unlock Front Door")
    await expect(sitting.messages.last).to_contain_text("Front Door")
    assert sitting.stage.world.seam.door("Front Door").locked


async def test_with_seam_down_nothing_is_promised(sitting: Sitting) -> None:
    await sitting.switch("seam_down")
    await sitting.type("/unlock Front Door")
    await expect(sitting.messages.last).to_contain_text("Only visible to you")
    assert sitting.stage.world.seam.door("Front Door").locked
    await sitting.switch("seam_down")
    await sitting.type("/unlock Front Door")
    await sitting.sees_door("Front Door", "Unlocked")


async def test_with_slack_down_what_was_done_is_told_when_it_is_back(sitting: Sitting) -> None:
    await sitting.type("/lock Front Door")  # so that the bot knows Sam for the next minute
    await sitting.sees("Front Door is locked.")
    await sitting.switch("slack_down")
    await sitting.type("/unlock Front Door")
    await sitting.sees_door("Front Door", "Unlocked")
    await sitting.switch("slack_down")
    await sitting.turn("10m")
    await sitting.go("latchkey")
    await sitting.sees("Front Door is unlocked.")
