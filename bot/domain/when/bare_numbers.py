"""Whether a bare number is an hour or a day of the month."""

from __future__ import annotations

from bot.domain.when.frame import Dangling, Frame, Side
from bot.domain.when.pieces import Clock, Date, Impossible, Number


def settle_numbers(frame: Frame) -> None:
    """Decides for each bare number whether it is an hour or a day of the month, from what stands around
    it.
    """
    start, end = frame.start, frame.end
    has_clock = bool(start.clocks or end.clocks)
    counted = any(date.nth is not None for date in start.dates + end.dates)
    monthly = not counted and any(date.monthly for date in start.dates + end.dates)
    days: dict[int, bool] = {}
    for which, side in ((0, start), (1, end)):
        if not side.numbers:
            continue
        if len(side.numbers) > 2 or (len(side.numbers) == 2 and side.clocks):
            raise Dangling
        if len(side.numbers) == 2:
            # "Monday 21 9-5"
            side.dates.append(_as_day(side.numbers[0][0]))
            side.clocks.append(_as_hour(side.numbers[1][0]))
            continue
        number, at = side.numbers[0]
        other = end if which == 0 else start
        day = _is_day(number, at, side, other, frame, has_clock=has_clock, monthly=monthly)
        if which == 1 and 0 in days and not end.clocks and not end.dates:
            day = days[0]
        days[which] = day
        if day:
            side.dates.append(_as_day(number))
        else:
            side.clocks.append(_as_hour(number))
    start.numbers, end.numbers = [], []


def _as_day(number: Number) -> Date:
    if not 1 <= number.value <= 31:
        raise Impossible
    return Date(day=number.value)


def _as_hour(number: Number) -> Clock:
    if number.value > 24:
        raise Dangling
    return Clock(
        number.value,
        0,
        None,
        number.value > 12 or number.value == 0 or (number.digits == 2 and number.value < 10),
        None,
        False,
        True,
    )


def _is_day(number: Number, at: bool, side: Side, other: Side, frame: Frame, *, has_clock: bool, monthly: bool) -> bool:
    if side.clocks and at:
        # "Tuesday at 3 and 5pm" names two times.
        raise Dangling
    if side.clocks:
        return True
    if at:
        return False
    if monthly and not has_clock:
        return True
    if frame.link is not None and not other.empty:
        if other.clocks:
            return False
        if side.parts or other.parts:
            return False
        whole = any(date.day is not None for date in other.dates)
        if other.numbers:
            return all(any(d.weekday is not None for d in s.dates) for s in (side, other))
        return whole and not any(date.day is not None or date.offset is not None for date in side.dates)
    if side.parts or any(date.offset is not None for date in side.dates):
        return False
    if any(date.day is not None for date in side.dates):
        if number.value > 12 and any(date.month is not None and date.year is None for date in side.dates):
            # "14 April 15": a year or an hour.
            raise Dangling
        return False
    if any(date.weekday is not None for date in side.dates):
        return number.value > 12
    if frame.link is not None or frame.opened or frame.length is not None:
        return False
    raise Dangling
