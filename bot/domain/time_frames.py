"""The windows that a lock takes, where it takes only some (Seam's `online_time_frame_options`, seam-api.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeFrame:
    """One kind of window that the lock takes. What is None or empty is no restriction.

    `pairs` are (start, end) of the day, on the wall clock of `tz` (the door's own where it is None).
    `has_more`: Seam names a rule that we cannot check; such a frame is given the benefit of the doubt.
    """

    max_length: timedelta | None = None
    same_time_of_day: bool = False
    pairs: tuple[tuple[time, time], ...] = ()
    tz: ZoneInfo | None = None
    has_more: bool = False

    def why_not(self, window: Window, zone: ZoneInfo) -> str | None:
        """Why this frame does not have this window, as the end of “it takes …”, or None when it has."""
        if window.ends_at is None:
            return "only codes with an end"
        local = self.tz or zone
        start, end = window.starts_at.astimezone(local), window.ends_at.astimezone(local)
        if self.max_length is not None and end - start > self.max_length:
            return f"at most {_length(self.max_length)}"
        if self.same_time_of_day and start.time() != end.time():
            return "only codes that end at the time of day at which they start"
        if self.pairs and (start.time(), end.time()) not in self.pairs:
            pairs = " or ".join(f"{a:%H:%M} to {b:%H:%M}" for a, b in self.pairs)
            return f"only {pairs}"
        return None


def why_no_frame(frames: Sequence[TimeFrame], window: Window, zone: ZoneInfo) -> str | None:
    """Why no frame has this window, each reason once; None when one has it, or the lock names none."""
    reasons = [frame.why_not(window, zone) for frame in frames]
    return None if None in reasons or not reasons else ", or ".join(dict.fromkeys(r for r in reasons if r))


def _length(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{span.days} days" if span.days > 1 and hours % 24 == 0 else f"{hours:g} hours"
