"""/door-log, its buttons and menus, and /latchkey why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.domain.errors import Unclear
from bot.domain.log_entry import LogEntry
from bot.domain.log_question import LogQuestion, Only, as_draft, from_draft
from bot.domain.log_wish import EXAMPLES, read_log_wish
from bot.domain.model import PersonRef
from bot.domain.policy.ask import Actor
from bot.services import Services
from handlers.desk import Ack, Desk, Reply, needed
from handlers.payloads import Click, Command
from handlers.people import People
from handlers.views import audit_log as shown

NAMES_WITHIN_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHandlers:
    """Slack's side of asking the audit log. Every answer is in the asker's eyes only."""

    services: Services
    desk: Desk
    people: People

    async def command(self, ack: Ack, command: Command) -> None:
        """`/door-log Back Door last friday evening`; without anything, the newest of all."""

        async def job(reply: Reply) -> None:
            actor = await self._admitted(command, command.name, reply)
            person = actor.person
            wish = read_log_wish(
                command.text,
                await self.services.doors.at_hand() or (),
                now=self.services.context.now(),
                fallback_zone=self.services.context.default_timezone or person.timezone or ZoneInfo("UTC"),
                locale=person.locale,
            )
            if len(wish.doors.doors) > 1:
                names = ", ".join(f"“{door.name}”" for door in wish.doors.doors)
                raise Unclear(
                    f"“{wish.door_typed}” fits more than one door: {names}. Type more of its name. {EXAMPLES}"
                )
            question = LogQuestion(
                device_id=wish.doors.doors[0].device_id if wish.doors.doors else None,
                user_id=wish.user_id or (person.user_id if wish.mine else None),
                only=wish.only,
                since=wish.time.starts_at if wish.time else None,
                until=wish.time.ends_at if wish.time else None,
                zone=wish.zone,
            )
            await self._answer(actor, question, reply, "command")

        await self.desk.take(ack, command, command.name, job)

    async def show(self, ack: Ack, click: Click) -> None:
        """A button under an answer: other kinds, every door, everybody, earlier, newest."""
        what = click.action_id.rpartition(":")[2]

        async def job(reply: Reply) -> None:
            actor = await self._admitted(click, "/door-log", reply)
            draft = needed(await self.services.drafts.read(click.value, actor.person.ref), "log")
            change = _CHANGES.get(what)
            question = from_draft(draft)
            await self._answer(actor, change(question, draft) if change else question, reply, "button", replace_it=True)

        await self.desk.take(ack, click, "/door-log", job)

    async def line(self, ack: Ack, click: Click) -> None:
        """A line's menu: why, only this door, only this person."""

        async def job(reply: Reply) -> None:
            actor = await self._admitted(click, "/door-log", reply)
            what, _, rest = click.value.partition(":")
            draft_id, _, row = rest.partition(":")
            draft = needed(await self.services.drafts.read(draft_id, actor.person.ref), "log", f"row_{row}")
            device_id, user_id, subject_id = draft[f"row_{row}"].split(" ")
            if what == shown.WHY:
                await self._explain(actor, subject_id, reply, "button")
                return
            question = replace(from_draft(draft), before=None)
            if what == shown.ONLY_DOOR:
                question = replace(question, device_id=device_id or None)
            elif what == shown.ONLY_PERSON:
                question = replace(question, user_id=user_id or None)
            await self._answer(actor, question, reply, "button", replace_it=True)

        await self.desk.take(ack, click, "/door-log", job)

    async def why(self, ack: Ack, command: Command) -> None:
        """`/latchkey why 7F3K`: the whole chain of one act or code."""

        async def job(reply: Reply) -> None:
            actor = await self._admitted(command, "/latchkey why", reply)
            await self._explain(actor, command.text, reply, "command")

        await self.desk.take(ack, command, "/latchkey why", job)

    async def _explain(self, actor: Actor, typed: str, reply: Reply, surface: str) -> None:
        chain = await self.services.door_log.chain(actor, typed, reply.origin(surface))
        await reply.say(shown.why_chain(chain, await self.names(actor, chain.entries)))

    async def _answer(
        self, actor: Actor, question: LogQuestion, reply: Reply, surface: str, *, replace_it: bool = False
    ) -> None:
        reply.waiting_for = "the log"
        page = await self.services.door_log.page(actor, question, reply.origin(surface))
        ref = actor.person.ref
        draft = as_draft(question, ref)
        if page.earlier:
            draft |= {"next_at": page.earlier[0].isoformat(), "next_row": str(page.earlier[1])}
        for entry in page.entries:
            draft[f"row_{entry.seq}"] = f"{entry.device_id or ''} {entry.actor.user_id} {entry.subject_id or ''}"
        draft_id = await self.services.drafts.keep(ref, draft)
        names = await self.names(actor, page.entries, *([question.user_id] if question.user_id else []))
        await reply.say(shown.log_page(page, names, draft_id), replace=replace_it)

    async def _admitted(self, delivery: Command | Click, what: str, reply: Reply) -> Actor:
        actor = await self.people.actor(delivery.person)
        await self.desk.admit(actor.person, None, what, reply)
        return actor

    async def names(self, actor: Actor, entries: Iterable[LogEntry], *more: str) -> Mapping[str, str]:
        """Slack ids to names, of everybody in these lines whom Slack knows within a moment."""
        team = actor.person.team_id
        refs = {entry.actor for entry in entries if entry.actor.team_id}
        refs |= {PersonRef(team_id=team, user_id=u) for entry in entries for u in entry.people if u[:1] in "UW"}
        refs |= {PersonRef(team_id=team, user_id=u) for u in more}
        found = await self.people.actors(refs, within_s=NAMES_WITHIN_S)
        return {ref.user_id: a.person.name for ref, a in found.items() if a.person.name}


_Change = Callable[[LogQuestion, Mapping[str, str]], LogQuestion]


def _earlier(question: LogQuestion, draft: Mapping[str, str]) -> LogQuestion:
    if "next_at" not in draft:
        return question
    return from_draft({**draft, "before_at": draft["next_at"], "before_row": draft["next_row"]})


_CHANGES: Mapping[str, _Change] = {
    shown.ALL: lambda q, _: replace(q, only=Only.ALL, before=None),
    shown.REFUSED: lambda q, _: replace(q, only=Only.REFUSED, before=None),
    shown.FAILED: lambda q, _: replace(q, only=Only.FAILED, before=None),
    shown.ANY_DOOR: lambda q, _: replace(q, device_id=None, before=None),
    shown.ANYBODY: lambda q, _: replace(q, user_id=None, before=None),
    shown.NEWEST: lambda q, _: replace(q, before=None),
    shown.EARLIER: _earlier,
}
