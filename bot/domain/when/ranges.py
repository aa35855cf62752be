"""Two times: on one day, on the next possible day, or with an end on another day (rules S10, S11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.when import hours
from bot.domain.when.date_ranges import DateRanges
from bot.domain.when.days import fixed
from bot.domain.when.frame import Dangling, Recurring, Side
from bot.domain.when.localtime import add
from bot.domain.when.pieces import Clock, Contradiction, Date, Joint
from bot.domain.when.reading import Code, Kind
from bot.domain.when.settling import Choice, Rejected

_DAY = timedelta(days=1)


def _written(clock: Clock) -> str:
    return f"{clock.hour}:{clock.minute:02d}" if clock.minute else str(clock.hour)


@dataclass(slots=True)
class Ranges(DateRanges):
    """Resolves everything with a range word."""

    def _range(self) -> tuple[datetime, datetime | None, Kind]:
        frame = self.frame
        start, end = frame.start, frame.end
        if frame.length is not None:
            raise Contradiction
        first, last = self._date(start), self._date(end)
        if start.now or (start.point is not None and first is None):
            begin = self.now if start.now or start.point is None else add(self.now, start.point.length, self.zone)
            return (
                begin,
                self._end_moment(end, after=begin, inclusive=frame.link is not Joint.BEFORE),
                Kind.WINDOW,
            )
        if (
            first is not None
            and last is not None
            and first.nth is not None
            and last.monthly
            and end.order[:1] == ["clock"]
        ):
            # "first Monday 1pm to 3pm of next month"
            first, last = first.merged(last), None
        timed = bool(start.clocks or start.parts), bool(end.clocks or end.parts)
        shared = first is None and last is not None and timed == (True, True) and end.order[:1] == ["clock"]
        if end.clocks == [] and end.parts and "date" in end.order and first is None and timed[0]:
            shared = False
        if last is None or shared:
            both = first if last is None else last
            if timed == (True, True):
                return self._one_day(both, shared=shared)
            if first is not None and timed[1]:
                return self._day_until(first)
            raise Dangling
        if first is None:
            return self._next_start_to(last)
        return self._two_days(first, last)

    def _minutes(self) -> tuple[int, int]:
        """Start and end of one day's range in minutes; an end at or before the start is on the next day."""
        start, end = self.frame.start, self.frame.end
        if start.clocks and end.clocks:
            first, last, hint = start.clocks[0], end.clocks[0], self._hint()
            if end.parts and not start.parts and first.soft and last.soft:
                # "de 9 a 2 de la tarde": the words after the end are the end's, and the start is the nearest.
                last, hint = replace(last, part=end.parts[0].name), None
            begin, finish = hours.pair(first, last, hint, self.lex.twelve_hour)
            open_both = len(hours.options(first, hint)) == 2 and first.soft
            if open_both and len(hours.options(last, hint)) == 2:
                if hours.sound(hours.flipped(begin), hours.flipped(finish)):
                    self._offer(Choice(other_half=True))
                if self.choice.other_half:
                    begin, finish = hours.flipped(begin), hours.flipped(finish)
                self._note(
                    f"{_written(start.clocks[0])}-{_written(end.clocks[0])} read as "
                    f"{hours.clock_text(begin)} to {hours.clock_text(finish)}"
                )
            return begin, finish
        begin = self._edge_minutes(start, 0)
        finish = self._edge_minutes(end, 1)
        if end.clocks and end.clocks[0].soft:
            # "tonight until 11": the first such hour after the start.
            finish = min(hours.options(end.clocks[0], None), key=lambda minutes: (minutes - begin - 1) % (24 * 60))
        if start.clocks and start.clocks[0].soft:
            begin = hours.by_rule(start.clocks[0], None, self.lex.twelve_hour)
        return begin, finish

    def _edge_minutes(self, side: Side, which: int) -> int:
        if side.clocks:
            return hours.by_rule(side.clocks[0], self._part(side), self.lex.twelve_hour)
        return self.lex.part_minutes[str(self._part(side))][which]

    def _one_day(self, when: Date | None, *, shared: bool) -> tuple[datetime, datetime | None, Kind]:
        """Two times on one day, or on the next possible one (S10)."""
        begin, finish = self._minutes()
        hint = self._hint()
        soft = all(s.clocks and len(hours.options(s.clocks[0], hint)) == 2 for s in (self.frame.start, self.frame.end))
        if when is None:
            return self._next_run(begin, finish, soft=soft and hint is None)
        if (
            shared and finish <= begin and when.offset == 1 and when == Date(offset=1)
            and not self.past and self._at(self.today, begin) >= self.now
        ):  # fmt: skip
            # "10pm to 6am tomorrow" is tonight.
            self.guess = True
            when = Date(offset=0)
        for pair in ((begin, finish), (hours.flipped(begin), hours.flipped(finish))):
            for first, last in self._spans(when):
                if (last - first).days > 1:
                    raise Recurring
                start, end = self._run(first, pair[0], pair[1], hint)
                if self._fits(start, end):
                    self._day_note(when, first)
                    return start, end, Kind.WINDOW
            if not soft:
                break
        raise Rejected(Code.NOT_OVER if self.past else Code.OVER)

    def _run(self, day: date, begin: int, finish: int, hint: str | None) -> tuple[datetime, datetime]:
        if hint == "night" and begin < 6 * 60:
            day += _DAY
        zones = [self._zone_of(s.zone) for s in (self.frame.start, self.frame.end)]
        start = self._at(day, begin, zones[0] or zones[1])
        end = self._at(day if finish > begin else day + _DAY, finish, zones[1] or zones[0])
        return start, end

    def _next_run(self, begin: int, finish: int, *, soft: bool) -> tuple[datetime, datetime | None, Kind]:
        runs = []
        steps = (0, -1, -2) if self.past else (0, 1, 2)
        for step in steps:
            start, end = self._run(self.today + step * _DAY, begin, finish, None)
            if self._fits(start, end):
                runs.append((start, end))
        start, end = runs[0]
        if soft and not self.past and self._local(start).date() > self.today:
            other = self._run(self.today, hours.flipped(begin), hours.flipped(finish), None)
            if other[0] >= self.now and self._local(other[0]).date() == self.today:
                start, end = other
        return start, end, Kind.WINDOW

    def _day_until(self, when: Date) -> tuple[datetime, datetime | None, Kind]:
        """Such as "Friday until 6pm": from the day's beginning to that time."""
        end = self.frame.end
        part = self._part(self.frame.end)
        for first, _ in self._spans(when):
            start = self._start_of(first)
            if end.clocks:
                for minutes in dict.fromkeys(
                    (
                        hours.by_rule(end.clocks[0], part, self.lex.twelve_hour),
                        *hours.options(end.clocks[0], part),
                    )
                ):
                    moment = self._at(first, minutes or 24 * 60)
                    if self._fits(start, moment):
                        self._day_note(when, first)
                        return start, moment, Kind.WINDOW
            else:
                moment = self._at(first, self.lex.part_minutes[str(part)][0 if self.frame.link is Joint.BEFORE else 1])
                if self._fits(start, moment):
                    self.guess = True
                    return start, moment, Kind.WINDOW
        raise Rejected(Code.NOT_OVER if self.past else Code.OVER)

    def _next_start_to(self, last: Date) -> tuple[datetime, datetime | None, Kind]:
        """Such as "2pm till tomorrow 4:30pm": the start is the next such time before that end."""
        side = self.frame.start
        if side.clocks:
            start, _, _ = self._moment(side.clocks[0], None, self._part(side), Kind.INSTANT)
            if self._local(start).date() > self.today and fixed(last) and not self.past:
                # A start that is over today has begun: the window runs already.
                start = self._at(self.today, hours.by_rule(side.clocks[0], self._part(side), self.lex.twelve_hour))
        else:
            start, _, _ = self._part_window(str(self._part(side)), None)
        end = self._end_moment(self.frame.end, after=start, inclusive=self.frame.link is not Joint.BEFORE)
        return start, end, Kind.WINDOW
