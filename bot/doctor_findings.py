"""What `python -m bot doctor` finds: one line each, and what the machines' clocks say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

# Slack's signatures are refused after five minutes; a clock that is a minute off is on its way there.
MOST_SKEW = timedelta(seconds=60)


class Grade(StrEnum):
    """`FAIL` makes the exit code 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`what` is a sentence, `fix` what to do about it; neither ever holds a secret."""

    grade: Grade
    what: str
    fix: str = ""

    def line(self) -> str:
        return f"{self.grade.value:<5} {self.what}" + (f"\n      Fix: {self.fix}" if self.fix else "")


def ok(what: str) -> Finding:
    return Finding(grade=Grade.OK, what=what)


def warn(what: str, fix: str) -> Finding:
    return Finding(grade=Grade.WARN, what=what, fix=fix)


def fail(what: str, fix: str) -> Finding:
    return Finding(grade=Grade.FAIL, what=what, fix=fix)


def clock(whose: str, date: str, now: datetime) -> Finding:
    """Our clock (`now`, aware) against the `Date` header of an answer that has just come."""
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return warn(f"{whose}'s answer has no date.", "Check this machine's clock yourself (`timedatectl`).")
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    off = abs(now - theirs)
    if off > MOST_SKEW:
        return fail(
            f"This machine's clock is {off.total_seconds():.0f} s away from {whose}'s.",
            "Set it by NTP (`timedatectl set-ntp true`): signatures are refused when the clocks differ.",
        )
    return ok(f"The clock agrees with {whose}'s.")
