"""The independent checker: reads Slack's book, Seam's book and the bot's, and says whether they agree.

It knows nothing of the bot's code (a test holds it to that): only plain SQL rows and the JSON that the witness wrote
down. Each finding has the name of the promise that was broken (reliability.md section 5, I1 to I10).

    python -m tests.chaos.checker BOOKS.json
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import acts, chain, codes, decisions, notices

CHECKS: tuple[Callable[[Mapping[str, object]], list[tuple[str, str]]], ...] = (
    chain.check,
    acts.check,
    codes.check,
    decisions.check,
    notices.check,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was broken, and where."""

    promise: str
    what: str


def check(books: Mapping[str, object]) -> list[Finding]:
    """Everything in which the books do not agree. Empty: they do."""
    return [Finding(promise, what) for one in CHECKS for promise, what in one(books)]


def summary(findings: list[Finding]) -> str:
    """One line for each broken promise, with its first cases."""
    counts = Counter(f.promise for f in findings)
    lines = ["The books agree." if not findings else f"{len(findings)} findings:"]
    for promise, count in counts.most_common():
        lines.append(f"  {promise}: {count}")
        lines += [f"      {f.what}" for f in findings if f.promise == promise][:5]
    return "\n".join(lines)


if __name__ == "__main__":
    found = check(json.loads(Path(sys.argv[1]).read_text()))
    sys.stdout.write(summary(found) + "\n")
    sys.exit(1 if found else 0)
