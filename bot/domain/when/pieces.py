"""What the grammar finds in a text: partial dates, clock times, lengths, and the words that join them.

A piece says only what was written. "Friday" is a `Date` with a weekday and nothing else; which Friday is
decided in `days`, which "3" in `hours`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

MINUTES_OF_DAY = 24 * 60


class Contradiction(Exception):
    """Two statements that cannot both hold: "tomorrow, Dec 24" on 24 November."""


class Impossible(Exception):
    """A date or time that no calendar or clock has: 31 February, 25:00."""


@dataclass(frozen=True, slots=True)
class Date:
    """Which day or days, as far as the words say. Weekday 0 is Monday; `nth` -1 is the last one."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None
    rel: int | None = None
    offset: int | None = None
    week: int | None = None
    months: int | None = None
    years: int | None = None
    weekend: int | None = None
    span: str | None = None
    plus: int | None = None
    plus_months: int | None = None
    # `edge` is "end" for "end of the month": only its end counts.
    edge: str | None = None
    # A numeric date that could also be read with day and month swapped.
    swap: tuple[int, int] | None = None

    @property
    def monthly(self) -> bool:
        """Names a month and no day of it."""
        return (self.month is not None or self.months is not None) and self.day is None and self.nth is None

    @property
    def bare_month(self) -> bool:
        """Only a month's name, which may also be a person's or a street's."""
        return self == Date(month=self.month) and self.month is not None

    @property
    def bare_weekday(self) -> bool:
        """Only a weekday's name."""
        return self.weekday is not None and self == Date(weekday=self.weekday)

    def merged(self, other: Date) -> Date:
        """Both statements about one day. Raises `Contradiction` when they differ."""
        changes = {}
        for item in fields(self):
            mine, theirs = getattr(self, item.name), getattr(other, item.name)
            if mine is None:
                changes[item.name] = theirs
            elif theirs is not None and mine != theirs and item.name not in ("swap", "span"):
                raise Contradiction
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. `meridiem` is "am" or "pm"; `literal` means the 24-hour clock was meant."""

    hour: int
    minute: int = 0
    meridiem: str | None = None
    literal: bool = False
    part: str | None = None
    # Written as "3h" or "3 uur", which may be a length, or as bare number.
    maybe_length: bool = False
    bare: bool = False

    @property
    def minutes(self) -> int:
        """Minutes after midnight, as written."""
        return self.hour * 60 + self.minute

    @property
    def soft(self) -> bool:
        """Whether morning or afternoon is open."""
        return self.meridiem is None and not self.literal and self.part is None and 1 <= self.hour <= 12


@dataclass(frozen=True, slots=True)
class Number:
    """A bare number: an hour, a day of the month, or neither."""

    value: int
    digits: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day: morning, noon, afternoon, evening, night."""

    name: str


@dataclass(frozen=True, slots=True)
class Length:
    """How long: elapsed minutes, days by the calendar, months, and nights (which are days with hotel
    hours).
    """

    minutes: int = 0
    days: int = 0
    months: int = 0
    nights: int = 0
    workdays: int = 0

    def __add__(self, other: Length) -> Length:
        return Length(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def whole_days(self) -> bool:
        """Without hours and minutes."""
        return not self.minutes

    @property
    def empty(self) -> bool:
        """Zero."""
        return self == Length()


@dataclass(frozen=True, slots=True)
class Point:
    """A moment a length away from now: "in 20 minutes"."""

    length: Length


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of typing."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone named in the text: an IANA name, or an offset in minutes. `loose` when the name is used
    loosely (EST).
    """

    name: str | None = None
    offset: int | None = None
    label: str = ""


Value = Date | Clock | Number | Part | Length | Point | Now | Zone


class Joint(StrEnum):
    """A word that joins pieces."""

    RANGE = "range"
    DASH = "dash"
    THROUGH = "through"
    UNTIL = "until"
    BEFORE = "before"
    AFTER = "after"
    FROM = "from"
    BETWEEN = "between"
    AND = "and"
    COMMA = "comma"
    FOR = "for"
    WITHIN = "within"
    AT = "at"
    GLUE = "glue"
    EVERY = "every"
    NOT = "not"
    AGO = "ago"
    REST = "rest"
    WHOLE = "whole"
    PAST = "past"
    JUNK = "junk"


@dataclass(slots=True)
class Item:
    """A piece or a joint with the characters of the original it was read from."""

    kind: Joint | None
    value: Value | None
    start: int
    end: int
    capital: bool = False
    spaced: bool = True
    text: str = ""
    flags: frozenset[str] = field(default_factory=frozenset)
