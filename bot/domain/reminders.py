"""When a host is reminded that a code ends: on the door's clock, not at night, and on Friday before a weekend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.window import Window

USUAL_LEADS = (timedelta(days=1), timedelta(hours=1))  # where the rule says nothing
NIGHT_FROM, NIGHT_TO = 22, 7  # o'clock at the door
EVENING, FRIDAY_AT = time(20), time(16)
LONG_LEAD = timedelta(hours=12)  # from here on it is a matter of days, and of working days
FRIDAY, SATURDAY = 4, 5


def reminder_times(window: Window, leads: Sequence[timedelta], zone: ZoneInfo) -> list[tuple[timedelta, datetime]]:
    """(lead, moment) of each reminder, earliest first; aware, in the door's zone. None for a code that is no longer
    than the lead, none before it starts, and never two at one moment."""
    found: dict[datetime, timedelta] = {}
    if window.ends_at is None or window.length is None:
        return []
    for lead in sorted(leads, reverse=True):
        if lead >= window.length:
            continue
        at = _by_day((window.ends_at - lead).astimezone(zone), lead)
        if at > window.starts_at:
            found.setdefault(at, lead)
    return sorted((lead, at) for at, lead in found.items())[::-1]


def _by_day(at: datetime, lead: timedelta) -> datetime:
    if lead >= LONG_LEAD and at.weekday() >= SATURDAY:
        friday = at.date() - timedelta(days=at.weekday() - FRIDAY)
        return datetime.combine(friday, FRIDAY_AT, at.tzinfo)
    if at.hour < NIGHT_TO:
        return datetime.combine(at.date() - timedelta(days=1), EVENING, at.tzinfo)
    if at.hour >= NIGHT_FROM:
        return datetime.combine(at.date(), EVENING, at.tzinfo)
    return at
