"""Atoms to items: at each place the richest reading wins (zone, length, date, time, word that joins)."""

from __future__ import annotations

from bot.domain.when.dates import nth_of_month
from bot.domain.when.numbers import NumberScanner
from bot.domain.when.pieces import Clock, Date, Item, Joint, Now, Number, Part, Value, Zone
from bot.domain.when.zones import read_zone

# Which joint a word is, where it can be several: the first that its meanings contain.
_JOINTS = (
    ("every", Joint.EVERY), ("not", Joint.NOT), ("between", Joint.BETWEEN), ("through", Joint.THROUGH),
    ("until", Joint.UNTIL), ("before", Joint.BEFORE), ("after", Joint.AFTER), ("from", Joint.FROM),
    ("within", Joint.WITHIN), ("for", Joint.FOR), ("range", Joint.RANGE), ("and", Joint.AND), ("or", Joint.AND), ("at",
    Joint.AT),
)  # fmt: skip
_GLUE = ("of", "on", "in", "article", "noise", "one", "clock", "comma_word", "past", "comma_part", "dayword",
         "in_length", "length_of", "guest", "begin_glue", "clock_and", "article_of")  # fmt: skip


class Scanner(NumberScanner):
    """Reads the atoms of one text into items. `scan` does it; the object is used once."""

    def scan(self) -> list[Item]:
        """All items in order. Raises `Impossible` for a date or time that cannot be."""
        n = len(self.atoms)
        while self.i < n:
            if not self._value():
                self._joint()
        return self.items

    def _value(self) -> bool:
        atom = self.atoms[self.i]
        means = atom.means
        last = self._last()
        after_time = last is not None and isinstance(last.value, Clock | Number)
        if atom.text == "t" and not atom.spaced and last is not None and isinstance(last.value, Date):
            self.i += 1
            return True
        if not means and not atom.digits and atom.text not in (".", "-", "+", "z"):
            return False
        zone = read_zone(self.atoms, self.i, after_time=after_time)
        if zone is not None:
            return self._push(None, zone[0], zone[1])
        return (
            self._edge() or self._length() or self._number_piece() or self._relative() or self._word_piece()
        )  # fmt: skip

    def _word_piece(self) -> bool:
        """Weekdays, today and tomorrow, parts of the day, now."""
        i = self.i
        atom = self.atoms[i]
        means = atom.means
        if "now" in means or "fromnow" in means:
            return self._push(None, Now(), i + 1)
        if "weekday" in means and not ("part" in means and "day_part" not in means):
            return self._weekday()
        if "day" in means:
            if "part" in means:
                if "day_part" in means:
                    self._push(None, Date(offset=int(means["day"])), i + 1)
                    self.items.append(Item(None, Part(str(means["part"])), atom.start, atom.end, text=atom.text))
                    return True
                last = self._last_value()
                if isinstance(last, Date) and (last.weekday is not None or last.offset is not None or last.day):
                    return self._push(None, Part(str(means["part"])), i + 1)
            return self._push(None, Date(offset=int(means["day"])), i + 1)
        if "part" in means:
            return self._push(None, Part(str(means["part"])), i + 1)
        return False

    def _weekday(self) -> bool:
        i = self.i
        atom = self.atoms[i]
        weekday = int(atom.means["weekday"])
        if atom.has("weak_weekday") and not self._weak(i):
            return False
        j = i + 1
        if self.lex.facts.get("weekday_ordinals") and self._is(j + 1, "of", "in"):
            counted = nth_of_month(self.atoms, j, weekday + 2)
            if counted is not None:
                return self._push(None, counted[0], counted[1])
        if self._sign(j, ".") and not self.atoms[j].spaced and len(atom.text) <= 4:
            j += 1
        rel = None
        if self._is(j, "rel_post") and not self._is(j + 1, "unit"):
            rel, j = int(self.atoms[j].means["rel_post"]), j + 1
        elif self._after_next(j):
            rel, j = 2, j + 2
        flags = ("habit",) if atom.has("habit") else ()
        self._push(None, Date(weekday=weekday, rel=rel), j, *flags)
        if atom.has("day_part"):
            self.items.append(Item(None, Part(str(atom.means["part"])), atom.start, atom.end, text=atom.text))
            if self._is(self.i, "rel_post") and not self._is(self.i + 1, "unit"):
                self.items[-2].value = Date(weekday=weekday, rel=int(self.atoms[self.i].means["rel_post"]))
                self.i += 1
        return True

    def _weak(self, i: int) -> bool:
        """Two-letter weekdays that are also words ("do", "so", "mi"): only next to a date, time or range."""
        if self._sign(i + 1, ".") or (i + 1 < len(self.atoms) and self.atoms[i + 1].digits):
            return True
        if self._is(i + 1, "article") and i + 2 < len(self.atoms) and self.atoms[i + 2].digits:
            return True
        if self._is(i + 1, "range", "through", "until", "part", "from", "at", "month", "weekday") or self._sign(
            i + 1, ","
        ):
            return True
        return len(self.atoms) == 1 or self._after_joint(
            Joint.RANGE, Joint.THROUGH, Joint.UNTIL, Joint.DASH, Joint.AND, Joint.EVERY
        )

    def _joint(self) -> None:
        i = self.i
        atom = self.atoms[i]
        means = atom.means
        text = atom.text
        if text in (",", "(", ")", ":", "<", ">"):
            self._push(Joint.COMMA, None, i + 1)
        elif text in (".", "'", "°"):
            self.i += 1
            if self.items and text == ".":
                # A full stop after a word ends a sentence or an abbreviation: neither joins nor parts.
                self.items[-1].flags |= {"stop"}
        elif text == "/":
            last = self._last()
            between = (
                last is not None and "ordinal" in last.flags and i + 1 < len(self.atoms) and self.atoms[i + 1].digits
            )
            slash_range = last is not None and (isinstance(last.value, Clock | Zone) or _complete(last.value))
            self._push(
                Joint.RANGE if between or slash_range else Joint.COMMA,
                None,
                i + 1,
                *(("slash",) if between else ()),
            )
        elif text == "-" and atom.spaced and self._is(i + 1, "number") and self._negative(i):
            self._push(Joint.NOT, None, i + 1)
        elif text == "-":
            self._push(Joint.DASH, None, i + 1, "range", *(() if atom.spaced else ("tight",)))
        elif means:
            for name, joint in _JOINTS:
                if name in means:
                    if joint in (Joint.FROM, Joint.FOR) and "of" in means and not self._sure_from(i):
                        continue
                    if joint is Joint.RANGE and "at" in means:
                        joint = Joint.AT
                    self._push(joint, None, i + 1, *means)
                    return
            if means.keys() & {"from_post", "until_post", "onward"} or any(name in means for name in _GLUE):
                self._push(Joint.GLUE, None, i + 1, *means)
            elif "ago" in means or "impossible" in means:
                self._push(Joint.JUNK, None, i + 1, *means)
            else:
                self._push(Joint.JUNK, None, i + 1, *means)
        else:
            self._push(Joint.JUNK, None, i + 1)

    def _negative(self, i: int) -> bool:
        """Such as "for -2 hours": a sign, not a dash."""
        last = self._last()
        if last is None:
            return not self.atoms[i + 1].spaced and self._is(i + 2, "unit")
        return not self.atoms[i + 1].spaced and last.kind in (Joint.FOR, Joint.WITHIN)

    def _sure_from(self, i: int) -> bool:
        """French and Spanish "de" is "from" before a time or date that a range follows; "of" elsewhere."""
        if isinstance(self._last_value(), Part):
            return False
        atom = self.atoms[i]
        if atom.has("from") and self._is(i + 1, "number"):
            return True
        return atom.has("from", "for") and not isinstance(self._last_value(), Date | Clock | Number)


def _complete(value: Value | None) -> bool:
    return isinstance(value, Date) and value.year is not None and value.day is not None
