"""A window of time at a door: `[starts_at, ends_at)`, always aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a code works: from `starts_at` up to, not including, `ends_at`.

    Both are aware datetimes in any zone; `ends_at=None` means without end (an ongoing code).
    Raises `ValueError` for a naive time or an end that is not after the start: such a window
    must never reach a lock, so it cannot exist.
    """

    starts_at: datetime
    ends_at: datetime | None

    def __post_init__(self) -> None:
        for moment in (self.starts_at, self.ends_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("a window needs aware times")
        # Compared in UTC: Python compares two times of one zone by wall clock, which is wrong in a clock change.
        if self.ends_at is not None and self.ends_at.astimezone(UTC) <= self.starts_at.astimezone(UTC):
            raise ValueError("a window must end after it starts")

    @property
    def length(self) -> timedelta | None:
        """Elapsed time from start to end, or None without end."""
        if self.ends_at is None:
            return None
        return self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC)
