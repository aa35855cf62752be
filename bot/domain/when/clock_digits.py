"""Clock times in digits: 9:30, 9.30, 9h30, 9 Uhr 30, 0900."""

from __future__ import annotations

from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.peek import get, is_a, is_preposition, sign, two_digits
from bot.domain.when.pieces import Clock, Impossible

Found = tuple[Clock, int] | None


def in_digits(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool, dated: bool, ranged: bool) -> Found:
    atom = atoms[i]
    hour = atom.number
    nxt = get(atoms, i + 1)
    if nxt is None or atom.digits > 4:
        return _military(atoms, i, at=at, dated=dated, ranged=ranged)
    if nxt.text == ":" and not nxt.spaced and two_digits(atoms, i + 2):
        if atom.digits > 2:
            return None
        j = i + 3
        if sign(atoms, j, ":") and two_digits(atoms, j + 1):
            j += 2
            if sign(atoms, j, ".") and j + 1 < len(atoms) and atoms[j + 1].digits and not atoms[j + 1].spaced:
                j += 2
        # Where the 24-hour clock is usual, a colon means it.
        literal = (atom.digits == 2 and hour < 10) or not lex.twelve_hour
        return a_clock(hour, atoms[i + 2].number, literal), _after_colon(atoms, j, lex)
    if nxt.text == "." and not nxt.spaced and atom.digits <= 2 and two_digits(atoms, i + 2):
        return _dotted(atoms, i, lex, at=at, dated=dated, ranged=ranged)
    if atom.digits <= 2 and nxt.has("hourmark", "clock", "clock_h"):
        return _marked_hour(atoms, i, lex, at=at)
    if nxt.has("am", "pm") and (atom.digits <= 2 or not nxt.spaced or not nxt.has("on")):
        if is_preposition(atoms, i + 1):
            return _military(atoms, i, at=at, dated=dated, ranged=ranged)
        if atom.digits > 2:
            return a_clock(hour // 100, hour % 100, atom.text[0] == "0" and atom.digits == 4), i + 1
        return a_clock(hour, 0, False), i + 1
    return _military(atoms, i, at=at, dated=dated, ranged=ranged)


def _after_colon(atoms: list[Atom], j: int, lex: Lexicon) -> int:
    """Skips the "h" or "Uhr" after 14:00, which says no more."""
    if is_a(atoms, j, "clock", "hourmark", "clock_h") and not (is_a(atoms, j, "unit") and is_a(atoms, j + 1, "number")):
        return j + 1
    return j


def _dotted(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool, dated: bool, ranged: bool) -> Found:
    """9.30, which is a time only when something says so; else it may be a date or a fraction."""
    hour, minute = atoms[i].number, atoms[i + 2].number
    if sign(atoms, i + 3, ".") and is_a(atoms, i + 4, "number") and not atoms[i + 4].spaced:
        return None
    j = i + 3
    says = is_a(atoms, j, "am", "pm", "clock", "hourmark", "clock_h") and not is_preposition(atoms, j)
    if not says and is_a(atoms, j, "range") and is_a(atoms, j + 1, "number"):
        # "9.30-11.05 Uhr": the marker may stand after the other end.
        k = j + 4 if sign(atoms, j + 2, ".") else j + 2
        says = is_a(atoms, k, "am", "pm", "clock", "hourmark", "clock_h")
    if says or (hour <= 24 and minute < 60 and (at or dated or ranged or minute > 12 or minute == 0)):
        # "24.12." is a date, but the stop after 14.30 only ends the sentence.
        sure = at or dated or minute > 12 or minute == 0
        if not says and (is_a(atoms, j, "unit") or (sign(atoms, j, ".") and not sure)):
            return None
        literal = atoms[i].digits == 2 and hour < 10
        return a_clock(hour, minute, literal), _after_colon(atoms, j, lex)
    return None


def _marked_hour(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool) -> Found:
    """9 Uhr, 9h, 9h30, 9 Uhr 30, 9 heures 30, 9時30分, 9時半."""
    hour = atoms[i].number
    mark = atoms[i + 1]
    j = i + 2
    minute = 0
    maybe = mark.has("unit") or mark.has("hourmark")
    if j < len(atoms) and atoms[j].digits in (1, 2) and (not atoms[j].spaced or mark.has("clock")):
        following = get(atoms, j + 1)
        minutes_word = following is not None and following.means.get("unit") == "minute"
        if minutes_word or (atoms[j].digits == 2 and not _looks_like_day(atoms, j)):
            minute = atoms[j].number
            if mark.has("unit") and minutes_word and not mark.has("ja_hour") and not at:
                return None
            j += 2 if minutes_word else 1
            maybe = False
    elif j < len(atoms) and not atoms[j].digits and "number" in atoms[j].means and 5 <= atoms[j].number < 60:
        if not is_a(atoms, j + 1, "unit", "month") and mark.has("clock"):
            minute, j, maybe = atoms[j].number, j + 1, False
    elif is_a(atoms, j, "half") and mark.has("ja_hour"):
        minute, j = 30, j + 1
    if mark.text == "h" and not lex.facts["h_is_clock"] and not at and minute == 0 and hour <= 12 and j == i + 2:
        return None
    literal = not mark.has("oclock") and not (lex.twelve_hour and mark.has("clock"))
    if mark.has("ja_hour"):
        literal = hour < 10 and atoms[i].digits == 2
    clock = a_clock(hour, minute, literal)
    return Clock(clock.hour, clock.minute, None, clock.literal, None, maybe and not mark.has("ja_hour")), j


def _looks_like_day(atoms: list[Atom], j: int) -> bool:
    """Whether the number at `j` belongs to a date: "9 Uhr 24. Dezember"."""
    if atoms[j].spaced and (sign(atoms, j + 1, ".") or sign(atoms, j + 1, "/")):
        return True
    return is_a(atoms, j + 1, "month", "of") and atoms[j].spaced


def _military(atoms: list[Atom], i: int, *, at: bool, dated: bool, ranged: bool) -> Found:
    """0900, 1730: four digits that are a time because of what stands around them."""
    atom = atoms[i]
    if atom.digits not in (3, 4):
        return None
    hour, minute = divmod(atom.number, 100)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    nxt = get(atoms, i + 1)
    if nxt is not None and not nxt.spaced and nxt.text in (".", "/", ":") and is_a(atoms, i + 2, "number"):
        return None
    pair = (
        is_a(atoms, i + 1, "range", "through", "until", "and")
        and i + 2 < len(atoms)
        and atoms[i + 2].digits == 4
        and atoms[i + 2].number % 100 < 60
        and atoms[i + 2].number <= 2400
        and not is_a(atoms, i + 3, "number")
    )
    glued_mark = (
        is_a(atoms, i + 1, "clock", "clock_h")
        or (atom.digits == 4 and nxt is not None and nxt.means.get("unit") == "hour")
        or (is_a(atoms, i + 1, "hourmark") and atom.digits == 4)
    )
    if glued_mark:
        return a_clock(hour, minute, True), i + 2
    evening = is_a(atoms, i + 1, "in", "on", "of") and (is_a(atoms, i + 2, "part") or is_a(atoms, i + 3, "part"))
    if atom.digits == 3:
        good = ((at or evening) and nxt is not None) or at
        return (a_clock(hour, minute, False), i + 1) if good else None
    alone = len(atoms) == 1 and not _year_like(atom.number)
    if is_a(atoms, i + 1, "day", "weekday") and atoms[i + 1].spaced and not _year_like(atom.number):
        # "1630 tomorrow"
        return a_clock(hour, minute, atom.text[0] == "0"), i + 1
    if at or dated or ranged or alone or atom.text[0] == "0" or (pair and _four(atoms, i)):
        return a_clock(hour, minute, atom.text[0] == "0"), i + 1
    return None


def _year_like(number: int) -> bool:
    """2026 by itself may be the year as well as 20:26."""
    return 2020 < number < 2040 and number % 10 != 0


def _four(atoms: list[Atom], i: int) -> bool:
    return atoms[i].number < 1900 or atoms[i + 2].number < atoms[i].number or atoms[i].number % 100 < 60


def a_clock(hour: int, minute: int, literal: bool) -> Clock:
    """A clock, or `Impossible` when no clock shows it. 24:00 is the end of the day."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Impossible
    return Clock(hour, minute, None, literal or hour > 12 or hour == 0)
