"""Reminders before codes end: planned when a code is made or extended, and told only while they are still true."""

from __future__ import annotations

from datetime import datetime

from bot.domain.audit import SYSTEM, AuditAction, Outcome, Phase
from bot.domain.errors import BotError
from bot.domain.model import LIVE_CODES, SCHEDULER, GuestCode, Origin
from bot.domain.reminders import USUAL_LEADS, reminder_times
from bot.domain.tasks import NewTask, Task, TaskKind, retry_delay
from bot.services.code_records import act_event
from bot.services.code_rights import CodeRights
from bot.services.context import Context
from storage.transaction import Transaction


class Reminders:
    """Plans them by the rule of the code, and says at the moment itself whether there is still something to say."""

    def __init__(self, context: Context, rights: CodeRights) -> None:
        self._context, self._rights = context, rights

    async def plan(self, task: Task) -> datetime | None:
        """Plan the reminders of an order's codes as they end now. One for each (order, end, lead), however often."""
        now = self._context.now()
        codes = await self._context.db.read(lambda tx: tuple(tx.guest_codes.of_order(task.subject_id)))
        new: list[NewTask] = []
        for code in codes:
            if code.state not in LIVE_CODES or code.window.ends_at is None:
                continue
            try:
                rule = await self._rights.rule_of(code)
            except BotError:  # Slack or Seam does not say who or where that is
                return now + retry_delay(task.attempts)
            leads = USUAL_LEADS if rule is None or rule.reminders is None else rule.reminders
            for lead, at in reminder_times(code.window, leads, code.timezone):
                if at > now:
                    end = int(code.window.ends_at.timestamp())
                    new.append(
                        NewTask(
                            kind=TaskKind.REMIND_END,
                            subject_id=code.order_id,
                            key=f"remind:{code.order_id}:{end}:{int(lead.total_seconds())}",
                            due_at=at,
                            payload={"end": str(end), "lead_s": str(int(lead.total_seconds()))},
                        )
                    )

        def write(tx: Transaction) -> None:
            for one in new:
                tx.tasks.plan(one)

        await self._context.db.write(write)
        return None

    async def still_true(self, task: Task) -> tuple[GuestCode, ...]:
        """The codes of a REMIND_END task that still end then: none when they were ended, extended, or are over."""
        now, end = self._context.now(), int(task.payload["end"])
        codes = await self._context.db.read(lambda tx: tuple(tx.guest_codes.of_order(task.subject_id)))
        return tuple(
            code
            for code in codes
            if code.state in LIVE_CODES
            and code.window.ends_at is not None
            and int(code.window.ends_at.timestamp()) == end
            and code.window.ends_at > now
        )

    async def note(self, task: Task, code: GuestCode) -> None:
        """Write down that the host was reminded."""
        event = act_event(
            code,
            AuditAction.CODE_REMINDED,
            Phase.NOTE,
            at=self._context.now(),
            origin=Origin(surface=SCHEDULER, request_id=f"remind-{code.order_id[:12]}"),
            actor=SYSTEM,
            outcome=Outcome.OK,
            lead_s=task.payload["lead_s"],
        )
        await self._context.db.write(lambda tx: tx.audit.record(event))


def plan_reminders(code: GuestCode, at: datetime, what: str) -> NewTask:
    """The task that plans them; `what` tells one occasion (ordered, extended to …) from the next."""
    return NewTask(
        kind=TaskKind.PLAN_REMINDERS,
        subject_id=code.order_id,
        key=f"plan-reminders:{code.order_id}:{what}",
        due_at=at,
    )
