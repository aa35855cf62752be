"""The one rule that decides: most specific first, stricter on a tie, and at every moment of the window.

A window is judged at each second of the week it touches, and the strictest of the answers holds. So a guest
code is allowed only when allowed from its start to its end, and one minute inside refused hours refuses it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC
from enum import Enum

from bot.domain.policy.ask import Actor, Ask
from bot.domain.policy.hours import edges, second_of_week, seconds_touched
from bot.domain.policy.rule import Outcome, Rule
from bot.domain.policy.standing import Rank, Standing, applies_at, standings

Severity = tuple[int, int, bool, bool, bool, float, str]
_LEAST_SPECIFIC: Rank = (-1, -1, -1, -math.inf, -math.inf)


class Doubt(Enum):
    """Facts that may be missing when a rule is about them."""

    GROUPS = "groups"  # Slack did not say in which user groups the person is
    CLOCK = "clock"  # the door has no time zone, so its hours cannot be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What decides and what it says. `standing=None`: no rule covers it, and the default holds.

    `doubts` says what could not be read; this is then the strictest of the answers that may be the right one.
    """

    standing: Standing | None
    outcome: Outcome
    doubts: frozenset[Doubt] = frozenset()

    @property
    def rule(self) -> Rule | None:
        return None if self.standing is None else self.standing.rule

    @property
    def rank(self) -> Rank:
        return _LEAST_SPECIFIC if self.standing is None else self.standing.rank

    @property
    def severity(self) -> Severity:
        """Greater is stricter. Ends with the rule's id, so that nothing depends on the order of rules."""
        rule = self.rule
        if rule is None:
            return (self.outcome.strictness, 1, True, False, True, -math.inf, "")
        cap = -math.inf if rule.daily_cap is None else -float(rule.daily_cap)
        return (
            self.outcome.strictness,
            rule.approvals_needed,
            not rule.self_approval,
            rule.reason_required,
            rule.break_glass is None,
            cap,
            rule.rule_id,
        )


def judge(rules: Iterable[Rule], ask: Ask, actor: Actor, default: Outcome) -> Verdict:
    """What the rules say of this person; `default` is said where none applies. Never raises."""
    mine = [standing for rule in rules for standing in standings(rule, ask, actor)]
    verdicts = [_at(second, mine, default) for second in sorted(_seconds(mine, ask), key=lambda s: s or 0)]
    strictest = max(verdicts, key=lambda v: (v.severity, v.rank))
    if any(v.outcome is strictest.outcome and not v.doubts for v in verdicts):
        return replace(strictest, doubts=frozenset())
    return strictest


def _at(second: int | None, mine: Iterable[Standing], default: Outcome) -> Verdict:
    best = Verdict(standing=None, outcome=default)
    perhaps = []
    for standing in mine:
        applies = applies_at(standing.rule, second)
        if applies is False:
            continue
        doubts = frozenset([Doubt.GROUPS] * (not standing.certain) + [Doubt.CLOCK] * (applies is None))
        verdict = Verdict(standing=standing, outcome=standing.rule.outcome, doubts=doubts)
        if doubts:
            perhaps.append(verdict)
        elif _stands_above(verdict, best):
            best = verdict
    # Each uncertain rule that would outrank the best may be the one that decides: the strictest of them is assumed.
    possible = [best, *(v for v in perhaps if _stands_above(v, best))]
    strictest = max(possible, key=lambda v: (v.severity, v.rank))
    if all(v.outcome is strictest.outcome for v in possible):
        return replace(strictest, doubts=frozenset())
    return replace(strictest, doubts=frozenset().union(*(v.doubts for v in possible)))


def _stands_above(one: Verdict, other: Verdict) -> bool:
    return (one.rank, one.severity) > (other.rank, other.severity)


def _seconds(mine: Iterable[Standing], ask: Ask) -> frozenset[int] | frozenset[None]:
    """The seconds of the week to be judged; `{None}` when the door's clock is not known."""
    zone = ask.door.timezone
    if zone is None:
        return frozenset({None})
    if ask.window is None:
        return frozenset({second_of_week(ask.now, zone)})
    start, end = ask.window.starts_at.astimezone(UTC), ask.window.ends_at
    now = ask.now.astimezone(UTC)
    if end is None or now < end.astimezone(UTC):
        start = max(start, now)  # what has passed of a running code is not asked for any more
    cuts = edges(hours for standing in mine for hours in standing.rule.hours)
    return seconds_touched(start, end, zone, cuts)
