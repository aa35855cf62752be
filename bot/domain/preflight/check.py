"""Would this door take this code? Asked before anything is asked for; pure.

A verdict is one of three: it works, it works with these changes (offered, never made silently), it cannot, because.
Every rule names its source. Seam and the lock have the last word: what is refused later is told later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.code_names import MARKER_LENGTH
from bot.domain.model import Door
from bot.domain.pin import Pin, pin_problem
from bot.domain.preflight.notes import notes_on, twin_notes
from bot.domain.preflight.offline import offline_terms
from bot.domain.preflight.verdict import (
    AlreadyThere,
    CannotBecause,
    Change,
    ChangeKind,
    Verdict,
    Wanted,
    Works,
    WorksWithChanges,
    clock_words,
    zone_of_door,
)
from bot.domain.time_frames import why_no_frame
from bot.domain.window import Window

# Kwikset refuses a start in the past and asks for a quarter of an hour (seam-api.md 3.7).
KWIKSET_LEAD = timedelta(minutes=15)
# Any other lock that wants its start in the future: time enough for the order to get there.
USUAL_LEAD = timedelta(minutes=2)

# Nothing reaches such a lock until somebody mends it (seam-api.md 3.5): no code is queued for it.
_OUT_OF_REACH = (
    "device_removed",
    "account_disconnected",
    "insufficient_permissions",
    "kwikset_insufficient_permissions",
    "missing_device_credentials",
    "august_lock_not_authorized",
    "bridge_disconnected",
    "dormakaba_sites_disconnected",
    "salto_ks_subscription_limit_exceeded",
)
_FULL = ("max_access_codes_reached", "no_space_for_access_code_on_device")


def preflight(door: Door, wanted: Wanted, now: datetime, there: AlreadyThere | None = None) -> Verdict:
    """The verdict of one door at `now` (aware)."""
    there = there or AlreadyThere()
    reason = _why_never(door) or _why_not_now(door) or _why_full(door, there)
    if reason:
        return CannotBecause(door=door, reason=reason)
    if wanted.window.ends_at is not None and wanted.window.ends_at <= now:
        return CannotBecause(door=door, reason="That time is already over.")
    if door.can_program_codes is not True:
        return _offline(door, wanted, there)
    changes: list[Change] = []
    window = wanted.window
    lead = _lead(door)
    if lead and window.starts_at < now + lead:
        later = _next_minute(now + lead)
        if window.ends_at is not None and window.ends_at <= later:
            return CannotBecause(
                door=door,
                reason=f"{door.name} needs {_minutes(lead)} before a code can start, and this one ends before that. "
                "Choose a later end.",
            )
        window = Window(starts_at=later, ends_at=window.ends_at)
        changes.append(
            Change(
                kind=ChangeKind.LATER_START,
                words=f"it starts at {clock_words(later, door)}, since this lock needs {_minutes(lead)} to get ready",
            )
        )
    if frame := why_no_frame(door.time_frames, window, zone_of_door(door)):
        return CannotBecause(door=door, reason=f"{door.name} does not take this time: it takes {frame}.")
    if wanted.pin and (problem := _pin_trouble(door, wanted.pin, there)):
        changes.append(Change(kind=ChangeKind.OTHER_PIN, words=f"with another PIN: {problem}"))
    notes = notes_on(door, wanted, window, now, there)
    if changes:
        return WorksWithChanges(door=door, window=window, changes=tuple(changes), notes=notes)
    return Works(door=door, window=window, notes=notes)


def one_pin_for_all(verdicts: Sequence[Verdict]) -> str | None:
    """Why these doors cannot share one PIN, as a sentence, or None when they can (peers.md 4: ask, do not choose
    silently). Doors that do not take the code at all are left out."""
    takers = [v for v in verdicts if not isinstance(v, CannotBecause)]
    if len(takers) < 2:
        return None
    for verdict in takers:
        own = isinstance(verdict, WorksWithChanges) and verdict.is_offline
        if own or not verdict.door.rules.pin_may_be_chosen:
            return f"{verdict.door.name} picks its own PINs, so each door gets a PIN of its own."
    if not set.intersection(*(set(v.door.rules.allowed_lengths) for v in takers)):
        return "These doors take PINs of different lengths, so each door gets a PIN of its own."
    return None


def _why_never(door: Door) -> str | None:
    if door.can_program_codes is None and door.can_program_offline_codes is None:
        return f"{door.name} does not take codes that are set from afar. Choose another door."
    if door.timezone is None:
        return (
            f"{door.name} has no time zone yet, so a timed code could be hours off. "
            "An admin can set LATCHKEY_TIMEZONE, or the lock's zone in its maker's app."
        )
    if door.rules.name_max is not None and door.rules.name_max < MARKER_LENGTH:
        return f"{door.name} takes names of {door.rules.name_max} characters, too few to tell codes apart."
    return None


def _why_not_now(door: Door) -> str | None:
    trouble = door.has_trouble(*_OUT_OF_REACH)
    if trouble and trouble.is_error:
        return trouble.said_of(door.name)
    if door.can_program_codes is True or door.can_program_offline_codes is True:
        return None
    said = next((t.said_of(door.name) for t in door.troubles), "its connection is not complete")
    return f"{door.name} cannot take a code right now: {said}"


def _why_full(door: Door, there: AlreadyThere) -> str | None:
    """No slot free. Scheduled codes count from the day they are ordered (seam-api.md 3.4)."""
    used = there.slots_used
    most = door.rules.max_active
    full = most is not None and used is not None and used >= most
    if full or door.has_trouble(*_FULL):
        count = f" All {most} are taken, counting those still to come." if full else ""
        return f"{door.name} has no room for another code.{count} End one that is no longer needed."
    return None


def _offline(door: Door, wanted: Wanted, there: AlreadyThere) -> Verdict:
    terms = offline_terms(door.provider, wanted.window, zone_of_door(door))
    if isinstance(terms, str):
        return CannotBecause(door=door, reason=f"{door.name} has no bridge now, and {terms}")
    words = f"as a code that the lock's maker computes: {terms.limits}"
    changes = [Change(kind=ChangeKind.OFFLINE_CODE, words=words)]
    if terms.window != wanted.window:
        assert terms.window.ends_at is not None
        rounded = f"{clock_words(terms.window.starts_at, door)} to {clock_words(terms.window.ends_at, door)}"
        changes.append(Change(kind=ChangeKind.WHOLE_HOURS, words=f"in whole hours, so {rounded}"))
    if wanted.pin:
        changes.append(Change(kind=ChangeKind.OTHER_PIN, words="with another PIN: the maker picks it"))
    notes = twin_notes(wanted, there)
    return WorksWithChanges(door=door, window=terms.window, changes=tuple(changes), is_offline=True, notes=notes)


def _pin_trouble(door: Door, pin: Pin, there: AlreadyThere) -> str | None:
    """The lock's rules, and the codes that are there: the same PIN is refused in any window (peers.md 4)."""
    if problem := pin_problem(pin, door.rules):
        return problem
    if any(code.pin == pin for code in there.at_seam or () if code.pin):
        return "this one is already in use there, and a lock takes a PIN only once, whatever the times"
    return None


def _lead(door: Door) -> timedelta:
    if door.provider == "kwikset":
        return KWIKSET_LEAD
    return USUAL_LEAD if "start_date_in_future" in door.rules.constraints else timedelta()


def _next_minute(moment: datetime) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def _minutes(lead: timedelta) -> str:
    return f"{int(lead.total_seconds() // 60)} minutes"
