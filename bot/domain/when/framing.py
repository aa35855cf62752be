"""Items to a frame: which side each belongs to."""

from __future__ import annotations

from bot.domain.when.bare_numbers import settle_numbers
from bot.domain.when.frame import Dangling, Frame, Negated, Recurring, Several
from bot.domain.when.pieces import Clock, Contradiction, Date, Item, Joint, Length, Now, Number, Part

_LINKS = (Joint.RANGE, Joint.THROUGH, Joint.UNTIL, Joint.BEFORE, Joint.DASH)


def build(items: list[Item]) -> Frame:
    """The frame of these items. Raises what the words make impossible (see the exceptions above)."""
    return _Builder(_postpositions(items)).build()


class _Builder:
    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.frame = Frame()
        self.side = self.frame.start

    def build(self) -> Frame:
        if any(item.kind is Joint.EVERY for item in self.items):
            raise Recurring
        for index, item in enumerate(self.items):
            if item.value is not None:
                self._take(index, item)
            else:
                self._join(index, item)
        settle_numbers(self.frame)
        start, end = self.frame.start, self.frame.end
        pairs = [(part, clock) for part in start.parts + end.parts for clock in start.clocks]
        pairs += [(part, clock) for part in end.parts for clock in end.clocks]
        if any(_at_odds(part, clock) for part, clock in pairs):
            raise Contradiction
        return self.frame

    def _take(self, index: int, item: Item) -> None:
        value = item.value
        frame = self.frame
        if "habit" in item.flags:
            frame.every = frame.every or not any(
                isinstance(i.value, Date) and i.value.day is not None for i in self.items
            )
        if isinstance(value, Length):
            if frame.length is not None and frame.length != value:
                if frame.length.nights and not value.nights:
                    return
                raise Contradiction
            frame.length, frame.length_flags = value, item.flags
            return
        assert value is not None
        if isinstance(value, Date) and self._second_date(index):
            frame.start.add(value, at=False)
            return
        self.side.add(value, at=self._after_at(index))

    def _second_date(self, index: int) -> bool:
        """Whether a date after a comma says more of the day before the hours: "Tuesday 2-4pm, Nov 15"."""
        start, end = self.frame.start, self.frame.end
        if self.side is not end or not start.dates or end.dates or not index:
            return False
        hours = (end.clocks or end.numbers) and (start.clocks or start.numbers)
        tight = any(item.kind is Joint.DASH and "tight" in item.flags for item in self.items[:index])
        return bool(hours) and tight and self.items[index - 1].kind is Joint.COMMA

    def _after_at(self, index: int) -> bool:
        for before in reversed(self.items[:index]):
            if before.value is not None or before.kind in (Joint.COMMA, Joint.JUNK):
                return False
            if before.kind is Joint.RANGE and "at" in before.flags:
                # Portuguese "a" between two numbers: "de 4 a 23 do próximo mês" names days, "das 4 às 23" hours.
                return False
            if before.kind is Joint.AT or "at" in before.flags or "clock" in before.flags:
                return True
        return False

    def _next(self, index: int, *, over_comma: bool = False) -> Item | None:
        """The next piece after `index`; junk, and a comma unless allowed, hide it."""
        for item in self.items[index + 1 :]:
            if item.value is not None:
                return item
            if item.kind is Joint.JUNK or (item.kind is Joint.COMMA and not over_comma):
                return None
        return None

    def _previous(self, index: int) -> Item | None:
        for item in reversed(self.items[:index]):
            if item.value is not None:
                return item
            if item.kind is Joint.JUNK:
                return None
        return None

    def _join(self, index: int, item: Item) -> None:
        frame, kind = self.frame, item.kind
        nxt = self._next(index)
        if kind is Joint.NOT:
            if nxt is not None:
                raise Negated
        elif kind is Joint.AGO:
            frame.ago = True
        elif kind is Joint.WHOLE:
            frame.whole = True
        elif kind is Joint.BETWEEN:
            frame.between = nxt is not None
            if frame.between and self.side is frame.end:
                raise Recurring
        elif kind is Joint.AND:
            self._and(index, nxt)
        elif kind in (Joint.FROM, Joint.AFTER):
            self._from(index, kind, nxt)
            frame.since = frame.since or ("since" in item.flags and nxt is not None)
        elif kind is Joint.WITHIN and nxt is not None and "until" in item.flags:
            self._link(index, Joint.UNTIL, item, nxt)
        elif kind in _LINKS:
            self._link(index, kind, item, nxt)
        elif kind is Joint.AT and item.flags & {"range", "range_weak"} and self._at_is_range(index, item, nxt):
            if "range" in item.flags:
                item.kind = Joint.RANGE
            self._link(index, Joint.RANGE, item, nxt)

    def _and(self, index: int, nxt: Item | None) -> None:
        frame = self.frame
        if nxt is None:
            return
        if frame.between and frame.link is None and not frame.start.empty:
            frame.link, self.side = Joint.RANGE, frame.end
            return
        before = self._previous(index)
        if before is None:
            return
        pairs = (Date, Number)
        both_days = isinstance(before.value, pairs) and isinstance(nxt.value, pairs)
        if both_days or (isinstance(before.value, Clock) and isinstance(nxt.value, Clock)):
            raise Several

    def _from(self, index: int, kind: Joint, nxt: Item | None) -> None:
        frame = self.frame
        if nxt is None:
            return
        if index and self.items[index - 1].kind is Joint.WHOLE and "of" in self.items[index].flags:
            # "toute la journée de demain"
            return
        if isinstance(nxt.value, Length):
            return
        if self.side is frame.end:
            if frame.start.empty:
                self.side = frame.start
            elif not frame.end.empty and not frame.start.clocks and not frame.end.clocks:
                raise Recurring
            else:
                raise Contradiction
        frame.opened = True
        frame.after = frame.after or kind is Joint.AFTER

    def _link(self, index: int, kind: Joint, item: Item, nxt: Item | None) -> None:
        frame = self.frame
        if nxt is None and kind is Joint.DASH:
            return
        if nxt is None:
            follows = self.items[index + 1 :]
            if not any(i.kind is Joint.JUNK for i in follows) and not any(i.value for i in follows):
                raise Dangling
            return
        if isinstance(nxt.value, Length) and ("maybe" not in nxt.flags or "for" in item.flags):
            if kind in (Joint.UNTIL, Joint.BEFORE) and "for" not in item.flags:
                raise Dangling
            return
        if self.side is frame.end:
            if frame.end.empty:
                frame.link = kind if kind is not Joint.DASH else frame.link
                return
            raise Recurring
        if kind is Joint.DASH and (frame.start.empty or self._dash_only_separates(nxt)):
            return
        if frame.start.empty:
            kind = Joint.BEFORE if kind is Joint.BEFORE else Joint.UNTIL
        frame.link = kind
        if "tot" in item.flags:
            frame.guess.append("until_exclusive")
        self.side = frame.end

    def _dash_only_separates(self, nxt: Item) -> bool:
        """Such as "16.10.2017 - 07:00 Uhr": between a full day and one time a dash is only a mark."""
        return self.frame.start.only_dates and isinstance(nxt.value, Clock)

    def _at_is_range(self, index: int, item: Item, nxt: Item | None) -> bool:
        """Spanish "a", French "à", Italian "alle" are "at" or "to": to, when a time stands before and
        after.
        """
        frame = self.frame
        if nxt is None or self.side is frame.end or frame.link is not None:
            return False
        before = self._previous(index)
        if before is None:
            return False
        opened = frame.opened or frame.between or self._opened_before(index)
        hour_after = isinstance(nxt.value, Clock | Number)
        if isinstance(before.value, Part) and hour_after and self.side.numbers and self.items[index - 1] is before:
            # "de 7 de la mañana a 6 de la tarde": the hour stands before its part of the day.
            return opened or not self.side.dates
        hour_before = isinstance(before.value, Clock) or (isinstance(before.value, Number) and opened)
        if hour_before and hour_after:
            return True
        if isinstance(before.value, Clock) and isinstance(nxt.value, Date) and "range_weak" not in item.flags:
            return True
        if isinstance(before.value, Clock | Part) and not hour_after:
            return opened and bool(frame.start.dates or isinstance(nxt.value, Date))
        if isinstance(before.value, Number) and "range" in item.flags and "range_weak" not in item.flags:
            if any(d.weekday is not None or d.monthly for d in frame.start.dates) and isinstance(nxt.value, Clock):
                return False
            return hour_after or isinstance(nxt.value, Date)
        if isinstance(before.value, Date) and hour_after and opened and frame.start.clocks:
            # "de 4pm aujourd'hui à 5pm demain"
            return True
        if isinstance(before.value, Date):
            return isinstance(nxt.value, Date) and "range" in item.flags and (
                opened or before.value.day is not None or before.value.offset is not None or
                before.value.weekday is not None
            )  # fmt: skip
        return isinstance(before.value, Now)

    def _opened_before(self, index: int) -> bool:
        return any(i.value is None and i.flags & {"from", "between"} for i in self.items[:index])


def _at_odds(part: Part, clock: Clock) -> bool:
    """13:00 in the morning, 9am in the evening."""
    late = (clock.meridiem == "pm" and clock.hour != 12) or (clock.literal and clock.hour > 12)
    early = clock.meridiem == "am"
    if part.name == "morning":
        return late
    if part.name == "noon" and clock.literal:
        return not 10 <= clock.hour <= 15
    if part.name == "night":
        return early and 6 <= clock.hour <= 11
    return early and part.name in ("afternoon", "evening", "noon")


def _postpositions(items: list[Item]) -> list[Item]:
    """Japanese から and まで, English "onwards": a joint after its piece moves before it, or joins it to the
    next.
    """
    if not any(i.flags & {"from_post", "until_post", "onward"} for i in items if i.value is None):
        return items
    result: list[Item] = []
    linked = False
    for index, item in enumerate(items):
        if item.value is not None or not item.flags & {"from_post", "until_post", "onward"}:
            result.append(item)
            continue
        follows = any(i.value is not None for i in items[index + 1 :]) and item.flags.isdisjoint({"onward"})
        if "from_post" in item.flags and follows:
            if not linked:
                result.append(Item(Joint.RANGE, None, item.start, item.end, text=item.text))
            linked = True
        elif "until_post" in item.flags and linked:
            continue
        else:
            kind = Joint.UNTIL if "until_post" in item.flags else Joint.FROM
            place = len(result)
            while place and result[place - 1].kind not in (Joint.JUNK, Joint.COMMA):
                place -= 1
            result.insert(place, Item(kind, None, item.start, item.end, text=item.text, flags=item.flags))
    return result
