"""Several processes on one PostgreSQL: what a living one does is left alone, what a dead one left is taken over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.audit import AuditAction, Outcome, Phase
from bot.domain.errors import DoorTrouble
from bot.domain.model import Action, ActionResult, Operation, OperationState, Origin, PersonRef
from bot.domain.tasks import TaskKind
from bot.services.context import Context
from bot.services.late_outcome import settle_late
from bot.services.living import BEAT_EVERY, JUDGES_AFTER, LEASE, Living
from storage.database import Database
from storage.inbox_rows import Received
from storage.migrate import upgrade
from tests.services.house import BERLIN, KEY

SAM = PersonRef(team_id="T1", user_id="U_SAM")


@dataclass
class Street:
    """One database, one clock, several processes."""

    url: str
    at: datetime = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    processes: list[Process] = field(default_factory=list)

    async def move_in(self) -> Process:
        process = Process(self)
        self.processes.append(process)
        await process.living.begin()
        return process

    async def pass_time(self, by: timedelta, *living: Process) -> None:
        """Time passes, in which only `living` processes beat."""
        end = self.at + by
        while self.at < end:
            self.at = min(end, self.at + BEAT_EVERY)
            for process in living:
                await process.living.beat()


class Process:
    def __init__(self, street: Street) -> None:
        self.db = Database(street.url, KEY)
        context = Context(
            db=self.db,
            locks=None,  # type: ignore[arg-type]  # nobody works a door here
            now=lambda: street.at,
            default_timezone=BERLIN,
            admins=frozenset(),
        )
        self.street, self.me = street, context.process_id
        self.lost: set[str] = set()
        self.living = Living(context, self._take_over)

    async def _take_over(self) -> None:
        now = self.street.at
        self.lost |= {o.op_id for o in await self.db.read(lambda tx: tx.operations.left_behind(now, alone=False))}
        self.lost |= {r.key for r in await self.db.read(lambda tx: tx.inbox.left_behind(now, alone=False))}

    async def begin_something(self, name: str, *, stamped: bool = True) -> Operation:
        me = self.me if stamped else None
        operation = Operation(
            op_id=f"op-{name}",
            action=Action.UNLOCK,
            device_id=f"door-{name}",
            door_name="Front Door",
            timezone=BERLIN,
            person=SAM,
            origin=Origin(surface="command", request_id="r"),
            state=OperationState.INTENDED,
            intended_at=self.street.at,
            relock_at=None,
        )
        taken = Received(key=f"in-{name}", person=SAM, what="/unlock", received_at=self.street.at, process_id=me)
        await self.db.write(lambda tx: (tx.operations.intend(operation, me), tx.inbox.take(taken)))
        return operation


@pytest.fixture
async def street(postgres_url: str) -> AsyncIterator[Street]:
    await asyncio.to_thread(upgrade, postgres_url)
    street = Street(postgres_url)
    yield street
    for process in street.processes:
        await process.db.close()


async def test_a_new_process_touches_nothing_of_a_living_one(street: Street) -> None:
    one = await street.move_in()
    await one.begin_something("a")
    two = await street.move_in()
    await street.pass_time(timedelta(minutes=10), one, two)
    assert (one.lost, two.lost) == (set(), set())


async def test_what_a_dead_one_left_is_taken_over_after_its_lease_and_not_before(street: Street) -> None:
    one, two = await street.move_in(), await street.move_in()
    await street.pass_time(JUDGES_AFTER + 2 * BEAT_EVERY, one, two)
    await one.begin_something("a")
    await street.pass_time(LEASE, two)
    assert two.lost == set()
    await street.pass_time(2 * BEAT_EVERY, two)
    assert two.lost == {"op-a", "in-a"}


async def test_after_an_outage_nobody_is_taken_for_dead(street: Street) -> None:
    one, two = await street.move_in(), await street.move_in()
    await street.pass_time(timedelta(minutes=1), one, two)
    await one.begin_something("a")
    await street.pass_time(timedelta(minutes=5))  # the database was away: nobody could beat
    await street.pass_time(timedelta(minutes=2), two, one)  # the judge wakes first
    assert (one.lost, two.lost) == (set(), set())


async def test_a_process_that_signed_off_leaves_nothing_to_wait_for(street: Street) -> None:
    one, two = await street.move_in(), await street.move_in()
    await one.begin_something("a")
    await one.living.end()
    await street.pass_time(JUDGES_AFTER + 2 * BEAT_EVERY, two)
    assert two.lost == {"op-a", "in-a"}


async def test_an_older_version_that_stamps_nothing_has_five_minutes(street: Street) -> None:
    one, two = await street.move_in(), await street.move_in()
    await one.begin_something("a", stamped=False)
    await street.pass_time(timedelta(minutes=4), two)
    assert two.lost == set()
    await street.pass_time(timedelta(minutes=2), two)
    assert two.lost == {"op-a", "in-a"}


async def test_one_anchors_and_when_it_dies_another_does(street: Street) -> None:
    one = await street.move_in()
    street.at += timedelta(seconds=1)
    two = await street.move_in()
    await street.pass_time(timedelta(minutes=1), one, two)
    assert (one.living.is_eldest, two.living.is_eldest) == (True, False)
    await street.pass_time(timedelta(minutes=2), two)
    assert two.living.is_eldest


@pytest.mark.parametrize("works", [True, False])
async def test_a_process_wrongly_taken_for_dead_corrects_the_outcome(street: Street, works: bool) -> None:
    one = await street.move_in()
    operation = await one.begin_something("a")
    result = ActionResult(action_attempt_id="attempt", confirmed=True) if works else None
    trouble = None if works else DoorTrouble("Front Door")
    state = OperationState.DONE if works else OperationState.FAILED
    await one.db.write(lambda tx: tx.operations.end(operation.op_id, OperationState.UNKNOWN, at=street.at))
    for _ in range(2):
        await one.db.write(lambda tx: settle_late(tx, operation, state, at=street.at, result=result, trouble=trouble))
    ended = await one.db.read(lambda tx: tx.operations.get(operation.op_id))
    assert ended
    assert ended.state is state
    (row,) = await one.db.read(lambda tx: tx.audit.after(0))
    assert (row.content["action"], row.content["phase"]) == (AuditAction.DOOR_UNLOCK.value, Phase.NOTE.value)
    assert row.content["outcome"] == (Outcome.OK if works else Outcome.FAILED).value
    (told,) = await one.db.write(lambda tx: tx.tasks.claim_due(street.at))
    assert (told.kind, told.payload) == (TaskKind.TELL_OPERATION, {"late": "yes"})
