"""One rule: where, what, who, when, and what then.

A rule applies when all its conditions hold. What it cannot say is left to the next, less specific rule
(`standing.py`). Ids are text: Slack ids for people, user groups and channels (`ids.py`), Seam's for devices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.domain.model import Action
from bot.domain.policy.hours import Hours

EVERY_ACTION = frozenset(Action) - {Action.READ_LOG}  # what is done at a door; reading about others is more
MOST_APPROVALS = 3  # more than three people for one door is a meeting, not an approval


class Outcome(StrEnum):
    """What a rule says when it applies, from the most open to the strictest."""

    ALLOW = "allow"
    ASK = "ask"
    REFUSE = "refuse"

    @property
    def strictness(self) -> int:
        """0 allow, 1 ask, 2 refuse."""
        return (Outcome.ALLOW, Outcome.ASK, Outcome.REFUSE).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which doors: any that is named, or stands in a named group or site; or `everything`, and then nothing else."""

    doors: frozenset[str] = frozenset()  # Seam device ids
    door_groups: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whom a rule is about: any of these.

    `everyone` means the members of the workspace. Guests of the workspace are in only when named in person or
    by `workspace_guests` (not through a user group); people of other workspaces only when named in person,
    with their team; bots and deactivated accounts never.
    """

    people: frozenset[str] = frozenset()  # "U…" or "T…/U…"
    user_groups: frozenset[str] = frozenset()  # "S…"
    everyone: bool = False
    workspace_guests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvers:
    """Who may decide: people by name, and whoever is in these Slack user groups at the moment of the click."""

    people: frozenset[str] = frozenset()
    user_groups: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.people or self.user_groups)

    def __or__(self, other: Approvers) -> Approvers:
        return Approvers(people=self.people | other.people, user_groups=self.user_groups | other.user_groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """When nobody has decided `after` this long since the request, these may decide too, and are asked."""

    after: timedelta
    approvers: Approvers


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told without having asked. May decide and be pinged are two things (peers.md 2, row 13)."""

    ping_approvers: bool = True  # mention the approvers on the card
    post_allowed: bool = False  # tell the channel what was allowed without asking
    post_ended: bool = False  # tell the channel when the access has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the policy. Made by admins, in Slack or in the policy file.

    `max_length` and `max_ahead` are conditions, not caps: a rule "up to 4 hours" says nothing about a day.
    `None` means without limit (lengths), the house's default (expiry, reminders, channel), or not (break-glass).
    """

    rule_id: str
    name: str
    outcome: Outcome
    scope: Scope
    who: Who
    actions: frozenset[Action] = EVERY_ACTION
    # When: on the door's clock; none means always.
    hours: frozenset[Hours] = frozenset()
    max_length: timedelta | None = None  # the whole window
    max_ahead: timedelta | None = None  # from now to the window's start
    # Asking. Empty approvers mean the default ones.
    approvers: Approvers = field(default_factory=Approvers)
    channel: str | None = None
    approvals_needed: int = 1
    self_approval: bool = False
    reason_required: bool = False
    expires_after: timedelta | None = None
    remind_after: timedelta | None = None  # a silent channel is reminded
    escalation: tuple[EscalationStep, ...] = ()  # in order of `after`
    break_glass: timedelta | None = None  # act first, up to this length, reviewed afterwards
    # Allowing.
    daily_cap: int | None = None  # without asking, per person and day at the door
    # Afterwards.
    notify: Notify = field(default_factory=Notify)
    reminders: tuple[timedelta, ...] | None = None  # before the end, longest first; () means none
    end_when_host_leaves: bool = False  # end the code when its host's account is deactivated
