"""What the bot does: use cases, each in four beats (write what is intended, act, write what happened, tell)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.code_follower import CodeFollower
from bot.services.context import Context
from bot.services.door_book import DoorBook
from bot.services.door_work import DoorWork
from bot.services.drafts import Drafts
from bot.services.guest_codes import GuestCodes
from bot.services.inbox import Inbox
from bot.services.order_checks import OrderChecks
from bot.services.owed import Owed
from bot.services.relock import Relock


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The bundle that handlers and the scheduler receive."""

    context: Context
    owed: Owed
    inbox: Inbox
    drafts: Drafts
    doors: DoorBook
    door_work: DoorWork
    relock: Relock
    order_checks: OrderChecks
    guest_codes: GuestCodes
    follower: CodeFollower

    @classmethod
    def over(cls, context: Context) -> Services:
        """Every service over one context."""
        doors = DoorBook(context)
        owed = Owed(context.db)
        work = DoorWork(context, doors, owed)
        checks = OrderChecks(context, doors)
        return cls(
            context=context,
            owed=owed,
            inbox=Inbox(context),
            drafts=Drafts(context),
            doors=doors,
            door_work=work,
            relock=Relock(context, work),
            order_checks=checks,
            guest_codes=GuestCodes(context, checks, owed),
            follower=CodeFollower(context),
        )

    async def resume(self) -> None:
        """After a start: look at what the last process left, before anything new is taken on."""
        await self.door_work.resume()
        await self.inbox.resume()
