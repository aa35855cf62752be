"""Notices that must reach someone, from the outbox: how an act ended, a code's card, an alarm."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.model import GuestCodeState, Person, PersonKind, PersonRef
from bot.domain.requests import RequestState
from bot.domain.tasks import Task, TaskKind, retry_delay
from bot.services import Services
from handlers.deciders import Names
from handlers.guest_codes import GuestCodeHandlers
from handlers.json_types import Json
from handlers.people import People
from handlers.slack_out import SlackFailed, SlackOut
from handlers.views import code_life as life_views
from handlers.views import doors as door_views
from handlers.views import guest_codes as code_views
from handlers.views import requests as request_views
from handlers.views.audit_log import anchor_notice
from handlers.views.kit import name
from handlers.views.requests import admin_notice

STUCK_AGAIN = timedelta(days=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Each method serves one kind of task: it returns when to try again, or None when it is told (or never can be)."""

    services: Services
    slack: SlackOut
    people: People
    codes: GuestCodeHandlers
    names: Names

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
        if task.payload.get("not_extended"):
            failed = next((c for c in codes if c.code_id == task.payload["not_extended"]), codes[0])
            return await self._tell(task, codes[0].host.user_id, life_views.not_extended(failed))
        alarm = code_views.needs_attention(codes)
        return await self._tell(task, codes[0].host.user_id, alarm) if alarm else None

    async def end_is_near(self, task: Task) -> datetime | None:
        """A code ends soon: to its host; to the admins when the host is gone. Re-reads the truth at this moment.

        A second try looks first whether the first one got there, by the key in the message's metadata: the answer of
        a post may be lost, and so may we be, between the post and writing it down.
        """
        codes = await self.services.reminders.still_true(task)
        if not codes:
            return None
        host = await self._host(codes[0].host)
        if host is not None and host.kind is PersonKind.DEACTIVATED:
            await self.services.alarms.tell_admins(
                f"The guest code `{codes[0].marker}` for {name(codes[0].door_name)} ends soon, and its host "
                f"<@{codes[0].host.user_id}> is no longer here. `/latchkey codes` shows it."
            )
            return None
        message = life_views.end_is_near(codes, self.services.context.now())
        key = f"{task.subject_id}:{task.payload['end']}:{task.payload['lead_s']}"
        message["metadata"] = {"event_type": "latchkey_reminder", "event_payload": {"key": key}}
        again = None
        if not await self._was_told(task, key):
            again = await self._tell(task, codes[0].host.user_id, message)
        if again is None:
            await self.services.reminders.note(task, codes[0])
        return again

    async def arrived(self, task: Task) -> datetime | None:
        """A guest used their code for the first time: to its host."""
        (code,) = await self.services.code_rights.codes(task.subject_id)
        return await self._tell(task, code.host.user_id, life_views.arrived(code, self.services.context.now()))

    async def _was_told(self, task: Task, key: str) -> bool:
        """False also where Slack does not say: a reminder is rather told twice than never."""
        place = await self.services.guest_codes.card_place(task.subject_id) if task.attempts > 1 else None
        try:
            return place is not None and await self.slack.has_said(place[0], "latchkey_reminder", key)
        except SlackFailed:
            return False

    async def stuck(self, task: Task) -> datetime | None:
        """A code is still on its lock: to those who can go there, once a day until it is off."""
        (code,) = await self.services.code_rights.codes(task.subject_id)
        if code.state is not GuestCodeState.STUCK:
            return None
        channel = await self.services.code_rights.channel_of(code)
        try:
            if channel is not None:
                place = await self.slack.direct(channel, life_views.stuck_alarm(code))
                await self.services.code_rights.keep_alarm(code, place)
                return self.services.context.now() + STUCK_AGAIN
        except SlackFailed as problem:
            if not problem.permanent:
                return self._again(task, problem.retry_after)
        await self.services.alarms.tell_admins(
            f"The guest code `{code.marker}` for {name(code.door_name)} should be off the lock and is not. "
            "Remove it in the lock maker's app, at the door if the lock is offline. I keep trying, and tell you."
        )
        return self.services.context.now() + STUCK_AGAIN

    async def unstuck(self, task: Task) -> datetime | None:
        """It is off now: said where the alarm was, and to the host."""
        (code,) = await self.services.code_rights.codes(task.subject_id)
        try:
            if code.alarm:
                await self.slack.reply(*code.alarm, life_views.unstuck(code))
        except SlackFailed as problem:
            if not problem.permanent:
                return self._again(task, problem.retry_after)
        if not code.alarm:
            await self.services.alarms.tell_admins(
                f"The guest code `{code.marker}` is off {name(code.door_name)} now. Nothing more to do."
            )
        return await self._tell(task, code.host.user_id, life_views.unstuck(code))

    async def request_card(self, task: Task) -> datetime | None:
        """The card in the approvers' channel: posted once, rewritten after that."""
        request = await self.services.requests.get(task.subject_id)
        pending = request.state is RequestState.PENDING
        facts = request_views.CardFacts(
            deciders=await self.names.deciders(request, ping=await self.services.requests.pings(request)),
            verdicts=await self.services.request_acts.verdict(request) if pending else (),
            now=self.services.context.now(),
        )
        message = request_views.card(request, facts)
        try:
            if request.card:
                await self.slack.rewrite(*request.card, message)
            else:
                await self.services.requests.keep_card(
                    request.request_id, *await self.slack.direct(request.channel, message)
                )
            if task.payload["what"] == "break_glass":
                await self.slack.direct(request.channel, request_views.emergency_notice(request))
        except SlackFailed as problem:
            if not problem.permanent:
                return self._again(task, problem.retry_after)
            await self.services.alarms.tell_admins(
                f"A request's card could not be shown in <#{request.channel}> ({problem.error}). "
                "Nobody there can decide on it: please look after that channel."
            )
        return None

    async def requester(self, task: Task) -> datetime | None:
        """A step of somebody's request: their own card, and a message that rings."""
        request = await self.services.requests.get(task.subject_id)
        emergency = await self.services.requests.has_emergency(request)
        own = request_views.own_card(request, await self.names.deciders(request, ping=False), emergency=emergency)
        try:
            if request.dm:
                await self.slack.rewrite(*request.dm, own)
            else:
                await self.services.requests.keep_dm(
                    request.request_id, *await self.slack.direct(request.requester.user_id, own)
                )
        except SlackFailed as problem:
            return None if problem.permanent else self._again(task, problem.retry_after)
        if request.order_id and task.payload["what"] == "done":
            await self.codes.show_card(request.order_id, None)
        # A step that the truth has overtaken is not told: "approved" goes without saying once it is done.
        message = request_views.step(request) if task.payload["what"] == request.state.value else None
        return await self._tell(task, request.requester.user_id, message) if message else None

    async def remind(self, task: Task) -> datetime | None:
        """A silent channel is reminded; at a step of the escalation the next approvers are named, too."""
        request = await self.services.requests.get(task.subject_id)
        if request.state is not RequestState.PENDING or request.card is None:
            return None
        deciders = await self.names.deciders(request)
        try:
            await self.slack.reply(*request.card, request_views.reminder(request, deciders))
        except SlackFailed as problem:
            return None if problem.permanent else self._again(task, problem.retry_after)
        await self.services.requests.note_reminded(request, task.kind)
        payload = {**task.payload, "what": "escalated"}
        return (
            await self.request_card(replace(task, payload=payload)) if task.kind is TaskKind.ESCALATE_REQUEST else None
        )

    async def review_due(self, task: Task) -> datetime | None:
        """Nobody has looked at an emergency act within a day: the admins hear of it."""
        request = await self.services.requests.get(task.subject_id)
        if request.reviewed_by is None:
            doors = ", ".join(d.name for d in request.doors)
            await self.services.alarms.tell_admins(
                f"Nobody has looked at the emergency act at {doors} for a day. Please press “I have looked at it” on "
                f"its card in <#{request.channel}>."
            )
        return None

    async def admins(self, task: Task) -> datetime | None:
        """Something that only an admin can mend."""
        return await self._tell(task, task.payload["user"], admin_notice(task.payload["words"]))

    async def anchor(self, task: Task) -> datetime | None:
        """The audit chain's end, in the channel where nobody can take it back unseen."""
        return await self._tell(task, task.payload["channel"], anchor_notice(task.payload["line"]))

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
