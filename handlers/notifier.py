"""Notices that must reach someone, from the outbox: how an act ended, a code's card, an alarm."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.model import Person, PersonRef
from bot.domain.tasks import Task, retry_delay
from bot.services import Services
from handlers.guest_codes import GuestCodeHandlers
from handlers.json_types import Json
from handlers.people import People
from handlers.slack_out import SlackFailed, SlackOut
from handlers.views import doors as door_views
from handlers.views import guest_codes as code_views

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Each method serves one kind of task: it returns when to try again, or None when it is told (or never can be)."""

    services: Services
    slack: SlackOut
    people: People
    codes: GuestCodeHandlers

    async def operation(self, task: Task) -> datetime | None:
        """How an unlock or lock ended."""
        operation = await self.services.door_work.operation(task.subject_id)
        if operation is None:
            return None
        late = task.payload.get("late") == "yes"
        return await self._tell(task, operation.person.user_id, door_views.operation_ended(operation, late=late))

    async def not_locked(self, task: Task) -> datetime | None:
        """A door that should be locked again is not."""
        operation = await self.services.door_work.operation(task.subject_id)
        if operation is None:
            return None
        return await self._tell(task, operation.person.user_id, door_views.not_locked(operation))

    async def interrupted(self, task: Task) -> datetime | None:
        """We were restarted before we had begun."""
        return await self._tell(task, task.payload["user"], door_views.interrupted(task.payload["what"]))

    async def order(self, task: Task) -> datetime | None:
        """A guest code moved on: rewrite its card, and ring when it needs somebody."""
        codes = await self.services.guest_codes.of_order(task.subject_id)
        if not codes:
            return None
        host = await self._host(codes[0].host)
        if not await self.codes.show_card(task.subject_id, host.timezone if host else None):
            return self._again(task, None)
        alarm = code_views.needs_attention(codes)
        return await self._tell(task, codes[0].host.user_id, alarm) if alarm else None

    async def _tell(self, task: Task, user_id: str, message: Json) -> datetime | None:
        try:
            await self.slack.direct(user_id, message)
        except SlackFailed as problem:
            if problem.permanent:
                log.error("notice.cannot_be_told", extra={"kind": task.kind.value, "error": problem.error})
                return None
            return self._again(task, problem.retry_after)
        return None

    def _again(self, task: Task, retry_after: float | None) -> datetime:
        delay = retry_delay(task.attempts)
        if retry_after is not None:
            delay = max(delay, timedelta(seconds=retry_after))
        return self.services.context.now() + delay

    async def _host(self, ref: PersonRef) -> Person | None:
        try:
            return await self.people.person(ref)
        except Refused:  # only the reader's own zone is missing then
            return None
