"""What only an admin can mend is told to the admins, once for each thing and hour."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from bot.domain.tasks import NewTask, TaskKind
from bot.services.context import Context
from bot.services.policy_book import PolicyBook
from storage.transaction import Transaction

SAME_AGAIN_AFTER = timedelta(hours=1)


class Alarms:
    """Rings at the admins' door."""

    def __init__(self, context: Context, policy: PolicyBook) -> None:
        self._context, self._policy = context, policy

    async def tell_admins(self, words: str) -> None:
        """Tell every admin in a direct message. The same words are told again only after an hour."""
        now = self._context.now()
        policy = await self._policy.current()
        hour = int(now.timestamp() // SAME_AGAIN_AFTER.total_seconds())
        what = hashlib.sha256(words.encode()).hexdigest()[:16]

        def plan(tx: Transaction) -> None:
            for admin in sorted(policy.all_admins):
                user = admin.rpartition("/")[2]
                tx.tasks.plan(
                    NewTask(
                        kind=TaskKind.TELL_ADMINS,
                        subject_id=user,
                        key=f"admins:{user}:{what}:{hour}",
                        due_at=now,
                        payload={"user": user, "words": words},
                    )
                )

        await self._context.db.write(plan)
