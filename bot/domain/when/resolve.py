"""A frame to instants: the next window that the words can mean and that is not over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import reduce

from bot.domain.when import hours
from bot.domain.when.days import Span, fixed, spans
from bot.domain.when.frame import Dangling, Frame, Recurring, Side
from bot.domain.when.lexicon import Lexicon
from bot.domain.when.localtime import add, at, day_start
from bot.domain.when.pieces import Clock, Contradiction, Date, Impossible, Joint, Length, Zone
from bot.domain.when.reading import Code, Kind
from bot.domain.when.zones import zone_info

_DAY = timedelta(days=1)


class Rejected(Exception):  # noqa: N818 - what was found, and never leaves the package
    """The words are understood and give no window: over, backwards, too far."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Choice:
    """Where two readings are sound, which one is wanted: the first by default."""

    later_weekday: bool = False
    other_next: bool = False
    other_half: bool = False
    swap: bool = False
    literal_zone: bool = False


@dataclass(slots=True)
class Answer:
    """Start, end and kind, with what was assumed and which choices were open."""

    start: datetime
    end: datetime | None
    kind: Kind
    notes: list[str] = field(default_factory=list)
    open_choices: list[Choice] = field(default_factory=list)
    guess: bool = False


@dataclass(slots=True)
class Resolver:
    """Resolves one frame. `now` is in the door's zone, to the minute; `past` looks back (for the door log)."""

    frame: Frame
    now: datetime
    zone: tzinfo
    lex: Lexicon
    choice: Choice = Choice()
    past: bool = False
    notes: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    guess: bool = False
    wall: tzinfo | None = None

    def resolve(self) -> Answer:
        """The answer. Raises `Rejected`, `Contradiction`, `Impossible`, `Recurring` or `Dangling`."""
        frame = self.frame
        if frame.every:
            raise Recurring
        if frame.ago and not self.past:
            raise Rejected(Code.OVER)
        self.wall = self._zone()
        if frame.whole and not frame.start.dates and not frame.end.dates:
            frame.start.dates.append(Date(offset=0))
        if frame.link is not None and not frame.end.empty:
            found = self._until() if frame.start.empty else self._range()
        elif frame.length is not None:
            found = self._lasting(frame.length)
        else:
            found = self._single()
        return self._finished(*found)

    # --- common ------------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return self.now.date()

    def _zone(self) -> tzinfo:
        named = self.frame.start.zone or self.frame.end.zone
        return self._zone_of(named) or self.zone

    def _zone_of(self, named: Zone | None) -> tzinfo | None:
        if named is None:
            return None
        info = zone_info(named)
        if info is not None:
            self._note(f"times in {named.label or named.name}")
        return info

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _offer(self, choice: Choice) -> None:
        if self.choice == Choice() and choice not in self.choices:
            self.choices.append(choice)

    def _at(self, day: date, minutes: int, zone: tzinfo | None = None) -> datetime:
        return at(day, minutes, zone or self.wall or self.zone).astimezone(self.zone)

    def _start_of(self, day: date) -> datetime:
        return day_start(day, self.wall or self.zone).astimezone(self.zone)

    def _date(self, side: Side) -> Date | None:
        """All that one side says about its day, as one date; None when it says nothing."""
        dates = side.dates
        if side.point is not None and side.point.length.whole_days and (dates or side.clocks):
            length = side.point.length
            target = add(self.now, length, self.zone).date()
            if len(dates) == 1 and dates[0].weekday is not None and dates[0].day is None and not length.months:
                return replace(dates[0], plus=length.days)
            dates = [*dates, Date(offset=(target - self.today).days)]
        if not dates:
            return None
        merged = reduce(Date.merged, dates)
        if self.choice.swap and merged.swap:
            merged = replace(merged, month=merged.swap[0], day=merged.swap[1], swap=None)
        elif merged.swap:
            self._offer(Choice(swap=True))
        return merged

    def _spans(self, when: Date) -> Iterator[Span]:
        next_week = (self.lex.facts.get("next_weekday") == "week") != self.choice.other_next
        found = spans(when, self.today, past=self.past, next_week=next_week)
        weekday_only = when.weekday is not None and when.day is None and when.nth is None and when.week is None
        if weekday_only and when.rel == 1 and not self.past:
            self._offer(Choice(other_next=True))
        if weekday_only and not when.rel and not self.past and when.weekday == self.today.weekday():
            self._offer(Choice(later_weekday=True))
            if self.choice.later_weekday:
                next(found)
        if when.weekend == 1 and not self.past and self.today.weekday() < 5:
            self._offer(Choice(other_next=True))
            if self.choice.other_next:
                found = spans(replace(when, weekend=0), self.today)
        return found

    def _part(self, side: Side) -> str | None:
        return side.parts[0].name if side.parts else None

    def _hint(self) -> str | None:
        """The part of the day that a whole range stands in."""
        return self._part(self.frame.start) or self._part(self.frame.end)

    def _day_note(self, when: Date, day: date) -> None:
        """Says which day was taken where the words name none exactly."""
        if when.year is None or when.month is None or when.day is None:
            name = f"{day:%A} {day.day} {day:%B}"
            if day.year != self.today.year:
                name += f" {day.year}"
            self._note(f"the day is {name}")

    def _fits(self, start: datetime, end: datetime) -> bool:
        return start < self.now if self.past else end > self.now

    # --- the four shapes -----------------------------------------------------------------------------------

    def _until(self) -> tuple[datetime, datetime | None, Kind]:
        """until X: from now (S7)."""
        frame = self.frame
        if self.past:
            raise Rejected(Code.NOT_OVER)
        end = self._end_moment(frame.end, after=self.now, inclusive=frame.link is not Joint.BEFORE)
        if frame.length is not None:
            raise Contradiction
        return self.now, end, Kind.WINDOW

    def _end_moment(self, side: Side, *, after: datetime, inclusive: bool) -> datetime:
        """The end that a side names: its time, or the midnight that closes its day (before it, if exclusive)."""
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

    def _today_on(self) -> Iterator[Span]:
        for step in range(3):
            day = self.today + step * _DAY
            yield day, day + _DAY

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
                self._note(f"{clock.hour} read as {moment:%H:%M}")
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

    def _night(self, minutes: int, part: str | None, when: Date | None) -> int:
        """2 at night on Friday is after Friday's midnight."""
        if part == "night" and minutes < 6 * 60 and when is not None and not self.past:
            return minutes + 24 * 60
        return minutes

    def _lasting(self, length: Length) -> tuple[datetime, datetime | None, Kind]:
        """A length from now or from a start (S8, S15)."""
        frame = self.frame
        side = frame.start
        if frame.every:
            raise Recurring
        if length.empty:
            raise Rejected(Code.IMPOSSIBLE)
        if self.past:
            return self._length_back(length)
        try:
            return self._lasting_from(length, side)
        except (OverflowError, ValueError):
            raise Rejected(Code.TOO_FAR) from None

    def _lasting_from(self, length: Length, side: Side) -> tuple[datetime, datetime | None, Kind]:
        when = self._date(side)
        if length.nights and not side.clocks:
            return self._nights(length, when)
        if side.empty or (side.now and when is None):
            return self.now, add(self.now, length, self.zone), Kind.WINDOW
        start, _, _ = self._single()
        return start, add(start, length, self.wall or self.zone), Kind.WINDOW

    def _nights(self, length: Length, when: Date | None) -> tuple[datetime, datetime | None, Kind]:
        """3 nights from the 24th: the 24th to the 27th, both included (S15)."""
        for first, _ in self._spans(when if when is not None else Date(offset=0)):
            last = first + timedelta(days=length.nights + length.days)
            end = self._start_of(last + _DAY)
            if end > self.now:
                self._note(f"{length.nights} nights: to the end of {last:%A} {last.day} {last:%B}")
                return self._start_of(first), end, Kind.WINDOW
        raise Rejected(Code.OVER)

    def _length_back(self, length: Length) -> tuple[datetime, datetime | None, Kind]:
        back = Length(-length.minutes, -length.days, -length.months, -length.nights)
        start = add(self.now, back, self.zone)
        if self.frame.ago and length.whole_days:
            if length.months or length.days % 7 == 0:
                self._note("that day")
            day = start.date()
            return self._start_of(day), self._start_of(day + _DAY), Kind.WINDOW
        return start, self.now, Kind.WINDOW

    def _single(self) -> tuple[datetime, datetime | None, Kind]:
        """One side only: a moment, a day, a part of one, an open start."""
        frame, side = self.frame, self.frame.start
        when = self._date(side)
        clock = side.clocks[0] if side.clocks else None
        opened = Kind.OPEN if frame.opened else Kind.INSTANT
        if side.now and when is None and clock is None:
            return self.now, None, opened
        if side.point is not None and when is None and clock is None:
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
                    return start, None, Kind.INSTANT
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
                moment = preferred[0] if preferred[0].date() == self.today else soonest
                if self.choice.other_half:
                    moment = preferred[0]
                self._note(f"{clock.hour}:{clock.minute:02d} read as {moment:%H:%M}")
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
                        self._note(f"{clock.hour}:{clock.minute:02d} read as {moment:%H:%M}")
                    self._day_note(when, moment.date())
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

    # --- ranges --------------------------------------------------------------------------------------------

    def _range(self) -> tuple[datetime, datetime | None, Kind]:
        frame = self.frame
        start, end = frame.start, frame.end
        if frame.length is not None:
            raise Contradiction
        first, last = self._date(start), self._date(end)
        if start.now or (start.point is not None and first is None):
            begin = self.now if start.now or start.point is None else add(self.now, start.point.length, self.zone)
            return begin, self._end_moment(end, after=begin, inclusive=frame.link is not Joint.BEFORE), Kind.WINDOW
        if first is not None and last is not None and first.nth is not None and last.monthly and end.order[:1] == ["clock"]:
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
            begin, finish = hours.pair(start.clocks[0], end.clocks[0], self._hint(), self.lex.twelve_hour)
            open_both = len(hours.options(start.clocks[0], self._hint())) == 2 and start.clocks[0].soft
            if open_both and len(hours.options(end.clocks[0], self._hint())) == 2:
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
        if soft and not self.past and start.date() > self.today:
            other = self._run(self.today, hours.flipped(begin), hours.flipped(finish), None)
            if other[0] >= self.now and other[0].date() == self.today:
                start, end = other
        return start, end, Kind.WINDOW

    def _day_until(self, when: Date) -> tuple[datetime, datetime | None, Kind]:
        """"Friday until 6pm": from the day's beginning to that time."""
        end = self.frame.end
        part = self._part(self.frame.end)
        for first, _ in self._spans(when):
            start = self._start_of(first)
            if end.clocks:
                for minutes in dict.fromkeys(
                    (hours.by_rule(end.clocks[0], part, self.lex.twelve_hour), *hours.options(end.clocks[0], part))
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
        """"2pm till tomorrow 4:30pm": the start is the next such time before that end."""
        side = self.frame.start
        if side.clocks:
            start, _, _ = self._moment(side.clocks[0], None, self._part(side), Kind.INSTANT)
            if start.date() > self.today and fixed(last) and not self.past:
                # A start that is over today has begun: the window runs already.
                start = self._at(self.today, hours.by_rule(side.clocks[0], self._part(side), self.lex.twelve_hour))
        else:
            start, _, _ = self._part_window(str(self._part(side)), None)
        end = self._end_moment(self.frame.end, after=start, inclusive=self.frame.link is not Joint.BEFORE)
        return start, end, Kind.WINDOW

    def _two_days(self, first: Date, last: Date) -> tuple[datetime, datetime | None, Kind]:
        """From one date to another, each with or without its time; missing parts come from the other side."""
        filled_first, filled_last = _fill(first, last), _fill(last, first)
        frame = self.frame
        inclusive = frame.link is not Joint.BEFORE
        clock, part = (frame.start.clocks or [None])[0], self._part(frame.start)
        zone = self._zone_of(frame.start.zone) or self._zone_of(frame.end.zone)
        backwards = False
        for begin, _ in self._starts(filled_first, first, last):
            if clock is not None:
                start = self._at(begin, self._night(hours.by_rule(clock, part, self.lex.twelve_hour), part, first), zone)
            elif part is not None:
                start = self._at(begin, self.lex.part_minutes[part][0])
            else:
                start = self._start_of(begin)
            end = self._end_after(filled_last, begin, start, inclusive=inclusive)
            if end is None:
                backwards = True
                continue
            if self._fits(start, end):
                self._day_note(first, begin)
                return start, end, Kind.WINDOW
        if backwards:
            raise Rejected(Code.BACKWARDS)
        raise Rejected(Code.NOT_OVER if self.past else Code.OVER)

    def _starts(self, filled: Date, first: Date, last: Date) -> Iterator[Span]:
        """The possible first days; a start without a year before an end with one is in that year or the one before."""
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
        clock, part = (side.clocks or [None])[0], self._part(side)
        zone = self._zone_of(side.zone) or self._zone_of(self.frame.start.zone)
        base = self.today if fixed(when) or self.past else begin
        weekday_only = when.weekday is not None and when.day is None and when.nth is None and when.week is None
        if when.rel == 1 and base == self.today:
            base = self.today
        found = (
            spans(replace(when, rel=None if when.rel == 0 else when.rel), base)
            if not self.past
            else iter(sorted(list(_take(spans(when, self.today, past=True), 60))))
        )
        for first, last in found:
            if last <= begin:
                continue
            if clock is not None:
                ruled = hours.by_rule(clock, part, self.lex.twelve_hour)
                if first == begin and self.frame.start.clocks:
                    ruled = hours.pair(self.frame.start.clocks[0], clock, None, self.lex.twelve_hour)[1]
                end = self._at(first, 24 * 60 if clock.part == "midnight" and first > begin else ruled, zone)
            elif part is not None:
                end = self._at(first, self.lex.part_minutes[part][1])
            else:
                end = self._start_of(last if inclusive else first)
            if end > start and not (weekday_only and first == begin and self.frame.start.only_dates and clock is None):
                return end
        return None

    # --- the last look -------------------------------------------------------------------------------------

    def _finished(self, start: datetime, end: datetime | None, kind: Kind) -> Answer:
        start, end = start.astimezone(self.zone), end.astimezone(self.zone) if end is not None else None
        if end is not None and end <= start:
            raise Rejected(Code.BACKWARDS)
        if self.past:
            if start > self.now:
                raise Rejected(Code.NOT_OVER)
            if kind is Kind.OPEN or (end is not None and end > self.now):
                end, kind = self.now, Kind.WINDOW
            if end is not None and end <= start:
                raise Rejected(Code.NOT_OVER)
        else:
            if end is not None and end <= self.now:
                raise Rejected(Code.OVER)
            if end is None and start < self.now and kind is Kind.INSTANT:
                raise Rejected(Code.OVER)
            start = max(start, self.now)
            if start.year > self.now.year + 50 or (end is not None and end.year > self.now.year + 50):
                raise Rejected(Code.TOO_FAR)
        return Answer(start, end, kind, self.notes, self.choices, self.guess)


def _take(found: Iterator[Span], count: int) -> Iterator[Span]:
    for _, span in zip(range(count), found, strict=False):
        yield span


def _written(clock: Clock) -> str:
    return f"{clock.hour}:{clock.minute:02d}" if clock.minute else str(clock.hour)


def _fill(when: Date, other: Date) -> Date:
    """What a date leaves out and its partner says: "10 - 22 August 2012", "July 13-15", "this week from Tue to Thur"."""
    if when.offset is not None:
        return replace(when, month=when.month or (other.month if when.day else None)) if when.day else when
    changes: dict[str, int | None] = {}
    if when.day is not None and when.month is None and when.months is None:
        changes |= {"month": other.month, "months": other.months}
        if other.offset is None and other.month is not None:
            changes["year"] = when.year or other.year
    elif when.month is not None and when.year is None and other.year is not None:
        changes["year"] = other.year
    if when.weekday is not None and when.day is None and when.week is None and other.week is not None and when.nth is None:
        changes["week"] = other.week
    return replace(when, **changes)
