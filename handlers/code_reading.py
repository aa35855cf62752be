"""What a typed guest code means: guest, doors and time, read with the person's locale and the door's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain import when
from bot.domain.errors import BadField
from bot.domain.model import Person
from bot.domain.when import Kind, Reading, Unclear, read_window
from bot.domain.window import Window
from bot.domain.wishes import CodeWish, read_code_wish
from bot.services import Services
from handlers.ids import VALUE, ActionId, Field
from handlers.json_types import mapping_at, text_at
from handlers.payloads import typed
from handlers.views import code_form as shown

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

    def said(self, window: Window, zone: ZoneInfo, person: Person) -> str:
        """The window as it is read back: in the door's zone and the reader's language, with the length, and the
        reader's own time where it differs."""
        return when.echo(
            window.starts_at,
            window.ends_at,
            tz=zone,
            lang=person.locale.split("-")[0],
            locale=person.locale,
            reader_tz=person.timezone,
        )

    def echo(self, text: str, zone: ZoneInfo, person: Person) -> shown.Echo:
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        if isinstance(read, Unclear):
            return shown.Echo(words=f"{read.reason} For example: {read.example}", understood=False)
        readings = self.readings(read)
        if not readings:
            return shown.Echo(words="Until when? Say the end, too: “until Friday 18:00”.", understood=False)
        words = " — or — ".join(self.said(w, zone, person) for w, _ in readings)
        if len(readings) > 1:
            return shown.Echo(words=f"Two readings: {words}. Please say it more exactly.", understood=False)
        return shown.Echo(words=words, assumptions=readings[0][1])

    def one_window(self, text: str, zone: ZoneInfo, person: Person) -> Window | None:
        """The one window that the text means, for a preview; None for none, or several."""
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        found = self.readings(read) if isinstance(read, Reading) else []
        return found[0][0] if len(found) == 1 else None

    def is_picking(self, view: Mapping[str, object]) -> bool:
        """Whether the form on the screen has pickers instead of the text field."""
        return Field.START_DATE in mapping_at(view, "state", "values")

    def picked(self, view: Mapping[str, object], zone: ZoneInfo, person: Person) -> shown.Picked:
        """The pickers' values; where the form still has the text, what the text means."""
        if not self.is_picking(view):
            text = typed(view, Field.WHEN, ActionId.CODE_WHEN)
            read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
            found = self.readings(read) if isinstance(read, Reading) else []
            if len(found) != 1 or found[0][0].ends_at is None:
                return shown.Picked(zone=zone)
            start, end = found[0][0].starts_at.astimezone(zone), found[0][0].ends_at.astimezone(zone)
            return shown.Picked(
                zone=zone,
                start_date=start.date().isoformat(),
                start_time=f"{start:%H:%M}",
                end_date=end.date().isoformat(),
                end_time=f"{end:%H:%M}",
            )

        def value(field: Field, key: str) -> str:
            return text_at(view, "state", "values", field, VALUE, key)

        return shown.Picked(
            zone=zone,
            start_date=value(Field.START_DATE, "selected_date"),
            start_time=value(Field.START_TIME, "selected_time"),
            end_date=value(Field.END_DATE, "selected_date"),
            end_time=value(Field.END_TIME, "selected_time"),
        )

    def as_text(self, picked: shown.Picked) -> str:
        """What the pickers say, as somebody would type it; "" while one of them is empty."""
        parts = (picked.start_date, picked.start_time, picked.end_date, picked.end_time)
        return "{} {} to {} {}".format(*parts) if all(parts) else ""

    def form_window(self, view: Mapping[str, object], zone: ZoneInfo, person: Person) -> tuple[Window, str]:
        """The window that a filled form says, by text or by pickers, and the text ("" for pickers). Raises `BadField`
        at the field that cannot be taken."""
        if not self.is_picking(view):
            text = typed(view, Field.WHEN, ActionId.CODE_WHEN)
            return self.window(text, zone, person), text
        picked = self.picked(view, zone, person)
        start = _moment(picked.start_date, picked.start_time, zone, Field.START_TIME)
        end = _moment(picked.end_date, picked.end_time, zone, Field.END_TIME)
        if end <= start:
            raise BadField(Field.END_DATE, "The end is not after the start. Choose a later end.")
        if end <= self.services.context.now():
            raise BadField(Field.END_DATE, "That time is already over. Choose one that is still to come.")
        return Window(starts_at=start, ends_at=end), ""

    def window(self, text: str, zone: ZoneInfo, person: Person) -> Window:
        """The one window that was typed. Raises `BadField` for none, or more than one."""
        read = read_window(text, now=self.services.context.now(), tz=zone, locale=person.locale)
        if isinstance(read, Unclear):
            raise BadField("when", f"{read.reason} For example: {read.example}")
        readings = self.readings(read)
        if not readings:
            raise BadField("when", "Until when? Say the end, too, for example “tomorrow 9-5” or “until Friday 18:00”.")
        if len(readings) > 1:
            words = " or ".join(self.said(w, zone, person) for w, _ in readings)
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


def _moment(date: str, time: str, zone: ZoneInfo, field: Field) -> datetime:
    """A picked date and time at the door. A time that a clock change leaves out, or has twice, is asked for again:
    an hour at a door is not to be guessed (reliability.md F34)."""
    try:
        naive = datetime.fromisoformat(f"{date}T{time}")
    except ValueError:
        raise BadField(field, "Choose a date and a time.") from None
    first, second = naive.replace(tzinfo=zone), naive.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        gone = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive
        why = "does not exist" if gone else "comes twice"
        raise BadField(field, f"That time {why} on this day, because the clocks change. Choose another.")
    return first
