"""Lengths with the words around them: in 2 hours, next 3 days, 5 minutes later, 2 days after Friday."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.when.lengths import length_of, read_length
from bot.domain.when.periods import PeriodScanner
from bot.domain.when.pieces import Date, Item, Joint, Length, Part, Point


class LengthScanner(PeriodScanner):
    """Reads lengths, and tells "3 heures" the length from "3 heures" the time."""

    def _length(self) -> bool:
        """A length with the words around it: in 2 hours, next 3 days, 5 minutes later, 2 days after
        Friday.
        """
        i = self.i
        atom = self.atoms[i]
        if "next_n" in atom.means or "past_n" in atom.means or "within" in atom.means:
            flag = "past" if "past_n" in atom.means and "next_n" not in atom.means else "next"
            j = i + 1
            while self._is(j, "article", "of", "at") and not self._is(j, "number", "one", "unit", "length"):
                j += 1
            found = read_length(self.atoms, j, self.lex) if j < len(self.atoms) else None
            if found is None and self._is(j, "unit") and self.atoms[j].means["unit"] in ("hour", "minute"):
                length = length_of(1, str(self.atoms[j].means["unit"]))
                found = (length, j + 1) if length is not None and "within" not in atom.means else None
            if found is not None and self._is(found[1], "later") and not self._is(found[1], "ago"):
                return self._push(None, Point(found[0]), found[1] + 1)
            if found is not None:
                k = found[1] + 1 if self._is(found[1], "within_post") else found[1]
                return self._push(None, found[0], k, flag)
        hourly = atom.means.get("unit") in ("hour", "minute")
        if hourly and i + 1 < len(self.atoms) and self.atoms[i + 1].get("rel_post") == 1:
            # "l'heure prochaine"
            span = length_of(1, str(atom.means["unit"]))
            if span is not None and not self._is(i - 1, "number", "one"):
                return self._push(None, span, i + 2, "next")
        if atom.has("trailing") and self._is(i + 1, "unit"):
            # "the past week" is the last seven days; "last week" was Monday to Sunday.
            span = length_of(1, str(self.atoms[i + 1].means["unit"]))
            if span is not None:
                return self._push(None, span, i + 2, "past")
        counted = self._is(i, "number") and self._is(i + 1, "past_n") and self._is(i + 2, "unit")
        if counted and self.lex.facts.get("number_next_unit"):
            # "3 derniers jours"
            span = length_of(atom.number, str(self.atoms[i + 2].means["unit"]))
            if span is not None:
                return self._push(None, span, i + 3, "past")
        if "ago_before" in atom.means and i + 1 < len(self.atoms):
            back = read_length(self.atoms, i + 1, self.lex)
            # "vor 2 Uhr" is before two; "il y a 2 heures" can only be past.
            sure = "before" not in atom.means and "after" not in atom.means
            if back is not None and (sure or not self._clockish(i + 1, back[1])):
                self.items.append(Item(Joint.AGO, None, atom.start, atom.end, text=atom.text))
                return self._push(None, back[0], back[1])
        point = atom.has("in", "in_length") or atom.text == "+"
        if not point and atom.has("after") and i + 1 < len(self.atoms):
            # "after 5 days" is in five days; "après 16h" is a time.
            after = read_length(self.atoms, i + 1, self.lex)
            point = after is not None and not self._clockish(i + 1, after[1]) and not self._glued_clock(i + 1)
        j = i + 1 if point else i
        if point:
            while self._is(j, "noise"):
                j += 1
        if point and not (self._is(j, "number", "one", "half", "length", "one_and_half") or self._sign(j, ".")):
            return False
        if j >= len(self.atoms) or not (
            self.atoms[j].has("number", "one", "half", "length", "one_and_half") or self.atoms[j].text == "."
        ):
            return False
        found = self._relative_length(j) or read_length(self.atoms, j, self.lex)
        if found is None:
            return False
        length, k = found
        if not point and not self._after_joint(Joint.FOR) and self._glued_clock(j):
            return False
        if self._is(k, "rel_post") and self.atoms[k - 1].means.get("unit") in ("week", "month", "year"):
            # "le 23 mois prochain" is the 23rd of next month.
            return False
        if point:
            self._plus(length, k, "+" if atom.text == "+" else "in")
            return True
        return self._length_after(length, k)

    def _glued_clock(self, j: int) -> bool:
        """9h30 and 17.30h are times of day, "2.5 h" is a length."""
        atoms = self.atoms
        if not atoms[j].digits or j + 2 >= len(atoms):
            return False
        middle, last = atoms[j + 1], atoms[j + 2]
        if middle.has("clock", "clock_h") and not last.digits and "number" in last.means:
            # "7 heures dix"
            return 5 <= last.number < 60 and not self._is(j + 3, "unit", "month")
        if middle.has("hourmark") and last.digits == 2 and not middle.spaced and not last.spaced:
            return atoms[j].number <= 24
        if middle.text == "." and last.digits == 2 and self._is(j + 3, "hourmark", "clock_h", "clock"):
            return bool(self.lex.facts["h_is_clock"]) and atoms[j].number <= 24
        return False

    def _plus(self, length: Length, k: int, how: str) -> bool:
        """in 2 hours; "next tuesday +10 days" moves the date before it."""
        last = self._last()
        if how == "+" and last is not None and isinstance(last.value, Date) and length.whole_days:
            last.value = replace(last.value, plus=length.days)
            last.end = self.atoms[k - 1].end
            self.i = k
            return True
        while self._is(k, "later", "fromnow"):
            k += 1
        return self._push(None, Point(length), k)

    def _length_after(self, length: Length, k: int) -> bool:
        """What stands after a length decides what it is."""
        if self._is(k, "ago"):
            first, last = self.atoms[self.i], self.atoms[k]
            self.items.append(Item(Joint.AGO, None, first.start, last.end, text=last.text))
            return self._push(None, length, k + 1)
        if self._is(k, "within_post"):
            return self._push(None, length, k + 1, "next")
        past_hour = self._is(k, "past", "to_minute") and self._is(k + 1, "number", "noon", "midnight", "half")
        if past_hour and self.atoms[k - 1].means.get("unit") == "minute" and not self._after_joint(Joint.FOR):
            # "twenty minutes past eight"
            return False
        if self.atoms[k - 1].has("ja_day", "ja_year") and not self._is(k, "later", "fromnow"):
            return False
        if self._is(k, "fromnow") or (self._is(k, "later") and not self._after_joint(Joint.FOR)):
            if length.whole_days and self._is(k, "today_based"):
                return self._push(None, Date(offset=length.days), k + 1)
            return self._push(None, Point(length), k + 1)
        if length.whole_days and not length.nights and not length.workdays and not self._after_joint(Joint.FOR):
            base = None
            if self._is(k, "after", "offset_from") and not self._is(k, "number"):
                base = self._base(k + 1)
            if base is not None:
                return self._push(
                    None,
                    replace(base[0], plus=length.days or None, plus_months=length.months or None),
                    base[1],
                )
        flags = ["maybe"] if length.minutes % 60 == 0 and self._clockish(self.i, k) else []
        if self._clockish(self.i, k) and self._prefers_clock(length, k):
            return False
        while self._is(k, "length_post"):
            flags, k = ["sure"], k + 1
        return self._push(None, length, k, *flags)

    def _clockish(self, i: int, j: int) -> bool:
        """Whether "N hour-word" here is the whole of a length that may be a time of day ("3 heures", "2
        uur").
        """
        more = self._is(j - 1, "clock_half", "clock_quarter") and self.lex.facts.get("hours_and_half_is_clock")
        if (
            j - i != (3 if more else 2)
            or not self._is(i, "number")
            or (self.atoms[i].number > 24 and not self._context()[0])
            or not self._is(i + 1, "clock", "clock_h", "hourmark")
        ):
            return False
        if self.atoms[i + 1].text != "h" or self.lex.facts["h_is_clock"]:
            return True
        # "3h" is three hours, but "at 17h", "friday 17h" and both ends of "17h-19h" are a time.
        last = self._last()
        dated = last is not None and isinstance(last.value, Date) and not self._after_joint(Joint.FOR)
        ends = self._after_joint(Joint.RANGE, Joint.DASH, Joint.UNTIL, Joint.THROUGH)
        begins = self._is(j, "range") and self._is(j + 1, "number") and self._is(j + 2, "hourmark")
        return self._is(i - 1, "at") or dated or ends or begins

    def _prefers_clock(self, length: Length, k: int) -> bool:
        """3 heures, 2 uur, 15h: a time where something asks for one."""
        last = self._last()
        if last is not None and last.value is None and {"for", "before"} <= last.flags and length.minutes <= 6 * 60:
            # Dutch "voor 2 uur": for two hours; "voor 11 uur" is before eleven.
            return False
        if self._after_joint(Joint.FOR) and not self._is(k, "part", "range", "until"):
            return False
        if self._is(k, "length_post", "later", "ago", "fromnow", "within_post"):
            return False
        if self.lex.facts.get("hours_and_half_is_clock") and self._is(k - 1, "clock_half", "clock_quarter"):
            # "une heure et demie" by itself is how long; nobody books a door for half past one like that.
            alone = length.minutes < 120 and k == len(self.atoms) and not self.items
            return not alone
        if length.minutes > 12 * 60 or self._is(
            k, "part", "range", "until", "through", "am", "pm", "clock_half", "clock_less", "clock_less_quarter"
        ):
            return True
        at, dated, ranged = self._context()
        if at or dated or ranged:
            return True
        if self._after_joint(Joint.RANGE, Joint.DASH, Joint.THROUGH, Joint.UNTIL, Joint.BEFORE,
        Joint.AFTER, Joint.FROM,
                             Joint.BETWEEN, Joint.AND, Joint.WITHIN):  # fmt: skip
            return True
        if isinstance(self._last_value(), Date | Part):
            return True
        return self._is(k, "weekday", "day", "month", "zone") or (
            self._is(k, "on", "of") and self._is(k + 1, "weekday", "day", "number")
        )

    def _relative_length(self, j: int) -> tuple[Length, int] | None:
        """The next-word in the middle: "3 prochains jours", "las 3 próximas horas"."""
        between = "next_n" if self.lex.facts.get("number_next_unit") else "next_mid"
        if self._is(j, "number") and self._is(j + 1, between) and self._is(j + 2, "unit"):
            if self.atoms[j + 2].means["unit"] == "month" and self._after_joint(
                Joint.RANGE, Joint.UNTIL, Joint.THROUGH, Joint.DASH, Joint.AND
            ):
                # Dutch "van 4 tot 23 volgende maand" ends on the 23rd.
                return None
            length = length_of(self.atoms[j].number, str(self.atoms[j + 2].means["unit"]))
            return (length, j + 3) if length is not None else None
        return None
