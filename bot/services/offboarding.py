"""A host whose Slack account was deactivated: their codes are listed to the admins, and end if their rule says so."""

from __future__ import annotations

from datetime import datetime

from bot.domain.audit import SYSTEM
from bot.domain.errors import BotError
from bot.domain.model import SCHEDULER, GuestCode, Origin, PersonKind, PersonRef
from bot.domain.ports import Directory
from bot.domain.tasks import NewTask, Task, TaskKind, retry_delay
from bot.services.alarms import Alarms
from bot.services.code_ends import CodeEnds
from bot.services.code_rights import CodeRights
from bot.services.context import Context


class Offboarding:
    """What becomes of the codes of somebody who left."""

    def __init__(
        self, context: Context, rights: CodeRights, ends: CodeEnds, alarms: Alarms, directory: Directory
    ) -> None:
        self._context, self._rights, self._ends = context, rights, ends
        self._alarms, self._directory = alarms, directory

    async def host_left(self, ref: PersonRef) -> None:
        """Slack says that this account is deactivated: look after their codes, whatever happens to us now."""
        now = self._context.now()
        task = NewTask(
            kind=TaskKind.HOST_LEFT,
            subject_id=ref.user_id,
            key=f"host-left:{ref.team_id}:{ref.user_id}:{now.isoformat(timespec='minutes')}",
            due_at=now,
            payload={"team": ref.team_id, "user": ref.user_id},
        )
        await self._context.db.write(lambda tx: tx.tasks.plan(task))

    async def see_to(self, task: Task) -> datetime | None:
        """End the codes of a HOST_LEFT task whose rule says so, and tell the admins of all of them. Asks Slack first:
        an event is a hint, and somebody may be back."""
        host = PersonRef(team_id=task.payload["team"], user_id=task.payload["user"])
        try:
            actor = await self._directory.actor(host)
            if actor.person.kind is not PersonKind.DEACTIVATED:
                return None
            codes = await self._context.db.read(
                lambda tx: tuple(tx.guest_codes.live_of_host(host.team_id, host.user_id))
            )
            rules = [await self._rights.rule_of(code) for code in codes]
        except BotError:  # Slack or Seam does not say
            return self._context.now() + retry_delay(task.attempts)
        if not codes:
            return None
        ending = [code for code, rule in zip(codes, rules, strict=True) if rule and rule.end_when_host_leaves]
        if ending:
            origin = Origin(surface=SCHEDULER, request_id=f"host-left-{host.user_id}")
            await self._ends.end(ending, by=SYSTEM, origin=origin, reason="host_left")
        await self._alarms.tell_admins(_words(host, codes, {code.code_id for code in ending}))
        return None


def _words(host: PersonRef, codes: tuple[GuestCode, ...], ending: set[str]) -> str:
    lines = []
    for code in codes[:20]:
        ends_at = code.window.ends_at
        until = f"until {ends_at.astimezone(code.timezone):%d %b %Y %H:%M}" if ends_at else "without end"
        what = "I am ending it, as its rule says" if code.code_id in ending else until
        lines.append(f"• `{code.marker}` at {_plain(code.door_name)}: {what}")
    more = f"\n…and {len(codes) - 20} more" if len(codes) > 20 else ""
    return (
        f"<@{host.user_id}> was deactivated and still has {len(codes)} guest "
        f"code{'s' if len(codes) != 1 else ''}. Whoever has such a code can open the door until it ends.\n"
        + "\n".join(lines)
        + more
    )


def _plain(text: str) -> str:
    return "".join(c for c in text if c not in "<>&*_~`")[:80]
