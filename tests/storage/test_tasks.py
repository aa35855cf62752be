"""What must happen later: claimed with a lease and a fence, so that it happens once however many workers there are."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.tasks import LEASE, NewTask, TaskKind, retry_delay
from storage.database import Database
from tests.storage.rows import KEY, NOON, task

LATER = NOON + LEASE + timedelta(seconds=1)


@pytest.fixture
async def other(path: Path) -> AsyncIterator[Database]:
    """A second worker on the same file."""
    other = Database(f"sqlite:///{path}", KEY, lock=False)
    yield other
    await other.close()


async def test_two_workers_never_get_the_same_task(db: Database, other: Database) -> None:
    for n in range(10):
        await db.write(lambda tx, n=n: tx.tasks.plan(task(f"k{n}")))  # type: ignore[misc]
    first = await db.write(lambda tx: tx.tasks.claim_due(NOON, limit=6))
    second = await other.write(lambda tx: tx.tasks.claim_due(NOON, limit=6))
    assert len(first) + len(second) == 10
    assert not {t.task_id for t in first} & {t.task_id for t in second}


async def test_only_what_is_due_is_claimed_the_oldest_first(db: Database) -> None:
    for key, due in (("later", 60), ("now", 0), ("before", -60)):
        await db.write(lambda tx, k=key, d=due: tx.tasks.plan(task(k, due_in=d, subject=k)))  # type: ignore[misc]
    (claimed,) = await db.write(lambda tx: tx.tasks.claim_due(NOON, limit=1))
    assert claimed.subject_id == "before"
    (next_one,) = await db.write(lambda tx: tx.tasks.claim_due(NOON))
    assert next_one.subject_id == "now"


def card(key: str, subject: str) -> NewTask:
    return task(key, subject=subject, kind=TaskKind.TELL_REQUEST_CARD)


async def test_the_steps_of_one_card_come_one_after_another(db: Database, other: Database) -> None:
    """Two at once would each see no card yet, and post one (found by the chaos run)."""
    for key, subject in ("asked", "one"), ("expired", "one"), ("asked2", "two"):
        await db.write(lambda tx, k=key, s=subject: tx.tasks.plan(card(k, s)))  # type: ignore[misc]
    first, two = await db.write(lambda tx: tx.tasks.claim_due(NOON))
    assert (first.subject_id, two.subject_id) == ("one", "two")
    assert not await other.write(lambda tx: tx.tasks.claim_due(NOON)), "under way"
    await db.write(lambda tx: tx.tasks.postpone(first, LATER + timedelta(hours=1)))
    assert not [t for t in await other.write(lambda tx: tx.tasks.claim_due(LATER)) if t.subject_id == "one"]
    (again,) = [
        t for t in await db.write(lambda tx: tx.tasks.claim_due(LATER + timedelta(hours=2))) if t.subject_id == "one"
    ]
    assert again.task_id == first.task_id
    await db.write(lambda tx: tx.tasks.finish(again, at=LATER))
    (second,) = [
        t for t in await db.write(lambda tx: tx.tasks.claim_due(LATER + timedelta(hours=2))) if t.subject_id == "one"
    ]
    assert second.task_id > first.task_id


async def test_a_task_of_a_dead_worker_comes_back_after_its_lease_and_not_before(db: Database, other: Database) -> None:
    await db.write(lambda tx: tx.tasks.plan(task("k")))
    await db.write(lambda tx: tx.tasks.claim_due(NOON))
    assert not await other.write(lambda tx: tx.tasks.claim_due(NOON + LEASE - timedelta(seconds=1)))
    (again,) = await other.write(lambda tx: tx.tasks.claim_due(LATER))
    assert (again.fence, again.attempts) == (2, 2)


async def test_a_worker_that_slept_through_its_lease_cannot_finish_or_postpone(db: Database, other: Database) -> None:
    await db.write(lambda tx: tx.tasks.plan(task("k")))
    (stale,) = await db.write(lambda tx: tx.tasks.claim_due(NOON))
    (fresh,) = await other.write(lambda tx: tx.tasks.claim_due(LATER))
    assert not await db.write(lambda tx: tx.tasks.finish(stale, at=LATER))
    assert not await db.write(lambda tx: tx.tasks.postpone(stale, LATER))
    assert await other.write(lambda tx: tx.tasks.finish(fresh, at=LATER))
    assert not await other.write(lambda tx: tx.tasks.finish(fresh, at=LATER))


async def test_a_postponed_task_is_due_again_at_that_time(db: Database) -> None:
    await db.write(lambda tx: tx.tasks.plan(task("k")))
    (claimed,) = await db.write(lambda tx: tx.tasks.claim_due(NOON))
    until = NOON + timedelta(minutes=5)
    assert await db.write(lambda tx: tx.tasks.postpone(claimed, until))
    assert await db.read(lambda tx: tx.tasks.next_due()) == until


async def test_settling_or_dropping_ends_what_waits_and_only_that(db: Database) -> None:
    await db.write(lambda tx: (tx.tasks.plan(task("a", subject="door")), tx.tasks.plan(task("b", subject="else"))))
    assert await db.write(lambda tx: tx.tasks.drop("door", TaskKind.RELOCK, at=NOON)) == 1
    assert await db.write(lambda tx: tx.tasks.drop("door", TaskKind.RELOCK, at=NOON)) == 0
    assert await db.write(lambda tx: tx.tasks.settle("b", at=NOON))
    assert not await db.write(lambda tx: tx.tasks.settle("b", at=NOON))
    assert not await db.write(lambda tx: tx.tasks.claim_due(LATER))


async def test_hastening_only_ever_brings_forward(db: Database) -> None:
    await db.write(lambda tx: tx.tasks.plan(task("k", due_in=60)))
    assert await db.write(lambda tx: tx.tasks.hasten("k", NOON))
    assert not await db.write(lambda tx: tx.tasks.hasten("k", LATER))
    assert await db.read(lambda tx: tx.tasks.next_due()) == NOON


async def test_a_task_of_a_newer_version_is_left_alone_and_stops_nobody(db: Database, path: Path) -> None:
    await db.write(lambda tx: (tx.tasks.plan(task("new")), tx.tasks.plan(task("known", subject="known"))))
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("UPDATE tasks SET kind = 'of_the_future' WHERE key = 'new'")
    raw.close()
    assert [t.subject_id for t in await db.write(lambda tx: tx.tasks.claim_due(NOON))] == ["known"]


def test_retries_double_from_two_seconds_to_a_minute() -> None:
    assert [retry_delay(n).total_seconds() for n in (1, 2, 3, 4, 5, 6, 7, 100)] == [2, 4, 8, 16, 32, 60, 60, 60]
