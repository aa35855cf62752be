"""What a line for /door-log asks: `Back Door last friday evening`, `@sam this week`, `refused today`. Pure.

A mention is the person, a word such as “refused” the kind, a door's name the door; the rest must be a time in the past.
A word that nobody understood is said back, never dropped: the answer to another question would mislead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.door_names import DoorMatch, find_door_in, match_door
from bot.domain.errors import Unclear
from bot.domain.log_question import Only
from bot.domain.model import Door
from bot.domain.when import Reading, read_past

EXAMPLES = "Type for example `Back Door last friday evening`, `@sam this week` or `refused today`."

_PERSON = re.compile(r"@([UW][A-Z0-9]+)\b")
_NAMED = re.compile(r"@\S+")
_MINE = re.compile(r"\b(?:by me|mine|my own|my acts)\b", re.IGNORECASE)
_KINDS = (
    (re.compile(r"\b(?:refused|refusals?|denied|denials?|rejected|not allowed)\b", re.IGNORECASE), Only.REFUSED),
    (re.compile(r"\b(?:failed|failures?|errors?|unknown|broken)\b", re.IGNORECASE), Only.FAILED),
)
# Words around a question that say nothing more.
_FILLER = re.compile(
    r"\b(?:who|what|when|which|was|were|is|has|have|did|do|does|show|tell|list|all|everything|everybody|anybody|anyone"
    r"|happened|opened|open|used|unlocked|entered|entry|entries|came|went|acts?|events?|log|door|doors|the"
    r"|a|an|at|by|of|on|in|from|for|to|through|during|and|please|pls|me|us|attempts?|tries|tried|access)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWish:
    """What was typed, told apart. `doors`: none means any door, several are candidates of `door_typed`."""

    user_id: str | None
    mine: bool
    only: Only
    doors: DoorMatch
    door_typed: str
    time: Reading | None
    zone: ZoneInfo


def read_log_wish(text: str, doors: Sequence[Door], *, now: datetime, fallback_zone: ZoneInfo, locale: str) -> LogWish:
    """Person, kind, door and time. Raises `Unclear` for what is none of them, with examples that work."""
    person = _PERSON.search(text)
    rest = _blank(text, person)
    if named := _NAMED.search(rest):
        raise Unclear(
            f"I cannot tell who {named[0]} is. Type @ and pick one person from the list that Slack shows. {EXAMPLES}"
        )
    found, span = find_door_in(rest, doors)
    typed = rest[slice(*span)] if span else ""
    if span:
        rest = rest[: span[0]] + " " * (span[1] - span[0]) + rest[span[1] :]
    mine = _MINE.search(rest)
    rest = _blank(rest, mine)
    only = Only.ALL
    for pattern, kind in _KINDS:
        if pattern.search(rest):
            only, rest = kind, pattern.sub(lambda m: " " * len(m[0]), rest)
            break
    zone = found[0].timezone or fallback_zone if found else fallback_zone
    time, rest = _time(rest, now, zone, locale)
    left = " ".join(_WORD.findall(_FILLER.sub(" ", rest)))
    match = DoorMatch(doors=found)
    if left and not found:
        typed = left
        match = match_door(left, doors)
        if len(match.doors) == 1 and match.doors[0].timezone not in (None, zone):
            zone = match.doors[0].timezone or zone
            time, _ = _time(text if time else "", now, zone, locale)
        if not match.doors:
            near = f" Did you mean {_either(match.near)}?" if match.near else ""
            raise Unclear(f"I know no door and no time called “{left}”.{near} {EXAMPLES}")
    elif left:
        raise Unclear(f"I do not understand “{left}”. {EXAMPLES}")
    return LogWish(
        user_id=person[1] if person else None,
        mine=mine is not None,
        only=only,
        doors=match,
        door_typed=typed,
        time=time,
        zone=zone,
    )


def _time(text: str, now: datetime, zone: ZoneInfo, locale: str) -> tuple[Reading | None, str]:
    """The stretch of the past in it, and what else stands there."""
    if not _WORD.search(text):
        return None, text
    read = read_past(text, now=now, tz=zone, locale=locale)
    if not isinstance(read, Reading):
        if read.code.value != "nothing_found":
            raise Unclear(f"{read.reason} {EXAMPLES}")
        return None, text
    for start, end in read.spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return read, text


def _blank(text: str, match: re.Match[str] | None) -> str:
    return text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :] if match else text


def _either(names: Sequence[str]) -> str:
    return " or ".join(f"“{name}”" for name in names)
