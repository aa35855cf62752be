"""dateparser, for single moments that our grammar does not know, and only where it keeps every typed number.

`peers.md` section 5 lists why: it drops the hour of "tomorrow at 9", reads "friday at 9" as 5 September
and rolls a
past 3/4 a year on. It gets a naive local base, one language, and must return an explicit day and month.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from bot.domain.when.localtime import at, day_start

# Longer texts are sentences, which dateparser does not read.
MAX_CHARACTERS = 60
_MAX_WORDS = 9
_NUMBER = re.compile(r"\d+")


def worth_trying(text: str) -> bool:
    """Two numbers and a few Latin words: the only texts where it reads better than nothing, and is quick."""
    if len(text) > MAX_CHARACTERS or len(text.split()) > _MAX_WORDS or len(_NUMBER.findall(text)) < 2:
        return False
    return any(c.isalpha() for c in text) and all(c < "\u0250" for c in text)


def read_moment(
    text: str, *, now: datetime, zone: tzinfo, lang: str, order: str
) -> tuple[datetime, datetime | None] | None:
    """The moment (start, None) or the whole day (start, next midnight) that dateparser reads, in `zone`.

    None where it reads nothing, drops a number, or finds a moment before `now` (aware, in `zone`).
    """
    from dateparser.date import DateDataParser

    settings = {
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": order.upper(),
        "REQUIRE_PARTS": ["day", "month"],
        "RETURN_TIME_AS_PERIOD": True,
    }
    try:
        found = DateDataParser(languages=[lang], settings=settings).get_date_data(text)
    except (ValueError, OverflowError, TypeError):
        return None
    moment = found.date_obj
    if (
        moment is None
        or not now.year <= moment.year <= now.year + 10
        or moment.tzinfo is not None
        or not keeps_numbers(text, moment)
    ):
        return None
    timed = found.period == "time"
    start = at(moment.date(), moment.hour * 60 + moment.minute, zone) if timed else day_start(moment.date(), zone)
    end = None if timed else at(moment.date(), 24 * 60, zone)
    if (end or start).astimezone(UTC) <= now.astimezone(UTC):
        return None
    return start, end


def keeps_numbers(text: str, moment: datetime) -> bool:
    """Whether every number in `text` is a part of `moment`, each part used once."""
    parts = [
        moment.day,
        moment.month,
        moment.year,
        moment.year % 100,
        moment.hour,
        moment.hour % 12 or 12,
        moment.minute,
    ]
    parts.append(moment.second)
    for number in map(int, _NUMBER.findall(text)):
        if number not in parts:
            return False
        parts.remove(number)
    return True


def warm() -> None:
    """Imports dateparser and lets it build its tables."""
    from datetime import UTC

    base = datetime(2026, 1, 1, tzinfo=UTC)
    read_moment("1 February 2026 at 10:00", now=base, zone=UTC, lang="en", order="mdy")
