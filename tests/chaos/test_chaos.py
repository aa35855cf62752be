"""The chaos run, small: bots killed with -9 in bad weather, and then the books of Slack, Seam and the bot agree.

At full scale (10,000 operations, 1,000 kills) it is `make chaos`.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.chaos.run import Plan, chaos, report

SEED = int(os.environ.get("LATCHKEY_CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
KILLS = 100 if os.environ.get("LATCHKEY_FULL") == "1" else 15


@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_after_all_that_goes_wrong_the_books_agree(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'chaos.db'}" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    plan = Plan(operations=KILLS * 10, kills=KILLS, bots=1, seed=SEED)
    result = await chaos(plan, tmp_path, url)
    print(f"LATCHKEY_CHAOS_SEED={SEED}\n{report(plan, result)}")  # noqa: T201 - shown when the test fails, to repeat it
    assert result.early == []
    assert result.findings == []
    assert result.kills >= KILLS
    done = {what.split("/")[0] for what in result.outcomes}
    assert {"door.unlock", "door.lock", "code.create", "code.followed", "request.approved"} <= done
