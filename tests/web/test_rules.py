"""The rules, set on the page by an admin, and felt by who they are about."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.web.sitting import Sitting

pytestmark = pytest.mark.browser


async def home_of(sitting: Sitting, person: str) -> Locator:
    await sitting.be(person)
    await sitting.go("home")
    home = sitting.page.locator("#home")
    await expect(home).to_be_visible()
    return home


async def choose_door(sitting: Sitting, name: str) -> None:
    await sitting.modal.get_by_label("Doors, groups, sites").fill(name[:4])
    await sitting.modal.get_by_role("option", name=name).click()


async def test_a_rule_made_in_the_home_refuses_from_then_on_and_its_form_shows_what_belongs_to_the_outcome(
    sitting: Sitting,
) -> None:
    home = await home_of(sitting, "mia")
    await home.get_by_role("button", name="Add a rule").click()
    modal = sitting.modal
    await expect(modal.get_by_role("heading", name="New rule")).to_be_visible()
    await expect(modal.get_by_label("How many must approve")).to_be_visible()
    await modal.get_by_label("Name", exact=True).fill("The garage is <b>closed</b> & shut")
    await modal.get_by_label("Refuse").check()
    await expect(modal.get_by_label("How many must approve")).to_have_count(0)
    await expect(modal.get_by_label("Name", exact=True)).to_have_value("The garage is <b>closed</b> & shut")
    await choose_door(sitting, "Garage")
    await modal.get_by_label("Unlock", exact=True).check()
    await modal.get_by_label("Everyone in this workspace").check()
    await modal.get_by_role("button", name="Preview").click()
    await expect(modal.get_by_role("heading", name="Preview")).to_be_visible()
    await expect(modal).to_contain_text("The garage is <b>closed</b> & shut")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.get_by_role("heading", name="Saved")).to_be_visible()
    await modal.get_by_role("button", name="Close", exact=True).click()
    await expect(modal).to_be_hidden()
    await expect(home).to_contain_text("The garage is <b>closed</b> & shut")

    await sitting.be("sam")
    await sitting.go("general")
    await sitting.type("/unlock Garage")
    await sitting.sees("The garage is <b>closed</b> & shut")
    assert sitting.stage.world.seam.door("Garage").locked


async def test_a_mistake_in_a_rule_is_said_at_its_field_and_the_rarer_settings_open(sitting: Sitting) -> None:
    home = await home_of(sitting, "mia")
    await home.get_by_role("button", name="Add a rule").click()
    modal = sitting.modal
    await modal.get_by_label("Name", exact=True).fill("Nights")
    await choose_door(sitting, "Garage")
    await modal.get_by_label("Unlock", exact=True).check()
    await modal.get_by_label("Everyone in this workspace").check()
    await modal.get_by_label("On which days and hours").fill("whenever")
    await modal.get_by_role("button", name="More settings").click()
    await expect(modal.get_by_label("Remind the host before the end")).to_be_visible()
    await modal.get_by_role("button", name="Preview").click()
    await expect(modal.locator(".bk-error")).not_to_have_count(0)
    await expect(modal.get_by_label("On which days and hours")).to_have_value("whenever")


async def test_who_is_no_admin_sees_no_rules_in_their_home(sitting: Sitting) -> None:
    home = await home_of(sitting, "sam")
    await expect(home).to_contain_text("Front Door")
    await expect(home.get_by_role("button", name="Add a rule")).to_have_count(0)
