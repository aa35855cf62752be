"""Which rules apply to a question, and which of them is the most specific.

Specificity is compared in this order; the first difference decides:

1. the door: named itself, before its group, before its site, before everything
2. the person: named, before a user group, before everyone (or the workspace's guests)
3. the hours: a rule with hours, before one that always holds
4. the length: a lower `max_length`, before a higher one, before none
5. the time ahead: a lower `max_ahead`, before a higher one, before none

What is equal in all five is a tie, and the stricter rule wins it (`decide.py`).

A condition whose facts cannot be read (user groups when Slack does not answer, hours at a door without a
zone) makes a standing uncertain. Uncertain rules can make an answer stricter, never more open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta

from bot.domain.model import PersonKind
from bot.domain.policy.ask import Actor, Ask, DoorFacts
from bot.domain.policy.ids import named
from bot.domain.policy.rule import Rule, Scope, Who

Rank = tuple[int, int, int, float, float]
BY_DOOR, BY_DOOR_GROUP, BY_SITE, BY_EVERYTHING = 3, 2, 1, 0
BY_NAME, BY_USER_GROUP, BY_EVERYONE = 2, 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A rule that applies at some second of the week, how specifically, and whether that is certain."""

    rule: Rule
    rank: Rank
    certain: bool

    @property
    def names_them(self) -> bool:
        """Whether the rule means the person, by name or by a user group, rather than everyone."""
        return self.rank[1] >= BY_USER_GROUP


def standings(rule: Rule, ask: Ask, actor: Actor) -> Iterator[Standing]:
    """How the rule stands to the question, hours left aside; empty when it does not apply.

    More than one when the person is in by `everyone` and perhaps, unreadably, also by a user group.
    """
    scope = scope_level(rule.scope, ask.door)
    if scope is None or ask.action not in rule.actions or not _within_limits(rule, ask):
        return
    for who, certain in who_levels(rule.who, actor):
        rank = (scope, who, int(bool(rule.hours)), _narrowness(rule.max_length), _narrowness(rule.max_ahead))
        yield Standing(rule=rule, rank=rank, certain=certain)


def applies_at(rule: Rule, second: int | None) -> bool | None:
    """Whether the rule's hours hold at this second of the week; None when the week's clock is not known."""
    if not rule.hours:
        return True
    return None if second is None else any(hours.contains(second) for hours in rule.hours)


def scope_level(scope: Scope, door: DoorFacts) -> int | None:
    """By what the door is in, most specific first; None when it is not."""
    if door.device_id in scope.doors:
        return BY_DOOR
    if scope.door_groups & door.groups:
        return BY_DOOR_GROUP
    if door.site is not None and door.site in scope.sites:
        return BY_SITE
    return BY_EVERYTHING if scope.everything else None


def who_levels(who: Who, actor: Actor) -> Iterator[tuple[int, bool]]:
    """By what the person is in, with whether that is certain. Bots and deactivated accounts never are."""
    kind = actor.person.kind
    if kind in (PersonKind.BOT, PersonKind.DEACTIVATED):
        return
    if named(actor.person, who.people):
        yield BY_NAME, True
        return
    if kind is PersonKind.GUEST and who.workspace_guests:
        yield BY_EVERYONE, True
    if kind is not PersonKind.MEMBER:
        return
    if who.user_groups and actor.groups is None:
        yield BY_USER_GROUP, False
    elif who.user_groups & (actor.groups or frozenset()):
        yield BY_USER_GROUP, True
        return
    if who.everyone:
        yield BY_EVERYONE, True


def length_of(ask: Ask) -> timedelta | None:
    """The asked length; zero for an act now, None for a window without end."""
    return timedelta() if ask.window is None else ask.window.length


def ahead_of(ask: Ask) -> timedelta:
    """How far in the future the window starts; zero for an act now and for what has begun."""
    if ask.window is None:
        return timedelta()
    return max(ask.window.starts_at.astimezone(UTC) - ask.now.astimezone(UTC), timedelta())


def _within_limits(rule: Rule, ask: Ask) -> bool:
    length = length_of(ask)
    if rule.max_length is not None and (length is None or length > rule.max_length):
        return False
    return rule.max_ahead is None or ahead_of(ask) <= rule.max_ahead


def _narrowness(limit: timedelta | None) -> float:
    return -math.inf if limit is None else -limit.total_seconds()
