"""Time frame options JSON -> TimeFrame (seam-api.md 3.2). Tolerant: what cannot be read restricts nothing by itself."""

from __future__ import annotations

import re
from datetime import time, timedelta

from bot.domain.time_frames import TimeFrame
from bot.seam import fields
from bot.seam.fields import JsonObject

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_CHECKED = {"display_name", "max_duration", "matching_start_end_time", "time_pairs", "time_zone"}


def read_time_frames(properties: JsonObject) -> tuple[TimeFrame, ...]:
    """The frames for codes that are set from afar; none means that every window will do."""
    return tuple(_frame(option) for option in fields.items(properties, "online_time_frame_options"))


def _frame(option: JsonObject) -> TimeFrame:
    length = read_duration(fields.text(option, "max_duration") or "")
    pairs = [
        (start, end)
        for pair in fields.items(option, "time_pairs")
        if (start := _time(fields.text(pair, "start_time"))) and (end := _time(fields.text(pair, "end_time")))
    ]
    return TimeFrame(
        max_length=length,
        same_time_of_day=fields.flag(option, "matching_start_end_time") is True,
        pairs=tuple(pairs),
        tz=fields.zone(option, "time_zone"),
        has_more=bool(set(option) - _CHECKED) or (length is None and bool(option.get("max_duration"))),
    )


def read_duration(text: str) -> timedelta | None:
    """`P7D`, `PT12H`, `P1DT30M` (ISO 8601 without years and months, whose length is not fixed), or None."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _time(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None
