"""Somebody before the page: what they do with mouse and keys, and what they see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.async_api import ConsoleMessage, Locator, Page, Request, expect

from bot.sandbox.web.stage import Stage

WAIT_MS = 15_000  # what is there at once on a free machine may take this long on a crowded one
# The two days that the stories are about, however the bot writes a date.
WEDNESDAY = re.compile(r"25 Nov|November 25")
FRIDAY = re.compile(r"(27 Nov|November 27).*(30 Nov|November 30)")


@dataclass(slots=True, kw_only=True)
class Sitting:
    """`requests`: every address that the page asked for. `complaints`: errors of scripts and of the security policy."""

    page: Page
    stage: Stage
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        def asked(request: Request) -> None:
            self.requests.append(request.url)

        def said(message: ConsoleMessage) -> None:
            # A refused act answers 409, and the browser notes that by itself.
            if message.type in {"error", "warning"} and "409" not in message.text:
                self.complaints.append(message.text)

        self.page.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        self.page.on("request", asked)
        self.page.on("console", said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def arrive(self, hash_: str = "") -> None:
        await self.page.goto(f"{self.address}/{hash_}")
        await expect(self.page.locator(".door-row")).to_have_count(9)

    # -- Slack

    @property
    def box(self) -> Locator:
        return self.page.locator("#composer-box")

    @property
    def modal(self) -> Locator:
        return self.page.locator("#modal")

    @property
    def messages(self) -> Locator:
        return self.page.locator("#log .message")

    async def be(self, handle: str) -> None:
        await self.page.locator(f'[data-person="{handle}"]').click()
        await expect(self.page.locator(f'[data-person="{handle}"]')).to_have_attribute("aria-current", "true")
        user = self.stage.world.slack.user(handle)
        await expect(self.page.locator(f'[data-place="D{user.id[1:]}"]')).to_be_visible()

    async def go(self, place: str) -> None:
        """A channel by name, or "latchkey" for the direct messages."""
        await self.page.locator(".places button", has_text=re.compile(re.escape(place), re.IGNORECASE)).click()

    async def type(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def sees(self, text: str | re.Pattern[str]) -> None:
        """The newest message says this."""
        await expect(self.messages.last).to_contain_text(text)

    async def press(self, name: str) -> None:
        await self.messages.get_by_role("button", name=name).last.click()

    # -- the building

    def door(self, name: str) -> Locator:
        return self.page.locator("#doors > li", has=self.page.locator(".door-name", has_text=name))

    async def sees_door(self, name: str, words: str) -> None:
        await expect(self.door(name).locator(".door-facts")).to_contain_text(words)

    async def open_panel(self, name: str) -> Locator:
        panel = self.door(name).locator(".door-panel")
        if await panel.count() == 0:
            await self.door(name).locator(".door-row").click()
        await expect(panel).to_be_visible()
        return panel

    async def enter_pin(self, door: str, pin: str) -> Locator:
        """Type a PIN at the door's keypad; what the keypad says."""
        panel = await self.open_panel(door)
        for digit in pin:
            await panel.locator(".pad").get_by_role("button", name=digit, exact=True).click()
        await panel.get_by_role("button", name="Enter the code").click()
        return panel.locator(".pad-answer")

    async def turn(self, button: str) -> None:
        await self.page.locator(f"#turn-{button}").click()
        await expect(self.page.locator("#clock[aria-busy]")).to_have_count(0)

    async def switch(self, kind: str, door: str | None = None) -> None:
        place = await self.open_panel(door) if door else self.page.locator("#weather")
        switch = place.locator(f'[data-fault="{kind}"]')
        before = await switch.get_attribute("aria-checked")
        await switch.click()
        place = self.door(door) if door else place
        await expect(place.locator(f'[data-fault="{kind}"]')).to_have_attribute(
            "aria-checked", "false" if before == "true" else "true"
        )

    # -- longer ways

    async def make_code(self, request: str = "Dana (plumber) at Front Door tomorrow 9-5") -> str:
        """A code by text, up to its PIN, which is read from the modal that shows it."""
        await self.type(f"/guest-code {request}")
        await self.press("Create code")
        await self.go("latchkey")
        await self.sees("the lock does not have it yet")
        await self.turn("10m")
        await self.sees("scheduled")
        return await self.read_pin()

    async def read_pin(self) -> str:
        await self.press("Show code")
        header = self.modal.locator(".bk-header")
        await expect(header).to_have_text(re.compile(r"^\d{4,8}$"))
        pin = await header.inner_text()
        await self.modal.get_by_role("button", name="Close", exact=True).click()
        await expect(self.modal).to_be_hidden()
        return pin
