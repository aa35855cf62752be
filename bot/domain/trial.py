"""A question that is only tried: “@ana Back Door tomorrow 7am”. Pure; nothing is decided here, and nothing done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import Unclear
from bot.domain.model import Action, Door
from bot.domain.policy.ask import Ask
from bot.domain.policy.decide import TIMED
from bot.domain.when import Kind, Reading
from bot.domain.window import Window
from bot.domain.wishes import DoorWish, read_door_wish

DEFAULT_LENGTH = timedelta(hours=2)  # of a code of which only the start is said, as in /guest-code
A_MOMENT = timedelta(minutes=1)

_PERSON = re.compile(r"@([UW][A-Z0-9]+)\b")
_NAMED = re.compile(r"@\S+")
_ACTIONS = (
    (re.compile(r"guest[ _-]?codes?\b", re.IGNORECASE), Action.GUEST_CODE),
    (re.compile(r"unlock\b", re.IGNORECASE), Action.UNLOCK),
    (re.compile(r"lock\b", re.IGNORECASE), Action.LOCK),
    (re.compile(r"reveal\b", re.IGNORECASE), Action.REVEAL),
    (re.compile(r"extend\b", re.IGNORECASE), Action.EXTEND),
    (re.compile(r"end\b", re.IGNORECASE), Action.END),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was typed: `user_id` None means the person themselves, `action` None that none was said."""

    user_id: str | None
    action: Action | None
    wish: DoorWish


def read_question(text: str, doors: Sequence[Door], *, now: datetime, fallback_zone: ZoneInfo, locale: str) -> Question:
    """Person, act, door and time, told apart. Raises `Unclear` for a person who was typed and not picked."""
    person = _PERSON.search(text)
    rest = _PERSON.sub(" ", text, count=1) if person else text
    if named := _NAMED.search(rest):
        raise Unclear(f"I cannot tell who {named[0]} is. Type @ and pick one person from the list that Slack shows.")

    def wish(line: str) -> DoorWish:
        return read_door_wish(line.strip(), doors, now=now, fallback_zone=fallback_zone, locale=locale)

    line = rest.strip()
    user_id, whole = person[1] if person else None, wish(line)
    # “Lock Room” is a door: a word that the door's name begins with is no act.
    starts_with_door = bool(whole.match.doors) and line.casefold().startswith(whole.typed.strip().casefold())
    for pattern, action in _ACTIONS:
        word = pattern.match(line)
        if word and not (starts_with_door and pattern.match(whole.typed.strip())):
            return Question(user_id=user_id, action=action, wish=wish(line[word.end() :]))
    return Question(user_id=user_id, action=None, wish=whole)


def at_time(ask: Ask, action: Action | None, time: Reading | None) -> Ask:
    """The question at the time that was said: an act at that moment, or a code (and the like) for that window.

    Without an act: a window is a code's, a moment an unlock's. `ask` has the present, and no window.
    """
    if time is None:
        return replace(ask, action=action or Action.UNLOCK)
    later = time.starts_at - ask.now > A_MOMENT
    act = action or (Action.GUEST_CODE if time.kind is not Kind.INSTANT and later else Action.UNLOCK)
    if time.kind is Kind.INSTANT:
        if act in TIMED:
            return replace(ask, action=act, window=_window(time.starts_at, time.starts_at + DEFAULT_LENGTH))
        return replace(ask, action=act, now=max(ask.now, time.starts_at))
    window = _window(time.starts_at, time.ends_at)
    # What is done at a door is done at its start; a code is asked for now.
    return replace(ask, action=act, window=window, now=ask.now if act in TIMED else max(ask.now, time.starts_at))


def _window(start: datetime, end: datetime | None) -> Window:
    return Window(starts_at=start, ends_at=end)
