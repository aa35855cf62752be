"""A question to the door log, as a value: which door, who, what kind, when, and where the last page ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.model import PersonRef


class Only(StrEnum):
    """Which of the things that happened."""

    ALL = "all"
    REFUSED = "refused"
    FAILED = "failed"  # also those of which nobody knows how they ended

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The audit log's outcomes; empty means any."""
        return {Only.ALL: (), Only.REFUSED: ("denied",), Only.FAILED: ("failed", "unknown")}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuestion:
    """None means any. `[since, until)`, aware; `before` is (time, row) of the oldest line already shown."""

    device_id: str | None = None
    user_id: str | None = None
    only: Only = Only.ALL
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, int] | None = None
    zone: ZoneInfo  # in which the time was meant


def as_draft(question: LogQuestion, me: PersonRef) -> dict[str, str]:
    """The question as a draft keeps it, for the buttons under its answer."""
    before = question.before
    facts = {
        "log": me.user_id,
        "device_id": question.device_id,
        "user_id": question.user_id,
        "only": question.only.value,
        "since": question.since.isoformat() if question.since else None,
        "until": question.until.isoformat() if question.until else None,
        "before_at": before[0].isoformat() if before else None,
        "before_row": str(before[1]) if before else None,
        "zone": question.zone.key,
    }
    return {key: value for key, value in facts.items() if value is not None}


def from_draft(draft: Mapping[str, str]) -> LogQuestion:
    """The question that a draft stands for."""
    before = None
    if "before_at" in draft:
        before = (datetime.fromisoformat(draft["before_at"]), int(draft["before_row"]))
    return LogQuestion(
        device_id=draft.get("device_id"),
        user_id=draft.get("user_id"),
        only=Only(draft["only"]),
        since=datetime.fromisoformat(draft["since"]) if "since" in draft else None,
        until=datetime.fromisoformat(draft["until"]) if "until" in draft else None,
        before=before,
        zone=ZoneInfo(draft["zone"]),
    )
