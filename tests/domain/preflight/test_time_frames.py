"""Locks that take only some windows: what Seam says of them, and what pre-flight makes of it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.time_frames import TimeFrame, why_no_frame
from bot.domain.window import Window
from bot.seam.time_frames import read_duration, read_time_frames

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 12, 1, 15, 0, tzinfo=BERLIN)


def window(hours: float) -> Window:
    return Window(starts_at=START, ends_at=START + timedelta(hours=hours))


def test_trap_a_lock_may_take_only_some_windows() -> None:
    """seam-api.md 3.2: validate guest windows against the options before calling."""
    options: dict[str, object] = {
        "online_time_frame_options": [
            {"display_name": "Short", "max_duration": "PT12H"},
            {"display_name": "Stay", "max_duration": "P7D", "matching_start_end_time": True},
            {"display_name": "Night", "time_pairs": [{"start_time": "15:00", "end_time": "11:00"}]},
        ]
    }
    frames = read_time_frames(options)
    assert [why_no_frame(frames, window(h), BERLIN) for h in (12, 48, 20)] == [None, None, None]
    said = why_no_frame(frames, window(13), BERLIN)
    assert said is not None
    assert "at most 12 hours" in said
    assert "at which they start" in said
    assert "15:00 to 11:00" in said


@pytest.mark.parametrize("frames", [{}, {"online_time_frame_options": []}, {"online_time_frame_options": None}])
def test_no_options_restrict_nothing(frames: dict[str, object]) -> None:
    assert why_no_frame(read_time_frames(frames), window(9999), BERLIN) is None


def test_a_rule_that_cannot_be_read_restricts_nothing_and_is_marked() -> None:
    option = {"start_date_recurrence_rule": "FREQ=DAILY", "max_duration": "P1M"}
    (frame,) = read_time_frames({"online_time_frame_options": [option]})
    assert frame.has_more
    assert frame.why_not(window(10), BERLIN) is None


def test_pairs_are_read_in_the_options_own_zone() -> None:
    frame = TimeFrame(pairs=((time(14), time(16)),), tz=ZoneInfo("UTC"))
    assert frame.why_not(window(2), BERLIN) is None
    assert TimeFrame(pairs=((time(14), time(16)),)).why_not(window(2), BERLIN) == "only 14:00 to 16:00"


def test_an_ongoing_code_has_no_frame() -> None:
    assert TimeFrame().why_not(Window(starts_at=START, ends_at=None), BERLIN) == "only codes with an end"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P7D", timedelta(days=7)),
        ("PT12H", timedelta(hours=12)),
        ("P1DT30M", timedelta(days=1, minutes=30)),
        ("P2W", timedelta(weeks=2)),
        ("P1M", None),
        ("P", None),
        ("PT", None),
        ("a week", None),
        ("", None),
    ],
)
def test_durations(text: str, length: timedelta | None) -> None:
    assert read_duration(text) == length
