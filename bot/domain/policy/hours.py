"""Days and hours of a rule, on the door's own clock.

Hours are wall time of the week: "mon-fri 08:00-18:00" means whatever the clock beside the door shows. On the
night the clocks go back, the hour that comes twice is inside both times or outside both times; on the night
they go forward, the missing hour is simply not there.

A week is counted in seconds from Monday 00:00 (0) to Sunday 24:00 (`WEEK`). A window is judged by the seconds
of the week it touches. Since only the edges of hours matter, a handful of seconds stands for all of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400
WEEK = 7 * DAY
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From `start` to `end`, not including it, on each of `days` (0 is Monday), on the door's clock.

    Times are minutes after midnight; `end` may be 1440 (24:00). An `end` at or before `start` would cross
    midnight: the hours then belong to the day on which they start, so "fri 22:00-06:00" ends on Saturday.
    """

    days: frozenset[int]
    start: int
    end: int

    def __post_init__(self) -> None:
        if not self.days or not self.days <= EVERY_DAY:
            raise ValueError("hours need days from 0 (Monday) to 6 (Sunday)")
        if not (0 <= self.start < 1440 and 0 < self.end <= 1440) or self.start == self.end:
            raise ValueError("hours need two different times of day")

    @property
    def spans(self) -> Iterator[tuple[int, int]]:
        """`[first, last)` in seconds of the week, cut where the week ends."""
        length = (self.end - self.start) * 60 + (DAY if self.end < self.start else 0)
        for day in self.days:
            first = day * DAY + self.start * 60
            yield first, min(first + length, WEEK)
            if first + length > WEEK:
                yield 0, first + length - WEEK

    def contains(self, second: int) -> bool:
        """Whether this second of the week is inside."""
        return any(first <= second < last for first, last in self.spans)


def edges(hours: Iterable[Hours]) -> frozenset[int]:
    """Every second of the week at which some of these hours begin or end."""
    return frozenset(edge % WEEK for each in hours for span in each.spans for edge in span)


def second_of_week(moment: datetime, zone: ZoneInfo) -> int:
    """What the week's clock at the door shows at this (aware) moment."""
    return _wall_second(moment.astimezone(zone).replace(tzinfo=None))


def seconds_touched(start: datetime, end: datetime | None, zone: ZoneInfo, cuts: frozenset[int]) -> frozenset[int]:
    """Seconds of the week that stand for `[start, end)` at a door in `zone`.

    Between two neighbouring `cuts` (seconds of the week, from `edges`) no rule's hours begin or end, so one
    second stands for the whole stretch. `end=None` goes on for ever. Times are aware.
    """
    first = second_of_week(start, zone)
    if end is None or end.astimezone(UTC) - start.astimezone(UTC) >= timedelta(days=8):
        # Eight days show every second of the week even when one of them has only 23 hours.
        return cuts | {first}
    touched: set[int] = set()
    for wall_start, wall_end in _wall_pieces(start, end, zone):
        first = _wall_second(wall_start)
        length = math.ceil((wall_end - wall_start.replace(microsecond=0)).total_seconds())
        touched.add(first)
        touched.update(cut for cut in cuts if (cut - first) % WEEK < length)
    return frozenset(touched)


def _wall_second(wall: datetime) -> int:
    return wall.weekday() * DAY + wall.hour * 3_600 + wall.minute * 60 + wall.second


def _wall_pieces(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """`[start, end)` as stretches of naive wall time, cut where the clocks change."""
    here, end = start.astimezone(UTC), end.astimezone(UTC)
    while here < end:
        offset = _offset(here, zone)
        there = _next_change(here, end, zone, offset)
        yield here.replace(tzinfo=None) + offset, there.replace(tzinfo=None) + offset
        here = there


def _next_change(here: datetime, end: datetime, zone: ZoneInfo, offset: timedelta) -> datetime:
    """The first moment after `here` at which the zone's offset is another one, or `end`."""
    probe = here
    while probe < end:
        probe = min(probe + timedelta(days=1), end)
        if _offset(probe, zone) != offset:
            break
    else:
        return end
    same, other = probe - timedelta(days=1), probe.replace(microsecond=0)
    same = max(same, here).replace(microsecond=0)
    while other - same > timedelta(seconds=1):
        middle = (same + (other - same) / 2).replace(microsecond=0)
        same, other = (middle, other) if _offset(middle, zone) == offset else (same, middle)
    return min(max(other, here + timedelta(microseconds=1)), end)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


class BadHours(ValueError):
    """A line of hours that cannot be read. `str()` says what is wrong; `fix` what to write."""

    def __init__(self, message: str, fix: str) -> None:
        self.fix = fix
        super().__init__(message)


_EXAMPLE = 'write it like "mon-fri 08:00-18:00", "sat,sun 10:00-14:00" or "22:00-06:00"'
_LINE = re.compile(r"(?:(?P<days>[^\d\s][^\d]*?)\s+)?(?P<start>\d{1,2}:\d\d)\s*[-–]\s*(?P<end>\d{1,2}:\d\d)")


def parse_hours(text: str) -> Hours:
    """One line, `[days ]HH:MM-HH:MM`, days as "mon", "mon-fri", "sat,sun"; none means every day. Raises `BadHours`."""
    line = _LINE.fullmatch(text.strip().lower())
    if line is None:
        raise BadHours(f"“{text}” is not a range of hours", _EXAMPLE)
    start, end = _minutes(line["start"]), _minutes(line["end"])
    if start == 1440:
        raise BadHours("hours cannot start at 24:00", "write 00:00 and the next day")
    if start == end:
        raise BadHours(
            f"the hours “{text}” start and end at the same time", 'write "00:00-24:00" when you mean the whole day'
        )
    # 00:00 as an end is the midnight that closes the day.
    return Hours(days=_days(line["days"]), start=start, end=end or 1440)


def format_hours(hours: Hours) -> str:
    """The line that `parse_hours` reads back as the same hours."""
    times = f"{_clock(hours.start)}-{_clock(hours.end)}"
    return times if hours.days == EVERY_DAY else f"{_day_list(hours.days, DAY_NAMES)} {times}"


def say_hours(hours: Iterable[Hours]) -> str:
    """For people: "Mon-Fri 08:00-18:00 and Sat 10:00-14:00"."""
    names = tuple(name.capitalize() for name in DAY_NAMES)
    said = []
    for each in sorted(hours, key=lambda h: (min(h.days), h.start, h.end)):
        days = "" if each.days == EVERY_DAY else f"{_day_list(each.days, names)} "
        said.append(f"{days}{_clock(each.start)}-{_clock(each.end)}")
    return " and ".join(said) or "at any time"


def _minutes(clock: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise BadHours(f"there is no time {clock}", "hours go from 00:00 to 24:00, minutes from 00 to 59")
    return hour * 60 + minute


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(text: str | None) -> frozenset[int]:
    if text is None:
        return EVERY_DAY
    days: set[int] = set()
    for part in re.split(r"[,\s]+", text.replace("–", "-").strip()):
        if not part:
            raise BadHours(f"“{text}” is not a list of days", _EXAMPLE)
        first, _, last = part.partition("-")
        begin, finish = _day(first), _day(last or first)
        days.update(day % 7 for day in range(begin, (finish if finish >= begin else finish + 7) + 1))
    return frozenset(days)


def _day(name: str) -> int:
    if name not in DAY_NAMES:
        raise BadHours(f"there is no weekday “{name}”", f"the days are {', '.join(DAY_NAMES)}")
    return DAY_NAMES.index(name)


def _day_list(days: frozenset[int], names: tuple[str, ...]) -> str:
    """Runs of three or more days as "mon-fri", the rest one by one."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        parts += [f"{names[run[0]]}-{names[run[-1]]}"] if len(run) > 2 else [names[d] for d in run]
    return ",".join(parts)
