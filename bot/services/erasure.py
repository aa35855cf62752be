"""Personal texts are erased after a set time, and on request. What was done stays countable, and the chain whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.audit import SYSTEM, AuditAction, AuditEvent, Outcome, Phase
from storage.database import Database
from storage.transaction import Transaction


class Erasure:
    """`now` returns the present, aware."""

    def __init__(self, db: Database, now: Callable[[], datetime], keep: timedelta) -> None:
        self._db, self._now, self._keep = db, now, keep

    async def by_age(self) -> int:
        """What is older than the set time. Returns how many records were emptied."""
        before = self._now() - self._keep
        return await self._erase(lambda tx: tx.erasure.before(before), "age", self._describe(before), "tidy")

    async def before(self, at: datetime) -> int:
        return await self._erase(lambda tx: tx.erasure.before(at), "before", self._describe(at), "command line")

    async def person(self, user_id: str) -> int:
        return await self._erase(lambda tx: tx.erasure.person(user_id), "person", {"user": user_id}, "command line")

    async def guest(self, name: str) -> int:
        """The guest's name itself goes nowhere: writing down who was erased would keep it."""
        return await self._erase(lambda tx: tx.erasure.guest(name), "guest", {}, "command line")

    async def _erase(self, piece: Callable[[Transaction], int], what: str, detail: dict[str, str], surface: str) -> int:
        total = 0
        while count := await self._db.write(piece):
            total += count
        if total or surface != "tidy":
            event = AuditEvent(
                at=self._now(),
                action=AuditAction.PERSONAL_ERASED,
                phase=Phase.NOTE,
                outcome=Outcome.OK,
                actor=SYSTEM,
                surface=surface,
                request_id="",
                reason=what,
                detail={**detail, "records": str(total)},
            )
            await self._db.write(lambda tx: tx.audit.record(event))
        return total

    def _describe(self, before: datetime) -> dict[str, str]:
        return {"before": before.isoformat(timespec="seconds")}
