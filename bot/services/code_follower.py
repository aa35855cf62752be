"""Follows each guest code to the lock and off it again. Poll and, later, events feed the same `reconcile`."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.audit import SYSTEM, AuditAction, AuditEvent, Outcome, Phase
from bot.domain.code_names import carries_marker
from bot.domain.errors import DoorGone, DoorTrouble
from bot.domain.model import (
    GUEST_CODE_MOVES,
    LIVE_CODES,
    SCHEDULER,
    AccessCode,
    AccessCodeState,
    GuestCode,
    GuestCodeState,
    Origin,
)
from bot.domain.tasks import NewTask, Task, TaskKind
from bot.services.code_records import act_event, tell_key
from bot.services.context import Context
from storage.transaction import Transaction

# Until Seam can no longer be about to take a create whose answer was lost: its timeout plus a minute (F12).
SETTLE = timedelta(seconds=90)
# How old an order is when we look whether a code that was given up has landed after all (A17: gone in five minutes).
ORPHAN_LOOKS = tuple(timedelta(minutes=m) for m in (2, 3, 4, 5, 10, 60))
OFF_THE_LOCK_BY = timedelta(minutes=5)  # after this a code that should be gone is stuck (reliability.md I6)
SLOWEST_LOOK = timedelta(hours=6)
# Between two tries to take a code off: a quarter of the time it is overdue, within these.
QUICKEST_TRY, SLOWEST_TRY = timedelta(seconds=3), timedelta(minutes=10)
UNSETTLED = timedelta(minutes=2)  # past its end, for which a code is left alone while its extension is not known

_STANDS = {
    AccessCodeState.ACTIVE: GuestCodeState.ON_LOCK,
    AccessCodeState.SCHEDULED: GuestCodeState.SCHEDULED,
    AccessCodeState.LOADED: GuestCodeState.SCHEDULED,
}
_ON_ITS_WAY = set(LIVE_CODES)
_GIVEN_UP = {GuestCodeState.FAILED, GuestCodeState.ENDED}


class CodeFollower:
    """One look at one code: what Seam says of it, what that means, and when to look again."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def follow(self, task: Task) -> datetime | None:
        """Look at the code of a FOLLOW_CODE task. Returns when to look next, or None when its life is over."""
        code = await self._context.db.read(lambda tx: tx.guest_codes.get(task.subject_id))
        if code is None:
            return None
        try:
            return await self.look(code)
        except DoorTrouble:
            return await self._cannot_see(code, task)

    async def look(self, code: GuestCode) -> datetime | None:
        """One look, now. Returns the next one. Raises a `DoorTrouble` when Seam cannot be asked."""
        if code.access_code_id is None:
            return await self._find(code)
        return await self.reconcile(code, await self._context.locks.code(code.access_code_id))

    async def reconcile(self, code: GuestCode, held: AccessCode | None) -> datetime | None:
        """Bring our record in line with what Seam says (`None`: Seam no longer has it). Returns the next look."""
        now = self._context.now()
        off_since = code.off_since
        over = off_since is not None and now >= off_since
        if held is None and await self._door_is_forgotten(code):
            return await self._out_of_sight(code, over=over)
        if code.state in _GIVEN_UP:
            return await self._take_back(code, held)
        if held is None:
            await self._gone(code, over=over)
            return None
        if over and off_since is not None:
            if code.wanted_ends_at and not code.end_asked_at and now - off_since < UNSETTLED:
                return now + timedelta(seconds=5)  # it may have been extended: that is being found out
            return await self._past_the_end(code, off_since)
        if held.state is AccessCodeState.FAILED:
            await self._move(code, GuestCodeState.FAILED, trouble=_why(code, held))
            return await self._take_back(code, held)
        after = _STANDS.get(held.state)  # None: on its way, or nobody can say
        # Never back: a code that was moved to later at Seam has been on the lock, and is followed to its end.
        if after and after in GUEST_CODE_MOVES[code.state]:
            await self._move(code, after)
        return self._next_look(code, held)

    async def _find(self, code: GuestCode) -> datetime | None:
        """A code whose order was interrupted or got no answer: adopt it if the lock has it, by the name we gave."""
        now = self._context.now()
        age = now - code.created_at
        found = next(
            (c for c in await self._context.locks.codes(code.device_id) if carries_marker(c.name, code.marker)), None
        )
        if found:
            # If we had told the person that it failed, it landed after that: it is adopted to be taken back.
            orphan, adopted = code.state in _GIVEN_UP, found.access_code_id
            await self._context.db.write(lambda tx: self._adopt(tx, code, adopted, orphan=orphan))
            return now
        if code.state in _GIVEN_UP:
            return next((code.created_at + look for look in ORPHAN_LOOKS if look > age), None)
        if age > SETTLE and code.end_asked_at:
            # Ended before it was known whether Seam had taken it. It has not; should it land late, it is taken back.
            await self._move(code, GuestCodeState.ENDED)
            return now + timedelta(seconds=30)
        if age > SETTLE:
            await self._move(
                code,
                GuestCodeState.FAILED,
                trouble=f"The order for {code.door_name} was interrupted, and the code is not on the lock. "
                "Nothing was set; please ask for it again.",
            )
            return now + timedelta(seconds=30)
        return now + timedelta(seconds=10)

    async def _take_back(self, code: GuestCode, held: AccessCode | None) -> datetime | None:
        """The person was told that there is no such code, so it must not come late: a slot that gets free, a lock that
        is reached again, an order that was only slow. Taken back when Seam no longer has it, not when it says "yes"."""
        if held is None:
            if code.state is GuestCodeState.FAILED:
                await self._note(code, "taken_back", Outcome.OK)
            return None
        await self._context.locks.delete_code(held.access_code_id)
        return self._context.now() + timedelta(seconds=30)

    async def _door_is_forgotten(self, code: GuestCode) -> bool:
        """Whether Seam has not only let go of the code but of its door: then the code may well be on the lock."""
        try:
            await self._context.locks.door(code.device_id)
        except DoorGone:
            return True
        return False

    async def _out_of_sight(self, code: GuestCode, *, over: bool) -> datetime | None:
        """Seam forgets the codes of an account that is deleted there, and their PINs stay on the locks (seam-api.md
        7.2). Nobody can say that such a code is off, so nobody does."""
        if code.state in _GIVEN_UP:
            return None
        if over and code.state is not GuestCodeState.STUCK:
            if code.state is not GuestCodeState.ENDING:
                await self._move(code, GuestCodeState.ENDING)
                code = await self._reread(code)
            await self._move(
                code,
                GuestCodeState.STUCK,
                trouble=f"Seam no longer knows {code.door_name}, so I can neither see nor take off the code of "
                f"{code.guest}. It may still open the door: remove it in the lock maker's app.",
            )
        return self._context.now() + SLOWEST_TRY

    async def _cannot_see(self, code: GuestCode, task: Task) -> datetime:
        """Seam cannot be asked, or did not do it. After the end that is told like a removal that fails."""
        now, off_since = self._context.now(), code.off_since
        over_for = now - off_since if off_since else -OFF_THE_LOCK_BY
        if over_for > OFF_THE_LOCK_BY and code.access_code_id and code.state in _ON_ITS_WAY | {GuestCodeState.ENDING}:
            if code.state is not GuestCodeState.ENDING:
                await self._move(code, GuestCodeState.ENDING)
                code = await self._reread(code)
            await self._move(
                code,
                GuestCodeState.STUCK,
                trouble=f"The code of {code.guest} for {code.door_name} should be off the lock, and I cannot see "
                "whether it is: Seam does not answer. It may still open the door. I keep looking.",
            )
        longest = 300 if over_for < timedelta() and code.state is not GuestCodeState.ORDERED else 60
        return now + timedelta(seconds=min(longest, 5 * 2 ** min(task.attempts, 6)))

    def _next_look(self, code: GuestCode, held: AccessCode) -> datetime:
        now = self._context.now()
        if held.state is AccessCodeState.ACTIVE:
            slowest = now + SLOWEST_LOOK
            return min(code.window.ends_at + timedelta(seconds=20), slowest) if code.window.ends_at else slowest
        until_start = code.window.starts_at - now
        if held.state in {AccessCodeState.SCHEDULED, AccessCodeState.LOADED} and until_start > timedelta(seconds=1):
            return min(code.window.starts_at + timedelta(seconds=2), now + SLOWEST_LOOK)
        age = now - code.created_at
        return now + max(timedelta(seconds=2), min(timedelta(seconds=60), age / 4))

    async def _past_the_end(self, code: GuestCode, off_since: datetime) -> datetime:
        """Its time is over and Seam still has it: not gone until Seam says so."""
        now = self._context.now()
        if code.state in _ON_ITS_WAY:
            await self._move(code, GuestCodeState.ENDING)
        elif code.state is GuestCodeState.ENDING and now - off_since > OFF_THE_LOCK_BY:
            await self._move(
                code,
                GuestCodeState.STUCK,
                trouble=f"The code of {code.guest} for {code.door_name} should be off the lock and is not: "
                "it may still open the door. I keep trying; if it matters, remove it in the lock maker's app.",
            )
        if code.access_code_id:
            await self._context.locks.delete_code(code.access_code_id)
        over_for = now - off_since
        slowest = SLOWEST_TRY if over_for > OFF_THE_LOCK_BY else timedelta(seconds=30)  # to be told in time
        return now + min(max(over_for / 4, QUICKEST_TRY), slowest)

    async def _gone(self, code: GuestCode, *, over: bool) -> None:
        if not over and code.state in _ON_ITS_WAY:
            await self._move(
                code,
                GuestCodeState.FAILED,
                trouble=f"The code is no longer on {code.door_name}: somebody removed it outside Latchkey. "
                "If the guest still needs to come in, ask for a new one.",
            )
            return
        if code.state in _ON_ITS_WAY:
            await self._move(code, GuestCodeState.ENDING)
            code = await self._reread(code)
        await self._move(code, GuestCodeState.ENDED)

    async def _move(self, code: GuestCode, after: GuestCodeState, *, trouble: str | None = None) -> None:
        if code.state is after:
            return
        now = self._context.now()

        def move(tx: Transaction) -> None:
            if not tx.guest_codes.move(code.code_id, code.state, after, at=now, trouble=trouble):
                return
            outcome = Outcome.FAILED if after in {GuestCodeState.FAILED, GuestCodeState.STUCK} else Outcome.OK
            tx.audit.record(_followed(code, after.value, outcome, now))
            _tell_of_stuck(tx, code, after, now)
            if after is GuestCodeState.ENDED and code.end_asked_at:
                tx.audit.record(
                    act_event(
                        code,
                        AuditAction.CODE_END,
                        Phase.OUTCOME,
                        at=now,
                        origin=Origin(surface=SCHEDULER, request_id=f"follow-{code.code_id[:12]}"),
                        actor=SYSTEM,
                        outcome=Outcome.OK,
                    )
                )
            if after is not GuestCodeState.ENDING:
                tx.tasks.plan(
                    NewTask(
                        kind=TaskKind.TELL_ORDER,
                        subject_id=code.order_id,
                        key=tell_key(code.order_id, f"{code.marker}:{after.value}"),
                        due_at=now,
                    )
                )

        await self._context.db.write(move)

    def _adopt(self, tx: Transaction, code: GuestCode, access_code_id: str, *, orphan: bool) -> None:
        if tx.guest_codes.adopt(code.code_id, access_code_id):
            what = "orphan_found" if orphan else "adopted"
            tx.audit.record(_followed(code, what, Outcome.OK, self._context.now()))

    async def _note(self, code: GuestCode, what: str, outcome: Outcome) -> None:
        event = _followed(code, what, outcome, self._context.now())
        await self._context.db.write(lambda tx: tx.audit.record(event))

    async def _reread(self, code: GuestCode) -> GuestCode:
        again = await self._context.db.read(lambda tx: tx.guest_codes.get(code.code_id))
        return again or code


def _tell_of_stuck(tx: Transaction, code: GuestCode, after: GuestCodeState, now: datetime) -> None:
    """A code that is stuck rings at those who can go to the door; and once more when it is off."""
    if after is GuestCodeState.STUCK:
        kind, key = TaskKind.TELL_STUCK, f"stuck:{code.code_id}"
    elif code.state is GuestCodeState.STUCK:
        kind, key = TaskKind.TELL_UNSTUCK, f"unstuck:{code.code_id}"
    else:
        return
    tx.tasks.plan(NewTask(kind=kind, subject_id=code.code_id, key=key, due_at=now))


def _why(code: GuestCode, held: AccessCode) -> str:
    said = next((t.message for t in held.troubles if t.is_error), "")
    return f"{code.door_name} did not take the code. {said} Ask for a new one, or choose another door.".replace(
        "  ", " "
    )


def _followed(code: GuestCode, what: str, outcome: Outcome, at: datetime) -> AuditEvent:
    return AuditEvent(
        at=at,
        action=AuditAction.CODE_FOLLOWED,
        phase=Phase.NOTE,
        outcome=outcome,
        actor=SYSTEM,
        surface=SCHEDULER,
        request_id=f"follow-{code.code_id[:12]}",
        device_id=code.device_id,
        subject_id=code.code_id,
        reason=what,
        seam={"access_code_id": code.access_code_id} if code.access_code_id else {},
        detail={"door": code.door_name, "order_id": code.order_id, "marker": code.marker},
    )
