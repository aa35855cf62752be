"""What is wrong with rules, for somebody who has no file with lines before them."""

from __future__ import annotations

from bot.domain.policy.checks import PolicyProblems, Problem
from bot.domain.policy.policy import Policy


def say_problems(policy: Policy, problems: PolicyProblems) -> str:
    """Every problem in a sentence, with the name of its rule."""
    return " ".join(_said(policy, problem) for problem in problems.problems)


def _said(policy: Policy, problem: Problem) -> str:
    place = ""
    number = problem.path[1] if len(problem.path) > 1 and problem.path[0] == "rule" else None
    if isinstance(number, int) and number < len(policy.rules):
        place = f"Rule “{policy.rules[number].name}”: "
    return f"{place}{problem.message}; {problem.fix}."
