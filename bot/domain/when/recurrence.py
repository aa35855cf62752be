"""A stretch of time that repeats on weekdays, for vendor passes, and the windows it yields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.when.localtime import at
from bot.domain.window import Window

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Weekdays (0 is Monday) with one stretch of wall time each, from `first` to `last`, both included.

    `start_minute` and `end_minute` count from the day's midnight on the wall clock of `tz`; an end above 1440
    is on the next day. `last=None` has no end. `every_weeks` is 2 for every other week, counted from `first`.
    """

    weekdays: tuple[int, ...]
    start_minute: int
    end_minute: int
    first: date
    last: date | None
    tz: ZoneInfo
    every_weeks: int = 1
    skipped: frozenset[date] = frozenset()
    assumptions: tuple[str, ...] = ()

    def windows(self, *, after: datetime, before: datetime | None = None) -> Iterator[Window]:
        """The windows that end after `after` and start before `before` (aware, or None for no bound), in
        order.

        Times are wall times of each day, so a pass from 8 to 11 stays 8 to 11 over a clock change; a
        window that
        a clock change swallows whole is left out. Without `last` and `before` it never ends: take what you
        need.
        """
        day = max(self.first, after.astimezone(self.tz).date() - _DAY)
        monday = self.first - timedelta(days=self.first.weekday())
        while self.last is None or day <= self.last:
            weeks = (day - monday).days // 7
            if day.weekday() in self.weekdays and weeks % self.every_weeks == 0 and day not in self.skipped:
                start, end = at(day, self.start_minute, self.tz), at(day, self.end_minute, self.tz)
                if before is not None and start.astimezone(UTC) >= before:
                    return
                if end.astimezone(UTC) > start.astimezone(UTC) and end.astimezone(UTC) > after:
                    yield Window(starts_at=start, ends_at=end)
            if day.year >= 9990:
                return
            day += _DAY
