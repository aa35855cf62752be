"""What must happen later, exactly once: notices that must reach someone, and timers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class TaskKind(StrEnum):
    """What is to be done. `tell_*` are the outbox; the others are timers that re-read the truth when they fire."""

    TELL_OPERATION = "tell_operation"  # how an unlock or lock ended
    TELL_ORDER = "tell_order"  # the card of a guest-code order, posted or rewritten
    TELL_INTERRUPTED = "tell_interrupted"  # we stopped before we began
    TELL_NOT_LOCKED = "tell_not_locked"  # a door that should be locked again is not
    TELL_REQUEST_CARD = "tell_request_card"  # the card in the approvers' channel, posted or rewritten
    TELL_REQUESTER = "tell_requester"  # a step of their request
    TELL_ADMINS = "tell_admins"  # something that only an admin can mend
    TELL_ANCHOR = "tell_anchor"  # the audit chain's end, to the audit channel
    EXPIRE_REQUEST = "expire_request"
    REMIND_REQUEST = "remind_request"
    ESCALATE_REQUEST = "escalate_request"
    CARRY_OUT = "carry_out"  # an approved request whose process may have died
    REVIEW_DUE = "review_due"  # an act that came before its approval still needs a second pair of eyes
    RELOCK = "relock"
    CHECK_RELOCK = "check_relock"
    LOOK_AGAIN = "look_again"  # at an attempt that was still open
    FOLLOW_CODE = "follow_code"
    TELL_STUCK = "tell_stuck"  # a code that should be off its lock and is not: to the approvers, until it is
    TELL_UNSTUCK = "tell_unstuck"
    HOST_LEFT = "host_left"  # their codes are listed to the admins, and end if their rule says so
    PLAN_REMINDERS = "plan_reminders"
    REMIND_END = "remind_end"  # to the host, some time before their codes end
    SETTLE_EXTENSION = "settle_extension"  # Seam was asked for another end, and may have died on the way
    POLL_EVENTS = "poll_events"  # what Seam has reported since the last look
    NOTE_USE = "note_use"  # a bolt moved from afar: ours, or somebody else's?
    TELL_ARRIVED = "tell_arrived"  # a guest used their code for the first time


# These post a card, or rewrite the one that is there. Of one subject they run one after another: two at once would
# each see no card yet and post one.
SHOW_CARDS = frozenset({TaskKind.TELL_ORDER, TaskKind.TELL_REQUEST_CARD, TaskKind.TELL_REQUESTER})

# These come again for ever, and nobody waits for them.
ROUTINE = frozenset({TaskKind.POLL_EVENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """`key` makes it unique: planning the same key twice plans it once. `payload` holds ids, never a PIN."""

    kind: TaskKind
    subject_id: str
    key: str
    due_at: datetime
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A claimed task. `fence` is the claim's token: whoever lost the lease cannot finish it any more."""

    task_id: int
    kind: TaskKind
    subject_id: str
    payload: Mapping[str, str]
    due_at: datetime
    fence: int
    attempts: int


LEASE = timedelta(seconds=30)  # reliability.md D7
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(seconds=60)  # reliability.md F25


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: doubling from 2 s, never more than a minute."""
    doublings: int = min(max(attempts - 1, 0), 10)
    return min(LONGEST_RETRY, FIRST_RETRY * (1 << doublings))
