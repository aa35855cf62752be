"""The window said back, so that a person sees what will happen before it does.

What is written here is read by `read_window` as the same window again, in every language; a property test
holds it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.when.lexicon import Lexicon, lexicon
from bot.domain.when.localtime import day_start, elapsed

SEPARATOR = " · "
_DASH = " – "
# Locales that write 3:00 PM; the others write 15:00.
_TWELVE_HOUR = ("en-us", "en-ca", "en-au", "en-nz", "en-in", "en-ph", "en")


def echo(
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    tz: ZoneInfo,
    lang: str = "en",
    locale: str = "en-US",
    reader_tz: ZoneInfo | None = None,
    now: datetime | None = None,
) -> str:
    """The window as text: weekday, full date and time in the door's zone `tz`, the zone's name and the
    length.

    `starts_at` and `ends_at` are aware; `ends_at=None` is an open end. `lang` and `locale` are the reader's;
    `reader_tz` adds the reader's own time where it shows another clock; `now` says whether the window has
    begun.
    """
    lex = lexicon(lang)
    parts = [_core(starts_at, ends_at, tz, lex, locale), _zone_name(tz, lex)]
    if ends_at is not None:
        parts.append(length_text(elapsed(starts_at, ends_at), lex))
    if reader_tz is not None and _differs(starts_at, ends_at, tz, reader_tz):
        yours = _core(starts_at, ends_at, reader_tz, lex, locale)
        parts.append(f"{lex.names['yours']}: {yours}")
    text = SEPARATOR.join(parts)
    return f"{text} ✓" if now is not None and _running(starts_at, ends_at, now) else text


def _core(starts_at: datetime, ends_at: datetime | None, tz: ZoneInfo, lex: Lexicon, locale: str) -> str:
    """The part that can be read again: the two ends and nothing else."""
    start = starts_at.astimezone(tz)
    if ends_at is None:
        moment = _moment(start, lex, locale, offset=_ambiguous(start))
        return str(lex.names["open"]).format(start=moment)
    end = ends_at.astimezone(tz)
    first, last = start.date(), end.date()
    if _is_day_start(start, tz) and _is_day_start(end, tz) and last > first:
        day_text = _date(first, lex, locale)
        closing = last - timedelta(days=1)
        if closing == first:
            return str(lex.names["all_day"]).format(day_text=day_text)
        return day_text + _DASH + _date(closing, lex, locale)
    offset = _ambiguous(start) or _ambiguous(end)
    ending = _moment(end, lex, locale, offset=offset)
    if first == last and not offset:
        ending = _clock(end, locale)
    return _moment(start, lex, locale, offset=offset) + _DASH + ending


def _moment(moment: datetime, lex: Lexicon, locale: str, *, offset: bool) -> str:
    text = f"{_date(moment.date(), lex, locale)}, {_clock(moment, locale)}"
    if lex.lang == "ja":
        text = text.replace(", ", " ")
    return f"{text} {_offset(moment)}" if offset else text


def _date(day: date, lex: Lexicon, locale: str) -> str:
    names = lex.names
    us = locale.replace("_", "-").lower() in ("en-us", "en", "en-ca", "en-ph")
    pattern = names["date"] if lex.lang != "en" or us else names["date_day_first"]
    return str(pattern).format(
        weekday=names["weekdays"][day.weekday()],
        day=day.day,
        month=names["months"][day.month - 1],
        year=day.year,
    )


def _clock(moment: datetime, locale: str) -> str:
    if locale.replace("_", "-").lower() in _TWELVE_HOUR:
        return f"{moment.hour % 12 or 12}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"
    return f"{moment.hour:02d}:{moment.minute:02d}"


def _offset(moment: datetime) -> str:
    """UTC-04:00, which tells the two 1:30s of a long night apart."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _ambiguous(moment: datetime) -> bool:
    """Whether this wall time happens twice."""
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _is_day_start(moment: datetime, tz: ZoneInfo) -> bool:
    return moment.astimezone(UTC) == day_start(moment.date(), tz).astimezone(UTC)


def _zone_name(tz: ZoneInfo, lex: Lexicon) -> str:
    return str(lex.names["zone"]).format(city=tz.key.rsplit("/", 1)[-1].replace("_", " "))


def length_text(length: timedelta, lex: Lexicon) -> str:
    """2 d 20 h, 1 h 30 min: elapsed time, days of 24 hours."""
    minutes = int(length.total_seconds()) // 60
    amounts = (
        (minutes // 1440, "day_unit"),
        (minutes % 1440 // 60, "hour_unit"),
        (minutes % 60, "minute_unit"),
    )
    joiner = "" if lex.lang == "ja" else " "
    return " ".join(f"{n}{joiner}{lex.names[unit]}" for n, unit in amounts if n) or f"0 {lex.names['minute_unit']}"


def _running(starts_at: datetime, ends_at: datetime | None, now: datetime) -> bool:
    """Whether `now` is inside, compared in UTC: two times of one zone compare by wall clock."""
    moment = now.astimezone(UTC)
    return starts_at.astimezone(UTC) <= moment and (ends_at is None or ends_at.astimezone(UTC) > moment)


def _differs(starts_at: datetime, ends_at: datetime | None, tz: ZoneInfo, other: ZoneInfo) -> bool:
    """Whether the two zones show different clocks at either end."""
    moments = [starts_at] if ends_at is None else [starts_at, ends_at]
    return any(m.astimezone(tz).utcoffset() != m.astimezone(other).utcoffset() for m in moments)
