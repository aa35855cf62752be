"""Calendar periods: this week, next month, the rest of the day, the end of May, the week of the 18th."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.when.cursor import Cursor
from bot.domain.when.dates import read_date
from bot.domain.when.pieces import Date, Item, Joint, Part

_PERIODS = ("week", "workweek", "month", "year", "weekend")


def period_date(unit: str, which: int) -> Date:
    """This (0), the next (1) or another week, month, year or weekend as a date."""
    if unit in ("week", "workweek"):
        return Date(span=unit, week=which)
    if unit == "weekend":
        return Date(span=unit, weekend=which)
    return Date(span=unit, months=which) if unit == "month" else Date(span=unit, years=which)


class PeriodScanner(Cursor):
    """Reads what stands around this/next/last, end/rest/whole and calendar units."""

    def _edge(self) -> bool:
        """Rest of the day, end of the month, the week of the 18th, all day."""
        atom, i = self.atoms[self.i], self.i
        means = atom.means
        if "end_phrase" in means:
            unit = str(means["end_phrase"])
            date = Date(offset=0) if unit == "day" else period_date(unit, 0)
            return self._push(None, replace(date, edge="end"), i + 1)
        if "habit_span" in means:
            return self._push(Joint.EVERY, None, i + 1)
        if "rest_day" in means:
            self.items.append(Item(Joint.UNTIL, None, atom.start, atom.end, text=atom.text))
            return self._push(None, Date(offset=0), i + 1)
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
                return self._push(None, replace(found[0], edge=edge), found[1])
        counted = i > 0 and self._is(i - 1, "number", "one")
        if "weekof" in means or (means.get("unit") == "week" and self._is(i + 1, "week_begin") and not counted):
            j = i + 1 if "weekof" in means else i + 2
            while self._is(j, "of", "article", "on"):
                j += 1
            if j < len(self.atoms):
                dated = self._day_at(j)
                if dated is not None:
                    return self._push(None, replace(dated[0], span="week"), dated[1])
        if "whole" in means:
            j = i + 1
            while self._is(j, "of", "article") and not self._is(j, "unit", "rel"):
                j += 1
            if j < len(self.atoms) and self.atoms[j].means.get("unit") == "day":
                return self._push(Joint.WHOLE, None, j + 1)
            found = self._period(j)
            if found is not None:
                return self._push(None, found[0], found[1])
            if self._is(j, "weekday") and "every" in means:
                # Portuguese "toda segunda" is every Monday.
                return self._push(Joint.EVERY, None, j)
            if self._is(j, "day", "weekday", "month", "rel"):
                self.i = j
                return True
        if means.get("unit") == "day" and self._is(i + 1, "after"):
            # "the day after Christmas"
            base = self._base(i + 2)
            if base is not None:
                return self._push(None, replace(base[0], plus=1), base[1])
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
        """A calendar unit with or without this/next at `j`: "this month", "semaine prochaine", "week",
        "day".
        """
        if j >= len(self.atoms):
            return None
        rel = self._rel(j, unit=True)
        if "period" in self.atoms[j].means:
            name, value = str(self.atoms[j].means["period"]).split()
            return period_date(name, int(value)), j + 1
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
        named = self._named_month(j - 1)
        if named is not None:
            return named
        if unit not in _PERIODS:
            return None
        return period_date(unit, rel), j

    def _named_month(self, j: int) -> tuple[Date, int] | None:
        """The month in "the month of January"."""
        if j >= len(self.atoms) or self.atoms[j].means.get("unit") != "month":
            return None
        j += 1
        while self._is(j, "of"):
            j += 1
        return read_date(self.atoms, j, self.lex, self.order) if self._is(j, "month") else None

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

    def _relative(self) -> bool:
        """this/next/last with a weekday, a unit, a month or a part of the day."""
        i = self.i
        atom = self.atoms[i]
        named = self._named_month(i)
        if named is not None:
            return self._push(None, named[0], named[1])
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
            if "part" not in nxt.means:
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
                date = replace(date, rel=-1)
            elif rel == 2:
                date = replace(date, plus_months=12)
            return self._push(None, date, dated[1])
        return False

    def _free_unit(self) -> bool:
        """Units that mean a period without this/next: weekend; "the month" after "of the"."""
        unit = self.atoms[self.i].means["unit"]
        if unit == "weekend":
            return "every" not in self.atoms[self.i].means
        if unit in ("month", "week", "workweek"):
            before = self.items[-2:]
            if before and before[-1].value is None and "of" in before[-1].flags:
                return True
            return len(before) == 2 and "of" in before[0].flags and "article" in before[1].flags
        return False
