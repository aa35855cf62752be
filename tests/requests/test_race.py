"""Fifty people click at once, in two processes on one database: one decision each time, one code, all others told.

`LATCHKEY_RACE_ROUNDS` sets the rounds (200 for the acceptance; fewer in the everyday run).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.model import Action, Origin, Person, PersonKind
from bot.domain.policy.ask import AskApproval
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Outcome, Rule, Scope, Who
from bot.domain.requests import AccessRequest, RequestState
from bot.domain.window import Window
from bot.sandbox.clock import Clock, system_now
from bot.sandbox.seam import VirtualSeam
from bot.sandbox.serving import serve
from storage.migrate import upgrade
from tests.requests.clicker import TEAM, Clicker

ROUNDS = int(os.environ.get("LATCHKEY_RACE_ROUNDS", "20"))
CLICKERS = [f"U0C{n:02}" for n in range(50)]
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'race.db'}"
        return
    yield request.getfixturevalue("postgres_url")


@pytest.mark.timeout(120 + 3 * ROUNDS)
async def test_of_fifty_clicks_in_two_processes_one_counts(database_url: str) -> None:
    upgrade(database_url)
    seam = VirtualSeam(Clock())
    seam.limits.enabled = False
    async with serve(seam.app) as seam_url:
        here = Clicker(database_url, seam_url)
        there = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.requests.clicker", database_url, seam_url,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        assert there.stdin is not None
        assert there.stdout is not None
        assert await there.stdout.readline() == b"ready\n"
        try:
            await _rules(here)
            for n in range(ROUNDS):
                await _round(n, here, there.stdin, there.stdout, seam)
        finally:
            there.stdin.close()
            await there.wait()
            await here.close()


async def _round(
    n: int, here: Clicker, to_there: asyncio.StreamWriter, from_there: asyncio.StreamReader, seam: VirtualSeam
) -> None:
    request = await _ask(here, n)
    seed = random.Random(n)
    clicks = [[user, seed.choice(["approve", "deny"])] for user in CLICKERS]
    order = {"request_id": request.request_id, "version": 1, "clicks": clicks[25:]}
    to_there.write(json.dumps(order).encode() + b"\n")
    mine, theirs = await asyncio.gather(here.click_all(request.request_id, 1, clicks[:25]), from_there.readline())
    heard = Counter([*mine, *json.loads(theirs)])

    ended = await here.services.requests.get(request.request_id)
    decided = ended.state in {RequestState.APPROVED, RequestState.DONE}
    assert heard["approved"] + heard["denied"] == 1, (n, heard)
    assert heard["approved"] == int(decided), (n, heard, ended.state)
    assert heard["already"] == len(CLICKERS) - 1, (n, heard)
    assert len(ended.reviews) == 1
    codes = await here.services.guest_codes.of_order(request.request_id)
    ordered = [e for e in seam.events if e["event_type"] == "access_code.created"]
    assert len(codes) == int(decided)
    assert len({c.access_code_id for c in codes} & {e["access_code_id"] for e in ordered}) == int(decided)


async def _rules(here: Clicker) -> None:
    rule = Rule(
        rule_id="race",
        name="Everybody may decide",
        outcome=Outcome.ASK,
        scope=Scope(everything=True),
        who=Who(everyone=True),
        approvers=Approvers(people=frozenset(CLICKERS)),
        channel="C0RACE",
    )
    admin = Person(team_id=TEAM, user_id="U0ADMIN", name="Admin", kind=PersonKind.MEMBER)
    book = here.services.policy
    await book.save(
        Policy(rules=(rule,)),
        based_on=(await book.current()).version,
        editor=admin,
        origin=Origin(surface="test", request_id="rules"),
    )


async def _ask(here: Clicker, n: int) -> AccessRequest:
    person = Person(team_id=TEAM, user_id="U0SAM", name="Sam", kind=PersonKind.MEMBER)
    doors = await here.services.doors.all()
    door = next(d for d in doors if d.name == "Front Door")
    now = system_now()
    window = Window(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=2))
    ruling = await here.services.gate.ruling(
        person=person, groups=frozenset(), action=Action.GUEST_CODE, door=door, window=window
    )
    assert isinstance(ruling.decision, AskApproval)
    return await here.services.requests.submit(
        person=person,
        decision=ruling.decision,
        action=Action.GUEST_CODE,
        doors=[door],
        window=window,
        length=None,
        guest=f"Guest {n}",
        reason="",
        channel="C0RACE",
        origin=Origin(surface="test", request_id=f"ask-{n}"),
    )
