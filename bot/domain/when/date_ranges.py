"""From one date to another, each with or without its time (rule S4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.when import hours
from bot.domain.when.days import Span, fixed, spans
from bot.domain.when.lasting import Lasting
from bot.domain.when.pieces import Contradiction, Date, Impossible, Joint
from bot.domain.when.reading import Code, Kind
from bot.domain.when.settling import Rejected

# A range whose first date has no year, and whose last has, is shorter than this many days.
_LONG = 330


def _take(found: Iterator[Span], count: int) -> Iterator[Span]:
    for _, span in zip(range(count), found, strict=False):
        yield span


def _fill(when: Date, other: Date) -> Date:
    """What a date leaves out and its partner says: "10 - 22 August 2012", "July 13-15", "this week from
    Tue to Thur".
    """
    if when.offset is not None:
        return replace(when, month=when.month or (other.month if when.day else None)) if when.day else when
    year, month, months, week = when.year, when.month, when.months, when.week
    if when.day is not None and month is None and months is None:
        month, months = other.month, other.months
        if other.offset is None and other.month is not None:
            year = year or other.year
    elif month is not None and year is None:
        year = other.year
    if when.weekday is not None and when.day is None and week is None and when.nth is None:
        week = other.week
    return replace(when, year=year, month=month, months=months, week=week)


@dataclass(slots=True)
class DateRanges(Lasting):
    """Resolves ranges with a date on both sides."""

    def _two_days(self, first: Date, last: Date) -> tuple[datetime, datetime | None, Kind]:
        """From one date to another, each with or without its time; missing parts come from the other side."""
        filled_first, filled_last = _fill(first, last), _fill(last, first)
        if last.day is not None and last.month is None and last.year is None and last.day < (first.day or 0):
            # "Nov 30th through the 2nd" ends in the next month.
            filled_last = last
        frame = self.frame
        inclusive = frame.link is not Joint.BEFORE
        clock, part = next(iter(frame.start.clocks), None), self._part(frame.start)
        zone = self._zone_of(frame.start.zone) or self._zone_of(frame.end.zone)
        backwards = False
        dated = first.month is not None and first.year is None and last.year is not None
        for begin, _ in self._starts(filled_first, first, last):
            if clock is not None:
                start = self._at(
                    begin, self._night(hours.by_rule(clock, part, self.lex.twelve_hour), part, first), zone
                )
            elif part is not None:
                start = self._at(begin, self.lex.part_minutes[part][0])
            else:
                start = self._start_of(begin)
            end = self._end_after(filled_last, begin, start, inclusive=inclusive)
            if end is None or (dated and (end - start).days > _LONG):
                # "Dec 26 to Dec 24 2026" is a slip, and not a window of a year less two days.
                backwards = True
                continue
            if self._fits(start, end):
                self._day_note(first, begin)
                return start, end, Kind.WINDOW
        if backwards:
            raise Rejected(Code.BACKWARDS)
        raise Rejected(Code.NOT_OVER if self.past else Code.OVER)

    def _starts(self, filled: Date, first: Date, last: Date) -> Iterator[Span]:
        """The possible first days; a start without a year before an end with one is in that year or the
        one before.
        """
        if filled.year is not None and first.year is None and filled.month is not None and first.offset is None:
            days: list[Span] = []
            for year in (filled.year, filled.year - 1):
                try:
                    days.extend(spans(replace(filled, year=year), self.today))
                except Impossible:
                    if year == filled.year and filled.month == last.month:
                        raise
                except Contradiction:
                    continue
            if not days:
                raise Contradiction
            return iter(days)
        return self._spans(filled)

    def _end_after(self, when: Date, begin: date, start: datetime, *, inclusive: bool) -> datetime | None:
        side = self.frame.end
        clock, part = next(iter(side.clocks), None), self._part(side)
        zone = self._zone_of(side.zone) or self._zone_of(self.frame.start.zone)
        base = self.today if fixed(when) or self.past else begin
        weekday_only = when.weekday is not None and when.day is None and when.nth is None and when.week is None
        if when.rel == 1 and base == self.today:
            base = self.today
        found = (
            spans(replace(when, rel=None if when.rel == 0 else when.rel), base)
            if not self.past
            else iter(sorted(_take(spans(when, self.today, past=True), 60)))
        )
        for first, last in found:
            if last <= begin:
                continue
            if when.day is not None and when.month is None and when.months is None and (first - begin).days > 31:
                return None
            if clock is not None:
                ruled = hours.by_rule(clock, part, self.lex.twelve_hour)
                if first == begin and self.frame.start.clocks and clock.soft:
                    ruled = hours.pair(self.frame.start.clocks[0], clock, None, self.lex.twelve_hour)[1]
                end = self._at(first, 24 * 60 if clock.part == "midnight" and first > begin else ruled, zone)
            elif part is not None:
                end = self._at(first, self.lex.part_minutes[part][1])
            else:
                end = self._start_of(last if inclusive else first)
            if end > start and not (weekday_only and first == begin and self.frame.start.only_dates and clock is None):
                return end
        return None
