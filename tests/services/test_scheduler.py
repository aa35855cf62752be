"""The loop over what is due goes on, whatever one task does; and nobody touches a database that is another's."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.tasks import NewTask, Task, TaskKind
from bot.sandbox.world import world
from bot.scheduler import Scheduler
from storage.database import Database
from storage.file_lock import DatabaseInUse
from tests.services.house import KEY, NOON, House


def planned(subject: str) -> NewTask:
    return NewTask(kind=TaskKind.TELL_OPERATION, subject_id=subject, key=subject, due_at=NOON)


async def test_a_task_that_fails_comes_again_and_stops_no_other(house: House) -> None:
    ran: list[str] = []

    async def run(task: Task) -> datetime | None:
        ran.append(task.subject_id)
        if task.subject_id == "bad":
            raise KeyError("a bug")
        return None

    scheduler = Scheduler(house.db, house.clock.now, {TaskKind.TELL_OPERATION: run})
    await house.db.write(lambda tx: [tx.tasks.plan(planned(s)) for s in ("bad", "good")])
    await scheduler.run_due()
    assert sorted(ran) == ["bad", "good"]
    assert await scheduler.run_due() == 0
    house.clock.turn(timedelta(seconds=3))
    await scheduler.run_due()
    assert sorted(ran) == ["bad", "bad", "good"]


async def test_a_task_that_asks_for_later_comes_then(house: House) -> None:
    ran: list[datetime] = []

    async def run(task: Task) -> datetime | None:
        ran.append(house.clock.now())
        return NOON + timedelta(minutes=5) if len(ran) == 1 else None

    scheduler = Scheduler(house.db, house.clock.now, {TaskKind.TELL_OPERATION: run})
    await house.db.write(lambda tx: tx.tasks.plan(planned("s")))
    await scheduler.run_due()
    house.clock.turn(timedelta(minutes=4))
    assert await scheduler.run_due() == 0
    house.clock.turn(timedelta(minutes=1))
    assert await scheduler.run_due() == 1
    house.clock.turn(timedelta(hours=9))
    assert await scheduler.run_due() == 0


async def test_a_bug_in_the_loop_itself_does_not_end_it(house: House) -> None:
    done = asyncio.Event()
    times = iter([ZeroDivisionError("a bug")])

    def now() -> datetime:
        for error in times:
            raise error
        return house.clock.now()

    async def run(task: Task) -> datetime | None:
        done.set()
        return None

    scheduler = Scheduler(house.db, now, {TaskKind.TELL_OPERATION: run})
    await house.db.write(lambda tx: tx.tasks.plan(planned("s")))
    running = asyncio.create_task(scheduler.run_forever())
    while not done.is_set():
        assert not running.done(), "the loop has ended: no door would be locked again"
        scheduler.wake()
        await asyncio.sleep(0)
    running.cancel()


async def test_a_second_bot_touches_nothing_before_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latchkey.db"
    owner = Database(f"sqlite:///{path}", KEY)
    with pytest.raises(DatabaseInUse):
        async with world(database_url=f"sqlite:///{path}"):
            pass
    assert os.listdir(tmp_path) == ["latchkey.db.lock"], "it did not even migrate"
    await owner.close()


async def test_one_slow_task_holds_up_no_other_and_keeps_its_lease(house: House) -> None:
    started, slow_may_end, fast_ran = asyncio.Event(), asyncio.Event(), asyncio.Event()
    ran: list[str] = []

    async def run(task: Task) -> datetime | None:
        ran.append(task.subject_id)
        started.set()
        if task.subject_id == "slow":
            await slow_may_end.wait()
        else:
            fast_ran.set()
        return None

    scheduler = Scheduler(house.db, house.clock.now, {TaskKind.TELL_OPERATION: run}, renew_every=0.01)
    await house.db.write(lambda tx: tx.tasks.plan(planned("slow")))
    running = asyncio.create_task(scheduler.run_forever())
    await asyncio.wait_for(started.wait(), 5)
    await house.db.write(lambda tx: tx.tasks.plan(planned("fast")))
    scheduler.wake()
    await asyncio.wait_for(fast_ran.wait(), 5)
    for _ in range(5):  # longer than any lease, in steps in which it can be renewed
        house.clock.turn(timedelta(seconds=20))
        await asyncio.sleep(0.1)
        scheduler.wake()
    slow_may_end.set()
    await asyncio.sleep(0.1)
    running.cancel()
    assert sorted(ran) == ["fast", "slow"]
