"""What resolving needs everywhere: the zone, the days a side can mean, notes and open choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import reduce

from bot.domain.when.days import Span, spans
from bot.domain.when.frame import Frame, Side
from bot.domain.when.lexicon import Lexicon
from bot.domain.when.localtime import add, at, day_start
from bot.domain.when.pieces import Date, Zone
from bot.domain.when.reading import Code, Kind
from bot.domain.when.zones import zone_info

_DAY = timedelta(days=1)


class Rejected(Exception):
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
    as_clock: bool = False


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
class Settling:
    """One frame being resolved, its moments in UTC, where they compare rightly.

    `now` is to the minute; `past` looks back (for the door log).
    """

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

    @property
    def today(self) -> date:
        return self._local(self.now).date()

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

    def _local(self, moment: datetime) -> datetime:
        """The moment on the door's clock."""
        return moment.astimezone(self.zone)

    def _offer(self, choice: Choice) -> None:
        if self.choice == Choice() and choice not in self.choices:
            self.choices.append(choice)

    def _at(self, day: date, minutes: int, zone: tzinfo | None = None) -> datetime:
        return at(day, minutes, zone or self.wall or self.zone).astimezone(UTC)

    def _start_of(self, day: date) -> datetime:
        return day_start(day, self.wall or self.zone).astimezone(UTC)

    def _date(self, side: Side) -> Date | None:
        """All that one side says about its day, as one date; None when it says nothing."""
        dates = side.dates
        if side.point is not None and side.point.length.whole_days and (dates or side.clocks):
            length = side.point.length
            target = add(self.now, length, self.zone).date()
            if len(dates) == 1 and dates[0].day is None and dates[0].month is None:
                return replace(dates[0], plus=length.days or None, plus_months=length.months or None)
            dates = [*dates, Date(offset=(target - self.today).days)]
        if not dates:
            return None
        merged = reduce(Date.merged, dates)
        if self.choice.swap and merged.swap:
            merged = replace(merged, month=merged.swap[0], day=merged.swap[1], swap=None)
        elif merged.swap and merged.weekday is None:
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
            # A weekday that fits its date only years from now is rather a slip.
            self.guess = self.guess or (when.weekday is not None and day.year > self.today.year + 1)
            self._note(f"the day is {name}")

    def _fits(self, start: datetime, end: datetime) -> bool:
        return start < self.now if self.past else end > self.now

    def _today_on(self) -> Iterator[Span]:
        for step in range(3):
            day = self.today + step * _DAY
            yield day, day + _DAY

    def _night(self, minutes: int, part: str | None, when: Date | None) -> int:
        """2 at night on Friday is after Friday's midnight."""
        if part == "night" and minutes < 6 * 60 and when is not None and not self.past:
            return minutes + 24 * 60
        return minutes
