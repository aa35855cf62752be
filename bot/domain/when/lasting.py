"""Until something, or for some time: from now or from a start (rules S7, S8, S15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.when.frame import Recurring, Side
from bot.domain.when.localtime import add
from bot.domain.when.moments import Moments
from bot.domain.when.pieces import Clock, Contradiction, Date, Joint, Length
from bot.domain.when.reading import Code, Kind
from bot.domain.when.settling import Choice, Rejected

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Lasting(Moments):
    """Resolves ends without a start, and lengths."""

    def _until(self) -> tuple[datetime, datetime | None, Kind]:
        """until X: from now (S7)."""
        frame = self.frame
        if self.past:
            raise Rejected(Code.NOT_OVER)
        end = self._end_moment(frame.end, after=self.now, inclusive=frame.link is not Joint.BEFORE)
        if frame.length is not None:
            raise Contradiction
        return self.now, end, Kind.WINDOW

    def _lasting(self, length: Length) -> tuple[datetime, datetime | None, Kind]:
        """A length from now or from a start (S8, S15)."""
        frame = self.frame
        side = frame.start
        if frame.every:
            raise Recurring
        if length.empty:
            raise Rejected(Code.IMPOSSIBLE)
        if self.past:
            return self._length_back(length)
        if "maybe" in frame.length_flags and side.empty:
            # "3 heures" alone: three hours, or three o'clock.
            self.guess = True
            self._offer(Choice(as_clock=True))
            if self.choice.as_clock:
                clock = Clock(length.minutes // 60, 0, None, True)
                return self._moment(clock, None, None, Kind.INSTANT)
        try:
            return self._lasting_from(length, side)
        except (OverflowError, ValueError):
            raise Rejected(Code.TOO_FAR) from None

    def _lasting_from(self, length: Length, side: Side) -> tuple[datetime, datetime | None, Kind]:
        when = self._date(side)
        if length.nights and not side.clocks:
            return self._nights(length, when)
        if side.empty or (side.now and when is None):
            return self.now, add(self.now, length, self.zone), Kind.WINDOW
        start, _, _ = self._single()
        return start, add(start, length, self.wall or self.zone), Kind.WINDOW

    def _nights(self, length: Length, when: Date | None) -> tuple[datetime, datetime | None, Kind]:
        """3 nights from the 24th: the 24th to the 27th, both included (S15)."""
        for first, _ in self._spans(when if when is not None else Date(offset=0)):
            last = first + timedelta(days=length.nights + length.days)
            end = self._start_of(last + _DAY)
            if end > self.now:
                self._note(f"{length.nights} nights: to the end of {last:%A} {last.day} {last:%B}")
                return self._start_of(first), end, Kind.WINDOW
        raise Rejected(Code.OVER)

    def _length_back(self, length: Length) -> tuple[datetime, datetime | None, Kind]:
        back = Length(-length.minutes, -length.days, -length.months, -length.nights)
        start = add(self.now, back, self.zone)
        if self.frame.ago and length.whole_days:
            if length.months or length.days % 7 == 0:
                self._note("that day")
            day = self._local(start).date()
            return self._start_of(day), self._start_of(day + _DAY), Kind.WINDOW
        return start, self.now, Kind.WINDOW
