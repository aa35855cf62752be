"""Dates as people write them: numeric in the locale's order, with month names, weekdays, relative words."""

from __future__ import annotations

from datetime import date as calendar_date

from bot.domain.when.lengths import read_amount
from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.pieces import Date, Impossible

Found = tuple[Date, int] | None
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is(atoms: list[Atom], i: int, *names: str) -> bool:
    return 0 <= i < len(atoms) and atoms[i].has(*names)


def _sign(atoms: list[Atom], i: int, *signs: str) -> bool:
    return 0 <= i < len(atoms) and atoms[i].text in signs


def read_date(atoms: list[Atom], i: int, lex: Lexicon, order: str) -> Found:
    """The date that starts at atom `i`, and the index after it. `order` is "mdy", "dmy" or "ymd".

    Raises `Impossible` for a date that no calendar has.
    """
    atom = atoms[i]
    if atom.digits:
        found = _numeric(atoms, i, lex, order) or _day_first(atoms, i, lex)
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


def _numeric(atoms: list[Atom], i: int, lex: Lexicon, order: str) -> Found:
    """2026-12-24, 24.12.2026, 12/24, 24.12."""
    first = atoms[i]
    if i + 2 >= len(atoms) or not atoms[i + 2].digits:
        return None
    sign = atoms[i + 1].text
    if sign not in ("-", "/", "."):
        return None
    tight = not atoms[i + 1].spaced and (not atoms[i + 2].spaced or sign == ".")
    second = atoms[i + 2]
    third = None
    if i + 4 < len(atoms) and atoms[i + 3].text == sign and atoms[i + 4].digits and not atoms[i + 3].spaced:
        loose = sign == "." and atoms[i + 4].digits == 4 and 1970 <= atoms[i + 4].number <= 2200
        if not atoms[i + 4].spaced or loose:
            third = atoms[i + 4]
    if not tight:
        return None
    if third is not None:
        return _triple(atoms, i, first, second, third, order, sign)
    if first.digits == 4 and second.digits <= 2 and sign in "-/" and 1900 < first.number < 2200:
        if 1 <= second.number <= 12 and not (sign == "-" and second.digits == 1):
            return Date(year=first.number, month=second.number), i + 3
        return None
    if first.digits > 2:
        return None
    if sign == "/" and second.digits == 4:
        if 1 <= first.number <= 12:
            return Date(month=first.number, year=second.number), i + 3
        return None
    late = order == "mdy" and 24 < second.number <= 31 and 1 <= first.number <= 12 and second.digits == 2
    if sign == "-" and late and not _sign(atoms, i + 3, "-", ".", ":"):
        return _ordered(first.number, second.number, None, order), i + 3
    if sign == "-" and order == "dmy" and _dash_pair(atoms, i, lex):
        return _ordered(first.number, second.number, None, order), i + 3
    if sign == ".":
        return _dotted_pair(atoms, i, first, second, order) if second.digits <= 2 else None
    if sign == "-" or second.digits > 2 or first.number > 31 or second.number > 31:
        return None
    if (
        _sign(atoms, i + 3, "/", ".")
        and not atoms[i + 3].spaced
        and _is(atoms, i + 4, "number")
        and not atoms[i + 4].spaced
    ):
        return None
    # A fraction of a unit ("1/2 hour") is no date.
    if _is(atoms, i + 3, "unit"):
        return None
    date = _ordered(first.number, second.number, None, order)
    return date, i + 3


def _dash_pair(atoms: list[Atom], i: int, lex: Lexicon) -> bool:
    """Whether 25-10 is a date: no hours start at 25, and a range of two such pairs is one of dates."""
    first, second = atoms[i].number, atoms[i + 2].number
    if not 1 <= second <= 12 or not 1 <= first <= 31 or _sign(atoms, i + 3, ":", ".", "-"):
        return False
    if first > 24 or (lex.facts.get("dash_dates") and first > 12):
        return True
    for joint, other in ((i + 3, i + 4), (i - 1, i - 4)):
        if _is(atoms, joint, "until", "through", "range") and other >= 0 and other + 2 < len(atoms):
            pair = atoms[other : other + 3]
            if pair[0].digits and pair[1].text == "-" and pair[2].digits and not pair[1].spaced:
                return True
    return False


def _dotted_pair(atoms: list[Atom], i: int, first: Atom, second: Atom, order: str) -> Found:
    """24.12. or 24.12; a second number that is no month makes it something else."""
    if _is(atoms, i + 3, "unit", "clock", "am", "pm") and not _is(atoms, i + 3, "on", "of", "at"):
        return None
    if second.spaced and not (second.digits == 2 or _sign(atoms, i + 3, ".")):
        return None
    dot = _sign(atoms, i + 3, ".") and not atoms[i + 3].spaced
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
        if dot and first.digits <= 2 and second.digits == 2 and not _is(atoms, i + 4, "number"):
            raise Impossible
        return None
    checked(None, month, day)
    j = i + 3
    if _sign(atoms, j, ".") and not atoms[j].spaced:
        j += 1
    year, k = read_year(atoms, j) if j < len(atoms) and atoms[j].digits == 4 else (None, j)
    if year is not None:
        checked(year, month, day)
    return Date(day=day, month=month, year=year), k


def _triple(atoms: list[Atom], i: int, first: Atom, second: Atom, third: Atom, order: str, sign: str) -> Found:
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
        if _is(atoms, k + 1, "am", "pm", "clock", "hourmark") and not _is(atoms, k + 1, "on", "at", "of"):
            return None, j
        end = k + 1
        if _is(atoms, end, "year_word"):
            end += 1
        return value, end
    if k < len(atoms) and atoms[k].text == "'" and k + 1 < len(atoms) and atoms[k + 1].digits == 2:
        return full_year(atoms[k + 1].text), k + 2
    return None, j


def _day_number(atoms: list[Atom], i: int, lex: Lexicon) -> tuple[int, int, bool] | None:
    """A day of the month at `i`: its number, the index after it, and whether it is written as an ordinal."""
    atom = atoms[i]
    if "ordinal" in atom.means and int(atom.means["ordinal"]) > 0:
        value, j = int(atom.means["ordinal"]), i + 1
        if value in (20, 30) and _is(atoms, j, "ordinal") and 0 < int(atoms[j].means["ordinal"]) < 10:
            return value + int(atoms[j].means["ordinal"]), j + 1, True
        return value, j, True
    if "number" not in atom.means or atom.digits > 2:
        return None
    if atom.digits:
        j = i + 1
        ordinal = False
        if _sign(atoms, j, ".") and not atoms[j].spaced:
            if j + 1 < len(atoms) and atoms[j + 1].has("ordinal_suffix") and not atoms[j + 1].spaced:
                return atom.number, j + 2, True
            if j + 1 < len(atoms) and atoms[j + 1].digits and not atoms[j + 1].spaced:
                return None
            return atom.number, j + 1, bool(lex.facts["dot_ordinal"])
        if j < len(atoms) and atoms[j].has("ordinal_suffix") and not atoms[j].spaced:
            j, ordinal = j + 1, True
        return atom.number, j, ordinal
    value, j = atom.number, i + 1
    k = j + 1 if _sign(atoms, j, "-") else j
    if value in (20, 30) and _is(atoms, k, "ordinal") and 0 < int(atoms[k].means["ordinal"]) < 10:
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
        if _sign(atoms, k, ".") and not atoms[k].spaced:
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
    if _is(atoms, j, "weekday") and (nth > 0 or _is(atoms, j - 1, "last_of") or _is(atoms, j + 1, "of", "in", "month")):
        return Date(nth=nth, weekday=int(atoms[j].means["weekday"])), j + 1
    unit = atoms[j].means.get("unit") if j < len(atoms) else None
    if j < len(atoms) and atoms[j].has("weekof"):
        return Date(nth=nth, span="week"), j + 1
    if unit in ("week", "weekend", "day") and _is(atoms, j + 1, "of", "in", "month"):
        if unit == "day" and nth > 0:
            return None
        return Date(nth=nth, span=str(unit)), j + 1
    return None


def _month_first(atoms: list[Atom], i: int, lex: Lexicon) -> Found:
    """December 24, Dec 24th 2026, Jan/3, February the 15th, May twenty nine, October 2026, May."""
    month = int(atoms[i].means["month"])
    j = i + 1
    if _sign(atoms, j, ".") and not atoms[j].spaced:
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
    if _is(atoms, k + 1, "am", "pm", "clock", "clock_h", "hourmark") and not _is(
        atoms, k + 1, "on", "at", "of", "article"
    ):
        return False
    if _sign(atoms, k + 1, ":") and not atoms[k + 1].spaced and _is(atoms, k + 2, "number"):
        return False
    # "Jul 3.30"? A dotted time after a month's name has two digits.
    return not (_sign(atoms, k + 1, ".") and _is(atoms, k + 2, "number") and not atoms[k + 2].spaced)


def _kanji_date(atoms: list[Atom], i: int) -> Found:
    """2026年12月24日, 12月24日, 24日, 12月."""
    year = month = day = None
    j = i
    if _is(atoms, j + 1, "ja_year"):
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
