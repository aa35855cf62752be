"""What is wrong with a rule although each of its values is well-formed: contradictions, dead ends, traps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.policy.durations import format_duration, say_duration
from bot.domain.policy.rule import MOST_APPROVALS, Approvers, Outcome, Rule

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake: where (keys and indexes from the outside in), what, and what to do about it.

    `missing` marks a key that is not there, as opposed to a value that is wrong. `meant` is the key that an
    unknown one was probably meant to be.
    """

    path: Path
    message: str
    fix: str
    missing: bool = False
    meant: str | None = None


class PolicyProblems(ValueError):
    """A rule or a policy that cannot be taken; lists every problem."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{'.'.join(map(str, p.path))}: {p.message}; {p.fix}" for p in problems))


def check_rule(rule: Rule) -> Iterator[Problem]:
    """Problems of the rule alone; each path begins with the key to be changed."""
    yield from _check_reach(rule)
    yield from _check_outcome(rule)
    yield from _check_times(rule)
    if rule.approvers:
        yield from _check_quorum(rule, rule.approvers)


def check_approvers(rule: Rule, default_approvers: Approvers) -> Iterator[Problem]:
    """Problems that a rule without approvers of its own has with the default ones."""
    if rule.outcome is not Outcome.ASK or rule.approvers:
        return
    if not default_approvers:
        yield Problem(
            path=("approvers",),
            message="this rule asks, but names no approvers, and there are no default approvers",
            fix='add approvers = ["U…"] to the rule, or to [defaults]',
            missing=True,
        )
    else:
        yield from _check_quorum(rule, default_approvers)


def _check_reach(rule: Rule) -> Iterator[Problem]:
    scope, who = rule.scope, rule.who
    narrow = [key for key in ("doors", "door_groups", "sites") if getattr(scope, key)]
    if scope.everything and narrow:
        yield Problem(
            path=("everything",),
            message=f"everything = true contradicts {' and '.join(narrow)}",
            fix="keep one of them: every door, or only those",
        )
    if not scope.everything and not narrow:
        yield Problem(
            path=(),
            message="the rule names no doors",
            fix="add doors, door_groups or sites, or everything = true",
            missing=True,
        )
    if not (who.people or who.user_groups or who.everyone or who.workspace_guests):
        yield Problem(
            path=("who",),
            message="the rule is about nobody",
            fix='write who = ["everyone"], or ids of people (U…) and user groups (S…)',
            missing=True,
        )
    if not rule.actions:
        yield Problem(
            path=("actions",), message="the rule is about no action", fix="name some, or leave the key out to mean all"
        )


def _check_outcome(rule: Rule) -> Iterator[Problem]:
    says = f'outcome = "{rule.outcome.value}"'
    if rule.outcome is Outcome.REFUSE:
        for key in ("max_length", "max_ahead"):
            if getattr(rule, key) is not None:
                # It reads like "refuse what is longer" and would do the opposite.
                yield Problem(
                    path=(key,),
                    message=f"{key} with {says} would refuse what stays below it and let the rest through",
                    fix=f"put {key} into the rule that allows, and remove it here",
                )
        if rule.self_approval:
            yield Problem(
                path=("self_approval",), message=f"self_approval means nothing with {says}", fix="remove the key"
            )
    if rule.break_glass is not None and rule.outcome is not Outcome.ASK:
        yield Problem(
            path=("break_glass",),
            message=f"break_glass means nothing with {says}",
            fix='remove it, or write outcome = "ask"',
        )
    if rule.daily_cap is not None and rule.outcome is not Outcome.ALLOW:
        yield Problem(
            path=("daily_cap",),
            message=f"daily_cap means nothing with {says}",
            fix='remove it, or write outcome = "allow"',
        )


def _check_times(rule: Rule) -> Iterator[Problem]:
    for earlier, later in pairwise(rule.escalation):
        if later.after <= earlier.after:
            yield Problem(
                path=("escalation", rule.escalation.index(later), "after"),
                message=f"the next approvers after {format_duration(later.after)} come no later than the ones before",
                fix="put the steps in order, each later than the one before",
            )
    if rule.expires_after is not None:
        late = [(("remind_after",), "the reminder", rule.remind_after)] if rule.remind_after else []
        steps = [(("escalation", i, "after"), "this step", s.after) for i, s in enumerate(rule.escalation)]
        for path, what, after in [*late, *steps]:
            if after >= rule.expires_after:
                yield Problem(
                    path=path,
                    message=f"{what} comes when the request has expired ({say_duration(rule.expires_after)})",
                    fix="make it earlier, or expires_after longer",
                )
    for longer, shorter in pairwise(rule.reminders or ()):
        if shorter >= longer:
            yield Problem(
                path=("reminders",),
                message="the reminders are not in order, or one comes twice",
                fix='write the longest first: reminders = ["1d", "1h"]',
            )
            break


def _check_quorum(rule: Rule, approvers: Approvers) -> Iterator[Problem]:
    if approvers.user_groups or not 1 <= rule.approvals_needed <= MOST_APPROVALS:
        return
    escalated = [step.approvers for step in rule.escalation]
    if any(more.user_groups for more in escalated):
        return
    names = approvers.people.union(*(more.people for more in escalated))
    count = len({name.rpartition("/")[2] for name in names})
    if rule.approvals_needed > count:
        yield Problem(
            path=("approvals_needed",),
            message=f"{rule.approvals_needed} approvals are needed, but only {count} "
            f"{'person' if count == 1 else 'people'} can approve",
            fix="name more approvers, or lower approvals_needed",
        )
