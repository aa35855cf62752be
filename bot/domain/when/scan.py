"""Atoms to items: at each place the richest reading wins (zone, length, date, time, word that joins)."""

from __future__ import annotations

from bot.domain.when.clock import prefixed, read_clock
from bot.domain.when.dates import read_date, read_year
from bot.domain.when.lengths import length_of, read_length
from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.pieces import Clock, Date, Item, Joint, Length, Now, Number, Part, Point, Value, Zone
from bot.domain.when.zones import read_zone

# Which joint a word is, where it can be several: the first that its meanings contain.
_JOINTS = (
    ("every", Joint.EVERY), ("not", Joint.NOT), ("between", Joint.BETWEEN), ("through", Joint.THROUGH),
    ("until", Joint.UNTIL), ("before", Joint.BEFORE), ("after", Joint.AFTER), ("from", Joint.FROM),
    ("within", Joint.WITHIN), ("for", Joint.FOR), ("range", Joint.RANGE), ("and", Joint.AND), ("at", Joint.AT),
)  # fmt: skip
_GLUE = ("of", "on", "in", "article", "noise", "one", "clock", "comma_word", "past", "comma_part", "dayword",
         "in_length", "length_of", "guest", "begin_glue", "clock_and", "article_of")  # fmt: skip
_PERIODS = {"week": "week", "month": "months", "year": "years", "weekend": "weekend", "workweek": "week"}


class Scanner:
    """Reads the atoms of one text into items. `scan` does it; the object is used once."""

    def __init__(self, atoms: list[Atom], lex: Lexicon, order: str) -> None:
        self.atoms = atoms
        self.lex = lex
        self.order = order
        self.items: list[Item] = []
        self.i = 0

    def scan(self) -> list[Item]:
        """All items in order. Raises `Impossible` for a date or time that cannot be."""
        n = len(self.atoms)
        while self.i < n:
            if not self._value():
                self._joint()
        return self.items

    # --- helpers -----------------------------------------------------------------------------------------

    def _push(self, kind: Joint | None, value: Value | None, upto: int, *flags: str) -> bool:
        first, last = self.atoms[self.i], self.atoms[upto - 1]
        self.items.append(
            Item(kind, value, first.start, last.end, first.capital, first.spaced, first.text, frozenset(flags))
        )
        self.i = upto
        return True

    def _is(self, i: int, *names: str) -> bool:
        return 0 <= i < len(self.atoms) and self.atoms[i].has(*names)

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
        """(a word like "at" stands before, the phrase has its day already, the range's other end is a time)."""
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
        """"ab 19.10", "after 730": a joint before makes four digits a time only where a day stands already."""
        if not self._after_joint(Joint.FROM, Joint.AFTER, Joint.BEFORE, Joint.BETWEEN):
            return False
        return any(
            isinstance(item.value, Date) and (item.value.day or item.value.weekday is not None or item.value.offset is not None)
            for item in self.items
        )  # fmt: skip

    # --- pieces ------------------------------------------------------------------------------------------

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

    def _edge(self) -> bool:
        """Rest of the day, end of the month, the week of the 18th, all day."""
        atom, i = self.atoms[self.i], self.i
        means = atom.means
        if "end_phrase" in means:
            unit = str(means["end_phrase"])
            date = Date(offset=0) if unit == "day" else Date(span=unit, **{_PERIODS[unit]: 0})  # type: ignore[arg-type]
            return self._push(None, Date(**{**_asdict(date), "edge": "end"}), i + 1)
        if "habit_span" in means:
            return self._push(Joint.EVERY, None, i + 1)
        if means.keys() & {"rest", "end", "begin"}:
            j = i + 1
            while self._is(j, "of", "article") and not self._is(j, "rel", "unit"):
                j += 1
            found = self._period(j)
            if found is None and "rest" not in means and self._is(j, "month"):
                dated = read_date(self.atoms, j, self.lex, self.order)
                found = dated if dated is not None and dated[0].monthly else None
            if found is None and j < len(self.atoms) and self._is(j, "day"):
                found = Date(offset=int(self.atoms[j].means["day"])), j + 1
            if found is not None:
                if "rest" in means:
                    self.items.append(Item(Joint.UNTIL, None, atom.start, atom.end, text=atom.text))
                    return self._push(None, found[0], found[1])
                edge = "end" if "end" in means else "start"
                return self._push(None, Date(**{**_asdict(found[0]), "edge": edge}), found[1])
        if "weekof" in means:
            j = i + 1
            while self._is(j, "of", "article", "on"):
                j += 1
            if j < len(self.atoms):
                dated = self._day_at(j)
                if dated is not None:
                    return self._push(None, Date(**{**_asdict(dated[0]), "span": "week"}), dated[1])
        if "whole" in means:
            j = i + 1
            while self._is(j, "of", "article") and not self._is(j, "unit", "rel"):
                j += 1
            if j < len(self.atoms) and self.atoms[j].means.get("unit") == "day":
                return self._push(Joint.WHOLE, None, j + 1)
            found = self._period(j)
            if found is not None:
                return self._push(None, found[0], found[1])
            if self._is(j, "day", "weekday", "month", "rel"):
                self.i = j
                return True
        if means.get("unit") == "day" and self._is(i + 1, "after"):
            # "the day after Christmas"
            base = self._base(i + 2)
            if base is not None:
                return self._push(None, Date(**{**_asdict(base[0]), "plus": 1}), base[1])
        if "whole_day" in means:
            return self._push(Joint.WHOLE, None, i + 1)
        return False

    def _day_at(self, j: int) -> tuple[Date, int] | None:
        """A date or bare day number at `j`."""
        found = read_date(self.atoms, j, self.lex, self.order)
        if found is None and 0 < self.atoms[j].digits <= 2:
            return Date(day=self.atoms[j].number), j + 1
        if found is None and self._is(j, "weekday"):
            return Date(weekday=int(self.atoms[j].means["weekday"])), j + 1
        return found

    def _period(self, j: int) -> tuple[Date, int] | None:
        """A calendar unit with or without this/next at `j`: "this month", "semaine prochaine", "week", "day"."""
        if j >= len(self.atoms):
            return None
        rel = self._rel(j, unit=True)
        if "period" in self.atoms[j].means:
            name, value = str(self.atoms[j].means["period"]).split()
            return Date(span=name, **{_PERIODS[name]: int(value)}), j + 1  # type: ignore[arg-type]
        if rel is not None and self._is(j + 1, "unit"):
            if self.atoms[j].has("coming") and self.atoms[j + 1].means["unit"] == "weekend":
                rel = 0
            j += 1
        elif not self._is(j, "unit"):
            return None
        else:
            rel = 0
        unit = str(self.atoms[j].means["unit"])
        j += 1
        if self._is(j, "rel_post"):
            rel, j = int(self.atoms[j].means["rel_post"]), j + 1
        elif self._after_next(j):
            rel, j = 2, j + 2
        if unit == "day":
            return Date(offset=rel), j
        if unit not in _PERIODS:
            return None
        return Date(span=unit, **{_PERIODS[unit]: rel}), j  # type: ignore[arg-type]

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

    def _length(self) -> bool:
        """A length with the words around it: in 2 hours, next 3 days, 5 minutes later, 2 days after Friday."""
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
        point = atom.has("in", "in_length") or atom.text == "+"
        if not point and atom.has("after") and i + 1 < len(self.atoms):
            # "after 5 days" is in five days; "après 16h" is a time.
            span = read_length(self.atoms, i + 1, self.lex)
            point = span is not None and not self._clockish(i + 1, span[1]) and not self._glued_clock(i + 1)
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
        if middle.has("hourmark") and last.digits == 2 and not middle.spaced and not last.spaced:
            return atoms[j].number <= 24
        if middle.text == "." and last.digits == 2 and self._is(j + 3, "hourmark", "clock_h", "clock"):
            return bool(self.lex.facts["h_is_clock"]) and atoms[j].number <= 24
        return False

    def _plus(self, length: Length, k: int, how: str) -> bool:
        """in 2 hours; "next tuesday +10 days" moves the date before it."""
        last = self._last()
        if how == "+" and last is not None and isinstance(last.value, Date) and length.whole_days:
            last.value = Date(**{**_asdict(last.value), "plus": length.days})
            last.end = self.atoms[k - 1].end
            self.i = k
            return True
        while self._is(k, "later", "fromnow"):
            k += 1
        return self._push(None, Point(length), k)

    def _length_after(self, length: Length, k: int) -> bool:
        """What stands after a length decides what it is."""
        if self._is(k, "ago"):
            return self._push(Joint.AGO, None, k + 1)
        if self._is(k, "within_post"):
            return self._push(None, length, k + 1, "next")
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
                plus = {"plus": length.days or None, "plus_months": length.months or None}
                return self._push(None, Date(**{**_asdict(base[0]), **plus}), base[1])
        flags = ["maybe"] if length.minutes % 60 == 0 and self._clockish(self.i, k) else []
        if self._clockish(self.i, k) and self._prefers_clock(length, k):
            return False
        while self._is(k, "length_post"):
            flags, k = ["sure"], k + 1
        return self._push(None, length, k, *flags)

    def _base(self, j: int) -> tuple[Date, int] | None:
        """The day that "2 days after" counts from."""
        while self._is(j, "article", "on"):
            j += 1
        if j >= len(self.atoms):
            return None
        atom = self.atoms[j]
        if "day" in atom.means:
            return Date(offset=int(atom.means["day"])), j + 1
        if "rel" in atom.means and self._is(j + 1, "weekday"):
            rel, weekday = int(atom.means["rel"]), int(self.atoms[j + 1].means["weekday"])
            return Date(weekday=weekday, rel=rel), j + 2
        return self._day_at(j)

    def _clockish(self, i: int, j: int) -> bool:
        """Whether "N hour-word" here is the whole of a length that may be a time of day ("3 heures", "2 uur")."""
        if j - i != 2 or not self._is(i, "number") or not self._is(i + 1, "clock", "clock_h", "hourmark"):
            return False
        return self.atoms[i + 1].text != "h" or bool(self.lex.facts["h_is_clock"])

    def _prefers_clock(self, length: Length, k: int) -> bool:
        """3 heures, 2 uur, 15h: a time where something asks for one."""
        if self._after_joint(Joint.FOR) and not self._is(k, "part", "range", "until"):
            return False
        if self._is(k, "length_post", "later", "ago", "fromnow", "within_post"):
            return False
        if length.minutes > 12 * 60 or self._is(k, "part", "range", "until", "through", "am", "pm", "clock_half"):
            return True
        at, dated, ranged = self._context()
        if at or dated or ranged:
            return True
        if self._after_joint(Joint.RANGE, Joint.DASH, Joint.THROUGH, Joint.UNTIL, Joint.BEFORE, Joint.AFTER, Joint.FROM,
                             Joint.BETWEEN, Joint.AND, Joint.WITHIN):  # fmt: skip
            return True
        if isinstance(self._last_value(), Date | Part):
            return True
        return self._is(k, "weekday", "day", "month", "zone") or (self._is(k, "on", "of") and self._is(k + 1, "weekday", "day", "number"))

    def _relative_length(self, j: int) -> tuple[Length, int] | None:
        """The next-word in the middle: "3 prochains jours", "las 3 próximas horas"."""
        between = "next_n" if self.lex.facts.get("number_next_unit") else "next_mid"
        if self._is(j, "number") and self._is(j + 1, between) and self._is(j + 2, "unit"):
            length = length_of(self.atoms[j].number, str(self.atoms[j + 2].means["unit"]))
            return (length, j + 3) if length is not None else None
        return None

    def _sign(self, i: int, sign: str) -> bool:
        return 0 <= i < len(self.atoms) and self.atoms[i].text == sign

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
                return self._push(None, found[0], found[1])
        clock = read_clock(self.atoms, i, self.lex, at=at, dated=dated, ranged=ranged)
        if clock is not None and not self._day_of_month(clock[0], i):
            return self._push(None, clock[0], clock[1])
        found = read_date(self.atoms, i, self.lex, self.order)
        if found is not None:
            return self._push(None, found[0], found[1])
        if "number" in atom.means:
            return self._bare_number(at)
        return False

    def _day_of_month(self, clock: Clock, i: int) -> bool:
        """"24 h" style readings of what is a date: none so far but a number word before a month."""
        return clock.bare and self._is(i + 1, "month")

    def _prefix_meridiem(self) -> bool:
        """午後2時半."""
        i = self.i
        if not self._is(i, "prefix_meridiem") or not self._is(i + 1, "number"):
            return False
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
            return self._push(None, date, j, "ordinal")
        return self._push(None, date, j)

    def _bare_number(self, at: bool) -> bool:
        """A number of which only the whole phrase says what it is."""
        i = self.i
        atom = self.atoms[i]
        j = i + 1
        value = atom.number
        if not atom.digits:
            from bot.domain.when.lengths import read_amount

            amount, j = read_amount(self.atoms, i)
            if amount != int(amount):
                return self._push(Joint.JUNK, None, j, "number")
            value = int(amount)
        if self._sign(j, ".") and j + 1 < len(self.atoms) and self.atoms[j + 1].digits:
            if not self.atoms[j].spaced and not self.atoms[j + 1].spaced:
                return self._push(Joint.JUNK, None, j + 2, "number")
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
        last = self._last()
        article = last is not None and last.value is None and bool(last.flags & {"day_article"})
        if article and (atom.digits or value > 12) and not at and value:
            return self._push(None, Date(day=value), j, "article")
        return self._push(None, Number(value, atom.digits), j)

    def _relative(self) -> bool:
        """this/next/last with a weekday, a unit, a month or a part of the day."""
        i = self.i
        atom = self.atoms[i]
        if "period" in atom.means or (self._is(i, "unit") and (self._is(i + 1, "rel_post") or self._free_unit())):
            found = self._period(i)
            if found is not None:
                return self._push(None, found[0], found[1])
        found_rel = self._rel(i)
        if found_rel is None:
            return False
        rel = found_rel
        j = i + 1
        while self._is(j, "article", "of", "dayword") and not self._is(j, "weekday", "unit", "part", "rel"):
            j += 1
        if j >= len(self.atoms):
            return False
        nxt = self.atoms[j]
        if "weekday" in nxt.means and not (nxt.has("month") and self._is(j + 1, "number")):
            self._push(None, Date(weekday=int(nxt.means["weekday"]), rel=rel), j + 1)
            if nxt.has("day_part"):
                self.items.append(Item(None, Part(str(nxt.means["part"])), nxt.start, nxt.end))
            return True
        if "unit" in nxt.means:
            found = self._period(i if j == i + 1 else j)
            if found is not None and j == i + 1:
                return self._push(None, found[0], found[1])
            return False
        if "part" in nxt.means:
            self._push(None, Date(offset=rel), i + 1, "implied")
            self.i = j
            return self._push(None, Part(str(nxt.means["part"])), j + 1)
        if "month" in nxt.means or "holiday" in nxt.means:
            self.i = j
            dated = read_date(self.atoms, j, self.lex, self.order)
            if dated is None:
                self.i = i
                return False
            date = dated[0]
            if rel == -1:
                date = Date(**{**_asdict(date), "rel": -1})
            return self._push(None, date, dated[1])
        return False

    def _free_unit(self) -> bool:
        """Units that mean a period without this/next: weekend; "the month" after "of the"."""
        unit = self.atoms[self.i].means["unit"]
        if unit == "weekend":
            return True
        if unit in ("month", "week", "workweek"):
            before = self.items[-2:]
            return len(before) == 2 and "of" in before[0].flags and "article" in before[1].flags or (
                bool(before) and "of_the" in before[-1].flags
            )  # fmt: skip
        return False

    def _word_piece(self) -> bool:
        """Weekdays, today and tomorrow, parts of the day, now."""
        i = self.i
        atom = self.atoms[i]
        means = atom.means
        if "now" in means:
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

    def _after_next(self, j: int) -> bool:
        """Friday after next."""
        return self._is(j, "after") and self._rel(j + 1) == 1 and not self._is(j + 2, "weekday", "unit", "month", "number")

    def _weak(self, i: int) -> bool:
        """Two-letter weekdays that are also words ("do", "so", "mi"): only next to a date, time or range."""
        if self._sign(i + 1, ".") or i + 1 < len(self.atoms) and self.atoms[i + 1].digits:
            return True
        if self._is(i + 1, "range", "through", "until", "part", "from", "at", "month", "weekday") or self._sign(i + 1, ","):
            return True
        return len(self.atoms) == 1 or self._after_joint(Joint.RANGE, Joint.THROUGH, Joint.UNTIL, Joint.DASH, Joint.AND, Joint.EVERY)

    # --- words that join -----------------------------------------------------------------------------------

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
            between = last is not None and "ordinal" in last.flags and i + 1 < len(self.atoms) and self.atoms[i + 1].digits
            slash_range = last is not None and (isinstance(last.value, Clock | Zone) or _complete(last.value))
            self._push(Joint.RANGE if between or slash_range else Joint.COMMA, None, i + 1, *(("slash",) if between else ()))
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
            if means.keys() & {"from_post", "until_post", "onward"}:
                self._push(Joint.GLUE, None, i + 1, *means)
            elif any(name in means for name in _GLUE):
                self._push(Joint.GLUE, None, i + 1, *means)
            elif "ago" in means or "impossible" in means:
                self._push(Joint.JUNK, None, i + 1, *means)
            else:
                self._push(Joint.JUNK, None, i + 1, *means)
        else:
            self._push(Joint.JUNK, None, i + 1)

    def _negative(self, i: int) -> bool:
        """"for -2 hours": a sign, not a dash."""
        last = self._last()
        return not self.atoms[i + 1].spaced and last is not None and last.kind in (Joint.FOR, Joint.WITHIN)

    def _sure_from(self, i: int) -> bool:
        """French and Spanish "de" is "from" before a time or date that a range follows; "of" elsewhere."""
        if isinstance(self._last_value(), Part):
            return False
        return self.atoms[i].has("from", "for") and not isinstance(self._last_value(), Date | Clock | Number) or (
            self.atoms[i].has("from") and self._is(i + 1, "number")
        )  # fmt: skip


def _complete(value: Value | None) -> bool:
    return isinstance(value, Date) and value.year is not None and value.day is not None


def _asdict(date: Date) -> dict[str, object]:
    return {name: getattr(date, name) for name in Date.__dataclass_fields__}
