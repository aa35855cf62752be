"""The rules in the order in which people should read them: the most specific first, as one of them decides first."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bot.domain.policy.rule import Rule, Scope, Who
from bot.domain.policy.standing import (
    BY_DOOR,
    BY_DOOR_GROUP,
    BY_EVERYONE,
    BY_EVERYTHING,
    BY_NAME,
    BY_SITE,
    BY_USER_GROUP,
)

_Key = tuple[int, int, bool, float, float, int, str, str]


def most_specific_first(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Sorted as `standing.py` compares them, each by the most specific door and person that it names."""
    return tuple(sorted(rules, key=_key))


def _key(rule: Rule) -> _Key:
    return (
        -_door(rule.scope),
        -_person(rule.who),
        not rule.hours,
        math.inf if rule.max_length is None else rule.max_length.total_seconds(),
        math.inf if rule.max_ahead is None else rule.max_ahead.total_seconds(),
        -rule.outcome.strictness,
        rule.name.casefold(),
        rule.rule_id,
    )


def _door(scope: Scope) -> int:
    if scope.doors:
        return BY_DOOR
    if scope.door_groups:
        return BY_DOOR_GROUP
    return BY_SITE if scope.sites else BY_EVERYTHING


def _person(who: Who) -> int:
    if who.people:
        return BY_NAME
    return BY_USER_GROUP if who.user_groups else BY_EVERYONE
