"""When reminders come: by the door's clock, never at night, on Friday before a weekend, and never for a short code."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reminders import USUAL_LEADS, reminder_times
from bot.domain.window import Window

BERLIN = ZoneInfo("Europe/Berlin")


def times(start: str, end: str, *leads: timedelta) -> list[str]:
    window = Window(
        starts_at=datetime.fromisoformat(start).replace(tzinfo=BERLIN),
        ends_at=datetime.fromisoformat(end).replace(tzinfo=BERLIN),
    )
    return [f"{at:%a %d %H:%M}" for _, at in reminder_times(window, leads or USUAL_LEADS, BERLIN)]


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2026-11-23 09:00", "2026-11-26 17:00", ["Wed 25 17:00", "Thu 26 16:00"]),  # as usual
        ("2026-11-24 09:00", "2026-11-24 17:00", ["Tue 24 16:00"]),  # shorter than a day
        ("2026-11-24 09:00", "2026-11-24 10:00", []),  # no longer than the lead
        ("2026-11-23 09:00", "2026-11-26 04:00", ["Tue 24 20:00", "Wed 25 20:00"]),  # not at 3 at night
        ("2026-11-23 09:00", "2026-11-29 17:00", ["Fri 27 16:00", "Sun 29 16:00"]),  # a weekend end
        ("2026-11-23 09:00", "2026-11-28 23:30", ["Fri 27 20:00", "Sat 28 20:00"]),  # late, and on a Saturday
        ("2026-11-24 23:00", "2026-11-25 04:00", []),  # the evening before is before it starts
        ("2026-10-23 09:00", "2026-10-26 12:00", ["Fri 23 16:00", "Mon 26 11:00"]),  # over the clock change
    ],
)
def test_when(start: str, end: str, wanted: list[str]) -> None:
    assert times(start, end) == wanted


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),
    st.integers(1, 60 * 24 * 40),
    st.lists(st.integers(1, 60 * 24 * 10), max_size=4),
)
def test_never_at_night_never_outside_never_twice(start: datetime, minutes: int, leads: list[int]) -> None:
    begin = start.replace(tzinfo=BERLIN).astimezone(ZoneInfo("UTC"))
    window = Window(starts_at=begin, ends_at=begin + timedelta(minutes=minutes))
    found = [at for _, at in reminder_times(window, [timedelta(minutes=n) for n in leads], BERLIN)]
    assert window.ends_at
    assert all(window.starts_at < at < window.ends_at and 7 <= at.hour < 22 for at in found)
    assert len(set(found)) == len(found)
