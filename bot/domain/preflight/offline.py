"""Codes that a lock's maker computes without reaching the lock: what windows they have and what they cannot do.

Sources: seam-api.md 6.7 (igloohome's algoPIN), peers.md 4 (TTLock: whole hours, first use within a day).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.window import Window

IGLOO_HOURLY_LONGEST = timedelta(hours=672)
IGLOO_DAILY_SHORTEST, IGLOO_DAILY_LONGEST = timedelta(days=29), timedelta(days=367)
TTLOCK_LONGEST = timedelta(days=365)
DAY = timedelta(days=1)

_NO_END = "it cannot be changed or ended early"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineTerms:
    """The window that such a code gets, and its limits in words."""

    window: Window
    limits: str


def offline_terms(provider: str, window: Window, zone: ZoneInfo) -> OfflineTerms | str:
    """The terms for this window, or the rest of a sentence (“Garden Gate has no bridge now, and …”) why there are
    none. Rounds outward, to whole hours on the wall clock of `zone`."""
    if window.ends_at is None:
        return "codes that its maker computes always have an end. Say until when."
    if provider not in {"igloohome", "ttlock"}:
        return "I do not know this maker's rules for codes without one. Choose another door, or bring its bridge back."
    rounded = Window(starts_at=_hour_before(window.starts_at, zone), ends_at=_hour_after(window.ends_at, zone))
    length = rounded.length or timedelta()
    if provider == "ttlock":
        if length > TTLOCK_LONGEST:
            return "such a code lasts at most a year. Choose an earlier end."
        return OfflineTerms(window=rounded, limits=f"it must be used once within 24 hours of its start, and {_NO_END}")
    if length <= IGLOO_HOURLY_LONGEST:
        first_use = "it must be used once within 24 hours of its start, and " if length > DAY else ""
        return OfflineTerms(window=rounded, limits=f"{first_use}{_NO_END}")
    return _igloo_daily(rounded, zone)


def _igloo_daily(rounded: Window, zone: ZoneInfo) -> OfflineTerms | str:
    """Beyond 28 days only whole days, with one time of day at both ends."""
    assert rounded.ends_at is not None
    start, end = rounded.starts_at.astimezone(zone), rounded.ends_at.astimezone(zone)
    if end.time() != start.time():
        same_day = end.replace(hour=start.hour, minute=start.minute)
        end = same_day if same_day >= end else same_day + DAY
    daily = Window(starts_at=rounded.starts_at, ends_at=end)
    length = daily.length or timedelta()
    if length < IGLOO_DAILY_SHORTEST - timedelta(hours=1):  # a clock change makes the 29 days an hour shorter
        return "such a code lasts up to 28 days, or 29 days and more. Choose another end."
    if length > IGLOO_DAILY_LONGEST:
        return "such a code lasts at most 367 days. Choose an earlier end."
    return OfflineTerms(window=daily, limits=f"it must be used once within 24 hours of its start, and {_NO_END}")


def _hour_before(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )


def _hour_after(moment: datetime, zone: ZoneInfo) -> datetime:
    floor = _hour_before(moment, zone)
    return floor if floor == moment else floor + timedelta(hours=1)
