"""What reading a text gives: a `Reading` with its assumptions, or `Unclear` with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.window import Window


class Kind(StrEnum):
    """What sort of time was read."""

    WINDOW = "window"
    # A single moment: the product adds its default length.
    INSTANT = "instant"
    # From a moment on, without end.
    OPEN = "open"


class Confidence(StrEnum):
    """How sure the reading is. The echo is shown in every case; a guess asks before it counts."""

    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"


class Code(StrEnum):
    """Why a text was not read."""

    NOTHING_FOUND = "nothing_found"
    RECURRING = "recurring"
    NOT_RECURRING = "not_recurring"
    SEVERAL_DAYS = "several_days"
    OVER = "over"
    NOT_OVER = "not_over"
    IMPOSSIBLE = "impossible"
    BACKWARDS = "backwards"
    CONTRADICTION = "contradiction"
    UNREAD = "unread"
    TOO_FAR = "too_far"
    TOO_LONG = "too_long"
    NEGATED = "negated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A window, instant or open start, all aware and in the door's zone.

    `assumptions` says in English what was decided for the person; `alternatives` are other sound readings, to
    be offered beside this one; `spans` are the characters of the text that were read as time.
    """

    starts_at: datetime
    ends_at: datetime | None
    kind: Kind
    confidence: Confidence = Confidence.SURE
    assumptions: tuple[str, ...] = ()
    alternatives: tuple[Reading, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def window(self) -> Window | None:
        """The window for a code; None for an instant, which has no end yet."""
        if self.kind is Kind.INSTANT:
            return None
        return Window(starts_at=self.starts_at, ends_at=self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Nothing that may be acted on: why, in words for a person, and an example that would work."""

    code: Code
    reason: str
    example: str


_REASONS = {
    Code.NOTHING_FOUND: "I found no time in that.",
    Code.RECURRING: "That repeats. One code covers one stretch of time; a vendor pass covers more.",
    Code.NOT_RECURRING: "I found no repeating days in that.",
    Code.SEVERAL_DAYS: "Those are several separate days. One code covers one stretch of time.",
    Code.OVER: "That is already over.",
    Code.NOT_OVER: "That has not happened yet.",
    Code.IMPOSSIBLE: "That date or time does not exist.",
    Code.BACKWARDS: "That ends before it starts.",
    Code.CONTRADICTION: "Those days or times contradict each other.",
    Code.UNREAD: "I am not sure about every number in that.",
    Code.TOO_FAR: "That is too far away or too long.",
    Code.TOO_LONG: "That text is too long. A time takes at most 300 characters.",
    Code.NEGATED: "I can read which time you mean, not which you don't.",
}


def unclear(code: Code, example: str) -> Unclear:
    """An `Unclear` with the reason's standard words."""
    return Unclear(code=code, reason=_REASONS[code], example=example)
