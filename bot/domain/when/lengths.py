"""Lengths: "2 hours and 30 minutes", "anderthalb Stunden", "un'ora e mezza", "3 nights"."""

from __future__ import annotations

from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.pieces import Length

# Minutes, days and months of each unit. Hours and shorter are elapsed time, the rest is calendar (rule S8).
_UNITS = {
    "minute": (1, 0, 0), "hour": (60, 0, 0), "day": (0, 1, 0), "week": (0, 7, 0), "fortnight": (0, 14, 0),
    "month": (0, 0, 1), "year": (0, 0, 12), "second": (0, 0, 0),
}  # fmt: skip
_RANK = {unit: rank for rank, unit in enumerate(("second", "minute", "hour", "day", "week", "month", "year"))}
_HALVES = {
    "hour": Length(minutes=30),
    "day": Length(minutes=12 * 60),
    "minute": Length(),
    "week": Length(days=3, minutes=12 * 60),
    "month": Length(days=15),
    "year": Length(months=6),
}


def length_of(amount: float, unit: str) -> Length | None:
    """`amount` of `unit`; None where a fraction makes no sense ("2.5 nights")."""
    if unit in ("night", "workday"):
        if amount != int(amount):
            return None
        return Length(nights=int(amount)) if unit == "night" else Length(workdays=int(amount))
    if unit not in _UNITS:
        return None
    minutes, days, months = _UNITS[unit]
    if months:
        total = amount * months
        return Length(months=int(total)) if total == int(total) else Length(months=int(total), days=15)
    if days:
        total = amount * days
        rest = total - int(total)
        return Length(days=int(total), minutes=round(rest * 24 * 60))
    return Length(minutes=round(amount * minutes))


def read_length(atoms: list[Atom], i: int, lex: Lexicon) -> tuple[Length, int] | None:
    """The length that starts at atom `i`, and the index after it."""
    found = _one(atoms, i)
    if found is None:
        return None
    total, j, unit = found
    while True:
        k = j
        while k < len(atoms) and (atoms[k].has("and", "clock_and") or atoms[k].text == ",") and k - j < 2:
            k += 1
        half = _half_more(atoms, k, unit) if k > j else None
        if half is not None:
            total, j = total + half[0], half[1]
            continue
        if j < len(atoms) and atoms[j].has("and_half", "clock_half") and unit in _HALVES:
            total, j = total + _HALVES[unit], j + 1
            continue
        if j < len(atoms) and atoms[j].has("clock_quarter") and unit == "hour":
            total, j = total + Length(minutes=15), j + 1
            continue
        more = _one(atoms, k)
        # "2h 30": minutes may lose their name.
        if more is None and unit == "hour" and k == j and k < len(atoms) and atoms[k].digits == 2:
            following = atoms[k + 1] if k + 1 < len(atoms) else None
            if atoms[k].number < 60 and not atoms[k].spaced and (following is None or not following.has("number")):
                total, j = total + Length(minutes=atoms[k].number), k + 1
                continue
        if more is None or _RANK.get(more[2], 9) >= _RANK.get(unit, 0):
            return total, j
        total, j, unit = total + more[0], more[1], more[2]


def _half_more(atoms: list[Atom], k: int, unit: str) -> tuple[Length, int] | None:
    """The "and a half" after a unit."""
    if k < len(atoms) and atoms[k].has("one"):
        k += 1
    if k < len(atoms) and atoms[k].has("half", "quarter") and unit in _HALVES:
        following = atoms[k + 1] if k + 1 < len(atoms) else None
        if following is None or not following.has("unit", "one", "number"):
            return (_HALVES[unit] if atoms[k].has("half") else Length(minutes=15)), k + 1
    return None


def _one(atoms: list[Atom], i: int) -> tuple[Length, int, str] | None:
    """One amount with its unit."""
    if i >= len(atoms):
        return None
    atom = atoms[i]
    if "length" in atom.means:
        minutes = int(atom.means["length"])
        # "een uur en een kwartier": a part of an hour may follow hours, as minutes do.
        return Length(minutes=minutes), i + 1, "hour" if minutes >= 60 else "minute"
    amount: float | None = None
    j = i
    if atom.has("one") and i + 1 < len(atoms) and "length" in atoms[i + 1].means:
        # "una hora y media", where "hora y media" is a length by itself
        return Length(minutes=int(atoms[i + 1].means["length"])), i + 2, "minute"
    if "number" in atom.means:
        amount, j = read_amount(atoms, i)
    elif atom.has("one"):
        amount, j = 1, i + 1
        if j < len(atoms) and atoms[j].has("half"):
            amount, j = 0.5, j + 1
            if j < len(atoms) and atoms[j].has("one"):
                j += 1
    elif atom.has("half"):
        amount, j = 0.5, i + 1
        if j < len(atoms) and atoms[j].has("one"):
            j += 1
    elif atom.has("one_and_half"):
        amount, j = 1.5, i + 1
    elif atom.text == "." and i + 1 < len(atoms) and atoms[i + 1].digits and not atoms[i + 1].spaced:
        amount, j = float(f"0.{atoms[i + 1].text}"), i + 2
    if amount is None or j >= len(atoms):
        return None
    if atoms[j].text == "-" and j + 1 < len(atoms) and "unit" in atoms[j + 1].means and not atoms[j].spaced:
        j += 1
    while j < len(atoms) and atoms[j].has("length_of", "full"):
        j += 1
    if j >= len(atoms) or "unit" not in atoms[j].means:
        return None
    unit = str(atoms[j].means["unit"])
    if atom.digits == 4 and unit == "hour" and atom.number <= 2400 and atom.number % 100 < 60:
        # "1900 hours" is seven in the evening.
        return None
    if atoms[j].has("ordinal") and (amount in (20, 30) or (j + 1 < len(atoms) and atoms[j + 1].has("of", "month"))):
        # "twenty second of June"
        return None
    length = length_of(amount, unit)
    if length is None:
        return None
    j += 1
    stop = j + 1 < len(atoms) and atoms[j].text == "." and not atoms[j].spaced and len(atoms[j - 1].text) <= 4
    # "2 Std. 30 Min." abbreviates; the stop in "um 16h." and "16h. Danke" ends the sentence.
    if stop and atoms[j + 1].means and not atoms[j - 1].has("hourmark"):
        j += 1
    return length, j, unit


def read_amount(atoms: list[Atom], i: int) -> tuple[float, int]:
    """A number in digits (2, 2.5, 2,5) or words (twenty four, zwanzig und vier, one and a half), and the
    index after.
    """
    atom = atoms[i]
    value: float = atom.number
    j = i + 1
    if atom.digits:
        if j + 1 < len(atoms) and atoms[j].text in (".", ",") and not atoms[j].spaced:
            fraction = atoms[j + 1]
            if fraction.digits in (1, 2) and not fraction.spaced:
                return float(f"{atom.number}.{fraction.text}"), j + 2
        if (
            j + 2 < len(atoms)
            and atoms[j + 1].text == "/"
            and atoms[j].number_or(0) == 1
            and atoms[j + 2].number_or(0) == 2
        ):
            return value + 0.5, j + 3
    else:
        k = j
        if k < len(atoms) and (atoms[k].has("and", "clock_and") or atoms[k].text == "-"):
            k += 1
        if 20 <= value < 100 and value % 10 == 0 and k < len(atoms) and "number" in atoms[k].means:
            ones = atoms[k]
            if not ones.digits and 0 < ones.number < 10:
                value, j = value + ones.number, k + 1
    if j < len(atoms) and atoms[j].has("and", "clock_and"):
        k = j + 1
        if k < len(atoms) and atoms[k].has("one"):
            k += 1
        if k + 1 < len(atoms) and atoms[k].has("half") and atoms[k + 1].has("unit"):
            return value + 0.5, k + 1
    if j < len(atoms) and atoms[j].has("and_half") and j + 1 < len(atoms) and atoms[j + 1].has("unit"):
        return value + 0.5, j + 1
    return value, j
