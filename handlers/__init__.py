"""Slack in and out, nothing else. The whole surface of the bot is the table below."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import PersonRef
from bot.services import Services
from handlers import payloads
from handlers.approvals import ApprovalHandlers
from handlers.asking import Asking
from handlers.audit_log import LogHandlers
from handlers.code_life import CodeLifeHandlers
from handlers.code_lists import CodeListHandlers
from handlers.code_orders import CodeOrders
from handlers.code_questions import CodeQuestions
from handlers.code_reading import CodeReading
from handlers.deciders import Names
from handlers.desk import PROGRESS_AFTER_S, Ack, Desk
from handlers.doors import DoorHandlers
from handlers.guest_codes import GuestCodeHandlers
from handlers.guest_lists import GuestListHandlers
from handlers.home import HomeHandlers
from handlers.ids import ActionId, CallbackId, CommandId
from handlers.json_types import Json
from handlers.latchkey import LatchkeyHandlers
from handlers.people import People
from handlers.rule_pages import RulePages
from handlers.rule_settings import RuleSettings
from handlers.rules import RuleHandlers
from handlers.slack_out import SlackOut
from handlers.talk import TalkHandlers
from handlers.trying import TryHandlers


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Which id goes where."""

    commands: Mapping[str, Callable[[Ack, payloads.Command], Awaitable[None]]]
    actions: Mapping[str, Callable[[Ack, payloads.Click], Awaitable[None]]]
    views: Mapping[str, Callable[[Ack, payloads.Submission], Awaitable[None]]]
    shortcuts: Mapping[str, Callable[[Ack, payloads.Shortcut], Awaitable[None]]]
    options: Mapping[str, Callable[[str], Awaitable[list[Json]]]]


def routes(
    doors: DoorHandlers,
    codes: GuestCodeHandlers,
    approvals: ApprovalHandlers,
    rules: RuleHandlers,
    settings: RuleSettings,
    latchkey: LatchkeyHandlers,
    life: CodeLifeHandlers,
    lists: CodeListHandlers,
    guest_lists: GuestListHandlers,
    log: LogHandlers,
) -> Routes:
    """The table. The first words of /latchkey are in `Handlers.over`."""
    return Routes(
        commands={
            CommandId.UNLOCK: doors.command,
            CommandId.LOCK: doors.command,
            CommandId.DOORS: doors.show_list,
            CommandId.GUEST_CODE: guest_lists.command,
            CommandId.LATCHKEY: latchkey.command,
            CommandId.DOOR_LOG: log.command,
        },
        actions={
            ActionId.UNLOCK: doors.press,
            ActionId.LOCK: doors.press,
            ActionId.DOORS_PAGE: doors.turn_page,
            ActionId.DRAFT_RUN: doors.run_draft,
            ActionId.CODE_WHEN: codes.preview,
            ActionId.CODE_DOORS: codes.preview,
            ActionId.CODE_PICK: codes.switch,
            ActionId.CODE_CREATE: codes.create,
            ActionId.CODE_CHANGE: codes.change,
            ActionId.CODE_CANCEL: codes.cancel,
            ActionId.CODE_SHOW: codes.show,
            ActionId.CODE_EXTEND: life.open_extend,
            ActionId.CODE_EXTEND_BY: life.extend_by,
            ActionId.CODE_LET_END: life.let_end,
            ActionId.EXTEND_WHEN: life.preview,
            ActionId.CODE_END: life.end,
            ActionId.CODES_PAGE: lists.turn_page,
            ActionId.REQUEST_APPROVE: approvals.approve,
            ActionId.REQUEST_CHANGE: approvals.open_change,
            ActionId.REQUEST_DENY: approvals.open_deny,
            ActionId.REQUEST_TAKE: approvals.take,
            ActionId.REQUEST_CANCEL: approvals.cancel,
            ActionId.REQUEST_EMERGENCY: approvals.open_emergency,
            ActionId.REQUEST_REVIEWED: approvals.looked_at,
            ActionId.REQUEST_ASK: approvals.open_reason,
            ActionId.RULES_PAGE: rules.turn_page,
            ActionId.RULE_ADD: rules.add,
            ActionId.RULE_MENU: rules.menu,
            ActionId.RULE_OUTCOME: rules.refresh,
            ActionId.RULE_MORE: rules.refresh,
            ActionId.RULE_DEFAULTS: settings.open_defaults,
            ActionId.ADMINS: settings.open_admins,
            ActionId.ADMIN_DROP: settings.drop_admin,
            ActionId.LOG_SHOW: log.show,
            ActionId.LOG_LINE: log.line,
        },
        views={
            CallbackId.DOOR_FORM: doors.submit,
            CallbackId.CODE_FORM: codes.submit,
            CallbackId.LIST_FORM: guest_lists.read,
            CallbackId.LIST_MAKE: guest_lists.make,
            CallbackId.EXTEND_FORM: life.submit,
            CallbackId.REASON_FORM: approvals.reason,
            CallbackId.DENY_FORM: approvals.deny,
            CallbackId.CHANGE_FORM: approvals.change,
            CallbackId.EMERGENCY_FORM: approvals.emergency,
            CallbackId.RULE_FORM: rules.submit,
            CallbackId.RULE_SAVE: rules.save,
            CallbackId.RULE_AGAIN: rules.again,
            CallbackId.DEFAULTS_FORM: settings.submit_defaults,
            CallbackId.ADMINS_FORM: settings.submit_admin,
        },
        shortcuts={
            CallbackId.NEW_GUEST_CODE: codes.shortcut,
            CallbackId.GUEST_CODE_FROM_MESSAGE: codes.shortcut,
        },
        options={
            ActionId.DOOR_SEARCH: doors.options,
            ActionId.CODE_DOORS: doors.options,
            ActionId.RULE_DOORS: rules.options,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """The Slack side, ready to be registered."""

    desk: Desk
    people: People
    codes: GuestCodeHandlers
    names: Names
    home: HomeHandlers
    talk: TalkHandlers
    routes: Routes
    now: Callable[[], datetime]
    host_left: Callable[[PersonRef], Awaitable[None]]

    @classmethod
    def over(
        cls, services: Services, slack: SlackOut, people: People, *, progress_after: float = PROGRESS_AFTER_S
    ) -> Handlers:
        """Every handler over the services and one way out. `progress_after`: seconds of silence before a word."""
        desk = Desk(services, slack, progress_after=progress_after)
        names = Names(services=services, people=people)
        asking = Asking(services=services, slack=slack, names=names)
        doors = DoorHandlers(services=services, desk=desk, people=people, slack=slack, asking=asking)
        reading = CodeReading(services=services)
        codes = GuestCodeHandlers(
            services=services,
            desk=desk,
            people=people,
            slack=slack,
            asking=asking,
            reading=reading,
            questions=CodeQuestions(services=services, people=people, slack=slack, reading=reading),
            orders=CodeOrders(services=services, people=people, reading=reading),
        )
        approvals = ApprovalHandlers(services=services, desk=desk, people=people, slack=slack, asking=asking)
        life = CodeLifeHandlers(services=services, desk=desk, people=people, slack=slack, asking=asking)
        pages = RulePages(services=services, people=people, slack=slack)
        home = HomeHandlers(services=services, desk=desk, people=people, slack=slack, pages=pages)
        rules = RuleHandlers(services=services, desk=desk, people=people, slack=slack, pages=pages, home=home)
        settings = RuleSettings(services=services, desk=desk, people=people, slack=slack, pages=pages)
        trying = TryHandlers(services=services, desk=desk, people=people)
        guest_lists = GuestListHandlers(
            services=services, desk=desk, people=people, slack=slack, reading=reading, codes=codes
        )
        lists = CodeListHandlers(services=services, desk=desk, people=people, home=home)
        log = LogHandlers(services=services, desk=desk, people=people)
        words = {"codes": lists.command, "rules": rules.command, "test": trying.command, "why": log.why}
        latchkey = LatchkeyHandlers(desk=desk, words=words)
        return cls(
            desk=desk,
            people=people,
            codes=codes,
            names=names,
            home=home,
            talk=TalkHandlers(services=services, desk=desk, people=people, doors=doors, questions=codes.questions),
            routes=routes(doors, codes, approvals, rules, settings, latchkey, life, lists, guest_lists, log),
            now=services.context.now,
            host_left=services.offboarding.host_left,
        )
