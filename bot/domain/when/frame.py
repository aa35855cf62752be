"""A frame: what stands before the range word, what after it, and what joins or measures them.

A frame does not care about word order inside a side: "3pm tomorrow" and "tomorrow 3pm" are the same side.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.when.pieces import Clock, Contradiction, Date, Joint, Length, Now, Number, Part, Point, Value, Zone


class Several(Exception):
    """Several separate days or times."""


class Recurring(Exception):
    """Something that repeats."""


class Negated(Exception):
    """A time that is not meant."""


class Dangling(Exception):
    """A joining word with nothing to join, or a number that fits nowhere."""


@dataclass(slots=True)
class Side:
    """One end of a window as it was written."""

    dates: list[Date] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    numbers: list[tuple[Number, bool]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    zone: Zone | None = None
    point: Point | None = None
    now: bool = False
    # "date" and "clock" in the order they were written.
    order: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Nothing that says a time."""
        return not (self.dates or self.clocks or self.numbers or self.parts or self.point or self.now)

    @property
    def only_dates(self) -> bool:
        """Dates and nothing about the time of day."""
        return bool(self.dates) and not (self.clocks or self.numbers or self.parts or self.point or self.now)

    def add(self, value: Value, *, at: bool) -> None:
        """Takes in one piece; `at` when a word like "at" stands before it."""
        match value:
            case Date():
                self.dates.append(value)
                self.order.append("date")
            case Clock():
                if value not in self.clocks:
                    self._clock(value)
                self.order.append("clock")
            case Number():
                self.numbers.append((value, at))
                self.order.append("clock")
            case Part():
                if value not in self.parts:
                    self.parts.append(value)
            case Zone():
                if self.zone is not None and self.zone != value:
                    raise Contradiction
                self.zone = value
            case Point():
                if self.point is not None:
                    raise Contradiction
                self.point = value
            case Now():
                self.now = True
            case _:
                raise Contradiction

    def _clock(self, clock: Clock) -> None:
        if not self.clocks:
            self.clocks.append(clock)
            return
        first = self.clocks[0]
        same_face = first.hour % 12 == clock.hour % 12 and first.minute == clock.minute
        if not same_face or (first.literal and clock.literal):
            raise Contradiction
        # "8pm in the evening, 20:00": the more exact of the two.
        if first.soft or (first.meridiem and clock.literal):
            self.clocks[0] = clock if not clock.soft else first


@dataclass(slots=True)
class Frame:
    """The whole phrase."""

    start: Side = field(default_factory=Side)
    end: Side = field(default_factory=Side)
    link: Joint | None = None
    opened: bool = False
    after: bool = False
    length: Length | None = None
    length_flags: frozenset[str] = frozenset()
    every: bool = False
    whole: bool = False
    ago: bool = False
    since: bool = False
    between: bool = False
    # The end may be meant exclusively (Dutch "tot").
    guess: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing in it says a time."""
        return self.start.empty and self.end.empty and self.length is None and not self.whole
