"""Seam's limits per door and minute."""

from __future__ import annotations

import pytest

from bot.seam.limits import PER_MINUTE, MinuteLimits, Operation
from tests.seam.doubles import Time


@pytest.mark.parametrize("operation", list(Operation))
def test_never_more_than_the_limit_in_any_sixty_seconds(time: Time, operation: Operation) -> None:
    limits = MinuteLimits(time.monotonic)
    sent: list[float] = []
    for _ in range(600):
        if limits.take("d", operation) == 0:
            sent.append(time.monotonic())
        time.pass_by(0.5)
    limit = PER_MINUTE[operation]
    assert all(later - earlier >= 60 for earlier, later in zip(sent, sent[limit:], strict=False))
    assert len(sent) == 5 * limit


def test_the_answer_is_how_long_to_wait(time: Time) -> None:
    limits = MinuteLimits(time.monotonic)
    for _ in range(10):
        assert limits.take("d", Operation.CREATE_CODE) == 0
    time.pass_by(20)
    assert limits.take("d", Operation.CREATE_CODE) == 40
    time.pass_by(40)
    assert limits.take("d", Operation.CREATE_CODE) == 0


def test_doors_that_nobody_touches_are_forgotten(time: Time) -> None:
    limits = MinuteLimits(time.monotonic)
    for n in range(1001):
        limits.take(f"d{n}", Operation.LOCK)
    time.pass_by(61)
    limits.take("new", Operation.LOCK)
    assert len(limits._sent) == 1
