"""Wall time and instants, right across clock changes (rules S4, S8, S14)."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Only a name here, so that importing a recurrence does not import the grammar.
    from bot.domain.when.pieces import Length


def at(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The instant of `minutes` after midnight on the wall clock of `day` in `zone`.

    24 * 60 is the next midnight. A time that the clocks skip moves forward by the skip; of a time that
    happens twice the first is taken (S14).
    """
    extra, rest = divmod(minutes, 24 * 60)
    wall = datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=zone) + timedelta(days=extra)
    # Through UTC and back: a wall time in a gap comes out moved, every other time unchanged.
    return wall.astimezone(UTC).astimezone(zone)


def day_start(day: date, zone: tzinfo) -> datetime:
    """The first instant of `day` in `zone`: midnight, or the end of the gap where a clock change skips
    midnight.
    """
    start = at(day, 0, zone)
    if start.date() < day:
        return at(day, 60, zone)
    return start


def add(moment: datetime, length: Length, zone: tzinfo) -> datetime:
    """`moment` plus `length`: days, weeks and months on the wall clock of `zone`, hours and minutes
    elapsed (S8).
    """
    local = moment.astimezone(zone)
    months, days = length.months, length.days + length.nights
    if months or days or length.workdays:
        day = add_months(local.date(), months) + timedelta(days=days)
        for _ in range(length.workdays):
            day += timedelta(days=1)
            while day.weekday() >= 5:
                day += timedelta(days=1)
        wall = local.hour * 60 + local.minute
        moved = at(day, wall, zone)
        # Without a change of the wall clock the second of two equal times stays the second.
        local = (
            moved.replace(fold=local.fold) if moved.replace(fold=local.fold).utcoffset() == local.utcoffset() else moved
        )
    return (local.astimezone(UTC) + timedelta(minutes=length.minutes)).astimezone(zone)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the month's last day where it is shorter."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Time that passes from start to end, not the difference of the wall clocks."""
    return end.astimezone(UTC) - start.astimezone(UTC)
