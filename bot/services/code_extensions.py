"""Moving the end of a code: asked of the rules as the whole new window, done once whatever answer gets lost.

Setting an end twice is the same as setting it once, so an answer that was lost is looked for, and the change is sent
again when Seam does not have it (seam-api.md 12).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import SYSTEM, AuditAction, Outcome, Phase
from bot.domain.errors import BadField, BotError, CodeGone, DoorTrouble, NotAllowed, OutcomeUnknown, Refused
from bot.domain.model import LIVE_CODES, SCHEDULER, Action, GuestCode, Origin, PersonRef
from bot.domain.policy.ask import Actor, Allow, AskApproval, Refuse
from bot.domain.requests import AccessRequest
from bot.domain.tasks import NewTask, Task, TaskKind
from bot.domain.window import Window
from bot.services.code_records import act_event, follow_key, stamp, tell_key
from bot.services.code_rights import CodeRights
from bot.services.context import Beat, Context, new_id
from bot.services.door_book import DoorBook
from bot.services.gate import Gate, Ruling
from bot.services.order_checks import LONGEST_WINDOW
from bot.services.reminders import plan_reminders
from storage.transaction import Transaction

SETTLE_AFTER = timedelta(seconds=20)  # then the scheduler looks whether whoever asked Seam has died
GIVE_UP_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One code, the window it would have, and what the rules say of that."""

    code: GuestCode
    window: Window
    ruling: Ruling


class CodeExtensions:
    """Moves the ends of codes."""

    def __init__(self, context: Context, rights: CodeRights, gate: Gate, doors: DoorBook) -> None:
        self._context, self._rights, self._gate, self._doors = context, rights, gate, doors

    async def judge(self, *, actor: Actor, target: str, ends_at: datetime, origin: Origin) -> list[Judged]:
        """What the rules say of this end (aware) for each live code of an order, or the one code. Changes nothing.

        Raises `NotAllowed` (audited) for who may not or what a rule refuses, `BadField` for an end that cannot be.
        """
        judged = []
        for code in await self._rights.codes(target):
            await self._rights.check(actor, code, AuditAction.CODE_EXTEND, origin)
            if code.state not in LIVE_CODES:
                continue
            window = self._window(code, ends_at)
            ruling = await self._gate.ruling(
                person=actor.person,
                groups=actor.groups,
                action=Action.EXTEND,
                door=await self._doors.get(code.device_id),
                window=window,
            )
            if isinstance(ruling.decision, Refuse):
                await self._note_refused(actor, code, ruling, origin)
                raise NotAllowed(f"{code.door_name}: {ruling.decision.reason}")
            judged.append(Judged(code=code, window=window, ruling=ruling))
        if not judged:
            raise Refused("This code has ended already, so it cannot be extended. Make a new one if it is needed.")
        return judged

    async def extend(self, *, actor: Actor, judged: Judged, origin: Origin) -> GuestCode:
        """Move the end of a code for which the rules allow it. Returns it as it stands: with the new end, or still
        with the old one and `wanted_ends_at` while it is not known what Seam did.

        Raises `DoorTrouble` when Seam or the lock refused (nothing was changed), `Refused` when somebody was faster.
        """
        if not isinstance(judged.ruling.decision, Allow):
            raise NotAllowed(judged.ruling.decision.reason)
        return await self._change(judged.code, judged.window, actor.person.ref, origin, judged.ruling)

    async def carry_out_request(self, request: AccessRequest) -> str:
        """Extend the codes of an approved request. Returns what came of it, in words; raises what stopped all of it."""
        origin = Origin(surface="request", request_id=f"request-{request.request_id[:12]}")
        window = request.window_at(self._context.now())
        if request.order_id is None or window is None or window.ends_at is None:
            raise BotError("I no longer know which code this was about. Please extend it from its card.")
        wanted = {door.device_id for door in request.doors}
        codes = [c for c in await self._rights.codes(request.order_id) if c.device_id in wanted]
        live = [c for c in codes if c.state in LIVE_CODES and c.window.ends_at != window.ends_at]
        if not live and not any(c.window.ends_at == window.ends_at for c in codes):
            raise BotError("The code had ended before this was approved. Make a new one if it is still needed.")
        for code in live:
            if code.wanted_ends_at is None:
                await self._change(code, self._window(code, window.ends_at), request.requester, origin, None)
        return "extended"

    async def settle(self, task: Task) -> datetime | None:
        """Find out what became of a change whose answer is not known; send it again if Seam does not have it."""
        code = await self._context.db.read(lambda tx: tx.guest_codes.get(task.subject_id))
        wanted = code.wanted_ends_at if code else None
        if code is None or wanted is None:
            return None
        origin = Origin(surface=SCHEDULER, request_id=task.payload["request_id"])
        now = self._context.now()
        if code.state not in LIVE_CODES:  # it was ended meanwhile: nothing more is asked of Seam
            await self._record(code, wanted, origin, OutcomeUnknown(code.door_name, seam_code="ended"), tell=False)
            return None
        try:
            await self._ask_seam(code, wanted, look_first=True)
        except OutcomeUnknown as trouble:
            return await self._later(code, wanted, task, trouble, origin)
        except DoorTrouble as trouble:
            if isinstance(trouble, CodeGone) or now > datetime.fromisoformat(task.payload["until"]):
                await self._record(code, wanted, origin, trouble, tell=True)
                return None
            return await self._later(code, wanted, task, trouble, origin)
        await self._record(code, wanted, origin, None, tell=True)
        return None

    async def _later(
        self, code: GuestCode, wanted: datetime, task: Task, trouble: DoorTrouble, origin: Origin
    ) -> datetime | None:
        now = self._context.now()
        if now > datetime.fromisoformat(task.payload["until"]):
            await self._record(code, wanted, origin, trouble, tell=True)
            return None
        return now + timedelta(seconds=min(60, 5 * task.attempts))

    async def _change(
        self, code: GuestCode, window: Window, by: PersonRef, origin: Origin, ruling: Ruling | None
    ) -> GuestCode:
        wanted = window.ends_at
        assert wanted is not None
        now, change_id = self._context.now(), new_id()

        def intend(tx: Transaction) -> None:
            if not tx.guest_codes.want_end(code.code_id, wanted, seen=code.window.ends_at):
                raise Refused("Somebody has just changed this code. Look at its card before you change it again.")
            if ruling is not None:
                self._gate.hold(tx, ruling, change_id)
            tx.audit.record(
                act_event(
                    code,
                    AuditAction.CODE_EXTEND,
                    Phase.INTENT,
                    at=now,
                    origin=origin,
                    actor=by,
                    reason=ruling.rule if ruling else None,
                    was=stamp(code.window.ends_at),
                    ends_at=stamp(wanted),
                )
            )
            tx.tasks.plan(
                NewTask(
                    kind=TaskKind.SETTLE_EXTENSION,
                    subject_id=code.code_id,
                    key=f"extension:{change_id}",
                    due_at=now + SETTLE_AFTER,
                    payload={"request_id": origin.request_id, "until": (now + GIVE_UP_AFTER).isoformat()},
                )
            )

        await self._context.db.write(intend)
        self._context.on_beat(Beat.EXTEND_INTENDED)
        try:
            await self._ask_seam(code, wanted, look_first=False)
        except OutcomeUnknown:
            return await self._reread(code)  # the scheduler finds it out
        except DoorTrouble as trouble:
            await self._record(code, wanted, origin, trouble, by=by, tell=False)
            raise trouble.at(code.door_name) from None
        self._context.on_beat(Beat.EXTEND_ACTED)
        await self._record(code, wanted, origin, None, by=by, tell=False)
        return await self._reread(code)

    async def _ask_seam(self, code: GuestCode, wanted: datetime, *, look_first: bool) -> None:
        """Returns when Seam has this end; raises what stopped it."""
        if code.access_code_id is None:
            raise CodeGone(code.door_name)
        if look_first and await self._has(code.access_code_id, wanted):
            return
        try:
            await self._context.locks.update_code(code.access_code_id, starts_at=code.window.starts_at, ends_at=wanted)
        except OutcomeUnknown:
            if not await self._has(code.access_code_id, wanted):
                raise

    async def _has(self, access_code_id: str, wanted: datetime) -> bool:
        try:
            held = await self._context.locks.code(access_code_id)
        except DoorTrouble:
            raise OutcomeUnknown(seam_code="not_seen") from None
        if held is None:
            raise CodeGone()
        return held.ends_at is not None and abs(held.ends_at - wanted) < timedelta(seconds=1)

    async def _record(
        self,
        code: GuestCode,
        wanted: datetime,
        origin: Origin,
        trouble: DoorTrouble | None,
        *,
        by: PersonRef = SYSTEM,
        tell: bool,
    ) -> None:
        now = self._context.now()

        def record(tx: Transaction) -> None:
            if not tx.guest_codes.settle_end(code.code_id, wanted, taken=trouble is None):
                return  # settled by somebody else, who has written down how
            outcome = (
                Outcome.OK
                if trouble is None
                else Outcome.UNKNOWN
                if isinstance(trouble, OutcomeUnknown)
                else Outcome.FAILED
            )
            tx.audit.record(
                act_event(
                    code,
                    AuditAction.CODE_EXTEND,
                    Phase.OUTCOME,
                    at=now,
                    origin=origin,
                    actor=by,
                    outcome=outcome,
                    reason=type(trouble).__name__ if trouble else None,
                    ends_at=stamp(wanted),
                )
            )
            tx.tasks.hasten(follow_key(code.code_id), now + timedelta(seconds=2))
            if trouble is None:
                tx.tasks.plan(plan_reminders(code, now, f"{code.marker}:{stamp(wanted)}:{origin.request_id}"[:100]))
            what = f"{code.marker}:extended:{stamp(wanted)}:{origin.request_id}"
            words = {} if trouble is None else {"not_extended": code.code_id}
            if tell or trouble is None:
                tx.tasks.plan(
                    NewTask(
                        kind=TaskKind.TELL_ORDER,
                        subject_id=code.order_id,
                        key=tell_key(code.order_id, what)[:160],
                        due_at=now,
                        payload=words,
                    )
                )

        await self._context.db.write(record)

    def _window(self, code: GuestCode, ends_at: datetime) -> Window:
        now, start = self._context.now(), code.window.starts_at
        if ends_at <= now or ends_at <= start:
            raise BadField("when", "That is over already, or before the code starts. Choose a later end, or End now.")
        if code.window.ends_at == ends_at:
            raise BadField("when", "That is when it ends already. Choose another end.")
        if ends_at - start > LONGEST_WINDOW:
            raise BadField("when", "A code can last at most a year. Choose an earlier end.")
        return Window(starts_at=start, ends_at=ends_at)

    async def _note_refused(self, actor: Actor, code: GuestCode, ruling: Ruling, origin: Origin) -> None:
        event = act_event(
            code,
            AuditAction.CODE_EXTEND,
            Phase.NOTE,
            at=self._context.now(),
            origin=origin,
            actor=actor.person.ref,
            outcome=Outcome.DENIED,
            reason=ruling.rule,
        )
        await self._context.db.write(lambda tx: tx.audit.record(event))

    async def _reread(self, code: GuestCode) -> GuestCode:
        return await self._context.db.read(lambda tx: tx.guest_codes.get(code.code_id)) or code


def asks(judged: list[Judged]) -> list[tuple[AskApproval, list[Judged]]]:
    """Those that need an approval, one request for each rule."""
    found: dict[str | None, tuple[AskApproval, list[Judged]]] = {}
    for one in judged:
        if isinstance(one.ruling.decision, AskApproval):
            decision = one.ruling.decision
            found.setdefault(decision.rule_id, (decision, []))[1].append(one)
    return list(found.values())
