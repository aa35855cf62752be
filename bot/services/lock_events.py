"""What Seam reports of doors and codes, by webhook or read from its list: each event counts once.

An event is a hint. It makes us look (the follower at a code); what it says of the world is taken as it is only where
nobody could look again: a bolt that moved.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.audit import SYSTEM, AuditAction, AuditEvent, Outcome, Phase
from bot.domain.errors import DoorTrouble
from bot.domain.lock_events import KEEP_EVENT_IDS, LOCKED, UNLOCKED, SeamEvent, resume_from
from bot.domain.model import Action, GuestCode
from bot.domain.tasks import NewTask, Task, TaskKind, retry_delay
from bot.services.code_records import follow_key, stamp
from bot.services.context import Context
from bot.services.door_book import DoorBook
from storage.transaction import Transaction

log = logging.getLogger(__name__)

POLL = "poll-events"
BATCH = 500
# Where an event does not name its command: how long after our sending it the bolt may have moved.
OUR_COMMAND_TAKES = timedelta(minutes=1)
CLOCKS_DIFFER = timedelta(seconds=10)
RECORDED_BY = timedelta(minutes=1)  # the outcome of our own command, with the attempt's id, is written down by then
TELL_AFTER = timedelta(seconds=3)  # an earlier use that is reported a moment later is the first one

_ACTIONS = {UNLOCKED: Action.UNLOCK, LOCKED: Action.LOCK}


class LockEvents:
    """Takes Seam's events, from either way in."""

    def __init__(self, context: Context, doors: DoorBook) -> None:
        self._context, self._doors = context, doors

    async def take(self, events: Sequence[SeamEvent]) -> int:
        """Take these events. Returns how many were new. Raises `StorageTrouble`; then none was taken."""
        named = {door.device_id: door.name for door in self._doors.known()}
        now = self._context.now()

        def take(tx: Transaction) -> tuple[int, list[SeamEvent]]:
            fresh = [event for event in events if tx.events.take(event.event_id, now)]
            return len(fresh), [event for event in fresh if self._apply(tx, event, named)]

        count, newest = await self._context.db.write(take)
        for event in newest:
            if event.device_id is not None:
                self._doors.note_locked(event.device_id, event.event_type == LOCKED)
        return count

    async def begin(self) -> None:
        """Look now at what Seam has reported while we were away, and from then on again and again."""
        now = self._context.now()

        def plan(tx: Transaction) -> None:
            if not tx.tasks.plan(NewTask(kind=TaskKind.POLL_EVENTS, subject_id=POLL, key=POLL, due_at=now)):
                tx.tasks.hasten(POLL, now)

        await self._context.db.write(plan)

    async def poll(self, task: Task) -> datetime:
        """Read on in the list. Returns when to look next: also with webhooks, since one may get lost."""
        now = self._context.now()
        if self._context.events is None:
            return now + self._context.poll_events_every
        cursor = await self._context.db.read(lambda tx: tx.events.cursor())
        if cursor is None:  # the first look ever: what was before us is not our business
            await self._context.db.write(lambda tx: tx.events.advance(now))
            return now + self._context.poll_events_every
        batch: list[SeamEvent] = []
        try:
            async for event in self._context.events.events_since(resume_from(cursor, now)):
                batch.append(event)
                if len(batch) == BATCH:
                    await self._take_and_advance(batch)
                    batch = []
        except DoorTrouble as trouble:
            log.warning("events.not_read", extra={"seam_code": trouble.seam_code})
            await self._take_and_advance(batch)
            return now + max(retry_delay(task.attempts), timedelta(seconds=5))
        await self._take_and_advance(batch)
        await self._context.db.write(lambda tx: tx.events.forget(min(now - KEEP_EVENT_IDS, cursor)))
        return now + self._context.poll_events_every

    async def note_use(self, task: Task) -> datetime | None:
        """A bolt moved from afar a minute ago. If it was not by our command, that is written down."""
        at = datetime.fromisoformat(task.payload["occurred_at"])
        action = _ACTIONS[task.payload["event_type"]]

        def note(tx: Transaction) -> None:
            ours = tx.operations.is_ours(
                task.payload["device_id"],
                action,
                task.payload.get("action_attempt_id"),
                since=at - OUR_COMMAND_TAKES,
                until=at + CLOCKS_DIFFER,
            )
            # Its key makes a second try (we died before the task was finished) the same as the first.
            if not ours and tx.events.take(f"used:{task.payload['event_id']}"[:64], self._context.now()):
                tx.audit.record(_used(task.payload, None, self._context.now()))

        await self._context.db.write(note)
        return None

    async def _take_and_advance(self, batch: Sequence[SeamEvent]) -> None:
        await self.take(batch)
        stored = [event.created_at for event in batch if event.created_at]
        if stored:
            last = max(stored)
            await self._context.db.write(lambda tx: tx.events.advance(last))

    def _apply(self, tx: Transaction, event: SeamEvent, names: Mapping[str, str]) -> bool:
        """Returns whether it is the newest word on the door's bolt."""
        now = self._context.now()
        code = tx.guest_codes.at_seam(event.access_code_id) if event.access_code_id else None
        if event.is_about_code and code:
            tx.tasks.hasten(follow_key(code.code_id), now)
        if not event.is_use or event.device_id is None:
            return False
        at = event.occurred_at or event.created_at or now
        facts = {
            "event_id": event.event_id,
            "event_type": event.event_type,
            "device_id": event.device_id,
            "method": event.method or "unknown",
            "occurred_at": at.isoformat(),
            "door": code.door_name if code else names.get(event.device_id, ""),
        }
        if event.access_code_id:
            facts["access_code_id"] = event.access_code_id
        if event.action_attempt_id:
            facts["action_attempt_id"] = event.action_attempt_id
        if event.action_attempt_id or event.method == "remote":
            # It may be our own command, whose outcome is just being written down.
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.NOTE_USE,
                    subject_id=event.device_id,
                    key=f"used:{event.event_id}",
                    due_at=now + RECORDED_BY,
                    payload=facts,
                )
            )
        else:
            tx.audit.record(_used(facts, code, now))
        if code and event.event_type == UNLOCKED:
            tx.guest_codes.note_use(code.code_id, at)
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.TELL_ARRIVED,
                    subject_id=code.code_id,
                    key=f"arrived:{code.code_id}",
                    due_at=now + TELL_AFTER,
                )
            )
        return tx.events.report_bolt(event.device_id, locked=event.event_type == LOCKED, occurred_at=at)


def _used(facts: Mapping[str, str], code: GuestCode | None, now: datetime) -> AuditEvent:
    """The row about a bolt that moved. Who it was is not known: a code is whoever has its PIN."""
    detail = {
        "door": facts["door"],
        "bolt": "unlocked" if facts["event_type"] == UNLOCKED else "locked",
        "method": facts["method"],
        "occurred_at": stamp(datetime.fromisoformat(facts["occurred_at"])),
    }
    if code:
        detail |= {"order_id": code.order_id, "marker": code.marker}
    return AuditEvent(
        at=now,
        action=AuditAction.DOOR_USED,
        phase=Phase.NOTE,
        outcome=Outcome.OK,
        actor=SYSTEM,
        surface="seam",
        request_id=f"event-{facts['event_id'][:24]}",
        device_id=facts["device_id"],
        subject_id=code.code_id if code else None,
        reason=facts["method"],
        seam={k: facts[k] for k in ("event_id", "access_code_id", "action_attempt_id") if k in facts},
        detail=detail,
    )
