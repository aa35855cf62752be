"""The words of the house: people, doors, what is done at a door, and the states a guest code goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.pin import CodeRules, Pin
from bot.domain.time_frames import TimeFrame
from bot.domain.window import Window


class PersonKind(StrEnum):
    """What Slack says an account is; only a member is let in unless a rule names the others (design.md 4)."""

    MEMBER = "member"
    GUEST = "guest"  # a single- or multi-channel guest of the workspace
    EXTERNAL = "external"  # from another workspace (Slack Connect)
    BOT = "bot"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRef:
    """Who: Slack's user id together with the team id, never a name or an e-mail address."""

    team_id: str
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone in Slack, as Slack described them at most a minute ago."""

    team_id: str
    user_id: str
    name: str
    kind: PersonKind
    timezone: ZoneInfo | None = None  # None: Slack does not say
    locale: str = "en-US"

    @property
    def ref(self) -> PersonRef:
        return PersonRef(team_id=self.team_id, user_id=self.user_id)


class Action(StrEnum):
    """What can be done at a door."""

    UNLOCK = "unlock"
    LOCK = "lock"
    GUEST_CODE = "guest_code"
    REVEAL = "reveal"
    EXTEND = "extend"
    END = "end"
    READ_LOG = "read_log"  # see who did what at the door; never part of "everything", a rule has to name it


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An error or a warning that Seam reports on a door or a code, in Seam's own code and words.

    `message` is Seam's, digits masked. `advice` is ours: what it means and what to do, with `{door}` where the
    door's name belongs; `said_of` puts it in.
    """

    code: str
    message: str
    is_error: bool
    advice: str = ""

    def said_of(self, door: str) -> str:
        return (self.advice or self.message or self.code).replace("{door}", door)


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """`level` from 0 to 1; `status` is Seam's critical, low, good or full, where it says."""

    level: float | None
    status: str | None

    @property
    def is_low(self) -> bool:
        return self.status in {"low", "critical"} or (self.level is not None and self.level < 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A lock that Seam knows. Flags are three-valued: True works now, False is hindered now, None the model cannot."""

    device_id: str
    name: str
    brand: str  # for people: "TTLock"
    provider: str  # Seam's key: "ttlock"
    online: bool
    locked: bool | None  # None: the lock does not say (it is offline, or has no sensor)
    door_open: bool | None = None
    battery: Battery | None = None
    can_unlock: bool | None = None
    can_lock: bool | None = None
    can_program_codes: bool | None = None
    can_program_offline_codes: bool | None = None
    timezone: ZoneInfo | None = None
    rules: CodeRules = field(default_factory=CodeRules)
    time_frames: tuple[TimeFrame, ...] = ()  # empty: any window will do
    troubles: tuple[Trouble, ...] = ()
    aliases: tuple[str, ...] = ()
    connected_account_id: str | None = None
    site: str | None = None  # where it stands, for rules about a whole site
    groups: frozenset[str] = frozenset()  # for rules about several doors

    def has_trouble(self, *codes: str) -> Trouble | None:
        """The first trouble with one of these Seam codes, or None."""
        return next((t for t in self.troubles if t.code in codes), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """A lock or unlock command that ended well.

    `confirmed` is True only where the lock itself said so; else the maker accepted the command and cannot
    say whether the bolt moved (seam-api.md 4.2).
    """

    action_attempt_id: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The Seam workspace that our key opens. In a sandbox no door is real, and the bot says so."""

    workspace_id: str
    name: str
    is_sandbox: bool


class AccessCodeState(StrEnum):
    """Where an access code stands at the lock, derived from Seam's several vocabularies (seam-api.md 5.2)."""

    WAITING = "waiting"  # accepted; nothing is on the lock yet, or the PIN is not known yet
    SCHEDULED = "scheduled"  # Seam holds it for its start
    LOADED = "loaded"  # on the lock, waiting for its start
    ACTIVE = "active"  # on the lock and working
    FAILED = "failed"  # will not get on the lock without a change
    RETRYING = "retrying"  # not on the lock; Seam keeps trying
    REMOVING = "removing"
    NOT_REMOVED = "not_removed"  # should be off the lock and is not
    UNKNOWN = "unknown"  # the account is disconnected: nobody can say


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCode:
    """Seam's record of a code on one lock."""

    access_code_id: str
    device_id: str
    name: str
    state: AccessCodeState
    starts_at: datetime | None
    ends_at: datetime | None
    pin: Pin | None = None
    troubles: tuple[Trouble, ...] = ()
    is_managed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOrder:
    """What Seam is asked to put on a lock. `pin=None` lets Seam choose. `is_offline`: the maker computes the PIN
    without reaching the lock; such a code cannot be changed or ended (seam-api.md 6.7)."""

    device_id: str
    name: str
    window: Window
    pin: Pin | None
    is_ongoing: bool = False
    is_offline: bool = False


class GuestCodeState(StrEnum):
    """Our record's life (design.md 2). Changed only by a conditional UPDATE with an audit row beside it."""

    ORDERED = "ordered"
    SCHEDULED = "scheduled"
    ON_LOCK = "on_lock"
    ENDING = "ending"
    ENDED = "ended"
    FAILED = "failed"
    STUCK = "stuck"


# From each state, where it may go. Anything else is a bug and is refused.
GUEST_CODE_MOVES: Mapping[GuestCodeState, frozenset[GuestCodeState]] = {
    GuestCodeState.ORDERED: frozenset(
        {GuestCodeState.SCHEDULED, GuestCodeState.ON_LOCK, GuestCodeState.FAILED, GuestCodeState.ENDING}
    ),
    GuestCodeState.SCHEDULED: frozenset({GuestCodeState.ON_LOCK, GuestCodeState.FAILED, GuestCodeState.ENDING}),
    GuestCodeState.ON_LOCK: frozenset({GuestCodeState.ENDING, GuestCodeState.FAILED}),
    GuestCodeState.ENDING: frozenset({GuestCodeState.ENDED, GuestCodeState.STUCK}),
    GuestCodeState.STUCK: frozenset({GuestCodeState.ENDED}),
    GuestCodeState.FAILED: frozenset({GuestCodeState.ENDING, GuestCodeState.ENDED}),
    GuestCodeState.ENDED: frozenset(),
}


# Its life before its end: it may be changed.
LIVE_CODES = (GuestCodeState.ORDERED, GuestCodeState.SCHEDULED, GuestCodeState.ON_LOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestCode:
    """Our record of one code on one door. The PIN is not here and never will be."""

    code_id: str
    order_id: str  # codes of one order (several doors) share it
    marker: str  # the short id in the name on the lock
    device_id: str
    door_name: str
    timezone: ZoneInfo  # the door's, at the time of ordering
    guest: str
    note: str
    host: PersonRef
    window: Window
    state: GuestCodeState
    access_code_id: str | None
    created_at: datetime
    trouble: str | None = None  # a sentence, when failed or stuck
    wanted_ends_at: datetime | None = None  # asked of Seam; whether it has taken it is not known yet
    end_asked_at: datetime | None = None  # somebody ended it before its time
    replaces: str | None = None  # the code in whose place it was made
    alarm: tuple[str, str] | None = None  # (channel, ts) of the message that says it is stuck
    first_used_at: datetime | None = None  # as the lock reports it; not every lock does

    @property
    def off_since(self) -> datetime | None:
        """From when on it should not open the door; None for an ongoing code that nobody has ended."""
        return min((t for t in (self.window.ends_at, self.end_asked_at) if t is not None), default=None)


class OperationState(StrEnum):
    """An unlock or lock: `intended` before the lock hears of it, then exactly one of the others."""

    INTENDED = "intended"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


SCHEDULER = "scheduler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How an act came to us: for the audit log, and to find the way back to the person."""

    surface: str  # command, button, modal, shortcut, command_line; or SCHEDULER for what the bot does by itself
    request_id: str  # ours, in every log line and audit row
    channel_id: str | None = None  # where it was typed, if anywhere
    delivery: str | None = None  # the inbox key of what Slack delivered: finished by the act's own record


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One unlock or lock, from intent to outcome."""

    op_id: str
    action: Action
    device_id: str
    door_name: str
    timezone: ZoneInfo
    person: PersonRef
    origin: Origin
    state: OperationState
    intended_at: datetime
    relock_at: datetime | None = None
    action_attempt_id: str | None = None
    confirmed: bool | None = None
    trouble: str | None = None  # the sentence the person reads when it failed or is unknown
