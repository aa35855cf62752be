"""With the keyboard, with a screen reader, in the dark, on a phone. axe is the checker that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.web.sitting import WEDNESDAY, Sitting

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / ".counterparts" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run .ci/counterparts.sh")
    return AXE.read_text("utf-8")


async def violations(sitting: Sitting, axe: str) -> list[str]:
    """What axe calls serious or critical, each with the elements it found it at."""
    # Through the debugger's own door: the page's policy lets no foreign script in.
    await sitting.page.evaluate(axe)
    found = await sitting.page.evaluate(RUN)
    return [
        f"{v['id']} ({v['impact']}): {[node['html'][:160] for node in v['nodes']]}"
        for v in found
        if v["impact"] in {"serious", "critical"}
    ]


async def test_axe_finds_nothing_serious_in_the_main_states(sitting: Sitting, axe: str) -> None:
    found: dict[str, list[str]] = {}

    async def check(state: str) -> None:
        for scheme in ("light", "dark"):
            await sitting.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found[f"{state}, {scheme}"] = await violations(sitting, axe)

    await check("first")
    await sitting.arrive("#tour=1")
    await sitting.type("/doors")
    await sitting.sees("Back Door")
    await sitting.switch("offline", "Library")
    await sitting.enter_pin("Front Door", "1234")
    await sitting.page.locator("#drawer-button").click()
    await check("list, tour, panel, drawer")
    await sitting.page.locator("#drawer-x").click()
    await sitting.type("/guest-code")
    await sitting.modal.get_by_role("button", name="Create code").click()
    await expect(sitting.modal.locator(".bk-error")).to_have_count(3)
    await sitting.modal.get_by_label("Doors", exact=True).click()
    await expect(sitting.modal.get_by_role("option")).not_to_have_count(0)
    await check("modal with errors and an open menu")
    await sitting.modal.get_by_role("button", name="Cancel").click()
    await expect(sitting.modal).to_be_hidden()
    await sitting.box.press_sequentially("/")
    await expect(sitting.page.locator("#completions li")).not_to_have_count(0)
    await check("completion")
    assert {state: words for state, words in found.items() if words} == {}


async def test_axe_finds_nothing_serious_on_a_phone(sitting: Sitting, axe: str) -> None:
    await sitting.page.set_viewport_size({"width": 390, "height": 844})
    found = {}
    for pane in ("people", "slack", "building"):
        await sitting.page.locator(f"#tab-{pane}").click()
        found[pane] = await violations(sitting, axe)
    assert {pane: words for pane, words in found.items() if words} == {}


async def test_a_code_can_be_made_with_the_keyboard_alone(sitting: Sitting) -> None:
    keyboard = sitting.page.keyboard
    await sitting.box.focus()
    await keyboard.type("/guest-code")
    await keyboard.press("Enter")
    await expect(sitting.modal.get_by_label("Guest", exact=True)).to_be_focused()
    await keyboard.type("Dana")
    await keyboard.press("Tab")
    await expect(sitting.modal.get_by_label("Doors", exact=True)).to_be_focused()
    await keyboard.type("front")
    await expect(sitting.modal.get_by_role("option")).to_have_count(1)
    await keyboard.press("Enter")
    await expect(sitting.modal.locator(".chips li")).to_have_count(1)
    await keyboard.press("Escape")  # closes the menu, not the form
    await expect(sitting.modal).to_be_visible()
    await sitting.modal.get_by_label("When", exact=True).focus()
    await keyboard.type("tomorrow 9-5")
    await keyboard.press("Enter")
    await expect(sitting.modal).to_be_hidden()
    await expect(sitting.box).to_be_focused()
    await sitting.go("latchkey")
    await sitting.sees(WEDNESDAY)


async def test_what_a_modal_covers_is_out_of_reach_and_the_doors_are_not(sitting: Sitting) -> None:
    await sitting.type("/guest-code")
    await expect(sitting.modal).to_be_visible()
    assert await sitting.page.locator(".talk-inner").evaluate("node => node.inert")
    await expect(await sitting.enter_pin("Front Door", "1234")).to_contain_text("Refused")
    await sitting.modal.get_by_label("Guest", exact=True).press("Escape")
    await expect(sitting.modal).to_be_hidden()
    assert not await sitting.page.locator(".talk-inner").evaluate("node => node.inert")


async def test_the_colours_can_be_chosen_and_are_kept(sitting: Sitting) -> None:
    button = sitting.page.locator("#theme-button")
    await button.click()
    await button.click()
    await expect(button).to_have_attribute("aria-label", "Colours: dark")
    await sitting.arrive()
    await expect(sitting.page.locator("html")).to_have_attribute("data-theme", "dark")


OUTSIDE = """() => [...document.querySelectorAll("body *")].filter((node) => {
  const box = node.getBoundingClientRect();
  return box.width && !node.closest(".sr, .skip, .product") && box.right > innerWidth + 1;
}).map((node) => node.outerHTML.slice(0, 120))"""


async def test_nothing_hangs_out_of_the_page_at_any_width(sitting: Sitting) -> None:
    await sitting.arrive("#tour=3")
    await sitting.type("/guest-code Dana (plumber) at Front Door tomorrow 9-5")
    await sitting.sees("Is this the code you want?")
    await sitting.open_panel("Garage")
    found = {}
    for width in (360, 390, 768, 1024, 1280, 1440):
        await sitting.page.set_viewport_size({"width": width, "height": 800})
        for pane in ("people", "slack", "building"):
            tab = sitting.page.locator(f"#tab-{pane}")
            if await tab.is_visible():
                await tab.click()
            found[width, pane] = await sitting.page.evaluate(OUTSIDE)
    assert {where: nodes for where, nodes in found.items() if nodes} == {}
