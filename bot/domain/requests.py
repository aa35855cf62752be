"""A request for something that the rules do not give at once: who asks, for what, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.model import Action, PersonRef
from bot.domain.window import Window


class RequestState(StrEnum):
    """`done` and `failed` only follow `approved`; the other ends come instead of it (design.md 2)."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"


REQUEST_MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.PENDING: frozenset(
        {RequestState.APPROVED, RequestState.DENIED, RequestState.EXPIRED, RequestState.CANCELLED}
    ),
    RequestState.APPROVED: frozenset({RequestState.DONE, RequestState.FAILED}),
    RequestState.DENIED: frozenset(),
    RequestState.EXPIRED: frozenset(),
    RequestState.CANCELLED: frozenset(),
    RequestState.DONE: frozenset(),
    RequestState.FAILED: frozenset(),
}


class Verdict(StrEnum):
    APPROVE = "approve"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedDoor:
    """A door of a request, by the name it had when it was asked for."""

    device_id: str
    name: str
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One person's decision. Each person has one."""

    person: PersonRef
    verdict: Verdict
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """What is asked for. Times are aware.

    A fixed `window` stays what it is; `length` (“for 2 hours”) counts from the approval. Both are None for a single
    opening now. `version` changes with every edit, and an approval holds only for the version that was seen.
    """

    request_id: str
    action: Action
    doors: tuple[RequestedDoor, ...]
    requester: PersonRef
    beneficiary: PersonRef | None  # the colleague it is for, if not for the requester or a visitor
    guest: str
    reason: str
    window: Window | None
    length: timedelta | None
    rule_id: str | None
    rule_name: str
    channel: str
    state: RequestState
    version: int
    created_at: datetime
    expires_at: datetime
    taken_by: PersonRef | None = None  # “I'm on it”
    reviews: tuple[Review, ...] = ()
    decided_at: datetime | None = None
    outcome: str | None = None  # what became of it, in words, once it is done or failed
    order_id: str | None = None  # the guest codes it became, or for an extension those it is about
    break_glass: bool = False  # acted first; somebody else must look at it afterwards
    reviewed_by: PersonRef | None = None
    reviewed_at: datetime | None = None
    changed_by: PersonRef | None = None  # who approved it with changes
    card: tuple[str, str] | None = None  # (channel, ts) in the approvers' channel
    dm: tuple[str, str] | None = None  # (channel, ts) of the requester's own card

    def window_at(self, now: datetime) -> Window | None:
        """The whole time asked for, as it would be if it were approved at `now`; None for a single opening."""
        if self.length is not None:
            return Window(starts_at=now, ends_at=now + self.length)
        return self.window

    @property
    def approvals(self) -> tuple[Review, ...]:
        return tuple(r for r in self.reviews if r.verdict is Verdict.APPROVE)
