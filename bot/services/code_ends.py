"""Ending a code before its time. It is gone only when Seam says that it is off the lock (`code_follower.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.domain.audit import AuditAction, Phase
from bot.domain.errors import DoorTrouble, Refused
from bot.domain.model import LIVE_CODES, GuestCode, GuestCodeState, Origin, PersonRef
from bot.domain.policy.ask import Actor
from bot.domain.tasks import NewTask, TaskKind
from bot.services.code_follower import CodeFollower
from bot.services.code_records import act_event, follow_key, tell_key
from bot.services.code_rights import CodeRights
from bot.services.context import Beat, Context
from storage.transaction import Transaction

_NOTHING_TO_END = {
    GuestCodeState.ENDED: "It has ended already and is off the lock.",
    GuestCodeState.ENDING: "It is being taken off the lock already. I will say when it is off.",
    GuestCodeState.STUCK: "I am trying to take it off the lock already, and the lock does not do it. "
    "I keep trying, and tell you when it is off.",
    GuestCodeState.FAILED: "It did not get on the lock, so there is nothing to end.",
}


class CodeEnds:
    """Takes codes off their locks."""

    def __init__(self, context: Context, rights: CodeRights, follower: CodeFollower) -> None:
        self._context, self._rights, self._follower = context, rights, follower

    async def end_now(self, *, actor: Actor, target: str, origin: Origin) -> tuple[GuestCode, ...]:
        """End the live codes of an order, or the one code, for its host, an admin, or who decides on the door.

        Returns them as they stand after the first try: `ended`, or `ending` while Seam has not confirmed. Raises
        `NotAllowed` (audited), `Refused` when there is nothing to end, `StorageTrouble` (nothing was done then).
        """
        codes = await self._rights.codes(target)
        for code in codes:
            await self._rights.check(actor, code, AuditAction.CODE_END, origin)
        live = [code for code in codes if code.state in LIVE_CODES]
        if not live:
            raise Refused(_NOTHING_TO_END[codes[0].state])
        await self.end(live, by=actor.person.ref, origin=origin, reason="asked")
        return await self._rights.codes(target)

    async def end(self, codes: Sequence[GuestCode], *, by: PersonRef, origin: Origin, reason: str) -> None:
        """End these, whoever may have asked. What Seam does not do at once the follower goes on with."""
        now = self._context.now()
        ending = await self._context.db.write(lambda tx: self._intend(tx, codes, by, origin, reason, now))
        self._context.on_beat(Beat.END_INTENDED)
        await asyncio.gather(*(self._act(code_id) for code_id in ending))

    def _intend(
        self,
        tx: Transaction,
        codes: Sequence[GuestCode],
        by: PersonRef,
        origin: Origin,
        reason: str,
        now: datetime,
    ) -> list[str]:
        ending = []
        for code in codes:
            if not tx.guest_codes.begin_end(code.code_id, at=now):
                continue
            tx.audit.record(
                act_event(code, AuditAction.CODE_END, Phase.INTENT, at=now, origin=origin, actor=by, reason=reason)
            )
            # If we die now, the follower does it.
            tx.tasks.hasten(follow_key(code.code_id), now)
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.TELL_ORDER,
                    subject_id=code.order_id,
                    key=tell_key(code.order_id, f"{code.marker}:ending"),
                    due_at=now,
                )
            )
            ending.append(code.code_id)
        if origin.delivery:
            tx.inbox.finish(origin.delivery)
        return ending

    async def _act(self, code_id: str) -> None:
        code = await self._context.db.read(lambda tx: tx.guest_codes.get(code_id))
        if code is None or code.access_code_id is None:
            return  # the follower looks whether the lock has it
        try:
            await self._follower.look(code)
            self._context.on_beat(Beat.END_ACTED)
            again = await self._context.db.read(lambda tx: tx.guest_codes.get(code_id))
            if again is not None and again.state is GuestCodeState.ENDING:
                await self._follower.look(again)  # Seam may be quick
        except DoorTrouble:
            return  # the follower goes on, and alarms when it lasts
