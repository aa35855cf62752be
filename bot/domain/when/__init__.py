"""Time windows as people type them: text, now, zone and language in; a `Reading` or `Unclear` out.

Pure: no clock (`now` is given), no network. The grammar, the word tables and dateparser are imported when first
needed, so that importing this package costs the start of the bot nothing; `warm_up` loads them in the background.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.when.reading import Code, Confidence, Kind, Reading, Unclear
from bot.domain.when.recurrence import Recurrence

__all__ = [
    "Code",
    "Confidence",
    "Kind",
    "Reading",
    "Recurrence",
    "Unclear",
    "echo",
    "read_past",
    "read_recurrence",
    "read_window",
    "warm_up",
]


def read_window(
    text: str, *, now: datetime, tz: ZoneInfo, locale: str = "en-US", lang: str | None = None
) -> Reading | Unclear:
    """The access window that `text` means, by rules S1 to S17 of the corpus (docs/when.md). Never raises.

    `now` is aware; `tz` is the door's zone, in which the answer comes; `locale` decides 3/12 (en-US: month
    first, ja: year first, else day first); `lang` is the language of the words, by default the locale's.
    """
    from bot.domain.when import reader

    return reader.read_window(text, now=now, tz=tz, locale=locale, lang=lang)


def read_past(
    text: str, *, now: datetime, tz: ZoneInfo, locale: str = "en-US", lang: str | None = None
) -> Reading | Unclear:
    """The stretch of the past that `text` means, for the door log: "last friday evening", "past 3 days".

    Parameters as in `read_window`. The end is never after `now`. Never raises.
    """
    from bot.domain.when import reader

    return reader.read_past(text, now=now, tz=tz, locale=locale, lang=lang)


def read_recurrence(
    text: str, *, now: datetime, tz: ZoneInfo, locale: str = "en-US", lang: str | None = None
) -> Recurrence | Unclear:
    """The repeating stretch that `text` means: "every Tue and Thu 8-11 until June". Never raises.

    Parameters as in `read_window`, which refuses such texts with `Code.RECURRING`.
    """
    from bot.domain.when import repeats

    return repeats.read_recurrence(text, now=now, tz=tz, locale=locale, lang=lang)


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
    """The window said back: weekday, full date and time in the door's zone `tz`, the zone's name and the length.

    `starts_at` and `ends_at` are aware; `ends_at=None` is an open end. `lang` and `locale` are the reader's;
    `reader_tz` adds the reader's own time where it shows another clock; with `now`, a running window has a ✓.
    `read_window` reads the text as the same window again.
    """
    from bot.domain.when import said

    return said.echo(starts_at, ends_at, tz=tz, lang=lang, locale=locale, reader_tz=reader_tz, now=now)


def warm_up() -> None:
    """Loads the grammar, every word table and dateparser. Slow (0.3 s): for a background thread at the start."""
    from bot.domain.when import reader

    reader.warm_up()
