"""What the bot does: use cases, each in four beats (write what is intended, act, write what happened, tell)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.ports import Directory
from bot.services.access import Access
from bot.services.alarms import Alarms
from bot.services.code_ends import CodeEnds
from bot.services.code_extensions import CodeExtensions
from bot.services.code_follower import CodeFollower
from bot.services.code_lists import CodeLists
from bot.services.code_rights import CodeRights
from bot.services.context import Context
from bot.services.decisions import Decisions
from bot.services.door_book import DoorBook
from bot.services.door_log import DoorLog
from bot.services.door_work import DoorWork
from bot.services.drafts import Drafts
from bot.services.gate import Gate
from bot.services.guest_codes import GuestCodes
from bot.services.guest_lists import GuestLists
from bot.services.inbox import Inbox
from bot.services.lock_events import LockEvents
from bot.services.offboarding import Offboarding
from bot.services.order_checks import OrderChecks
from bot.services.owed import Owed
from bot.services.policy_book import PolicyBook
from bot.services.relock import Relock
from bot.services.reminders import Reminders
from bot.services.request_acts import RequestActs
from bot.services.requests import Requests
from bot.services.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The bundle that handlers and the scheduler receive."""

    context: Context
    owed: Owed
    inbox: Inbox
    drafts: Drafts
    doors: DoorBook
    door_work: DoorWork
    door_log: DoorLog
    relock: Relock
    order_checks: OrderChecks
    guest_codes: GuestCodes
    follower: CodeFollower
    lock_events: LockEvents
    code_rights: CodeRights
    reminders: Reminders
    offboarding: Offboarding
    code_ends: CodeEnds
    code_extensions: CodeExtensions
    code_lists: CodeLists
    guest_lists: GuestLists
    policy: PolicyBook
    gate: Gate
    trial: Trial
    access: Access
    alarms: Alarms
    requests: Requests
    decisions: Decisions
    request_acts: RequestActs

    @classmethod
    def over(cls, context: Context, directory: Directory) -> Services:
        """Every service over one context; `directory` says who people are."""
        doors = DoorBook(context)
        owed = Owed(context.db)
        policy = PolicyBook(context)
        gate = Gate(context, policy)
        work = DoorWork(context, doors, owed, gate)
        checks = OrderChecks(context, doors)
        codes = GuestCodes(context, checks, gate, owed)
        follower = CodeFollower(context)
        alarms = Alarms(context, policy)
        rights = CodeRights(context, policy, doors, directory)
        ends = CodeEnds(context, rights, follower)
        extensions = CodeExtensions(context, rights, gate, doors)
        requests = Requests(context, policy, doors, directory)
        decisions = Decisions(context, policy, requests)
        return cls(
            context=context,
            owed=owed,
            inbox=Inbox(context),
            drafts=Drafts(context),
            doors=doors,
            door_work=work,
            door_log=DoorLog(context, policy, doors),
            relock=Relock(context, work),
            order_checks=checks,
            guest_codes=codes,
            follower=follower,
            lock_events=LockEvents(context, doors),
            code_rights=rights,
            reminders=Reminders(context, rights),
            offboarding=Offboarding(context, rights, ends, alarms, directory),
            code_ends=ends,
            code_extensions=extensions,
            guest_lists=GuestLists(checks, codes),
            code_lists=CodeLists(context, policy),
            policy=policy,
            gate=gate,
            trial=Trial(context, policy),
            access=Access(context, policy),
            alarms=alarms,
            requests=requests,
            decisions=decisions,
            request_acts=RequestActs(
                context, requests, decisions, doors, work, codes, extensions, gate, directory, checks
            ),
        )

    async def resume(self) -> None:
        """Look at what belongs to no living process: after a start, and whenever one died (`services.living`)."""
        await self.door_work.resume()
        await self.inbox.resume()
