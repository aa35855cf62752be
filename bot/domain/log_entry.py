"""One line of the door log, with what is needed to say it in plain words. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.log_question import LogQuestion
from bot.domain.model import PersonRef

SHORT = 8  # hex digits of an id that people see and type


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A row of the audit log. `rule` is the rule's name, `approved_by` Slack ids; `personal` what is still kept."""

    seq: int
    at: datetime
    zone: ZoneInfo  # the door's
    action: str
    phase: str
    outcome: str | None
    actor: PersonRef
    surface: str = ""
    device_id: str | None = None
    door: str = ""
    subject_id: str | None = None
    reason: str | None = None
    rule: str | None = None
    approved_by: tuple[str, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)
    seam: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)

    @property
    def short_id(self) -> str:
        """What to type after `/latchkey why`: a code's marker, or the start of the act's id; "" where there is none."""
        return self.detail.get("marker") or (self.subject_id or "")[:SHORT]

    @property
    def people(self) -> tuple[str, ...]:
        """Slack ids of everybody whom the line names."""
        named = (self.actor.user_id, self.detail.get("on_behalf_of"), self.detail.get("requester"), *self.approved_by)
        return tuple(dict.fromkeys(n for n in named if n))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """An answer: newest first. `own_only`: the asker may read no more than their own acts of what was asked;
    `some_doors`: only those doors' lines, and their own."""

    question: LogQuestion
    entries: tuple[LogEntry, ...]
    earlier: tuple[datetime, int] | None  # where the next page begins, if there is one
    door: str = ""
    own_only: bool = False
    some_doors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChain:
    """Everything about one act or code, oldest first."""

    typed: str
    entries: tuple[LogEntry, ...]
