"""Moments and windows in words: in the door's zone, and in the reader's where it differs."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.window import Window

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(moment: datetime, zone: ZoneInfo) -> str:
    """`Wed 25 Nov 2026`."""
    local = moment.astimezone(zone)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """`09:00`, in 24 hours: nobody mistakes it."""
    return moment.astimezone(zone).strftime("%H:%M")


def window(span: Window, zone: ZoneInfo, reader: ZoneInfo | None = None) -> str:
    """`Wed 25 Nov 2026, 09:00 to 17:00, Berlin time (8 h)`, and the reader's own hours if their zone differs."""
    words = f"{_span(span, zone)}, {place(zone)} time"
    if span.length is not None:
        words += f" ({length(span.length)})"
    if reader and _span(span, reader) != _span(span, zone):
        words += f" · for you {_span(span, reader)}"
    return words


def short(span: Window, zone: ZoneInfo) -> str:
    """`25 Nov 09:00 to 17:00`, to tell windows apart on a button, which shows about 30 characters."""

    def when(moment: datetime) -> str:
        local = moment.astimezone(zone)
        return f"{local.day} {MONTHS[local.month - 1]} {clock(moment, zone)}"

    if span.ends_at is None:
        return f"from {when(span.starts_at)}"
    if day(span.starts_at, zone) == day(span.ends_at, zone):
        return f"{when(span.starts_at)} to {clock(span.ends_at, zone)}"
    return f"{when(span.starts_at)} to {when(span.ends_at)}"


def length(elapsed: timedelta) -> str:
    """`8 h`, `45 min`, `2 days`, `1 day 3 h`."""
    minutes = round(elapsed.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, mins = divmod(rest, 60)
    parts = [
        f"{days} day{'s' if days != 1 else ''}" if days else "",
        f"{hours} h" if hours else "",
        f"{mins} min" if mins else "",
    ]
    return " ".join(p for p in parts if p) or "0 min"


def place(zone: ZoneInfo) -> str:
    """`Berlin` for Europe/Berlin, `UTC` for UTC."""
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


def _span(span: Window, zone: ZoneInfo) -> str:
    start = f"{day(span.starts_at, zone)}, {clock(span.starts_at, zone)}"
    if span.ends_at is None:
        return f"from {start}, without end"
    if day(span.starts_at, zone) == day(span.ends_at, zone):
        return f"{start} to {clock(span.ends_at, zone)}"
    return f"{start} to {day(span.ends_at, zone)}, {clock(span.ends_at, zone)}"
