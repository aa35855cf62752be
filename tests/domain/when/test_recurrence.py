"""Repeating texts, each row of recurrence.jsonl reasoned in its note, and the windows they yield."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.when import Reading, Recurrence, read_recurrence, read_window

ROWS = [json.loads(line) for line in Path(__file__).with_name("recurrence.jsonl").read_text("utf-8").splitlines()]
BERLIN = ZoneInfo("Europe/Berlin")


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def test_there_are_sixty_reasoned_rows() -> None:
    assert len(ROWS) >= 60
    assert all(row["note"] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['lang']} {r['text']}" for r in ROWS])
def test_row(row: dict[str, Any]) -> None:
    now, tz = datetime.fromisoformat(row["now"]), ZoneInfo(row["tz"])
    found = read_recurrence(row["text"], now=now, tz=tz, locale=row["locale"], lang=row["lang"])
    if "error" in row:
        assert not isinstance(found, Recurrence)
        assert found.code == row["error"]
        return
    assert isinstance(found, Recurrence)
    assert list(found.weekdays) == row["weekdays"]
    assert (clock(found.start_minute), clock(found.end_minute)) == (row["start"], row["end"])
    assert str(found.first) == row["first"]
    assert (str(found.last) if found.last is not None else None) == row["last"]
    assert found.every_weeks == row["every_weeks"]
    assert sorted(map(str, found.skipped)) == row["skipped"]
    # The window reader never takes such a text for one stretch of time, except a plain span of days.
    assert not isinstance(read_window(row["text"], now=now, tz=tz, locale=row["locale"], lang=row["lang"]), Reading)


def weekly(**changes: Any) -> Recurrence:
    fields: dict[str, Any] = {
        "weekdays": (6,),
        "start_minute": 8 * 60,
        "end_minute": 11 * 60,
        "first": date(2027, 3, 21),
        "last": date(2027, 4, 4),
        "tz": BERLIN,
    }
    return Recurrence(**(fields | changes))


def test_hours_keep_their_wall_clock_over_a_clock_change() -> None:
    windows = list(weekly().windows(after=datetime(2027, 3, 1, tzinfo=UTC)))
    assert [w.starts_at.strftime("%m-%d %H:%M") for w in windows] == [
        "03-21 08:00",
        "03-28 08:00",
        "04-04 08:00",
    ]
    assert [w.starts_at.astimezone(UTC).hour for w in windows] == [7, 6, 6]


def test_a_stretch_over_the_spring_night_is_an_hour_shorter() -> None:
    nights = weekly(
        weekdays=(5,),
        start_minute=22 * 60,
        end_minute=30 * 60,
        first=date(2027, 3, 27),
        last=date(2027, 3, 27),
    )
    (night,) = nights.windows(after=datetime(2027, 3, 1, tzinfo=UTC))
    assert night.length is not None
    assert night.length.total_seconds() == 7 * 3600


def test_a_stretch_that_the_clock_change_swallows_is_left_out() -> None:
    swallowed = weekly(start_minute=2 * 60, end_minute=2 * 60 + 1, first=date(2027, 3, 28), last=date(2027, 3, 28))
    windows = list(swallowed.windows(after=datetime(2027, 3, 1, tzinfo=UTC)))
    assert all(w.length is not None and w.length.total_seconds() > 0 for w in windows)


def test_skipped_dates_and_bounds() -> None:
    found = weekly(skipped=frozenset({date(2027, 3, 28)}))
    windows = found.windows(after=datetime(2027, 3, 1, tzinfo=UTC), before=datetime(2027, 4, 4, 5, tzinfo=UTC))
    assert [w.starts_at.day for w in windows] == [21]


def test_every_other_week_counts_from_the_first() -> None:
    found = weekly(every_weeks=2, last=None)
    days = [w.starts_at.date() for w in islice(found.windows(after=datetime(2027, 3, 1, tzinfo=UTC)), 3)]
    assert days == [date(2027, 3, 21), date(2027, 4, 4), date(2027, 4, 18)]


def test_a_running_window_counts() -> None:
    found = weekly()
    running = next(found.windows(after=datetime(2027, 3, 21, 9, tzinfo=BERLIN)))
    assert running.starts_at.day == 21
