"""Which door is meant: case, accents, punctuation, word order and typing slips are forgiven, guessing is not.

The order of trust: the whole name (or an alias), then the same words in any order, then a name of which all words
were typed, then slips of the finger. The first of these that fits exactly one door wins; if it fits several, they
are candidates and the person chooses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from bot.domain.model import Door

# Words that people put around a door's name without meaning anything by them.
_FILLERS = frozenset({"the", "a", "at", "to", "on", "in", "for", "please", "pls", "my", "our", "of", "and", "open"})
_NEAR = 0.6  # how alike a name must be to be offered as "did you mean"
_SLIP = 0.8  # how alike a word must be to count as mistyped
_MOST_CANDIDATES = 5
_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorMatch:
    """`doors`: one is the answer, two or more are the candidates, none means not known; `near` then has names."""

    doors: tuple[Door, ...]
    near: tuple[str, ...] = ()


# With a thousand doors, folding every name anew took more than half of the bot's own time for a command.
_KEPT = 8_192


@lru_cache(maxsize=_KEPT)
def folded(text: str) -> str:
    """Lower case without accents and marks, in compatibility form: how names are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=_KEPT)
def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text, fillers left out unless nothing else is there."""
    found = _WORD.findall(folded(text))
    return tuple(w for w in found if w not in _FILLERS) or tuple(found)


def match_door(typed: str, doors: Sequence[Door]) -> DoorMatch:
    """The door that `typed` (a name, with nothing else in it) means. Pure; never picks one of several by chance."""
    wanted = words_of(typed)
    if not wanted:
        return DoorMatch(doors=())
    for fits in (_is_whole_name(wanted), _has_same_words(wanted), _has_all_words(wanted), _has_slips_of(wanted)):
        found = [d for d in doors if any(fits(words_of(name)) for name in names_of(d))]
        if found:
            return DoorMatch(doors=tuple(found[:_MOST_CANDIDATES]))
    return DoorMatch(doors=(), near=near_names(typed, doors))


def find_door_in(text: str, doors: Sequence[Door]) -> tuple[tuple[Door, ...], tuple[int, int] | None]:
    """Doors whose whole name stands in a longer text, the longest name first; with where the first one stands.

    Returns ((), None) when no name is in it. Two doors whose names are equally long at one place are both returned.
    """
    tokens = [(m.start(), m.end(), folded(m.group())) for m in _WORD.finditer(text)]
    hits = [
        (-len(wanted), tokens[at][0], tokens[at + len(wanted) - 1][1], door)
        for door in doors
        for wanted in (_WORD.findall(folded(name)) for name in names_of(door))
        if wanted
        for at in range(len(tokens) - len(wanted) + 1)
        if [t[2] for t in tokens[at : at + len(wanted)]] == wanted
    ]
    if not hits:
        return (), None
    hits.sort(key=lambda h: (h[0], h[1], h[3].name))
    best = hits[0]
    same = {h[3].device_id: h[3] for h in hits if h[:3] == best[:3]}
    return tuple(same.values()), (best[1], best[2])


def near_names(typed: str, doors: Iterable[Door], *, most: int = 3) -> tuple[str, ...]:
    """Names that look like what was typed, best first."""
    wanted = folded(typed)
    scored = sorted(
        ((max(SequenceMatcher(None, wanted, folded(n)).ratio() for n in names_of(d)), d.name) for d in doors),
        key=lambda pair: (-pair[0], pair[1]),
    )
    return tuple(name for score, name in scored[:most] if score >= _NEAR)


def names_of(door: Door) -> tuple[str, ...]:
    return (door.name, *door.aliases)


_Fit = Callable[[tuple[str, ...]], bool]


def _is_whole_name(wanted: tuple[str, ...]) -> _Fit:
    return lambda name: name == wanted or "".join(name) == "".join(wanted)


def _has_same_words(wanted: tuple[str, ...]) -> _Fit:
    return lambda name: sorted(name) == sorted(wanted)


def _has_all_words(wanted: tuple[str, ...]) -> _Fit:
    return lambda name: set(wanted) <= set(name)


def _has_slips_of(wanted: tuple[str, ...]) -> _Fit:
    def fits(name: tuple[str, ...]) -> bool:
        # Every typed word must be near a word of the name, and short words must be right: "lab" is not "lap".
        return all(any(_is_slip(typed, meant) for meant in name) for typed in wanted)

    return fits


def _is_slip(typed: str, meant: str) -> bool:
    if typed == meant:
        return True
    if min(len(typed), len(meant)) < 4 or any(c.isdigit() for c in typed + meant):
        return False
    return SequenceMatcher(None, typed, meant).ratio() >= _SLIP
