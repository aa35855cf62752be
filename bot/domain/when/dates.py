"""Dates as people write them: numeric, with month names, as ordinals, counted within a month."""

from __future__ import annotations

from bot.domain.when.lengths import read_amount
from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.numeric_dates import checked, numeric_date, read_year
from bot.domain.when.peek import is_a, sign
from bot.domain.when.pieces import Date, Impossible

Found = tuple[Date, int] | None


def read_date(atoms: list[Atom], i: int, lex: Lexicon, order: str) -> Found:
    """The date that starts at atom `i`, and the index after it. `order` is "mdy", "dmy" or "ymd".

    Raises `Impossible` for a date that no calendar has.
    """
    atom = atoms[i]
    if atom.digits:
        found = numeric_date(atoms, i, lex, order) or _day_first(atoms, i, lex)
        if found is not None:
            return found
        return _kanji_date(atoms, i)
    means = atom.means
    if "holiday" in means:
        month, day = str(means["holiday"]).split("-")
        year, j = read_year(atoms, i + 1)
        return Date(month=int(month), day=int(day), year=year), j
    if "month" in means:
        found = _month_first(atoms, i, lex)
        if found is not None:
            return found
    if "number" in means or "ordinal" in means:
        return _day_first(atoms, i, lex)
    return None


def _day_number(atoms: list[Atom], i: int, lex: Lexicon) -> tuple[int, int, bool] | None:
    """A day of the month at `i`: its number, the index after it, and whether it is written as an ordinal."""
    atom = atoms[i]
    if "ordinal" in atom.means and int(atom.means["ordinal"]) > 0:
        value, j = int(atom.means["ordinal"]), i + 1
        if value in (20, 30) and is_a(atoms, j, "ordinal") and 0 < int(atoms[j].means["ordinal"]) < 10:
            return value + int(atoms[j].means["ordinal"]), j + 1, True
        return value, j, True
    if "number" not in atom.means or atom.digits > 2:
        return None
    if atom.digits:
        j = i + 1
        ordinal = False
        if sign(atoms, j, ".") and not atoms[j].spaced:
            if j + 1 < len(atoms) and atoms[j + 1].has("ordinal_suffix") and not atoms[j + 1].spaced:
                return atom.number, j + 2, True
            if j + 1 < len(atoms) and atoms[j + 1].digits and not atoms[j + 1].spaced:
                return None
            return atom.number, j + 1, bool(lex.facts["dot_ordinal"])
        if j < len(atoms) and atoms[j].has("ordinal_suffix") and not atoms[j].spaced:
            j, ordinal = j + 1, True
        return atom.number, j, ordinal
    value, j = atom.number, i + 1
    k = j + 1 if sign(atoms, j, "-") else j
    if value in (20, 30) and is_a(atoms, k, "ordinal") and 0 < int(atoms[k].means["ordinal"]) < 10:
        return value + int(atoms[k].means["ordinal"]), k + 1, True
    amount, j = read_amount(atoms, i)
    return int(amount), j, False


def _day_first(atoms: list[Atom], i: int, lex: Lexicon) -> Found:
    """24 December 2026, the 24th of December, 24., the 24th, first Monday of December, 15th day of next
    month.
    """
    found = _day_number(atoms, i, lex)
    atom = atoms[i]
    if found is None and "ordinal" not in atom.means:
        return None
    if "ordinal" in atom.means or (found and found[2]):
        nth = int(atom.means["ordinal"]) if "ordinal" in atom.means else found[0] if found else 0
        j = found[1] if found else i + 1
        if -1 <= nth <= 5:
            counted = nth_of_month(atoms, j, nth)
            if counted is not None:
                return counted
    if found is None:
        return None
    value, j, ordinal = found
    k = j
    while k < len(atoms) and k - j < 3 and (atoms[k].has("of", "article_of", "dayword") or _glue(atoms[k])):
        k += 1
    if (
        k < len(atoms)
        and "month" in atoms[k].means
        and not (k > j and atoms[k].has("day", "part") and not atoms[k].has("month"))
    ):
        # Spanish and French "mar" after a day is March; "9 to May" has a range word between and does not
        # come here.
        month = int(atoms[k].means["month"])
        k += 1
        if sign(atoms, k, ".") and not atoms[k].spaced:
            k += 1
        year, k = read_year(atoms, k)
        checked(year, month, value)
        return Date(day=value, month=month, year=year), k
    if ordinal and 1 <= value <= 31:
        while (j < len(atoms) and atoms[j].has("dayword")) or (j < len(atoms) and atoms[j].means.get("unit") == "day"):
            j += 1
        return Date(day=value), j
    return None


def _glue(atom: Atom) -> bool:
    """The sign in 24-Dec, 24/Dec, 24.Dec."""
    return atom.text in ("-", "/", ".") and not atom.spaced


def nth_of_month(atoms: list[Atom], j: int, nth: int) -> Found:
    """The weekday or week counted within a month: "first Monday", "last Friday of the month"."""
    if is_a(atoms, j, "weekday") and (
        nth > 0 or is_a(atoms, j - 1, "last_of") or is_a(atoms, j + 1, "of", "in", "month")
    ):
        return Date(nth=nth, weekday=int(atoms[j].means["weekday"])), j + 1
    unit = atoms[j].means.get("unit") if j < len(atoms) else None
    if j < len(atoms) and atoms[j].has("weekof"):
        return Date(nth=nth, span="week"), j + 1
    if unit in ("week", "weekend", "day") and is_a(atoms, j + 1, "of", "in", "month"):
        if unit == "day" and nth > 0:
            return None
        return Date(nth=nth, span=str(unit)), j + 1
    return None


def _month_first(atoms: list[Atom], i: int, lex: Lexicon) -> Found:
    """December 24, Dec 24th 2026, Jan/3, February the 15th, May twenty nine, October 2026, May."""
    month = int(atoms[i].means["month"])
    j = i + 1
    if sign(atoms, j, ".") and not atoms[j].spaced:
        j += 1
    k = j
    while (
        k < len(atoms)
        and k - j < 2
        and (atoms[k].has("article") or (atoms[k].text in ("-", "/") and not atoms[k].spaced) or atoms[k].text == ",")
    ):
        k += 1
    if k < len(atoms) and atoms[k].has("number", "ordinal") and _is_day(atoms, k):
        found = _day_number(atoms, k, lex)
        if found is not None and (1 <= found[0] <= 31 or (atoms[k].digits and found[0] < 100)):
            year, after = read_year(atoms, found[1])
            checked(year, month, found[0])
            return Date(month=month, day=found[0], year=year), after
    year, after = read_year(atoms, j)
    if year is not None:
        return Date(month=month, year=year), after
    if atoms[i].has("weekday", "number", "day", "part") and not atoms[i].has("month_only"):
        return None
    return Date(month=month), j


def _is_day(atoms: list[Atom], k: int) -> bool:
    """Whether the number after a month's name is its day, and not an hour ("December 9am", "Dec 9:30")."""
    atom = atoms[k]
    if atom.digits > 2:
        return False
    if "number" in atom.means and not atom.digits and atom.number > 31:
        return False
    if is_a(atoms, k + 1, "am", "pm", "clock", "clock_h", "hourmark") and not is_a(
        atoms, k + 1, "on", "at", "of", "article"
    ):
        return False
    if sign(atoms, k + 1, ":") and not atoms[k + 1].spaced and is_a(atoms, k + 2, "number"):
        return False
    # "Jul 3.30"? A dotted time after a month's name has two digits.
    return not (sign(atoms, k + 1, ".") and is_a(atoms, k + 2, "number") and not atoms[k + 2].spaced)


def _kanji_date(atoms: list[Atom], i: int) -> Found:
    """2026年12月24日, 12月24日, 24日, 12月."""
    year = month = day = None
    j = i
    if is_a(atoms, j + 1, "ja_year"):
        year, j = atoms[j].number, j + 2
    if j + 1 < len(atoms) and atoms[j].digits and atoms[j + 1].has("ja_month"):
        month, j = atoms[j].number, j + 2
    if j + 1 < len(atoms) and atoms[j].digits and atoms[j + 1].has("ja_day"):
        day, j = atoms[j].number, j + 2
    if month is None and (year is None or day is None) and day is None:
        return None
    if month is not None and not 1 <= month <= 12:
        raise Impossible
    if day is not None:
        checked(year, month or 1, day)
    return Date(year=year, month=month, day=day), j
