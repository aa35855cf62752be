"""What a typed line asks for: the door in it, the time in it, and, for a code, the guest in it.

The time is read by `bot.domain.when`; here the other words are told apart. Nothing is decided: what was not
understood stays empty and the person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.door_names import DoorMatch, find_door_in, match_door, words_of
from bot.domain.model import Door
from bot.domain.when import Kind, Reading, Unclear, read_window

# Words between a guest and a door or a time; they belong to neither. "guest code" and the like are what is asked for.
_AROUND = (
    r"(?:at|to|on|in|for|from|the|a|an|and|with|please|pls|need|needs|code|codes|guest|access|door|let|into|,|;|:|-|–)"
)
_EDGES = re.compile(
    rf"^(?:\s*{_AROUND}(?=\s|$))+|(?:(?<=\s)|^){_AROUND}?(?:\s+{_AROUND})*\s*$|^[\s,;:.–-]+|[\s,;:.–-]+$", re.IGNORECASE
)
_JOINED = re.compile(
    r"^\s*(?:,\s*(?:and|und|et|y|e)?|;|&|\+|/|and|und|et|y|e|plus)\s*(?:at\s+)?(?:the\s+)?$", re.IGNORECASE
)
_AT = re.compile(r"\b(?:at|for|to|into|@)\s+(?:the\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorWish:
    """A line for /unlock or /lock: which door (`typed` as it stood), and the time, if one was typed."""

    typed: str
    match: DoorMatch
    time: Reading | Unclear | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWish:
    """A line for /guest-code. Empty or None is what the person must still say. `door_typed` names no door we know.

    `doors` are all meant ("at Front Door and Garage"), or with `which` they are candidates of which one is.
    """

    guest: str
    doors: tuple[Door, ...]
    door_typed: str
    time: Reading | Unclear | None
    time_typed: str
    which: bool = False


def read_door_wish(
    text: str, doors: Sequence[Door], *, now: datetime, fallback_zone: ZoneInfo, locale: str
) -> DoorWish:
    """Tell door and time apart. A text that is a door's name as a whole has no time in it, whatever digits it has."""
    whole = match_door(text, doors)
    if len(whole.doors) == 1 and _is_whole(text, whole.doors[0]):
        return DoorWish(typed=text, match=whole, time=None)
    found, span = find_door_in(text, doors)
    if span:
        rest = _blanked(text, [span])
        zone = found[0].timezone or fallback_zone
        if not words_of(rest) or _is_filler(rest):
            return DoorWish(typed=text, match=DoorMatch(doors=found), time=None)
        return DoorWish(
            typed=text[slice(*span)],
            match=DoorMatch(doors=found),
            time=read_window(rest, now=now, tz=zone, locale=locale),
        )
    zone = whole.doors[0].timezone or fallback_zone if len(whole.doors) == 1 else fallback_zone
    time = read_window(text, now=now, tz=zone, locale=locale)
    if isinstance(time, Unclear) or whole.doors:
        return DoorWish(typed=text.strip(), match=whole, time=None)
    rest = _blanked(text, time.spans)
    typed = _trimmed(rest) or " ".join(rest.split())  # “door” alone is a name here, if a short one
    match = match_door(typed, doors)
    if len(match.doors) == 1 and match.doors[0].timezone not in (None, zone):
        time = read_window(text, now=now, tz=match.doors[0].timezone or zone, locale=locale)
    return DoorWish(typed=typed, match=match, time=time)


def read_code_wish(
    text: str, doors: Sequence[Door], *, now: datetime, fallback_zone: ZoneInfo, locale: str
) -> CodeWish:
    """Tell guest, door and time apart in `Dana (plumber) at Front Door tomorrow 9-5`, in any order."""
    found, span = find_door_in(text, doors)
    which = len(found) > 1
    spans_of_doors = [span] if span else []
    if span and not which:
        found, spans_of_doors = _and_its_neighbours(text, found[0], span, doors)
    rest = _blanked(text, spans_of_doors)
    zone = found[0].timezone or fallback_zone if found else fallback_zone
    time: Reading | Unclear | None = read_window(rest, now=now, tz=zone, locale=locale) if words_of(rest) else None
    time_typed = ""
    if isinstance(time, Reading):
        spans = [_inside(rest, span) for span in time.spans]
        # An "at" that stands alone belonged to the door.
        pieces = [rest[a:b] for a, b in spans]
        time_typed = " ".join(p for p in pieces if p.strip().casefold() not in {"at", "@", "to", "on", "in"})
        rest = _blanked(rest, spans)
    door_typed = ""
    if not found and (asked := _after_at(rest)):
        head, door_typed = asked
        match = match_door(door_typed, doors)
        if match.doors:
            found, rest, door_typed = match.doors, head, ""
            which = len(found) > 1
            if isinstance(time, Reading) and len(found) == 1 and found[0].timezone not in (None, zone):
                time = read_window(text, now=now, tz=found[0].timezone or zone, locale=locale)
        elif head.strip():
            rest = head
    return CodeWish(
        guest=_trimmed(rest),
        doors=tuple(found),
        door_typed=door_typed,
        time=time,
        time_typed=time_typed,
        which=which,
    )


def length_of(text: str, *, now: datetime, tz: ZoneInfo, locale: str) -> timedelta | None:
    """The length, where a text names one that starts now (“for 2 hours”); None where its end is fixed (“until 18:00”).

    Told apart by reading it at two moments: a length moves with the moment, an end does not.
    """
    later = now + timedelta(minutes=37)
    first, second = (read_window(text, now=moment, tz=tz, locale=locale) for moment in (now, later))
    if not (isinstance(first, Reading) and isinstance(second, Reading)):
        return None
    if first.ends_at is None or second.ends_at is None or first.kind is not Kind.WINDOW:
        return None
    lengths = (first.ends_at - first.starts_at, second.ends_at - second.starts_at)
    starts_now = abs(first.starts_at - now) < timedelta(minutes=1) and abs(second.starts_at - later) < timedelta(
        minutes=1
    )
    return lengths[0] if starts_now and lengths[0] == lengths[1] else None


def _and_its_neighbours(
    text: str, first: Door, at: tuple[int, int], doors: Sequence[Door]
) -> tuple[tuple[Door, ...], list[tuple[int, int]]]:
    """The doors named in a row with `first` ("Front Door, Garage and Lab"), as they stand, and where each stands.

    A door's name elsewhere in the line is no such neighbour: it may be the guest's ("Dana (Garage Co.)").
    """
    row = [(at, first)]
    rest = _blanked(text, [at])
    while True:
        found, span = find_door_in(rest, doors)
        if span is None:
            break
        rest = _blanked(rest, [span])
        begins, ends = row[0][0][0], row[-1][0][1]
        between = text[ends : span[0]] if span[0] >= ends else text[span[1] : begins]
        if len(found) == 1 and _JOINED.match(between):
            row = sorted([*row, (span, found[0])], key=lambda one: one[0])
    # The mark between two doors belongs to them, and not to the guest.
    whole = (row[0][0][0], row[-1][0][1])
    named = list({door.device_id: door for _, door in row}.values())
    return tuple(named), [whole]


def _after_at(text: str) -> tuple[str, str] | None:
    """(what is before, what is after) the last "at" or its like, where both may be a guest and a door."""
    marks = list(_AT.finditer(text))
    if not marks:
        return None
    last = marks[-1]
    after = _trimmed(text[last.end() :])
    return (text[: last.start()], after) if after else None


def _is_whole(text: str, door: Door) -> bool:
    typed = sorted(words_of(text))
    return any(sorted(words_of(name)) == typed for name in (door.name, *door.aliases))


def _is_filler(text: str) -> bool:
    return not _trimmed(text)


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these stretches replaced by spaces, so that positions stay what they were."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _inside(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span without what closes a bracket before it: that belongs to the guest, as in “Dana (plumber) at 9”."""
    start, end = span
    while start < end and text[start] in ")]}”’\"' ":
        start += 1
    return start, end


def _trimmed(text: str) -> str:
    """White space folded, and the words around a name taken off both ends."""
    kept = " ".join(text.split())
    while (shorter := _EDGES.sub("", kept).strip()) != kept:
        kept = shorter
    return kept
