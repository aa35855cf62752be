"""Which hour is meant: rule S11 for hours without am or pm."""

from __future__ import annotations

from bot.domain.when.pieces import Clock

_DAY = 24 * 60
_HALF = 12 * 60
_AFTERNOON = ("afternoon", "evening", "night")


def options(clock: Clock, part: str | None) -> tuple[int, ...]:
    """Minutes of the day the clock can mean, the likelier first where the words do not say.

    `part` is a part of the day named elsewhere in the phrase ("tonight", "this afternoon").
    """
    minutes = clock.minutes
    if clock.part == "midnight":
        return (0,)
    if clock.meridiem == "am":
        return (minutes % _HALF,) if clock.hour <= 12 else (minutes,)
    if clock.meridiem == "pm":
        return (minutes % _HALF + _HALF,) if clock.hour <= 12 else (minutes,)
    own = clock.part or part
    if own is not None and 1 <= clock.hour <= 12:
        return (_in_part(clock, own),)
    if clock.soft:
        return (minutes % _HALF, minutes % _HALF + _HALF)
    return (minutes,)


def _in_part(clock: Clock, part: str) -> int:
    """The hour within a part of the day: 8 in the evening is 20, 1 at night is 1."""
    early, late = clock.minutes % _HALF, clock.minutes % _HALF + _HALF
    if part == "morning":
        return clock.minutes if clock.hour == 12 else early
    if part == "noon":
        return late if clock.hour in (12, 1, 2, 3, 4) else early
    if part in ("afternoon", "evening"):
        return late if not (clock.hour == 12 and part == "evening") else early
    return early if clock.hour in (12, 1, 2, 3, 4, 5) else late


def by_rule(clock: Clock, part: str | None, twelve_hour: bool) -> int:
    """The minutes of one time by S11: in English 1 to 6 is afternoon and 12 is noon; elsewhere as written."""
    found = options(clock, part)
    if len(found) == 1:
        return found[0]
    if twelve_hour:
        return found[1] if clock.hour <= 6 or clock.hour == 12 else found[0]
    return clock.minutes


def pair(start: Clock, end: Clock, part: str | None, twelve_hour: bool) -> tuple[int, int]:
    """Start and end in minutes of the day by S11; an end at or before the start is on the next day.

    A marker on one side serves both where that keeps the range forward and short.
    """
    first, last = options(start, part), options(end, part)
    if end.part is not None and start.part is None and start.soft and part is None:
        # "10 - 11 at night", "de las 5 a las 6 de la tarde": the words after the end serve both.
        first = _nearest_start(start, last[0])
    elif len(first) == 2 and len(last) == 1 and end.meridiem is not None:
        first = _nearest_start(start, last[0])
    elif len(first) == 2:
        if len(last) == 1 and end.literal:
            first = (_before_literal(start, last[0], twelve_hour),)
        else:
            first = (by_rule(start, part, twelve_hour),)
    begin = first[0]
    if len(last) == 2 and start.literal and start.part is None and start.hour < 10 <= end.hour:
        # "00:30 to 12:15": a leading zero puts both on the 24-hour clock.
        last = (end.minutes,)
    if len(last) == 2:
        finish = min(last, key=lambda minutes: (minutes - begin - 1) % _DAY)
    else:
        finish = last[0]
        twelve = (finish + _HALF) % _DAY
        if (
            end.meridiem is None
            and end.part is None
            and 1 <= end.hour <= 12
            and finish <= begin < twelve
            and not (end.literal and end.hour < 10 and begin >= _HALF)
        ):
            # 8 to 6 with a 24-hour word is still a day at work, not a night.
            finish = twelve
    return begin, finish if finish else _DAY


def _nearest_start(start: Clock, end: int) -> tuple[int, ...]:
    """The start that makes the shorter range up to `end`."""
    low = start.minutes % _HALF
    return (min((low, low + _HALF), key=lambda minutes: (end - minutes - 1) % _DAY),)


def _before_literal(start: Clock, end: int, twelve_hour: bool) -> int:
    """A bare start before a 24-hour end is itself on the 24-hour clock: 7 to 20:00."""
    if twelve_hour and start.hour <= 6 and end > _HALF and start.minutes + _HALF < end:
        return start.minutes + _HALF
    return start.minutes


def flipped(minutes: int) -> int:
    """The same hour on the other half of the clock."""
    return (minutes + _HALF) % _DAY


def sound(start: int, end: int | None = None) -> bool:
    """Whether a reading on the other half of the clock is worth offering: by day, and no long night."""
    if not 6 * 60 <= start <= 22 * 60:
        return False
    return end is None or 0 < end - start <= 4 * 60


def clock_text(minutes: int) -> str:
    """Minutes of the day as H:MM, for the assumptions."""
    return f"{minutes // 60 % 24}:{minutes % 60:02d}" if minutes != _DAY else "24:00"
