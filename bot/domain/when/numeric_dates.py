"""Dates in numbers, in the locale's order: 2026-12-24, 24.12.2026, 12/24, 24.12.; and the year after a date."""

from __future__ import annotations

from datetime import date as calendar_date

from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.peek import is_a, sign
from bot.domain.when.pieces import Date, Impossible

Found = tuple[Date, int] | None
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def checked(year: int | None, month: int, day: int) -> None:
    """Raises `Impossible` for a day that this month never has (in that year, where one is given)."""
    if not 1 <= month <= 12 or not 1 <= day <= _MONTH_DAYS[month - 1]:
        raise Impossible
    if year is not None:
        try:
            calendar_date(year, month, day)
        except ValueError:
            raise Impossible from None


def full_year(text: str) -> int:
    """2026 for "26" and for "2026": two digits are of this century."""
    value = int(text)
    return value if len(text) > 2 else 2000 + value


def numeric_date(atoms: list[Atom], i: int, lex: Lexicon, order: str) -> Found:
    """2026-12-24, 24.12.2026, 12/24, 24.12."""
    first = atoms[i]
    if i + 2 >= len(atoms) or not atoms[i + 2].digits:
        return None
    mark = atoms[i + 1].text
    if mark not in ("-", "/", "."):
        return None
    tight = not atoms[i + 1].spaced and (not atoms[i + 2].spaced or mark == ".")
    second = atoms[i + 2]
    third = None
    if i + 4 < len(atoms) and atoms[i + 3].text == mark and atoms[i + 4].digits and not atoms[i + 3].spaced:
        loose = mark == "." and atoms[i + 4].digits == 4 and 1970 <= atoms[i + 4].number <= 2200
        if not atoms[i + 4].spaced or loose:
            third = atoms[i + 4]
    if not tight:
        return None
    if third is not None:
        return _triple(atoms, i, first, second, third, order, mark)
    if first.digits == 4 and second.digits <= 2 and mark in "-/" and 1900 < first.number < 2200:
        if 1 <= second.number <= 12 and not (mark == "-" and second.digits == 1):
            return Date(year=first.number, month=second.number), i + 3
        return None
    if first.digits > 2:
        return None
    if mark == "/" and second.digits == 4:
        if 1 <= first.number <= 12:
            return Date(month=first.number, year=second.number), i + 3
        return None
    late = order == "mdy" and 24 < second.number <= 31 and 1 <= first.number <= 12 and second.digits == 2
    if mark == "-" and late and not sign(atoms, i + 3, "-", ".", ":"):
        return _ordered(first.number, second.number, None, order), i + 3
    if mark == "-" and order == "dmy" and _dash_pair(atoms, i, lex):
        return _ordered(first.number, second.number, None, order), i + 3
    if mark == ".":
        return _dotted_pair(atoms, i, first, second, order) if second.digits <= 2 else None
    if mark == "-" or second.digits > 2 or first.number > 31 or second.number > 31:
        return None
    if (
        sign(atoms, i + 3, "/", ".")
        and not atoms[i + 3].spaced
        and is_a(atoms, i + 4, "number")
        and not atoms[i + 4].spaced
    ):
        return None
    # A fraction of a unit ("1/2 hour") is no date.
    if is_a(atoms, i + 3, "unit"):
        return None
    date = _ordered(first.number, second.number, None, order)
    return date, i + 3


def _dash_pair(atoms: list[Atom], i: int, lex: Lexicon) -> bool:
    """Whether 25-10 is a date: no hours start at 25, and a range of two such pairs is one of dates."""
    first, second = atoms[i].number, atoms[i + 2].number
    if not 1 <= second <= 12 or not 1 <= first <= 31 or sign(atoms, i + 3, ":", ".", "-"):
        return False
    if first > 24 or (lex.facts.get("dash_dates") and first > 12):
        return True
    for joint, other in ((i + 3, i + 4), (i - 1, i - 4)):
        if is_a(atoms, joint, "until", "through", "range") and other >= 0 and other + 2 < len(atoms):
            pair = atoms[other : other + 3]
            if pair[0].digits and pair[1].text == "-" and pair[2].digits and not pair[1].spaced:
                return True
    return False


def _dotted_pair(atoms: list[Atom], i: int, first: Atom, second: Atom, order: str) -> Found:
    """24.12. or 24.12; a second number that is no month makes it something else."""
    if is_a(atoms, i + 3, "unit", "clock", "am", "pm") and not is_a(atoms, i + 3, "on", "of", "at"):
        return None
    if second.spaced and not (second.digits == 2 or sign(atoms, i + 3, ".")):
        return None
    dot = sign(atoms, i + 3, ".") and not atoms[i + 3].spaced
    if not dot:
        following = atoms[i + 3] if i + 3 < len(atoms) else None
        # "6.5 kilograms", "1.5 / 5", and outside day-first countries "1.5" are fractions.
        if following is not None and (following.text == "/" or (not following.means and following.text.isalpha())):
            return None
        if order == "mdy" and second.digits == 1:
            return None
    day, month = first.number, second.number
    if not 1 <= month <= 12 and 1 <= day <= 12 and order == "mdy" and month <= 31:
        day, month = month, day
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        if dot and first.digits <= 2 and second.digits == 2 and not is_a(atoms, i + 4, "number"):
            raise Impossible
        return None
    checked(None, month, day)
    j = i + 3
    if sign(atoms, j, ".") and not atoms[j].spaced:
        j += 1
    year, k = read_year(atoms, j) if j < len(atoms) and atoms[j].digits == 4 else (None, j)
    if year is not None:
        checked(year, month, day)
    return Date(day=day, month=month, year=year), k


def _triple(atoms: list[Atom], i: int, first: Atom, second: Atom, third: Atom, order: str, mark: str) -> Found:
    j = i + 5
    if first.digits == 4:
        checked(first.number, second.number, third.number)
        if second.digits > 2 or third.digits > 2:
            return None
        return Date(year=first.number, month=second.number, day=third.number), j
    if first.digits > 2 or second.digits > 2 or third.digits not in (2, 4):
        return None
    if order == "ymd" and third.digits == 2:
        try:
            year = full_year(first.text)
            checked(year, second.number, third.number)
        except Impossible:
            pass
        else:
            return Date(year=year, month=second.number, day=third.number), j
    year = full_year(third.text)
    return _ordered(first.number, second.number, year, "mdy" if order == "mdy" else "dmy"), j


def _ordered(first: int, second: int, year: int | None, order: str) -> Date:
    """Two numbers as month and day in the locale's order, or in the other where only that exists."""
    month, day = (first, second) if order in ("mdy", "ymd") else (second, first)
    swap = (day, month) if day <= 12 and day != month else None
    if month > 12 and day <= 12:
        month, day, swap = day, month, None
    checked(year, month, day)
    return Date(year=year, month=month, day=day, swap=swap)


def read_year(atoms: list[Atom], j: int) -> tuple[int | None, int]:
    """A year at `j`, after a comma or "of" where one stands. Not the hours in "24 Oct 1900-2100"."""
    k = j
    while k < len(atoms) and k - j < 2 and (atoms[k].text in (",", "/", "-") or atoms[k].has("of", "year_word")):
        if atoms[k].text == "-" and (atoms[k].spaced or k + 1 >= len(atoms) or atoms[k + 1].spaced):
            return None, j
        k += 1
    if k < len(atoms) and atoms[k].digits == 4 and atoms[k].text[0] in "12":
        value = atoms[k].number
        if not 1970 <= value <= 2200:
            return (None, j) if value < 2400 else (value, k + 1)
        if k + 2 < len(atoms) and atoms[k + 1].has("range") and atoms[k + 2].digits == 4 and value % 100 < 60:
            following = atoms[k + 3] if k + 3 < len(atoms) else None
            slot = atoms[k + 2].number
            if slot <= 2400 and slot % 100 < 60 and (following is None or following.text not in ("-", "/", ".")):
                return None, j
        if is_a(atoms, k + 1, "am", "pm", "clock", "hourmark") and not is_a(atoms, k + 1, "on", "at", "of"):
            return None, j
        end = k + 1
        if is_a(atoms, end, "year_word"):
            end += 1
        return value, end
    if k < len(atoms) and atoms[k].text == "'" and k + 1 < len(atoms) and atoms[k + 1].digits == 2:
        return full_year(atoms[k + 1].text), k + 2
    return None, j
