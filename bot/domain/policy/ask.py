"""The question put to the policy, and its three answers. All values; nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.model import Action, Person
from bot.domain.policy.rule import Approvers, EscalationStep
from bot.domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person and the Slack user groups they are in now; `groups=None` when Slack could not tell."""

    person: Person
    groups: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorFacts:
    """What the rules need to know about a door. `timezone=None`: nobody has said where it stands."""

    device_id: str
    name: str
    site: str | None = None
    groups: frozenset[str] = frozenset()
    timezone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """May this person do this at this door?

    `window` is the whole time of a guest code (for an extension: as it would be afterwards); None for an act
    now. `now` is aware. `used_today` counts what this person was allowed without asking, by this action, at
    this door, on the door's present day. `beneficiary` is the Slack account it is for, when that is somebody
    else; a visitor without an account is nobody here.
    """

    actor: Actor
    action: Action
    door: DoorFacts
    now: datetime
    window: Window | None = None
    used_today: int = 0
    beneficiary: Actor | None = None

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("the rules need an aware now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Limits under which something was allowed, to be checked again in the transaction that acts."""

    daily_cap: int | None = None
    used_today: int = 0
    max_length: timedelta | None = None
    max_ahead: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Do it. `rule_id=None`: allowed because the person is an admin."""

    rule_id: str | None
    rule_name: str
    reason: str
    caps: Caps


@dataclass(frozen=True, slots=True, kw_only=True)
class AskApproval:
    """Ask these people first. `rule_id=None`: no rule covers it, the default approvers are asked.

    `channel=None` means the house's (`LATCHKEY_APPROVALS_CHANNEL`). `break_glass` is set when the person may
    act at once and be reviewed afterwards; it is the longest time that allows. `expires_at` is in UTC.
    """

    rule_id: str | None
    rule_name: str
    reason: str
    approvers: Approvers
    channel: str | None
    approvals_needed: int
    self_approval: bool
    reason_required: bool
    expires_at: datetime
    remind_after: timedelta | None
    escalation: tuple[EscalationStep, ...]
    ping_approvers: bool
    break_glass: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Do not. `rule_id=None`: because of the account, the door or the time, or because nobody could be asked."""

    rule_id: str | None
    rule_name: str
    reason: str


Decision = Allow | AskApproval | Refuse
