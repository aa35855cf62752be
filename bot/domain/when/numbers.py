"""Pieces that start with a number: dates, times, and bare numbers that only the whole phrase explains."""

from __future__ import annotations

from bot.domain.when.clock import prefixed, read_clock
from bot.domain.when.dates import read_date
from bot.domain.when.lengths import read_amount
from bot.domain.when.numeric_dates import read_year
from bot.domain.when.pieces import Clock, Date, Joint, Number, Part
from bot.domain.when.spans_of_time import LengthScanner


class NumberScanner(LengthScanner):
    """Reads dates and times, and what is neither but still a number."""

    def _number_piece(self) -> bool:
        """Dates and times that start with a number, a month's name, an ordinal or a clock word."""
        i = self.i
        atom = self.atoms[i]
        if not atom.has("number", "month", "ordinal", "holiday", "half", "quarter", "noon", "midnight",
                        "quarter_before", "quarter_after", "am", "pm"):  # fmt: skip
            return False
        if atom.has("am", "pm"):
            return self._prefix_meridiem()
        at, dated, ranged = self._context()
        if atom.digits:
            if self._junk_number():
                return self._push(Joint.JUNK, None, i + 1, "number")
            early = self._early_date(dated, at, ranged)
            if early:
                return True
        last = self._last_value()
        if atom.has("month") and isinstance(last, Date) and last.nth is not None:
            year, k = read_year(self.atoms, i + 1)
            return self._push(None, Date(month=int(atom.means["month"]), year=year), k)
        if atom.has("month") and not (atom.has("number") and at):
            found = read_date(self.atoms, i, self.lex, self.order)
            if found is not None:
                before = self._last()
                if before is not None and before.value is None and "vague_month" in before.flags and found[0].monthly:
                    # "early March" is no date yet, while "early morning" is one.
                    before.kind, before.flags = Joint.JUNK, before.flags | {"vague"}
                return self._push(None, found[0], found[1])
        year = atom.digits == 4 and isinstance(self._last_value(), Clock) and not ranged
        clock = None if year else read_clock(self.atoms, i, self.lex, at=at, dated=dated, ranged=ranged)
        if clock is not None and not self._day_of_month(clock[0], i):
            return self._push(None, clock[0], clock[1])
        found = None if self._full_stop(i, at) else read_date(self.atoms, i, self.lex, self.order)
        if found is not None:
            return self._push(None, found[0], found[1])
        if "number" in atom.means:
            return self._bare_number(at)
        return False

    def _day_of_month(self, clock: Clock, i: int) -> bool:
        """Such as "24 h" style readings of what is a date: none so far but a number word before a month."""
        return clock.bare and self._is(i + 1, "month")

    def _prefix_meridiem(self) -> bool:
        """午後2時半."""
        i = self.i
        if not self._is(i, "prefix_meridiem"):
            return False
        if not self._is(i + 1, "number"):
            part = str(self.atoms[i].get("part") or ("morning" if self._is(i, "am") else "afternoon"))
            return self._push(None, Part(part), i + 1)
        clock = read_clock(self.atoms, i + 1, self.lex, at=True, dated=True, ranged=False)
        if clock is None:
            return False
        meridiem = "am" if self.atoms[i].has("am") else "pm"
        return self._push(None, prefixed(clock[0], meridiem), clock[1])

    def _junk_number(self) -> bool:
        """Digits glued to letters or other numbers that are nothing of ours: A4, 300ml, 650.650.6500."""
        i, atoms = self.i, self.atoms
        atom = atoms[i]
        if atom.digits > 4:
            return True
        if not atom.spaced and i and atoms[i - 1].text.isalpha():
            before = atoms[i - 1]
            if not before.means and before.text != "t":
                return True
            if len(before.text) == 1 and before.text.isascii() and before.text not in ("h", "u", "t"):
                return True
        if i + 1 < len(atoms):
            nxt = atoms[i + 1]
            if not nxt.spaced and not nxt.means and nxt.text.isalpha() and nxt.text not in ("t", "z"):
                return True
        return False

    def _early_date(self, dated: bool, at: bool, ranged: bool) -> bool:
        """Numeric dates come before times, except where a dotted pair is a time."""
        i, atoms = self.i, self.atoms
        if i + 2 < len(atoms) and atoms[i + 1].text == "." and not atoms[i + 1].spaced and atoms[i].digits <= 2:
            triple = self._sign(i + 3, ".") and i + 4 < len(atoms) and atoms[i + 4].digits in (2, 4)
            if not triple:
                clock = read_clock(atoms, i, self.lex, at=at, dated=dated, ranged=ranged)
                if clock is not None:
                    return self._push(None, clock[0], clock[1])
        if i + 1 < len(atoms) and atoms[i + 1].text == ":":
            return False
        found = read_date(atoms, i, self.lex, self.order)
        if found is None:
            return False
        date, j = found
        if date.day is not None and date.month is None and date.year is None:
            if self._is(j, "clock", "am", "pm") or self._is(i + 1, "clock", "hourmark"):
                return False
            if self._full_stop(i, at):
                return False
            return self._push(None, date, j, "ordinal")
        return self._push(None, date, j)

    def _day_of_weekday(self, j: int) -> bool:
        """Whether a bare number after a weekday is its day: "le vendredi 11", where hours are written "11h"."""
        last = self._last()
        if self.lex.twelve_hour or last is None or not isinstance(last.value, Date):
            return False
        if last.value.weekday is None or last.value.day is not None or last.value.nth is not None:
            return False
        alone = j >= len(self.atoms) or self._is(j, "from", "between") or self._sign(j, ",")
        return alone and self.atoms[j - 1].digits > 0

    def _full_stop(self, i: int, at: bool) -> bool:
        """Whether the stop after the number at `i` ends the sentence and is no ordinal's: "um 3.", "morgen 9-17."."""
        if not self._sign(i + 1, ".") or not self.atoms[i].digits or self.atoms[i].number > 24:
            return False
        if i + 2 < len(self.atoms) and (self.atoms[i + 2].means or not self.atoms[i + 2].spaced):
            return False
        linked = len(self.items) > 1 and self._after_joint(Joint.RANGE, Joint.DASH, Joint.UNTIL)
        return at or (linked and isinstance(self.items[-2].value, Number | Clock))

    def _bare_number(self, at: bool) -> bool:
        """A number of which only the whole phrase says what it is."""
        i = self.i
        atom = self.atoms[i]
        j = i + 1
        value = atom.number
        if not atom.digits:
            amount, j = read_amount(self.atoms, i)
            if amount != int(amount):
                return self._push(Joint.JUNK, None, j, "number")
            value = int(amount)
        fraction = self.atoms[j + 1] if self._sign(j, ".") and j + 1 < len(self.atoms) else None
        if fraction is not None and fraction.digits and not self.atoms[j].spaced and not fraction.spaced:
            return self._push(Joint.JUNK, None, j + 2, "number")
        if atom.digits == 4 and 2000 <= value < 2100 and isinstance(self._last_value(), Clock):
            # "Thu Dec 24 10:00:00 2026"
            return self._push(None, Date(year=value), j)
        if value > 31 or atom.digits > 2 or atom.has("few"):
            return self._push(Joint.JUNK, None, j, "number")
        if self._after_joint(Joint.RANGE, Joint.DASH, Joint.THROUGH, Joint.UNTIL, Joint.AND):
            year, k = read_year(self.atoms, j)
            if year is not None:
                return self._push(None, Date(day=value, year=year), k)
        if self._is(j, "weekday"):
            # "two sundays from now", "three tuesdays from today"
            k = j + 2 if self._is(j + 1, "fromnow", "later") else 0
            if self._is(j + 1, "offset_from") and j + 2 < len(self.atoms) and self.atoms[j + 2].means.get("day") == 0:
                k = j + 3
            if k:
                weekday = int(self.atoms[j].means["weekday"])
                return self._push(None, Date(weekday=weekday, rel=2, plus=7 * (value - 1)), k)
        if self._day_of_weekday(j) and value and not at:
            return self._push(None, Date(day=value), j)
        last = self._last()
        article = last is not None and last.value is None and bool(last.flags & {"day_article"})
        if article and (atom.digits or value > 12) and not at and value:
            return self._push(None, Date(day=value), j, "article")
        return self._push(None, Number(value, atom.digits), j)
