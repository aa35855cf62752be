"""One side: a moment, a day, a part of one, or an open start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.when import hours
from bot.domain.when.days import Span
from bot.domain.when.frame import Dangling, Side
from bot.domain.when.localtime import add
from bot.domain.when.pieces import Clock, Date
from bot.domain.when.reading import Code, Kind
from bot.domain.when.settling import Choice, Rejected, Settling

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Moments(Settling):
    """Resolves a single side of a frame."""

    def _end_moment(self, side: Side, *, after: datetime, inclusive: bool) -> datetime:
        """The end that a side names: its time, or the midnight that closes its day (before it, if
        exclusive).
        """
        if side.now:
            return self.now
        when = self._date(side)
        if side.point is not None and when is None:
            return add(self.now, side.point.length, self.zone)
        clock = side.clocks[0] if side.clocks else None
        part = self._part(side)
        if clock is not None:
            return self._next_clock(clock, when, part, after)
        if part is not None:
            begin, finish = self.lex.part_minutes[part]
            minutes = finish if inclusive else begin
            for first, _ in self._spans(when) if when is not None else self._today_on():
                moment = self._at(first, minutes)
                if moment > after:
                    self._note(f"{part} taken as {hours.clock_text(begin)} to {hours.clock_text(finish)}")
                    self.guess = True
                    return moment
            raise Rejected(Code.OVER)
        if when is None:
            raise Dangling
        for first, last in self._spans(when):
            moment = self._start_of(last if inclusive else first)
            if moment > after:
                self._day_note(when, last - _DAY if inclusive else first)
                return moment
        raise Rejected(Code.OVER)

    def _next_clock(self, clock: Clock, when: Date | None, part: str | None, after: datetime) -> datetime:
        """The first time after `after` that the clock, on its date if any, can mean."""
        possible = hours.options(clock, part)
        ruled = hours.by_rule(clock, part, self.lex.twelve_hour)
        if when is None:
            moments = sorted(
                self._at(self.today + step * _DAY, minutes) for step in range(-1, 3) for minutes in possible
            )
            moment = next((m for m in moments if m > after), None)
            if moment is None:
                raise Rejected(Code.OVER)
            if len(possible) == 2:
                self._note(f"{clock.hour} read as {self._local(moment):%H:%M}")
            return moment
        for minutes in (ruled, *(m for m in possible if m != ruled)):
            for first, _ in self._spans(when):
                # "until midnight on Friday" is the end of Friday.
                late = 24 * 60 if clock.part == "midnight" else self._night(minutes, part, when)
                moment = self._at(first, late)
                if moment > after:
                    self._day_note(when, first)
                    return moment
        raise Rejected(Code.OVER)

    def _single(self) -> tuple[datetime, datetime | None, Kind]:
        """One side only: a moment, a day, a part of one, an open start."""
        frame, side = self.frame, self.frame.start
        when = self._date(side)
        clock = side.clocks[0] if side.clocks else None
        opened = Kind.OPEN if frame.opened else Kind.INSTANT
        if side.now and when is None and clock is None:
            return self.now, None, opened
        # "today in an hour" says the day twice over.
        today = when is not None and when == Date(offset=0)
        if side.point is not None and clock is None and (when is None or (today and not side.point.length.whole_days)):
            return add(self.now, side.point.length, self.zone), None, opened
        if clock is not None:
            return self._moment(clock, when, self._part(side), opened)
        if self._part(side) is not None:
            return self._part_window(str(self._part(side)), when)
        if when is None:
            raise Dangling
        if when.edge == "end" and not frame.opened:
            self.guess = True
            return self.now, self._end_moment(side, after=self.now, inclusive=True), Kind.WINDOW
        for first, last in self._spans(when):
            start, end = self._start_of(first), self._start_of(last)
            if frame.opened and (self.past or end > self.now):
                if self.past and start >= self.now:
                    continue
                self._day_note(when, first)
                return (end if frame.after else start), None, Kind.OPEN
            if not frame.opened and self._fits(start, end):
                if when.edge == "start":
                    raise Dangling
                self._day_note(when, first)
                return start, end, Kind.WINDOW
        raise Rejected(Code.NOT_OVER if self.past else Code.OVER)

    def _moment(
        self, clock: Clock, when: Date | None, part: str | None, kind: Kind
    ) -> tuple[datetime, datetime | None, Kind]:
        """A time of day, on its date or the next one (S3, S11)."""
        possible = hours.options(clock, part)
        ruled = hours.by_rule(clock, part, self.lex.twelve_hour)
        if self.choice.other_half and len(possible) == 2:
            ruled = hours.flipped(ruled)
        order = [ruled, *(m for m in possible if m != ruled)]
        if self.past:
            return self._moment_back(order, when, part)
        if when is None:
            moments = [(self._at(self.today + step * _DAY, m), m == ruled) for step in range(3) for m in order]
            if len(possible) == 2:
                if hours.sound(hours.flipped(ruled)):
                    self._offer(Choice(other_half=True))
                preferred = [m for m, good in moments if good and m >= self.now]
                soonest = min(m for m, _ in moments if m >= self.now)
                # The hour by the rule if it is still ahead today; else the next such hour, whichever half.
                moment = preferred[0] if self._local(preferred[0]).date() == self.today else soonest
                if self.choice.other_half:
                    moment = preferred[0]
                self._note(f"{clock.hour}:{clock.minute:02d} read as {self._local(moment):%H:%M}")
                return moment, None, kind
            return next(m for m, _ in moments if m >= self.now), None, kind
        for minutes in order:
            for first, last in self._spans(when):
                if (last - first).days > 1:
                    if when.week is None and when.weekend is None:
                        raise Dangling
                    self.guess = True
                moment = self._at(first, self._night(minutes, part or clock.part, when))
                if moment >= self.now:
                    if len(possible) == 2:
                        if hours.sound(hours.flipped(ruled)):
                            self._offer(Choice(other_half=True))
                        self._note(f"{clock.hour}:{clock.minute:02d} read as {self._local(moment):%H:%M}")
                    self._day_note(when, self._local(moment).date())
                    return moment, None, kind
        raise Rejected(Code.OVER)

    def _moment_back(
        self, order: list[int], when: Date | None, part: str | None
    ) -> tuple[datetime, datetime | None, Kind]:
        kind = Kind.OPEN if self.frame.opened else Kind.INSTANT
        days = self._spans(when) if when is not None else iter(
            [(self.today - step * _DAY, self.today) for step in range(3)]
        )  # fmt: skip
        for first, _ in days:
            moments = [m for m in (self._at(first, minutes) for minutes in order) if m <= self.now]
            if moments:
                return moments[0], None, kind
        raise Rejected(Code.NOT_OVER)

    def _part_window(self, part: str, when: Date | None) -> tuple[datetime, datetime | None, Kind]:
        """Friday evening, tonight, in the morning (S12)."""
        begin, finish = self.lex.part_minutes[part]
        self._note(f"{part} taken as {hours.clock_text(begin)} to {hours.clock_text(finish)}")
        if when is not None:
            days: Iterator[Span] = self._spans(when)
        elif self.past:
            days = iter([(self.today - step * _DAY, self.today) for step in range(3)])
        else:
            days = self._today_on()
        for first, last in days:
            if (last - first).days > 1:
                raise Dangling
            length = finish - begin if finish > begin else finish + 24 * 60 - begin
            start, end = self._at(first, begin), self._at(first, begin + length)
            if self._fits(start, end):
                if when is not None:
                    self._day_note(when, first)
                if self.frame.opened:
                    return (end if self.frame.after else start), None, Kind.OPEN
                return start, end, Kind.WINDOW
        raise Rejected(Code.NOT_OVER if self.past else Code.OVER)
