"""Questions to the audit log: who may ask what is decided here, and each answer is written down before it is shown.

Admins read everything. Who decides at a door, and whom a rule with `read_log` lets, reads that door. Everybody reads
their own acts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.errors import NotAllowed, Unclear
from bot.domain.log_entry import LogChain, LogPage
from bot.domain.log_question import LogQuestion, Only
from bot.domain.model import Door, Origin, PersonRef
from bot.domain.policy.ask import Actor
from bot.domain.policy.log_rights import may_read_log
from bot.services.context import Context
from bot.services.door_book import DoorBook
from bot.services.log_rows import LogRows, actor_of
from bot.services.policy_book import PolicyBook, door_facts
from storage.audit_rows import AuditRow
from storage.audit_search import AuditQuery
from storage.transaction import Transaction

PAGE = 10
CHUNK = 500
LONGEST_CHAIN = 200
END = datetime(9999, 1, 1, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What somebody may read beside their own acts: `everything`, or these doors."""

    everything: bool
    doors: frozenset[str] = frozenset()

    def covers(self, device_id: str | None) -> bool:
        return self.everything or device_id in self.doors


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which walks through the log answer a question for this person."""

    walks: tuple[AuditQuery, ...]
    own_only: bool = False
    some_doors: bool = False


class DoorLog:
    """Answers from the audit log."""

    def __init__(self, context: Context, policy: PolicyBook, doors: DoorBook) -> None:
        self._context, self._policy, self._doors = context, policy, doors

    async def page(self, actor: Actor, question: LogQuestion, origin: Origin) -> LogPage:
        """The newest lines that fit, at most ten. Raises `NotAllowed` (audited)."""
        doors = await self._known_doors()
        plan = await self._allowed(actor, question, doors, origin, AuditAction.RECORDS_READ)
        walks = [replace(walk, limit=PAGE + 1) for walk in plan.walks]

        def read(tx: Transaction) -> tuple[list[AuditRow], Sequence[AuditRow]]:
            rows = _merged([tx.log.page(walk) for walk in walks])[: PAGE + 1]
            subjects = [s for row in rows if isinstance(s := row.content.get("subject_id"), str)]
            return rows, tx.log.about(sorted(set(subjects))) if subjects else ()

        rows, beside = await self._context.db.read(read)
        await self._note(actor, question, origin, AuditAction.RECORDS_READ, rows=str(min(len(rows), PAGE)))
        shown = rows[:PAGE]
        door = doors.get(question.device_id or "")
        return LogPage(
            question=question,
            entries=await self._rows(doors).entries(shown, beside),
            earlier=(shown[-1].at, shown[-1].seq) if len(rows) > PAGE else None,
            door=door.name if door else "",
            own_only=plan.own_only,
            some_doors=plan.some_doors,
        )

    async def chain(self, actor: Actor, typed: str, origin: Origin) -> LogChain:
        """Everything about the act, request or code that `typed` names: a code's marker or the start of an id.

        Raises `Unclear` when there is none or there are several, `NotAllowed` (audited) for somebody who has nothing to
        do with it and may not read the log of every door in it.
        """
        wanted = typed.strip().strip("`#").strip()
        if not wanted.isalnum():
            raise Unclear(
                "Which one? Type `/latchkey why` and the id at the end of a line of `/door-log`, or of a code."
            )
        found = await self._context.db.read(lambda tx: tx.log.starting_with(wanted))
        if len(found) > 1:
            raise Unclear(f"More than one act begins with “{wanted}”. Type more of its id.")

        def read(tx: Transaction) -> Sequence[AuditRow]:
            return tx.log.about(tx.log.family(found[0] if found else wanted), limit=LONGEST_CHAIN)

        rows = await self._context.db.read(read)
        if not rows:
            raise Unclear(
                f"I know no act and no code “{wanted}”. The ids stand at the end of each line of `/door-log`."
            )
        doors = await self._known_doors()
        rights = await self._rights(actor, doors)
        mine = actor.person.ref in (actor_of(row) for row in rows)
        if not mine and not all(rights.covers(_device(row)) for row in rows):
            await self._note(actor, None, origin, AuditAction.RECORDS_READ, refused=True, subject=wanted)
            raise NotAllowed("You may see this only of your own acts, and of doors where you decide.")
        await self._note(actor, None, origin, AuditAction.RECORDS_READ, subject=wanted, rows=str(len(rows)))
        return LogChain(typed=wanted, entries=await self._rows(doors).entries(rows, rows))

    async def every(self, actor: Actor, question: LogQuestion, origin: Origin, form: str) -> AsyncIterator[AuditRow]:
        """All rows that fit, newest first, with their intents, page by page, for an export in this format.

        Written down before the first row leaves. Raises `NotAllowed` (audited).
        """
        doors = await self._known_doors()
        plan = await self._allowed(actor, question, doors, origin, AuditAction.RECORDS_EXPORTED)
        await self._note(actor, question, origin, AuditAction.RECORDS_EXPORTED, format=form)
        return self._stream(plan)

    async def rights(self, actor: Actor) -> Rights:
        """What this person may read now."""
        return await self._rights(actor, await self._known_doors())

    async def _stream(self, plan: _Plan) -> AsyncIterator[AuditRow]:
        walks = [replace(walk, limit=CHUNK, without_intents=False, without=None) for walk in plan.walks]
        while walks:
            rows = await self._context.db.read(
                lambda tx, walks=tuple(walks): _merged([tx.log.page(walk) for walk in walks])[:CHUNK]  # type: ignore[misc]
            )
            for row in rows:
                yield row
            if len(rows) < CHUNK:
                return
            walks = [replace(walk, before=(rows[-1].at, rows[-1].seq)) for walk in walks]

    async def _allowed(
        self, actor: Actor, question: LogQuestion, doors: dict[str, Door], origin: Origin, action: AuditAction
    ) -> _Plan:
        plan = _plan(question, actor.person.ref, await self._rights(actor, doors), self._before(question))
        if plan is None:
            await self._note(actor, question, origin, action, refused=True)
            raise NotAllowed(
                "You may read your own acts, and what others did at doors where you decide. Ask an admin, or leave the "
                "person out."
            )
        return plan

    def _before(self, question: LogQuestion) -> tuple[datetime, int]:
        if question.before is not None:
            return question.before
        # A time that ends "now" was cut to the minute: what happened in this very minute belongs to it.
        if question.until is None or question.until > self._context.now() - A_MINUTE:
            return END, 0
        return question.until.astimezone(UTC), 0

    async def _rights(self, actor: Actor, doors: dict[str, Door]) -> Rights:
        policy, now = await self._policy.current(), self._context.now()
        if policy.is_admin(actor.person):
            return Rights(everything=True)
        may = frozenset(d for d, door in doors.items() if may_read_log(policy, actor, door_facts(door), now))
        return Rights(everything=False, doors=may)

    async def _known_doors(self) -> dict[str, Door]:
        # Without Seam the log can still be read: by admins, and everybody their own.
        return {door.device_id: door for door in await self._doors.at_hand() or ()}

    def _rows(self, doors: dict[str, Door]) -> LogRows:
        return LogRows(policy=self._policy, doors=doors, fallback=self._context.default_timezone or ZoneInfo("UTC"))

    async def _note(
        self,
        actor: Actor,
        question: LogQuestion | None,
        origin: Origin,
        action: AuditAction,
        *,
        refused: bool = False,
        **detail: str,
    ) -> None:
        facts = dict(detail)
        if question:
            asked = {
                "about_door": question.device_id,
                "about_person": question.user_id,
                "only": question.only.value,
                "since": question.since.astimezone(UTC).isoformat(timespec="seconds") if question.since else None,
                "until": question.until.astimezone(UTC).isoformat(timespec="seconds") if question.until else None,
            }
            facts |= {key: value for key, value in asked.items() if value}
        event = AuditEvent(
            at=self._context.now(),
            action=action,
            phase=Phase.NOTE,
            outcome=Outcome.DENIED if refused else Outcome.OK,
            actor=actor.person.ref,
            surface=origin.surface,
            request_id=origin.request_id,
            reason="no_right_to_the_log" if refused else None,
            detail=facts,
        )
        await self._context.db.write(lambda tx: tx.audit.record(event))


def _plan(question: LogQuestion, me: PersonRef, rights: Rights, before: tuple[datetime, int]) -> _Plan | None:
    asked = AuditQuery(
        device_id=question.device_id,
        user_id=question.user_id,
        outcomes=question.only.outcomes,
        since=question.since,
        before=before,
        without_intents=True,
        # Whoever asks about everything does not ask who has asked. (That is told of a person, and of refusals.)
        without=AuditAction.RECORDS_READ.value if question.user_id is None and question.only is Only.ALL else None,
    )
    if rights.covers(question.device_id):
        return _Plan(walks=(asked,))
    own = replace(asked, user_id=me.user_id, team_id=me.team_id)
    about_me = question.user_id == me.user_id
    if about_me:
        return _Plan(walks=(own,))
    if question.device_id is not None or not rights.doors:
        return _Plan(walks=(own,), own_only=True) if question.user_id is None else None
    walks = tuple(replace(asked, device_id=door) for door in sorted(rights.doors))
    return _Plan(walks=(*walks, own) if question.user_id is None else walks, some_doors=True)


def _merged(found: Sequence[Sequence[AuditRow]]) -> list[AuditRow]:
    """Newest first, each row once."""
    rows = {row.seq: row for rows in found for row in rows}
    return sorted(rows.values(), key=lambda row: (row.at, row.seq), reverse=True)


def _device(row: AuditRow) -> str | None:
    device = row.content.get("device_id")
    return device if isinstance(device, str) else None
