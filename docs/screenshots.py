"""Take the pictures of docs/images: `make pictures`. Whoever changes the page takes them anew and looks at them."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.async_api import Browser, async_playwright, expect

from bot.sandbox.web.manifest import read_manifest
from tests.counterparts import local_slack
from tests.web.beside import main_messages, open_local_slack, open_ours, picture, post_all
from tests.web.conftest import ARGUMENTS, CHROMIUM, Theatre
from tests.web.sitting import FRIDAY, Sitting

IMAGES = Path(__file__).parent / "images"
MOST_BYTES = 300_000
WIDE, PHONE = (1280, 800), (390, 844)

Scene = Callable[[Sitting], Awaitable[None]]


async def playing(someone: Sitting) -> None:
    """A code that works now, and the door that it has opened."""
    await someone.type("/unlock Garage for 30 min")
    await someone.sees("I will lock it again at")
    pin = await someone.make_code()
    await someone.turn("1d")
    await expect(someone.messages.filter(has_text="it works now")).to_have_count(1)
    await expect(await someone.enter_pin("Front Door", pin)).to_contain_text("open")
    await someone.page.locator(".house").evaluate("node => node.scrollTop = 0")


async def form(someone: Sitting) -> None:
    """The form with its live reading of the time."""
    await someone.type("/unlock front door")
    await someone.sees("is unlocked")
    await someone.type("/guest-code")
    modal = someone.modal
    await modal.get_by_label("Guest", exact=True).fill("Dana (plumber)")
    await modal.get_by_label("Doors", exact=True).fill("front")
    await modal.get_by_role("option", name="Front Door").click()
    await modal.get_by_label("When", exact=True).press_sequentially("fri 3pm till mon 11am")
    await expect(modal.locator('[data-block="echo"]')).to_contain_text(FRIDAY)
    await expect(modal.get_by_role("option")).to_have_count(0)


async def drawer(someone: Sitting) -> None:
    """What passes when the library's lock is out of reach."""
    await someone.arrive("#tour=6")
    await someone.type("/unlock front door")
    await someone.sees("Front Door is unlocked.")
    await someone.switch("offline", "Library")
    await someone.type("/unlock Library")
    await expect(someone.messages).to_have_count(2)
    await someone.page.locator("#drawer-button").click()
    await expect(someone.page.locator("#passing li").filter(has_text="door.unlock outcome")).to_have_count(2)


async def approval(someone: Sitting) -> None:
    """A request as Ana has it before her."""
    await someone.type("/guest-code Dana (plumber) at Guest Flat tomorrow 9-5")
    await someone.press("Create code")
    await someone.sees("You need an approval")
    await someone.be("ana")
    await someone.go("door-requests")
    await someone.sees("asks for a guest code")


async def reminder(someone: Sitting) -> None:
    """An hour before a code ends, and the card of the code."""
    await someone.make_code()
    await someone.turn("1d")
    for _ in range(6):
        await someone.turn("1h")
    await someone.sees("ends in 1 h")


async def home(someone: Sitting) -> None:
    """The app's Home, as an admin has it."""
    await someone.be("mia")
    await someone.page.locator('[data-place="home"]').click()
    await expect(someone.page.locator("#home > div")).not_to_have_count(0)


async def doors(someone: Sitting) -> None:
    """The list of doors."""
    await someone.type("/doors")
    await someone.sees("Garden Gate")
    await someone.page.locator("#log").evaluate("node => node.scrollTop = 0")


async def phone_building(someone: Sitting) -> None:
    await someone.page.locator("#tab-building").click()
    await someone.open_panel("Garage")
    await someone.page.locator(".house").evaluate("node => node.scrollTop = 0")


async def phone_people(someone: Sitting) -> None:
    await someone.page.locator("#tab-people").click()


async def phone_tour(someone: Sitting) -> None:
    await someone.arrive("#tour=3")
    await someone.type("/guest-code Dana (plumber) at Front Door tomorrow 9-5")
    await someone.sees("Is this the code you want?")


PICTURES: list[tuple[str, Scene, tuple[int, int], str]] = [
    ("demo", playing, WIDE, "light"),
    ("demo-dark", playing, WIDE, "dark"),
    ("form", form, WIDE, "light"),
    ("form-dark", form, WIDE, "dark"),
    ("how-it-works", drawer, WIDE, "light"),
    ("how-it-works-dark", drawer, WIDE, "dark"),
    ("approval", approval, WIDE, "light"),
    ("reminder", reminder, WIDE, "light"),
    ("doors", doors, WIDE, "dark"),
    ("home", home, WIDE, "light"),
    ("phone-slack", phone_tour, PHONE, "light"),
    ("phone-form", form, PHONE, "dark"),
    ("phone-building", phone_building, PHONE, "light"),
    ("phone-people", phone_people, PHONE, "dark"),
]


async def take(browser: Browser, theatre: Theatre, name: str, scene: Scene, size: tuple[int, int], scheme: str) -> None:
    stage, address, end = await theatre.play(read_manifest())
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    someone = Sitting(page=await context.new_page(), stage=stage, address=address)
    someone.listen()
    await someone.arrive()
    await scene(someone)
    await someone.page.evaluate("document.activeElement?.blur()")
    path = IMAGES / f"{name}.png"
    await someone.page.screenshot(path=path)
    await context.close()
    end()
    size_now = path.stat().st_size
    print(f"{path.relative_to(IMAGES.parent.parent)}: {size_now // 1000} kB")
    assert size_now < MOST_BYTES, f"{name}.png is larger than a page of documentation should load"


async def beside(browser: Browser, theatre: Theatre) -> None:
    """The six main messages here and in local-slack, for eyes; `tests/web/test_beside_local_slack.py` reads them."""
    stage, address, end = await theatre.play(read_manifest())
    context = await browser.new_context(viewport={"width": 1280, "height": 2200}, reduced_motion="reduce")
    someone = Sitting(page=await context.new_page(), stage=stage, address=address)
    someone.listen()
    await someone.arrive()
    with tempfile.TemporaryDirectory() as folder, local_slack(Path(folder)) as theirs_at:
        messages = await main_messages(someone)
        await post_all(theirs_at, messages)
        theirs = await open_local_slack(browser, theirs_at, len(messages))
        await open_ours(someone, messages)
        (IMAGES / "beside-local-slack.png").write_bytes(await picture(browser, someone, theirs, messages))
        await theirs.close()
    await context.close()
    end()


async def main() -> None:
    wanted = sys.argv[1:]
    IMAGES.mkdir(exist_ok=True)
    theatre = Theatre()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, scene, size, scheme in PICTURES:
            if not wanted or name in wanted:
                await take(browser, theatre, name, scene, size, scheme)
        if not wanted or "beside-local-slack" in wanted:
            await beside(browser, theatre)
        await browser.close()
    await theatre.close()


if __name__ == "__main__":
    asyncio.run(main())
