"""A house to test in: real services, storage, scheduler and Seam client over a virtual Seam; only Slack is left out.

No second passes by itself. The clock stands until `turn`; what the Seam client would sleep through passes at once, on
the same hand that moves the virtual bolts.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import event

from bot.audit_export import as_record
from bot.domain.model import Door, GuestCode, Operation, Origin, Person, PersonKind
from bot.domain.tasks import Task, TaskKind
from bot.domain.window import Window
from bot.sandbox.clock import Clock
from bot.sandbox.seam import VirtualLock, VirtualSeam
from bot.scheduler import Scheduler
from bot.seam import SeamClient
from bot.seam.notices import Notices
from bot.services import Services
from bot.services.context import Beat, Context
from bot.services.living import Living
from storage.audit_rows import AuditKey
from storage.database import Database
from tests.services.directory import Townsfolk

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NO_TIME, TEN_SECONDS = timedelta(), timedelta(seconds=10)
KEY = AuditKey.of(b"k" * 32)
TELL = (
    TaskKind.TELL_ARRIVED,
    TaskKind.TELL_OPERATION,
    TaskKind.TELL_ORDER,
    TaskKind.TELL_INTERRUPTED,
    TaskKind.TELL_NOT_LOCKED,
)


def someone(user_id: str, kind: PersonKind = PersonKind.MEMBER) -> Person:
    return Person(team_id="T1", user_id=user_id, name=user_id.title(), kind=kind)


SAM, ANA = someone("U_SAM"), someone("U_ANA")


class Hands:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass(slots=True, kw_only=True)
class House:
    """`told` holds every notice that the outbox sent; `on_beat` is called at each beat."""

    clock: Clock
    seam: VirtualSeam
    db: Database
    path: Path
    http: httpx.AsyncClient
    services: Services = field(init=False)
    scheduler: Scheduler = field(init=False)
    told: list[Task] = field(default_factory=list)
    reminded: list[tuple[datetime, timedelta]] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    on_beat: Callable[[Beat], None] = field(default=lambda beat: None)
    people: Townsfolk = field(default_factory=Townsfolk)
    living: Living = field(init=False)
    _locks: SeamClient = field(init=False)
    _asked: int = 0
    _pragmas: tuple[str, ...] = ()

    @classmethod
    def over(cls, path: Path, doors: Sequence[VirtualLock] | None) -> House:
        clock, hands = Clock(fixed_at=NOON), Hands()
        seam = VirtualSeam(clock, doors=doors, monotonic=hands)
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=seam.app),
            base_url="https://seam.test",
            headers={"authorization": f"Bearer {seam.api_key}"},
        )
        house = cls(clock=clock, seam=seam, db=Database(f"sqlite:///{path}", KEY), path=path, http=http)
        event.listen(house.db.engine, "before_cursor_execute", house._before)
        house._move_in(SeamClient(http, now=clock.now, sleep=hands.sleep, chance=lambda: 0.0, monotonic=hands))
        return house

    def _move_in(self, locks: SeamClient) -> None:
        self._locks = locks

        def beat(beat: Beat) -> None:
            self.beats.append(beat)
            self.on_beat(beat)

        context = Context(
            db=self.db,
            locks=locks,
            now=self.clock.now,
            default_timezone=BERLIN,
            admins=frozenset(),
            on_beat=beat,
            events=Notices(locks.calls),
        )
        self.living = Living(context, self._resume)
        self.services = Services.over(context, self.people)
        self.scheduler = Scheduler(
            self.db,
            self.clock.now,
            {
                **dict.fromkeys(TELL, self._hear),
                TaskKind.POLL_EVENTS: self.services.lock_events.poll,
                TaskKind.NOTE_USE: self.services.lock_events.note_use,
                TaskKind.RELOCK: self.services.relock.lock_again,
                TaskKind.CHECK_RELOCK: self.services.relock.check,
                TaskKind.LOOK_AGAIN: self.services.relock.look_again,
                **dict.fromkeys((TaskKind.TELL_STUCK, TaskKind.TELL_UNSTUCK), self._ring),
                TaskKind.PLAN_REMINDERS: self.services.reminders.plan,
                TaskKind.REMIND_END: self._remind,
                TaskKind.SETTLE_EXTENSION: self.services.code_extensions.settle,
                TaskKind.FOLLOW_CODE: self.services.follower.follow,
            },
        )

    async def _resume(self) -> None:
        await self.services.resume()

    async def _hear(self, task: Task) -> datetime | None:
        self.told.append(task)
        return None

    async def _remind(self, task: Task) -> datetime | None:
        if await self.services.reminders.still_true(task):
            self.reminded.append((self.clock.now(), timedelta(seconds=int(task.payload["lead_s"]))))
        return None

    async def _ring(self, task: Task) -> datetime | None:
        self.rung.append(task.kind.value)
        return None

    # -- a sick database ------------------------------------------------------------------------------------

    def sicken(self, *pragmas: str) -> None:
        """Put pragmas on the bot's connection, for every transaction from now on; without any, it is well again."""
        self._pragmas = pragmas

    def fill_the_disk(self) -> None:
        """Not a page more than there is now."""
        with sqlite3.connect(self.path) as raw:
            self.sicken(f"max_page_count = {raw.execute('PRAGMA page_count').fetchone()[0]}")
        raw.close()

    def _before(self, _connection: object, cursor: sqlite3.Cursor, statement: str, *_rest: object) -> None:
        if statement.startswith("BEGIN"):
            for pragma in ("query_only = 0", "max_page_count = 1073741823", *self._pragmas):
                cursor.execute(f"PRAGMA {pragma}")

    def restart(self) -> None:
        """A new process: nothing in memory is left, all that was written is."""
        self.on_beat = lambda beat: None
        self._move_in(self._locks)

    async def close(self) -> None:
        await self.http.aclose()
        await self.db.close()

    # -- time -----------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Everything that is due by now."""
        while await self.scheduler.run_due():
            pass

    async def turn(self, by: timedelta = NO_TIME, *, step: timedelta = TEN_SECONDS, **more: float) -> None:
        """Turn the clock in steps, the scheduler running at each, as it does in life."""
        left = by + timedelta(**more)
        while left > timedelta():
            self.clock.turn(min(step, left))
            left -= step
            await self.settle()

    # -- acts -----------------------------------------------------------------------------------------------

    def door_id(self, name: str) -> str:
        return self.seam.door(name).device_id

    async def door(self, name: str) -> Door:
        return await self.services.doors.get(self.door_id(name))

    def origin(self, surface: str = "command", delivery: str | None = None) -> Origin:
        self._asked += 1
        return Origin(surface=surface, request_id=f"req{self._asked}", channel_id="C1", delivery=delivery)

    async def unlock(
        self, door: str = "Front Door", *, by: Person = SAM, minutes: float | None = None, asked_ago: float = 0
    ) -> Operation:
        now = self.clock.now()
        return await self.services.door_work.unlock(
            person=by,
            device_id=self.door_id(door),
            origin=self.origin(),
            asked_at=now - timedelta(seconds=asked_ago),
            relock_at=None if minutes is None else now + timedelta(minutes=minutes),
        )

    async def lock(self, door: str = "Front Door", *, by: Person = SAM) -> Operation:
        return await self.services.door_work.lock(
            person=by, device_id=self.door_id(door), origin=self.origin(), asked_at=self.clock.now()
        )

    async def order(
        self,
        *doors: str,
        by: Person = SAM,
        guest: str = "Dana P",
        pin: str = "",
        starts_in: timedelta = timedelta(hours=1),
        lasts: timedelta = timedelta(hours=2),
    ) -> tuple[GuestCode, ...]:
        start = self.clock.now() + starts_in
        order = await self.services.order_checks.checked(
            guest=guest,
            device_ids=[self.door_id(d) for d in doors or ("Front Door",)],
            window=Window(starts_at=start, ends_at=start + lasts),
            pin=pin,
        )
        return await self.services.guest_codes.order(person=by, order=order, origin=self.origin())

    async def code(self, code: GuestCode) -> GuestCode:
        """The record as it stands now."""
        found = await self.db.read(lambda tx: tx.guest_codes.get(code.code_id))
        assert found is not None
        return found

    # -- what can be seen -----------------------------------------------------------------------------------

    async def audit(self) -> list[tuple[str, str, str | None]]:
        """(action, phase, outcome or reason of a follower's note) of every row, oldest first."""
        rows = [as_record(r) for r in await self.db.read(lambda tx: tx.audit.after(0))]
        return [
            (
                str(r["action"]),
                str(r["phase"]),
                str(r["reason"] if r["action"] == "code.followed" else r["outcome"]) if r["outcome"] else None,
            )
            for r in rows
        ]

    async def records(self) -> list[dict[str, object]]:
        return [as_record(r) for r in await self.db.read(lambda tx: tx.audit.after(0))]

    def told_kinds(self) -> list[str]:
        return [t.kind.value for t in self.told]
