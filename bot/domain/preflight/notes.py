"""What somebody should know of a code that the door does take: its connection, its clock, its room, a twin."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.code_names import MARKER_LENGTH, name_on_lock
from bot.domain.model import Door
from bot.domain.preflight.verdict import AlreadyThere, Wanted, zone_of_door
from bot.domain.window import Window

NEARLY_FULL = 0.9  # of the slots (peers.md 4: locks near their limit load codes and lose them again)
SOON = timedelta(hours=1)
_SOME_MARK = "0" * MARKER_LENGTH

_FLAKY = (
    "device_has_flaky_connection",
    "unreliable_online_status",
    "device_communication_degraded",
    "ttlock_weak_gateway_signal",
)


def notes_on(door: Door, wanted: Wanted, window: Window, now: datetime, there: AlreadyThere) -> tuple[str, ...]:
    """Each note finishes the sentence “It works, but …”. `window` is what the door would get, at `now`."""
    notes = [*_connection_notes(door, window, now)]
    if any(frame.has_more for frame in door.time_frames):
        notes.append("it has rules about times that I cannot check, so it may refuse this one")
    if door.has_trouble("time_zone_mismatch"):
        notes.append("the lock's clock and its time zone disagree, so the code may work at the wrong hour")
    if shift := _clock_change(window, zone_of_door(door)):
        notes.append(_clock_change_words(door, shift))
    used, most = there.slots_used, door.rules.max_active
    if used is not None and most is not None and used + 1 > most * NEARLY_FULL:
        notes.append(f"it nearly has no room left: {used + 1} of {most} codes with this one")
    on_lock = name_on_lock(wanted.guest, _SOME_MARK, door.rules.name_max).removesuffix(_SOME_MARK).strip()
    if door.rules.name_max is not None and len(on_lock) < len(" ".join(wanted.guest.split())):
        notes.append(f"the lock shows the name as “{on_lock or '…'}” and a short mark")
    return tuple(notes) + twin_notes(wanted, there)


def _connection_notes(door: Door, window: Window, now: datetime) -> list[str]:
    if door.has_trouble("power_saving_mode"):
        return ["it is in power-saving mode: a new code gets there only when that is switched off in the maker's app"]
    if not door.online:
        soon = window.starts_at < now + SOON
        late = " The code starts soon, so it may come too late." if soon else ""
        return [f"it is offline now; the code waits for it and gets there when it is back.{late}"]
    if door.has_trouble(*_FLAKY):
        return ["its connection comes and goes, so the code may take some time to get there"]
    return []


def twin_notes(wanted: Wanted, there: AlreadyThere) -> tuple[str, ...]:
    """A note when the same guest has a code here already that overlaps."""
    same = wanted.guest.casefold()
    twins = [c for c in there.ours if c.guest.casefold() == same and _overlap(c.window, wanted.window)]
    return (f"{wanted.guest} already has a code here in this time",) if twins else ()


def _overlap(one: Window, other: Window) -> bool:
    ends_first = one.ends_at is not None and one.ends_at <= other.starts_at
    starts_after = other.ends_at is not None and other.ends_at <= one.starts_at
    return not (ends_first or starts_after)


def _clock_change(window: Window, zone: ZoneInfo) -> timedelta:
    """By how much the clock moves within the window (zero: not at all). Makers disagree about what happens then."""
    if window.ends_at is None:
        return timedelta()
    before = window.starts_at.astimezone(zone).utcoffset() or timedelta()
    after = window.ends_at.astimezone(zone).utcoffset() or timedelta()
    return after - before


def _clock_change_words(door: Door, shift: timedelta) -> str:
    way = "forward" if shift > timedelta() else "back"
    words = f"the clocks go {way} in this time, and the times are those on the wall"
    if door.provider == "schlage":  # peers.md 4: Seam widens the window and may report it as changed elsewhere
        return f"{words}; Schlage locks may be an hour off after that"
    return f"{words}; if the hour matters, ask for an hour more at each end"
