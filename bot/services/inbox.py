"""What Slack delivers is taken on once, and nothing that was taken on is forgotten."""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.errors import BotError, StorageTrouble
from bot.domain.model import Origin, PersonRef
from bot.domain.tasks import NewTask, TaskKind
from bot.services.context import Beat, Context
from storage.inbox_rows import Received
from storage.transaction import Transaction

log = logging.getLogger(__name__)

KEEP_SIGNATURES = timedelta(minutes=15)  # Slack's window is ±5 min (reliability.md T2: at least 10)
KEEP_DELIVERIES = timedelta(hours=48)  # reliability.md D3
TELL_LOST_WITHIN = timedelta(hours=1)  # older than this, nobody waits for an answer any more


class Inbox:
    """The front desk's book."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def take(self, key: str, person: PersonRef, what: str) -> bool:
        """Take on the delivery with this key (Slack's trigger, event or view id). False if it was taken before.

        `what` names it for the person ("/unlock"). Raises `StorageTrouble` when it cannot be written down.
        """
        received = Received(
            key=key,
            person=person,
            what=what,
            received_at=self._context.now(),
            process_id=self._context.process_id,
        )
        taken = await self._context.db.write(lambda tx: tx.inbox.take(received))
        if taken:
            self._context.on_beat(Beat.RECEIVED)
        return taken

    async def finish(self, key: str) -> None:
        """The person has been answered."""
        try:
            await self._context.db.write(lambda tx: tx.inbox.finish(key))
        except StorageTrouble:
            log.warning("inbox.not_finished")  # they may be told once more after a restart; never less

    async def is_new_signature(self, signature: str) -> bool:
        """False for an exact replay of a signed request, also after a restart. Raises `StorageTrouble`."""
        return await self._context.db.write(lambda tx: tx.inbox.is_new_signature(signature, self._context.now()))

    async def note_refusal(self, person: PersonRef, origin: Origin, error: BotError, what: str) -> None:
        """Keep in the audit log that something was refused before any act began (an unreachable Seam, say)."""
        event = AuditEvent(
            at=self._context.now(),
            action=AuditAction.REQUEST_REFUSED,
            phase=Phase.NOTE,
            outcome=Outcome.DENIED,
            actor=person,
            surface=origin.surface,
            request_id=origin.request_id,
            reason=type(error).__name__,
            detail={"what": what},
        )
        await self._context.db.write(lambda tx: tx.audit.record(event))

    async def resume(self) -> int:
        """Whoever waits for an answer from a process that died is told that it stopped. Returns how many."""
        now = self._context.now()

        def plan(tx: Transaction) -> int:
            lost = tx.inbox.left_behind(now, alone=self._context.db.is_sqlite)
            for received in lost:
                tx.inbox.finish(received.key)
                if now - received.received_at < TELL_LOST_WITHIN:
                    tx.tasks.plan(
                        NewTask(
                            kind=TaskKind.TELL_INTERRUPTED,
                            subject_id=received.person.user_id,
                            key=f"interrupted:{received.key}"[:160],
                            due_at=now,
                            payload={"user": received.person.user_id, "what": received.what},
                        )
                    )
            return len(lost)

        return await self._context.db.write(plan)

    async def forget_old(self) -> None:
        """Let go of deliveries and signatures that can no longer come again."""
        now = self._context.now()
        await self._context.db.write(
            lambda tx: tx.inbox.forget(signatures_before=now - KEEP_SIGNATURES, deliveries_before=now - KEEP_DELIVERIES)
        )
