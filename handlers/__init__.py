"""Slack in and out, nothing else. The whole surface of the bot is the table below."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

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
from handlers.json_types import Json, flag_at, text_at
from handlers.latchkey import LatchkeyHandlers
from handlers.people import People
from handlers.rule_pages import RulePages
from handlers.rule_settings import RuleSettings
from handlers.rules import RuleHandlers
from handlers.slack_out import SlackOut
from handlers.talk import TalkHandlers
from handlers.trying import TryHandlers

ANY = re.compile(r".*", re.DOTALL)


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
class Identity:
    """Who our token is, read once at start and off the path of every ack (perf.md 1.1)."""

    team_id: str
    bot_user_id: str
    bot_id: str


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


def make_app(client: AsyncWebClient, identity: Identity, bot_token: str) -> AsyncApp:
    """Bolt, set up so that an ack leaves when the listener returns and nothing is asked of Slack on the way.

    Signatures are checked before Bolt (`handlers.edge`): Bolt answers 500 to malformed forgeries and takes a replay.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team_id,
            bot_user_id=identity.bot_user_id,
            bot_id=identity.bot_id,
            bot_token=bot_token,
        )

    logger = logging.getLogger("latchkey.bolt")
    logger.setLevel(logging.ERROR)  # it warns at each start that `authorize` makes a token needless: that is meant
    return AsyncApp(
        client=client,
        logger=logger,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
    )


def register(app: AsyncApp, handlers: Handlers) -> None:
    """One listener a kind and a dictionary behind it: each listener tried costs 10 µs (perf.md 1.1)."""
    table, now = handlers.routes, handlers.now

    async def on_command(ack: AsyncAck, body: Json) -> None:
        command = payloads.command(body, now())
        handle = table.commands.get(command.name)
        await (
            handle(ack, command) if handle else ack(f"I do not know {command.name}. `/latchkey` shows what I can do.")
        )

    async def on_action(ack: AsyncAck, body: Json) -> None:
        click = payloads.click(body, now())
        handle = table.actions.get(click.action_id.split(":", 1)[0])
        await (handle(ack, click) if handle else ack())

    async def on_view(ack: AsyncAck, body: Json) -> None:
        submission = payloads.submission(body, now())
        handle = table.views.get(submission.callback_id)
        await (handle(ack, submission) if handle else ack())

    async def on_shortcut(ack: AsyncAck, body: Json) -> None:
        shortcut = payloads.shortcut(body, now())
        handle = table.shortcuts.get(shortcut.callback_id)
        await (handle(ack, shortcut) if handle else ack())

    async def on_options(ack: AsyncAck, body: Json) -> None:
        find = table.options.get(text_at(body, "action_id"))
        allowed = find is not None and await handlers.people.is_member(payloads.who(body))
        await ack(options=await find(text_at(body, "value")) if find and allowed else [])

    async def on_closed(ack: AsyncAck) -> None:
        await ack()

    async def on_user_change(event: Json) -> None:
        # Deactivated, made a guest, or moved: what we remember of them is not true any more.
        who = PersonRef(team_id=text_at(event, "user", "team_id"), user_id=text_at(event, "user", "id"))
        handlers.people.forget_user(who.user_id)
        if flag_at(event, "user", "deleted"):
            await handlers.host_left(who)

    async def on_group_change(event: Json) -> None:
        handlers.people.forget_group(text_at(event, "subteam_id"))

    async def on_group_update(event: Json) -> None:
        handlers.people.forget_group(text_at(event, "subteam", "id"))

    async def on_home(event: Json, body: Json) -> None:
        handlers.home.opened(event, text_at(body, "team_id"))

    async def on_said(ack: AsyncAck, body: Json) -> None:
        said = payloads.said(body, now())
        await (handlers.talk.heard(ack, said) if said else ack())

    app.event("message")(on_said)
    app.event("app_mention")(on_said)
    app.event("app_home_opened")(on_home)
    app.event("subteam_updated")(on_group_update)
    app.event("user_change")(on_user_change)
    app.event("subteam_members_changed")(on_group_change)
    app.command(ANY)(on_command)
    app.action(ANY)(on_action)
    app.view_submission(ANY)(on_view)
    app.shortcut(ANY)(on_shortcut)
    app.options(ANY)(on_options)
    app.view_closed(ANY)(on_closed)
