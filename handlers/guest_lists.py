"""A list of guests: pasted, read line by line, shown with what each door says, and sent off once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import BadField, Refused
from bot.domain.model import Action, Person
from bot.domain.preflight import ChangeKind
from bot.domain.when import Reading, Unclear
from bot.domain.window import Window
from bot.services import Services
from bot.services.guest_lists import Entry, Judged
from handlers.code_reading import CodeReading
from handlers.desk import Ack, Desk, Job, NextView, Reply
from handlers.guest_codes import GuestCodeHandlers
from handlers.ids import VALUE, Field
from handlers.json_types import text_at
from handlers.payloads import Command, Submission, typed
from handlers.people import People
from handlers.slack_out import SlackOut
from handlers.views import guest_list as shown

MOST_LINES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestListHandlers:
    """Slack's side of guest lists."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    reading: CodeReading
    codes: GuestCodeHandlers

    async def command(self, ack: Ack, command: Command) -> None:
        """`/guest-code list`, or a command with several lines, opens the list; anything else is one code."""
        text = command.text.strip()
        if text.casefold() != "list" and "\n" not in text:
            await self.codes.command(ack, command)
            return

        async def job(reply: Reply) -> None:
            await self.desk.admit(await self.people.person(command.person), Action.GUEST_CODE, command.name, reply)
            await self.slack.open_view(command.trigger_id, shown.list_form("" if text.casefold() == "list" else text))

        await self.desk.take(ack, command, command.name, job)

    async def read(self, ack: Ack, submission: Submission) -> None:
        """The list was sent off: each line with its reading and its verdict; nothing is made yet."""
        text = typed(submission.view, Field.LINES, VALUE)

        async def work(reply: Reply) -> NextView:
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if not lines:
                raise BadField(Field.LINES, "Type one guest on each line: “Dana at Front Door tomorrow 9-5”.")
            if len(lines) > MOST_LINES:
                raise BadField(Field.LINES, f"At most {MOST_LINES} lines at a time, please.")
            actor = await self.people.actor(submission.person)
            await self.desk.admit(actor.person, Action.GUEST_CODE, "guest list", reply)
            understood = [await self._understood(line, actor.person) for line in lines]
            entries = [entry for entry in understood if isinstance(entry, Entry)]
            judged = dict(zip(map(id, entries), await self.services.guest_lists.judged(actor, entries), strict=True))
            rows = [
                self._row(line, got, None if isinstance(got, str) else judged[id(got)], actor.person)
                for line, got in zip(lines, understood, strict=True)
            ]
            ready = [
                (entry, order)
                for entry, order in ((entry, judged[id(entry)].order) for entry in entries)
                if order is not None
            ]
            content = {
                "entries": json.dumps(
                    [
                        {
                            "guest": entry.guest,
                            "door": entry.device_id,
                            "starts_at": entry.window.starts_at.isoformat(),
                            "ends_at": entry.window.ends_at.isoformat() if entry.window.ends_at else "",
                            "agreed": sorted(order.changes),
                        }
                        for entry, order in ready
                    ]
                )
            }
            draft_id = await self.services.drafts.keep(actor.person.ref, content)
            return NextView(view=shown.list_preview(draft_id, rows, ready=len(ready)))

        await self.desk.answer(ack, submission, work)

    async def make(self, ack: Ack, submission: Submission) -> None:
        """The list that was shown, made once; each code gets its own card, and what did not work is said."""

        async def prepare() -> Job:
            actor = await self.people.actor(submission.person)
            draft_id = text_at(submission.view, "private_metadata")
            entries = _entries(dict(await self.services.drafts.read(draft_id, actor.person.ref)).get("entries", "[]"))
            if not entries:
                raise Refused("None of these lines can become a code. Close this and change them.")

            async def job(reply: Reply) -> None:
                await self.services.drafts.use(draft_id, actor.person.ref)
                made = await self.services.guest_lists.make(actor, entries, reply.origin("modal"))
                for one in made:
                    if one.codes and await self.codes.show_card(one.codes[0].order_id, actor.person.timezone):
                        await self.services.guest_codes.told(one.codes[0].order_id)
                await reply.say(
                    shown.list_made(
                        sum(bool(one.codes) for one in made),
                        [(one.entry.guest, one.reason) for one in made if not one.codes],
                    )
                )

            return job

        await self.desk.take_submission(ack, submission, "guest list", prepare)

    async def _understood(self, line: str, person: Person) -> Entry | str:
        """The entry of a line, or what is missing, as a sentence."""
        wish = await self.reading.wish(line, person)
        if not wish.guest:
            return "I see no guest's name in this line."
        if not wish.doors:
            return f"I know no door called “{wish.door_typed}”." if wish.door_typed else "I see no door in this line."
        if wish.which:
            return "More than one door fits. Write its whole name."
        if len(wish.doors) > 1:
            return "A line is for one door. Write a line for each."
        if isinstance(wish.time, Unclear):
            return f"{wish.time.reason} For example: {wish.time.example}"
        windows = self.reading.readings(wish.time) if isinstance(wish.time, Reading) else []
        if not windows:
            return "Until when? Write the time, too: “tomorrow 9-5”."
        if len(windows) > 1:
            zone = wish.doors[0].timezone or self.reading.fallback_zone(person)
            words = " or ".join(self.reading.said(window, zone, person) for window, _ in windows)
            return f"I can read the time as {words}. Write it more exactly."
        return Entry(guest=wish.guest, device_id=wish.doors[0].device_id, window=windows[0][0])

    def _row(self, line: str, got: Entry | str, judged: Judged | None, person: Person) -> shown.Row:
        if isinstance(got, str) or judged is None:
            return shown.Row(typed=line, reason=got if isinstance(got, str) else "")
        if judged.order is None:
            return shown.Row(typed=line, reason=judged.reason)
        zone = judged.order.doors[0].timezone or self.reading.fallback_zone(person)
        return shown.Row(
            typed=line,
            guest=got.guest,
            words=self.reading.said(got.window, zone, person),
            verdicts=judged.order.verdicts,
        )


def _entries(content: str) -> list[Entry]:
    return [
        Entry(
            guest=e["guest"],
            device_id=e["door"],
            window=Window(
                starts_at=datetime.fromisoformat(e["starts_at"]), ends_at=datetime.fromisoformat(e["ends_at"])
            ),
            agreed=frozenset(ChangeKind(kind) for kind in e["agreed"]),
        )
        for e in json.loads(content)
    ]
