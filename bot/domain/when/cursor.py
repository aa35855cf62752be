"""Where the scanner stands in the atoms, what it found so far, and questions about both."""

from __future__ import annotations

from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.pieces import Clock, Date, Item, Joint, Value


class Cursor:
    """Walks over the atoms of one text and collects items."""

    def __init__(self, atoms: list[Atom], lex: Lexicon, order: str) -> None:
        self.atoms = atoms
        self.lex = lex
        self.order = order
        self.items: list[Item] = []
        self.i = 0

    def _push(self, kind: Joint | None, value: Value | None, upto: int, *flags: str) -> bool:
        first, last = self.atoms[self.i], self.atoms[upto - 1]
        self.items.append(
            Item(kind, value, first.start, last.end, first.capital, first.spaced, first.text, frozenset(flags))
        )
        self.i = upto
        return True

    def _is(self, i: int, *names: str) -> bool:
        return 0 <= i < len(self.atoms) and self.atoms[i].has(*names)

    def _sign(self, i: int, sign: str) -> bool:
        return 0 <= i < len(self.atoms) and self.atoms[i].text == sign

    def _last(self) -> Item | None:
        return self.items[-1] if self.items else None

    def _last_value(self) -> Value | None:
        """The piece just before, looking over commas and glue."""
        for item in reversed(self.items):
            if item.value is not None:
                return item.value
            if item.kind not in (Joint.COMMA, Joint.GLUE, Joint.AT):
                return None
        return None

    def _after_joint(self, *kinds: Joint) -> bool:
        """Whether the last item that is not glue is one of these joints."""
        for item in reversed(self.items):
            if item.value is None and item.kind is Joint.GLUE:
                continue
            return item.value is None and item.kind in kinds
        return False

    def _at(self) -> bool:
        for item in reversed(self.items):
            if item.value is not None:
                return False
            if item.kind is Joint.GLUE and "noise" not in item.flags and "at" not in item.flags:
                continue
            return item.kind is Joint.AT or bool(item.flags & {"at", "noise", "clock"})
        return False

    def _context(self) -> tuple[bool, bool, bool]:
        """(a word like "at" stands before, the phrase has its day already, the range's other end is a
        time).
        """
        dated = ranged = seen_range = False
        four = self.atoms[self.i].digits == 4
        for item in reversed(self.items):
            if item.kind is Joint.JUNK:
                break
            value = item.value
            if isinstance(value, Clock):
                ranged = ranged or seen_range
            elif isinstance(value, Date) and (value.day is not None or value.offset is not None):
                if not seen_range or value.month is not None or value.offset is not None:
                    dated = dated or not seen_range
                if not seen_range:
                    break
            elif isinstance(value, Date) and value.weekday is not None and not seen_range and four:
                dated = True
            if item.kind in (Joint.RANGE, Joint.THROUGH, Joint.UNTIL, Joint.AND, Joint.DASH):
                seen_range = True
        if seen_range and not ranged:
            dated = False
        return self._at() or self._time_joint(), dated, ranged

    def _time_joint(self) -> bool:
        """Such as "ab 19.10", "after 730": a joint before makes four digits a time only where a day stands
        already.
        """
        if not self._after_joint(Joint.FROM, Joint.AFTER, Joint.BEFORE, Joint.BETWEEN):
            return False
        dates = [item.value for item in self.items if isinstance(item.value, Date)]
        return any(date.day or date.weekday is not None or date.offset is not None for date in dates)

    def _rel(self, j: int, *, unit: bool = False) -> int | None:
        """Which one this/next/last means at `j`; "coming" is the next week but this Friday."""
        if j >= len(self.atoms):
            return None
        atom = self.atoms[j]
        if "rel" in atom.means:
            return 1 if unit and atom.has("coming") else int(atom.means["rel"])
        if "next_n" in atom.means and "rel" not in atom.means:
            return 1
        return -1 if "past_n" in atom.means else None

    def _after_next(self, j: int) -> bool:
        """Friday after next."""
        return (
            self._is(j, "after") and self._rel(j + 1) == 1 and not self._is(j + 2, "weekday", "unit", "month", "number")
        )
