"""Clock times: "3pm", "15:30", "halb neun", "tres y media", "午後2時半"."""

from __future__ import annotations

from bot.domain.when.clock_digits import in_digits
from bot.domain.when.clock_words import in_words, spoken, with_minutes
from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.peek import is_a, is_preposition, sign
from bot.domain.when.pieces import Clock, Impossible

Found = tuple[Clock, int] | None


def read_clock(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool, dated: bool, ranged: bool) -> Found:
    """The clock time that starts at atom `i`, and the index after it.

    `at`: a word like "at" stands before it. `dated`: the phrase already has its date, so "11.05" is a time.
    `ranged`: the other end of a range before it is a time. Raises `Impossible` for 25:00.
    """
    atom = atoms[i]
    found: Found = None
    if atom.digits:
        found = in_digits(atoms, i, lex, at=at, dated=dated, ranged=ranged)
    if found is None:
        found = in_words(atoms, i, lex)
    if found is None and "number" in atom.means:
        found = spoken(atoms, i, lex, at=at)
    if found is None:
        return None
    return _marked(found, atoms, lex)


def _marked(found: tuple[Clock, int], atoms: list[Atom], lex: Lexicon) -> tuple[Clock, int]:
    """Adds what follows the time: am, pm, o'clock, "in the evening", "abends", "de la tarde"."""
    clock, j = found
    if is_a(atoms, j, "clock") and not clock.maybe_length and not is_a(atoms, j, "unit"):
        j += 1
    if clock.minute == 0 or not clock.literal:
        more, k = with_minutes(clock, atoms, j, lex)
        if k > j:
            clock, j = more, k
    if (
        is_a(atoms, j, "noise")
        and not sign(atoms, j, "-")
        and is_a(atoms, j + 1, "am", "pm")
        and not is_preposition(atoms, j + 1)
    ):
        j += 1
    for _ in range(2):
        if j < len(atoms) and atoms[j].has("am", "pm") and clock.meridiem is None and not is_preposition(atoms, j):
            clock = _meridiem(clock, "am" if atoms[j].has("am") else "pm")
            j += 1
        k = j
        while k < len(atoms) and atoms[k].has("in", "on", "of", "article", "at", "comma_part") and k - j < 3:
            k += 1
        if k < len(atoms) and "part" in atoms[k].means and not atoms[k].has("day", "day_part", "weekday", "number"):
            clock = Clock(clock.hour, clock.minute, clock.meridiem, clock.literal, str(atoms[k].means["part"]))
            j = k + 1
        if is_a(atoms, j, "clock") and not is_a(atoms, j, "unit"):
            j += 1
    return clock, j


def _meridiem(clock: Clock, meridiem: str) -> Clock:
    """The clock with am or pm. 13 o'clock am does not exist; 17:00 pm is a slip that means 17:00."""
    if clock.part == "midnight" or (clock.literal and clock.hour == 12 and clock.minute == 0):
        return clock
    if clock.hour > 12 and (meridiem == "am" or clock.hour > 23):
        raise Impossible
    return Clock(clock.hour, clock.minute, meridiem, clock.hour > 12)


def prefixed(clock: Clock, meridiem: str) -> Clock:
    """The Japanese order, 午後2時: hours after 12 do not exist there."""
    if clock.hour > 12:
        raise Impossible
    return Clock(clock.hour, clock.minute, meridiem)
