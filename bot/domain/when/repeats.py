"""Texts that repeat: "every Tue and Thu 8-11 until June" to weekdays, hours and dates, for vendor passes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.when import hours
from bot.domain.when.clusters import TIMELIKE
from bot.domain.when.days import spans
from bot.domain.when.frame import Dangling, Negated, Recurring, Several
from bot.domain.when.framing import build
from bot.domain.when.lexicon import Lexicon, lexicon
from bot.domain.when.localtime import add, at
from bot.domain.when.pieces import Clock, Contradiction, Date, Impossible, Item, Joint, Length, Number, Part
from bot.domain.when.reader import MAX_CHARACTERS, date_order, scan_text
from bot.domain.when.reading import Code, Unclear, unclear
from bot.domain.when.recurrence import Recurrence

_DAY = timedelta(days=1)
_ALL = tuple(range(7))
_WORKDAYS = (0, 1, 2, 3, 4)
_WEEKEND = (5, 6)
_LINKS = (Joint.RANGE, Joint.DASH, Joint.THROUGH, Joint.UNTIL)
_MINUTES_OF_DAY = 24 * 60


def read_recurrence(
    text: str, *, now: datetime, tz: ZoneInfo, locale: str = "en-US", lang: str | None = None
) -> Recurrence | Unclear:
    """The repeating stretch that `text` means; parameters as in `read_window`. Never raises."""
    lex = lexicon(lang if lang is not None else locale.replace("_", "-").split("-")[0].lower())
    example = lex.examples["recurrence"]
    if len(text) > MAX_CHARACTERS:
        return unclear(Code.TOO_LONG, example)
    local = now.astimezone(tz).replace(second=0, microsecond=0)
    try:
        return _Reader(scan_text(text, lex, date_order(locale)), local, tz, lex).read()
    except _Unclear as error:
        return unclear(error.code, example)
    except Impossible:
        return unclear(Code.IMPOSSIBLE, example)
    except (Contradiction, Several, Recurring, Negated):
        return unclear(Code.CONTRADICTION, example)
    except (Dangling, StopIteration):
        return unclear(Code.UNREAD, example)
    except (OverflowError, ValueError):
        return unclear(Code.TOO_FAR, example)


class _Unclear(Exception):
    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


def _in_order(items: list[Item]) -> list[Item]:
    """Japanese から and まで: before a date they belong to, between two times as a range word."""
    result: list[Item] = []
    for item in items:
        if item.value is not None or not item.flags & {"from_post", "until_post"}:
            result.append(item)
            continue
        place = len(result)
        while place and isinstance(result[place - 1].value, Date):
            place -= 1
        dated = place < len(result)
        if "from_post" in item.flags:
            result.insert(place, Item(Joint.FROM if dated else Joint.RANGE, None, item.start, item.end))
        elif dated:
            result.insert(place, Item(Joint.UNTIL, None, item.start, item.end))
    return result


class _Reader:
    """Sorts the items of a repeating text into days, hours, first and last date and exceptions."""

    def __init__(self, items: list[Item], now: datetime, tz: ZoneInfo, lex: Lexicon) -> None:
        if any(item.kind is Joint.JUNK and item.flags & TIMELIKE for item in items):
            raise _Unclear(Code.UNREAD)
        self.items = _in_order([item for item in items if item.kind is not Joint.JUNK])
        self.now, self.tz, self.lex = now, tz, lex
        self.weekdays: set[int] = set()
        self.repeats = False
        self.every_weeks = 1
        self.times: list[Item] = []
        self.first: Date | None = None
        self.last: tuple[Date, bool] | None = None
        self.skipped: list[Date] = []
        self.length: Length | None = None
        self.notes: list[str] = []

    def read(self) -> Recurrence:
        i = 0
        while i < len(self.items):
            i = self._step(i)
        if not self.repeats and len(self.weekdays) < 2:
            raise _Unclear(Code.NOT_RECURRING)
        if not self.weekdays:
            raise _Unclear(Code.NOT_RECURRING if not self.repeats else Code.UNREAD)
        start, end = self._hours()
        first = self._day(self.first, self.now.date())[0] if self.first is not None else self.now.date()
        last = self._last(first)
        if last is not None and last < first:
            raise _Unclear(Code.BACKWARDS)
        if last is not None and last < self.now.date():
            raise _Unclear(Code.OVER)
        return Recurrence(
            weekdays=tuple(sorted(self.weekdays)),
            start_minute=start,
            end_minute=end,
            first=first,
            last=last,
            tz=self.tz,
            every_weeks=self.every_weeks,
            skipped=frozenset(day for when in self.skipped for day in self._days(when, first)),
            assumptions=tuple(self.notes),
        )

    # --- sorting -----------------------------------------------------------------------------------------

    def _step(self, i: int) -> int:
        item = self.items[i]
        value = item.value
        if item.kind is Joint.EVERY:
            return self._every(i)
        if isinstance(value, Date) and self._plain_weekday(value):
            return self._weekday(i, value)
        if item.kind is Joint.NOT:
            return self._exceptions(i + 1)
        if item.kind is Joint.FROM and (found := self._date_after(i)):
            self.first = found[0]
            return found[1]
        if item.kind in (*_LINKS, Joint.BEFORE) and (found := self._date_after(i)):
            self.last = (found[0], item.kind is not Joint.BEFORE)
            return found[1]
        if isinstance(value, Date):
            # A date without a word before it: the first, and after the first the last.
            if self.first is None:
                self.first = value
            elif self.last is None:
                self.last = (value, True)
            else:
                raise Contradiction
            return i + 1
        if isinstance(value, Length) and (value.days or value.months) and not value.minutes:
            self.length = value
            return i + 1
        self.times.append(item)
        return i + 1

    def _every(self, i: int) -> int:
        self.repeats = True
        flags = self.items[i].flags
        if "every_other" in flags:
            self.every_weeks = 2
        if "every_day" in flags:
            self.weekdays.update(_ALL)
        if "every_workday" in flags:
            self.weekdays.update(_WORKDAYS)
        if "every_weekend" in flags:
            self.weekdays.update(_WEEKEND)
        following = self.items[i + 1].value if i + 1 < len(self.items) else None
        if isinstance(following, Date) and following.weekend is not None:
            self.weekdays.update(_WEEKEND)
            return i + 2
        if isinstance(following, Part) and not self.weekdays:
            self.weekdays.update(_ALL)
        if isinstance(following, Date) and following.nth is not None:
            raise _Unclear(Code.UNREAD)
        return i + 1

    def _plain_weekday(self, value: Date) -> bool:
        return (
            value.weekday is not None
            and value.day is None
            and value.nth is None
            and value.rel is None
            and value.week is None
        )

    def _weekday(self, i: int, value: Date) -> int:
        assert value.weekday is not None
        if "habit" in self.items[i].flags:
            self.repeats = True
        j = i + 1
        if j + 1 < len(self.items) and (self.items[j].kind in _LINKS or "range" in self.items[j].flags):
            after = self.items[j + 1].value
            if isinstance(after, Date) and self._plain_weekday(after) and after.weekday is not None:
                day = value.weekday
                while day != after.weekday:
                    self.weekdays.add(day)
                    day = (day + 1) % 7
                self.weekdays.add(after.weekday)
                self.repeats = True
                return j + 2
        self.weekdays.add(value.weekday)
        return j

    def _date_after(self, i: int) -> tuple[Date, int] | None:
        """The date that follows a joint, joined from its pieces ("Friday" and "5 June"), and the index
        after it.
        """
        j = i + 1
        while j < len(self.items) and self.items[j].value is None and self.items[j].kind in (Joint.GLUE, Joint.AT):
            j += 1
        date: Date | None = None
        while j < len(self.items) and isinstance(self.items[j].value, Date):
            value = self.items[j].value
            assert isinstance(value, Date)
            if date is None and self._plain_weekday(value) and not self.weekdays:
                return None
            date = value if date is None else date.merged(value)
            j += 1
        if date is None and j < len(self.items) and isinstance(self.items[j].value, Number):
            return None
        return (date, j) if date is not None else None

    def _exceptions(self, i: int) -> int:
        found = False
        while i < len(self.items):
            item = self.items[i]
            if isinstance(item.value, Date):
                if self._plain_weekday(item.value) and item.value.weekday is not None:
                    self.weekdays.discard(item.value.weekday)
                else:
                    self.skipped.append(item.value)
                found = True
            elif isinstance(item.value, Number) and self.skipped:
                self.skipped.append(Date(day=item.value.value, month=self.skipped[-1].month))
            elif item.value is not None or item.kind in (*_LINKS, Joint.FROM, Joint.BEFORE, Joint.EVERY):
                break
            i += 1
        if not found:
            raise _Unclear(Code.UNREAD)
        return i

    # --- resolving ---------------------------------------------------------------------------------------

    def _hours(self) -> tuple[int, int]:
        """The stretch in minutes of the day; the whole day where no time is named."""
        times = self.times
        while times and times[-1].value is None:
            times = times[:-1]
        if not any(item.value is not None for item in times):
            return 0, _MINUTES_OF_DAY
        frame = build(times)
        start, end = frame.start, frame.end
        part = next(iter(start.parts + end.parts), None)
        hint = part.name if part is not None else None
        twelve = self.lex.twelve_hour
        if start.clocks and end.clocks:
            begin, finish = hours.pair(start.clocks[0], end.clocks[0], hint, twelve)
            self._note_hours(start.clocks[0], begin, finish)
        elif start.clocks and frame.length is not None and frame.length.minutes:
            begin = hours.by_rule(start.clocks[0], hint, twelve)
            finish = begin + frame.length.minutes
        elif part is not None and not start.clocks and not end.clocks:
            begin, finish = self.lex.part_minutes[part.name]
            self.notes.append(f"{part.name} taken as {hours.clock_text(begin)} to {hours.clock_text(finish)}")
        else:
            raise _Unclear(Code.UNREAD)
        return begin, finish if finish > begin else finish + _MINUTES_OF_DAY

    def _note_hours(self, clock: Clock, begin: int, finish: int) -> None:
        if clock.soft:
            self.notes.append(f"hours read as {hours.clock_text(begin)} to {hours.clock_text(finish)}")

    def _day(self, when: Date, not_before: date) -> tuple[date, date]:
        """The first day and the day after of the next span that `when` can mean and that is not over."""
        for first, last in spans(when, self.now.date()):
            if last > not_before:
                return first, last
        raise _Unclear(Code.OVER if not_before <= self.now.date() else Code.BACKWARDS)

    def _days(self, when: Date, first: date) -> Iterator[date]:
        begin, end = self._day(when, first)
        while begin < end:
            yield begin
            begin += _DAY

    def _last(self, first: date) -> date | None:
        if self.last is not None:
            begin, end = self._day(self.last[0], first)
            inclusive = self.last[1]
            if self.last[0].monthly and inclusive:
                self.notes.append(f"to the end of {begin:%B %Y}")
            return end - _DAY if inclusive else begin - _DAY
        if self.length is not None:
            start = at(first, 0, self.tz)
            return add(start, self.length, self.tz).date() - _DAY
        return None
