"""The front desk: take a delivery on (once, durably), ack, then do the job and turn whatever goes wrong into words.

The order is that of design.md section 4: ack well inside Slack's 3 s and before anything slow; the job runs in a task
of ours, because Bolt's own are not waited for at shutdown (slack-platform.md A19 traps 1, 2, 14). No handler has a
`try`: this is the one place where an exception becomes a sentence.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.errors import BotError, DoorTrouble, NotAllowed, Refused, StorageTrouble
from bot.domain.model import Action, Origin, Person
from bot.domain.until_rules import why_refused
from bot.services import Services
from handlers import views
from handlers.json_types import Json
from handlers.payloads import Delivery, Said, Submission
from handlers.people import Unrecognised
from handlers.slack_out import SlackFailed, SlackOut

log = logging.getLogger(__name__)

PREPARE_BUDGET_S = 2.0  # of Slack's 3 s for a form
INBOX_BUDGET_S = 1.5  # reliability.md F4: slower than this is answered "nothing was done", and nothing is
JOBS_AT_ONCE = 64  # perf.md 3.3: more would compete with the acks
PROGRESS_AFTER_S = 2.5

_MAY_NOT = {Action.UNLOCK: "unlock doors", Action.LOCK: "lock doors", Action.GUEST_CODE: "make guest codes"}


class Ack(Protocol):
    """Bolt's `ack`, as we use it."""

    async def __call__(
        self,
        text: str = "",
        *,
        response_action: str | None = None,
        errors: dict[str, str] | None = None,
        view: Json | None = None,
    ) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NextView:
    """What a modal that was sent off turns into: another view in its place, or one on top of it."""

    view: Json
    on_top: bool = False


@dataclass(slots=True)
class Reply:
    """The way back to whoever sent a delivery: in their eyes only, where they are, else as a direct message."""

    slack: SlackOut
    delivery: Delivery
    request_id: str
    waiting_for: str = ""  # what to say if it takes long: the door's name
    said: int = 0

    async def say(self, message: Json, *, replace: bool = False) -> bool:
        """Show it. Returns False when Slack did not take it (the outbox tells what must be told)."""
        self.said += 1
        try:
            if self.delivery.response_url:
                await self.slack.respond(self.delivery.response_url, message, replace=replace)
            elif isinstance(self.delivery, Said) and not self.delivery.is_private and self.delivery.channel_id:
                await self.slack.whisper(
                    self.delivery.channel_id,
                    self.delivery.person.user_id,
                    message,
                    thread_ts=self.delivery.thread_ts,
                )
            else:
                await self.slack.direct(self.delivery.person.user_id, message)
        except SlackFailed as problem:
            log.warning("reply.not_shown", extra={"error": problem.error, "request_id": self.request_id})
            return False
        return True

    def origin(self, surface: str) -> Origin:
        """Where an act came from, for the records."""
        return Origin(
            surface=surface,
            request_id=self.request_id,
            channel_id=self.delivery.channel_id,
            delivery=self.delivery.key,
        )


Job = Callable[[Reply], Awaitable[None]]


class Desk:
    """Takes deliveries on and sees them through."""

    def __init__(self, services: Services, slack: SlackOut, *, progress_after: float = PROGRESS_AFTER_S) -> None:
        self._services, self._slack, self._progress_after = services, slack, progress_after
        self._gate = asyncio.Semaphore(JOBS_AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()

    async def take(self, ack: Ack, delivery: Delivery, what: str, job: Job) -> None:
        """Take `delivery` on, ack it, and run `job` afterwards. A delivery that was taken before is only acked.

        `what` names it for the person ("/unlock"), should we die on the way.
        """
        if await self._is_new(ack, delivery, what):
            await ack()
            self.start(delivery, what, job)

    async def take_submission(
        self, ack: Ack, submission: Submission, what: str, prepare: Callable[[], Awaitable[Job]]
    ) -> None:
        """The same for a modal that was sent off. `prepare` looks at what was typed and returns the job.

        What it raises is shown at the field it belongs to, and nothing typed is lost; else the modal closes.
        """
        try:
            job = await asyncio.wait_for(prepare(), PREPARE_BUDGET_S)
        except BotError as error:
            await self._refuse(ack, submission, error)
            await self._note_refusal(error, Reply(self._slack, submission, new_request_id()), what)
            return
        except TimeoutError:
            slow = Refused("This takes too long at the moment, so I did nothing. Please press the button once more.")
            await self._refuse(ack, submission, slow)
            return
        if await self._is_new(ack, submission, what):
            await ack(response_action="clear")
            self.start(submission, what, job)

    async def answer(self, ack: Ack, submission: Submission, work: Callable[[Reply], Awaitable[NextView]]) -> None:
        """See a modal through that leads to another view, before the ack, since the view goes with it.

        For work that is quick and may be done again: a form that is checked, a change that is saved once by its
        version. Nothing typed is lost when it is refused.
        """
        reply = Reply(self._slack, submission, new_request_id())
        try:
            after = await asyncio.wait_for(work(reply), PREPARE_BUDGET_S)
        except BotError as error:
            log.info("desk.refused", extra={"error": type(error).__name__, "request_id": reply.request_id})
            await self._refuse(ack, submission, error)
        except TimeoutError:
            slow = Refused(
                "This takes too long at the moment. Close this page and open it again: what you see then is what holds."
            )
            await self._refuse(ack, submission, slow)
        except Exception:
            reference = secrets.token_hex(3).upper()
            log.exception("desk.unexpected", extra={"what": submission.callback_id, "reference": reference})
            await self._refuse(ack, submission, views.fault(reference))
        else:
            await ack(response_action="push" if after.on_top else "update", view=after.view)

    async def _refuse(self, ack: Ack, submission: Submission, error: BotError) -> None:
        errors = views.field_errors(error, submission)
        if errors:
            await ack(response_action="errors", errors=errors)
        else:
            await ack(response_action="update", view=views.problem_modal(error))

    async def quietly(self, ack: Ack, job: Callable[[], Awaitable[None]]) -> None:
        """Ack, then do something that only improves what is on the screen; if it fails, the screen stays as it is."""
        await ack()
        self.later(job)

    def later(self, job: Callable[[], Awaitable[None]]) -> None:
        """`quietly`, where the ack is another's."""

        async def run() -> None:
            try:
                await job()
            except (BotError, SlackFailed) as problem:
                log.info("desk.not_improved", extra={"error": str(problem)})

        self._keep(asyncio.create_task(run()))

    async def admit(self, person: Person, action: Action | None, what: str, reply: Reply) -> None:
        """Let through who may do `action` (or, with None, look) at all. Raises `NotAllowed`, which is in the audit log
        then: they learn nothing of our doors on the way to being refused."""
        if (reason := why_refused(person, action or Action.UNLOCK)) and not await self._services.gate.knows(person):
            error = NotAllowed(
                f"You may not {_MAY_NOT[action] if action else 'see the doors'}, because {reason}. "
                "Ask somebody who works here to do it for you."
            )
            await self._services.inbox.note_refusal(person.ref, reply.origin("command"), error, what)
            raise error

    def start(self, delivery: Delivery, what: str, job: Job) -> None:
        """Run a job in a task of ours."""
        self._keep(asyncio.create_task(self._see_through(delivery, what, job)))

    async def drain(self, seconds: float) -> int:
        """Wait for running jobs, at most this long. Returns how many are still running."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)
        return len(self._running)

    def _keep(self, task: asyncio.Task[None]) -> None:
        # asyncio keeps only a weak hold of its tasks; and we wait for ours at the end.
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _is_new(self, ack: Ack, delivery: Delivery, what: str) -> bool:
        try:
            taking = self._services.inbox.take(delivery.key, delivery.person, what)
            fresh = await asyncio.wait_for(taking, INBOX_BUDGET_S)
        except (StorageTrouble, TimeoutError):
            log.error("desk.not_taken", extra={"what": what})
            if isinstance(delivery, Submission):
                await self._refuse(ack, delivery, StorageTrouble())
            else:
                await ack()
                await Reply(self._slack, delivery, new_request_id()).say(views.problem(StorageTrouble()))
            return False
        if not fresh:
            await (ack(response_action="clear") if isinstance(delivery, Submission) else ack())
        return fresh

    async def _see_through(self, delivery: Delivery, what: str, job: Job) -> None:
        reply = Reply(self._slack, delivery, new_request_id())
        progress = asyncio.create_task(self._show_progress(reply))
        try:
            async with self._gate:
                await job(reply)
        except BotError as error:
            await self._explain(error, reply, what)
        except SlackFailed as problem:
            # Slack did not open or change a form: not our fault, and nothing that an operator could mend.
            log.warning("desk.slack_failed", extra={"what": what, "method": problem.method, "error": problem.error})
            if problem.error != "not_found":  # the person has closed the form meanwhile
                await reply.say(views.sentence(f"Slack did not let me show you the form for {what}. Please try again."))
        except Exception:
            reference = secrets.token_hex(3).upper()
            log.exception("desk.unexpected", extra={"what": what, "reference": reference})
            await reply.say(views.unexpected(reference))
        finally:
            progress.cancel()
        await self._services.inbox.finish(delivery.key)

    async def _explain(self, error: BotError, reply: Reply, what: str) -> None:
        log.info("desk.refused", extra={"what": what, "error": type(error).__name__, "request_id": reply.request_id})
        await reply.say(views.problem(error))
        await self._note_refusal(error, reply, what)

    async def _note_refusal(self, error: BotError, reply: Reply, what: str) -> None:
        if isinstance(error, (DoorTrouble, Unrecognised)):
            # The act never began (the door, or the person, could not even be looked up): that, too, is for the log.
            try:
                await self._services.inbox.note_refusal(reply.delivery.person, reply.origin("command"), error, what)
            except StorageTrouble:
                log.warning("desk.refusal_not_noted")

    async def _show_progress(self, reply: Reply) -> None:
        while not reply.said:  # which door it is may be known only later
            await asyncio.sleep(self._progress_after)
            if not reply.said and reply.waiting_for:
                await reply.say(views.still_working(reply.waiting_for))


def needed(draft: Mapping[str, str], *keys: str) -> Mapping[str, str]:
    """The draft, if it is one of this kind: a button's value may have been put under another button."""
    if not all(key in draft for key in keys):
        raise Refused("That button does not fit what I remember, so I did nothing. Please type the command again.")
    return draft


def new_request_id() -> str:
    """One id from Slack's request to Seam's, in every log line and audit row."""
    return secrets.token_hex(8)
