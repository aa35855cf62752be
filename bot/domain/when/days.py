"""Which days a partial date can mean, nearest first (rules S3, S9, S16)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.when.localtime import add_months
from bot.domain.when.pieces import Contradiction, Date, Impossible

Span = tuple[date, date]
_ONE = timedelta(days=1)
# A date without a year is looked for this many years ahead: 29 February on a given weekday can be far.
_YEARS = 9
# A weekday that does not fit its date this year or next, or the one after, is a slip of the pen.
_FAR = 1000
_FIRST_YEAR, _LAST_YEAR = 1900, 2300


def fixed(when: Date) -> bool:
    """Whether the words leave no choice: a full date, or one counted from today."""
    if when.offset is not None or when.week is not None or when.weekend is not None or when.years is not None:
        return True
    if when.months is not None:
        return True
    return when.year is not None and when.month is not None


def spans(when: Date, today: date, *, past: bool = False, next_week: bool = True) -> Iterator[Span]:
    """The spans [first day, day after) that `when` can mean: in time order, those of the past year first.

    With `past` they come latest first, from today backwards. `next_week` decides "next Friday": the one of
    next
    week, or the first after today. Raises `Contradiction` or `Impossible` for words that fit no day.
    """
    found = _spans(when, today, past, next_week)
    if when.plus or when.plus_months:
        shift, months = timedelta(days=when.plus or 0), when.plus_months or 0
        found = ((add_months(first, months) + shift, add_months(last, months) + shift) for first, last in found)
    if when.edge == "start":
        found = ((first, first) for first, _ in found)
    return found


def _spans(when: Date, today: date, past: bool, next_week: bool) -> Iterator[Span]:
    if when.offset is not None:
        return iter([_within(when, _checked(when, today + timedelta(days=when.offset)), today)])
    if when.nth is not None:
        return _nth(when, today, past)
    if when.week is not None or when.weekend is not None:
        return iter(_weekly(when, today, past))
    if when.day is not None and when.span == "week":
        return (_week_of(day) for day, _ in _dated(replace(when, span=None), today, past))
    if when.day is not None:
        return _dated(when, today, past)
    if when.years is not None and when.month is None:
        year = today.year + when.years
        return iter([(date(year, 1, 1), date(year + 1, 1, 1))])
    if when.month is not None or when.months is not None:
        return _monthly(when, today, past)
    if when.weekday is not None and when.year is None:
        return _weekday(when, today, past, next_week)
    if when.year is not None and when.weekday is None:
        return iter([(date(when.year, 1, 1), date(when.year + 1, 1, 1))])
    raise Contradiction


def _checked(when: Date, day: date) -> Span:
    """One day, when everything else that was said about it agrees."""
    wrong = (
        (when.weekday is not None and when.rel is None and day.weekday() != when.weekday)
        or (when.day is not None and day.day != when.day)
        or (when.month is not None and day.month != when.month)
        or (when.year is not None and day.year != when.year)
    )
    if wrong:
        raise Contradiction
    return day, day + _ONE


def _month_span(year: int, month: int) -> Span:
    first = date(year, month, 1)
    return first, add_months(first, 1)


def _week_of(day: date) -> Span:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def _months(when: Date, today: date, past: bool) -> Iterator[tuple[int, int]]:
    """The (year, month) pairs that the words allow."""
    if when.months is not None:
        first = add_months(today.replace(day=1), when.months)
        if when.month is not None and when.month != first.month:
            raise Contradiction
        yield first.year, first.month
    elif when.month is not None and (when.year is not None or when.years is not None):
        yield when.year if when.year is not None else today.year + (when.years or 0), when.month
    elif when.month is not None:
        years = range(today.year, today.year - _YEARS, -1) if past else range(today.year - 1, today.year + _YEARS)
        for year in years:
            yield year, when.month
    else:
        steps = range(0, -30, -1) if past else range(-1, 60)
        for step in steps:
            first = add_months(today.replace(day=1), step)
            yield first.year, first.month


def _dated(when: Date, today: date, past: bool) -> Iterator[Span]:
    """Days of a month, with a weekday that selects the year or month (S16)."""
    assert when.day is not None
    sure = fixed(when)
    if not 1 <= when.day <= 31:
        raise Impossible
    any_found = False
    for year, month in _months(when, today, past):
        if not _FIRST_YEAR <= year <= _LAST_YEAR or when.day > calendar.monthrange(year, month)[1]:
            if sure:
                raise Impossible
            continue
        day = date(year, month, when.day)
        if (past or when.rel == -1) and day > today and not sure:
            continue
        if when.weekday is not None and day.weekday() != when.weekday:
            if sure:
                raise Contradiction
            continue
        if not sure and not past and (day - today).days > _FAR and (when.month, when.day) != (2, 29):
            # A weekday selects the year (S16), but not one so far off: then the two contradict each other.
            break
        any_found = True
        yield day, day + _ONE
    if not any_found:
        raise Contradiction


def _monthly(when: Date, today: date, past: bool) -> Iterator[Span]:
    skip = when.rel == -1
    for year, month in _months(when, today, past):
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise Impossible
        span = _month_span(year, month)
        if past and span[0] > today and not fixed(when):
            continue
        if skip and span[1] > today:
            continue
        yield span


def _nth(when: Date, today: date, past: bool) -> Iterator[Span]:
    assert when.nth is not None
    for year, month in _months(when, today, past):
        first, after = _month_span(year, month)
        if when.span == "week":
            # The first week of a month is the first that begins in it.
            monday = first + timedelta(days=-first.weekday() % 7) + timedelta(days=7 * (when.nth - 1))
            if when.nth < 0:
                # The last week of a month is the last that lies in it.
                monday = after - _ONE - timedelta(days=(after - _ONE - timedelta(days=6)).weekday() + 6)
            yield monday, monday + timedelta(days=7)
            continue
        if when.span == "day":
            yield after - _ONE, after
            continue
        if when.span == "weekend":
            saturday = first + timedelta(days=(5 - first.weekday()) % 7 + 7 * (when.nth - 1))
            if when.nth < 0:
                saturday = after - _ONE - timedelta(days=((after - _ONE).weekday() - 5) % 7)
            yield saturday, saturday + 2 * _ONE
            continue
        weekday = when.weekday if when.weekday is not None else 0
        if when.nth < 0:
            last = after - _ONE
            day = last - timedelta(days=(last.weekday() - weekday) % 7)
        else:
            day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (when.nth - 1))
            if day >= after:
                if fixed(when):
                    raise Impossible
                continue
        yield day, day + _ONE


def _take_until(days: Iterator[Span], today: date) -> Iterator[Span]:
    """The spans up to some months on: a week named by this/next is near."""
    for span in days:
        if (span[0] - today).days > 100:
            return
        yield span


def _inside(span: Span, when: Date, today: date) -> bool:
    """Whether a day lies in the week or weekend that was named as well."""
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * (when.week or when.weekend or 0))
    first = monday + timedelta(days=5) if when.weekend is not None else monday
    return first <= span[0] < monday + timedelta(days=7)


def _within(when: Date, span: Span, today: date) -> Span:
    """A day counted from today that also lies in the week or month named with it; else a contradiction."""
    if (when.week is not None or when.weekend is not None) and not _inside(span, when, today):
        raise Contradiction
    if when.months is not None:
        first = add_months(today.replace(day=1), when.months)
        if (span[0].year, span[0].month) != (first.year, first.month):
            raise Contradiction
    if when.nth is not None or when.years is not None:
        raise Contradiction
    return span


def _weekly(when: Date, today: date, past: bool) -> list[Span]:
    """this/next week or weekend, with a weekday or a date inside where one is named."""
    if when.day is not None or when.month is not None or when.months is not None:
        inner = replace(when, week=None, weekend=None, span=None)
        days = _dated(inner, today, past) if when.day is not None else iter(())
        found = [span for span in _take_until(days, today) if _inside(span, when, today)]
        if not found:
            raise Contradiction
        return found[:1]
    if when.weekend is not None:
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * when.weekend)
        if past and when.weekend == 0 and today.weekday() < 5:
            monday -= timedelta(days=7)
        return [(monday + timedelta(days=5), monday + timedelta(days=7))]
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * (when.week or 0))
    if when.weekday is not None:
        return [_checked(replace(when, rel=None), monday + timedelta(days=when.weekday))]
    return [(monday, monday + timedelta(days=5 if when.span == "workweek" else 7))]


def _weekday(when: Date, today: date, past: bool, next_week: bool) -> Iterator[Span]:
    assert when.weekday is not None
    ahead = (when.weekday - today.weekday()) % 7
    day = today + timedelta(days=ahead)
    if when.rel == -1:
        day = today - timedelta(days=(today.weekday() - when.weekday) % 7 or 7)
        yield day, day + _ONE
        return
    if past:
        day = today - timedelta(days=(today.weekday() - when.weekday) % 7)
        while day.year > _FIRST_YEAR:
            yield day, day + _ONE
            day -= timedelta(days=7)
        return
    if when.rel is None or when.rel == 0:
        for _ in range(60):
            yield day, day + _ONE
            day += timedelta(days=7)
        return
    if when.rel == 1:
        day = day + timedelta(days=7) if not ahead else day
        if next_week:
            day = today - timedelta(days=today.weekday()) + timedelta(days=7 + when.weekday)
    else:
        # Counted from tomorrow on: "two Sundays from now", "übernächsten Freitag".
        day = day + timedelta(days=7) if not ahead else day
        if when.plus is None:
            # "Friday after next" is a week after the first one ahead.
            day += timedelta(days=7)
    yield day, day + _ONE
