"""A frame to instants: the next window that the words can mean and that is not over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.when.frame import Recurring
from bot.domain.when.pieces import Date
from bot.domain.when.ranges import Ranges
from bot.domain.when.reading import Code, Kind
from bot.domain.when.settling import Answer, Rejected


@dataclass(slots=True)
class Resolver(Ranges):
    """Resolves one frame into an answer."""

    def resolve(self) -> Answer:
        """The answer. Raises `Rejected`, `Contradiction`, `Impossible`, `Recurring` or `Dangling`."""
        frame = self.frame
        if frame.every:
            raise Recurring
        if (frame.ago or frame.since or "past" in frame.length_flags) and not self.past:
            raise Rejected(Code.OVER)
        self.wall = self._zone()
        if frame.whole and not frame.start.dates and not frame.end.dates:
            frame.start.dates.append(Date(offset=0))
        if frame.link is not None and not frame.end.empty:
            found = self._until() if frame.start.empty else self._range()
        elif frame.length is not None:
            found = self._lasting(frame.length)
        else:
            found = self._single()
        return self._finished(*found)

    def _finished(self, start: datetime, end: datetime | None, kind: Kind) -> Answer:
        start, end = start.astimezone(UTC), end.astimezone(UTC) if end is not None else None
        if end is not None and end <= start:
            raise Rejected(Code.BACKWARDS)
        if self.past:
            if start > self.now:
                raise Rejected(Code.NOT_OVER)
            if kind is Kind.OPEN or (end is not None and end > self.now):
                end, kind = self.now, Kind.WINDOW
            if end is not None and end <= start:
                raise Rejected(Code.NOT_OVER)
        else:
            if end is not None and end <= self.now:
                raise Rejected(Code.OVER)
            if end is None and start < self.now and kind is Kind.INSTANT:
                raise Rejected(Code.OVER)
            start = max(start, self.now)
            if start.year > self.now.year + 50 or (end is not None and end.year > self.now.year + 50):
                raise Rejected(Code.TOO_FAR)
        return Answer(
            self._local(start),
            self._local(end) if end is not None else None,
            kind,
            self.notes,
            self.choices,
            self.guess,
        )
