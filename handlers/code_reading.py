"""What a typed guest code means: guest, doors and time, read with the person's locale and the door's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import BadField
from bot.domain.model import Person
from bot.domain.when import Kind, Reading, Unclear, read_window
from bot.domain.window import Window
from bot.domain.wishes import CodeWish, read_code_wish
from bot.services import Services
from handlers.views import guest_codes as shown
from handlers.views.times import window as window_words

DEFAULT_LENGTH = timedelta(hours=2)  # "tomorrow at 3pm" names a moment: the product adds this much, and says so


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReading:
    """Reads; changes nothing."""

    services: Services

    async def wish(self, text: str, person: Person) -> CodeWish:
        return read_code_wish(
            text,
            await self.services.doors.all(),
            now=self.services.context.now(),
            fallback_zone=self.fallback_zone(person),
            locale=person.locale,
        )

    async def zone(self, device_ids: tuple[str, ...], person: Person) -> ZoneInfo:
        for device_id in device_ids[:1]:
            door = next((d for d in await self.services.doors.all() if d.device_id == device_id), None)
            if door and door.timezone:
                return door.timezone
        return self.fallback_zone(person)

    def fallback_zone(self, person: Person) -> ZoneInfo:
        return self.services.context.default_timezone or person.timezone or ZoneInfo("UTC")

    def echo(self, text: str, zone: ZoneInfo, person: Person) -> shown.Echo:
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        if isinstance(read, Unclear):
            return shown.Echo(words=f"{read.reason} For example: {read.example}", understood=False)
        readings = self.readings(read)
        if not readings:
            return shown.Echo(words="Until when? Say the end, too: “until Friday 18:00”.", understood=False)
        words = " — or — ".join(window_words(w, zone, person.timezone) for w, _ in readings)
        if len(readings) > 1:
            return shown.Echo(words=f"Two readings: {words}. Please say it more exactly.", understood=False)
        return shown.Echo(words=words, assumptions=readings[0][1])

    def window(self, text: str, zone: ZoneInfo, person: Person) -> Window:
        """The one window that was typed. Raises `BadField` for none, or more than one."""
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        if isinstance(read, Unclear):
            raise BadField("when", f"{read.reason} For example: {read.example}")
        readings = self.readings(read)
        if not readings:
            raise BadField("when", "Until when? Say the end, too, for example “tomorrow 9-5” or “until Friday 18:00”.")
        if len(readings) > 1:
            words = " or ".join(window_words(w, zone) for w, _ in readings)
            raise BadField("when", f"I can read that as {words}. Please say it more exactly.")
        return readings[0][0]

    def readings(self, read: Reading) -> list[tuple[Window, tuple[str, ...]]]:
        """Every sound reading as a window with an end, with its assumptions; a moment gets the default length."""
        found = []
        for reading in (read, *read.alternatives)[:3]:
            if reading.kind is Kind.INSTANT:
                window = Window(starts_at=reading.starts_at, ends_at=reading.starts_at + DEFAULT_LENGTH)
                found.append((window, (*reading.assumptions, "no end was given, so two hours")))
            elif reading.ends_at is not None and reading.window:
                found.append((reading.window, reading.assumptions))
        return found
