"""The composition root: settings in, running bot out. Knows everybody; known by nobody but the command line."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.audit_keys import load_audit_keys
from bot.config import Settings
from bot.domain import when
from bot.domain.errors import ConfigError, StorageTrouble
from bot.domain.tasks import Task, TaskKind
from bot.scheduler import Run, Scheduler
from bot.seam import SeamClient, make_http_client
from bot.seam.notices import Notices
from bot.services import Services
from bot.services.anchoring import Anchoring, AnchorPlaces
from bot.services.context import Beat, Context
from bot.services.erasure import Erasure
from bot.services.living import BEAT_EVERY, Living
from bot.web import web
from handlers import Handlers
from handlers.desk import PROGRESS_AFTER_S
from handlers.listeners import Identity, make_app, register
from handlers.notifier import Notifier
from handlers.people import People
from handlers.slack_out import SlackFailed, SlackOut
from storage.anchor_file import AnchorFile
from storage.audit_rows import AuditKey
from storage.database import Database
from storage.migrate import upgrade

log = logging.getLogger(__name__)

USER_AGENT = "Latchkey/0.1"
DRAIN_S = 35.0  # an unlock may take 25 s; it is better finished than unknown
TIDY_EVERY_S = 600.0
PAY_EVERY_S = 2.0
POLL_EVERY, POLL_BESIDE_WEBHOOKS = timedelta(seconds=15), timedelta(minutes=10)
ANCHOR_LOOK_EVERY_S = 1.0


def system_now() -> datetime:
    """The present, aware, in UTC: the one place where the bot reads the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """The running bot. `web` is its HTTP side as an ASGI app."""

    services: Services
    handlers: Handlers
    scheduler: Scheduler
    slack_app: AsyncApp
    web: Starlette
    db: Database


@asynccontextmanager
async def running_bot(
    settings: Settings,
    *,
    now: Callable[[], datetime] = system_now,
    on_beat: Callable[[Beat], None] = lambda beat: None,
    schedule: bool = True,
    progress_after: float = PROGRESS_AFTER_S,
    accept_rollback: bool = False,
) -> AsyncIterator[Bot]:
    """Start everything but the way in from Slack (`serve_http`, `serve_socket`), and stop it in order.

    Migrates, looks at what the last process left, then runs the scheduler (unless `schedule` is False).
    Raises `ConfigError` when Slack does not take our token, `DatabaseInUse`, `StorageTrouble`.
    """
    key = AuditKey.of(*load_audit_keys(settings.audit_key, settings.audit_keys_old, settings.audit_key_file))
    db = Database(settings.database_url, key)
    try:
        # Not before the file is ours: another process may be using it in its old form (reliability.md D15).
        await asyncio.to_thread(upgrade, settings.database_url)
        async with (
            aiohttp.ClientSession() as session,
            make_http_client(settings.seam_endpoint, settings.seam_api_key.reveal(), USER_AGENT) as seam_http,
        ):
            client = AsyncWebClient(
                token=settings.slack_bot_token.reveal(), base_url=settings.slack_api_url, session=session, timeout=10
            )
            slack = SlackOut(client, session)
            identity = await _identity(slack)
            locks = SeamClient(seam_http, now=now)
            context = Context(
                db=db,
                locks=locks,
                events=Notices(locks.calls),
                poll_events_every=POLL_BESIDE_WEBHOOKS if settings.seam_webhook_secret else POLL_EVERY,
                now=now,
                default_timezone=settings.timezone,
                admins=settings.admins,
                approvals_channel=settings.approvals_channel,
                on_beat=on_beat,
            )
            people = People(slack, identity.team_id)
            services = Services.over(context, people)
            people.ask_rules_for_groups(services.policy.user_groups)
            places = AnchorPlaces(file=AnchorFile(settings.audit_anchors_file), key=key, channel=settings.audit_channel)
            anchoring = Anchoring(context, services.alarms, places)
            living = Living(context, services.resume)
            await anchoring.compare(accept_rollback=accept_rollback)
            erasure = Erasure(db, now, timedelta(days=settings.keep_personal_days))
            handlers = Handlers.over(services, slack, people, progress_after=progress_after)
            slack_app = make_app(client, identity, settings.slack_bot_token.reveal())
            register(slack_app, handlers)
            scheduler = Scheduler(db, now, _runs(services, handlers, slack))
            await living.begin()
            await services.lock_events.begin()
            bot = Bot(
                services=services,
                handlers=handlers,
                scheduler=scheduler,
                slack_app=slack_app,
                web=web(settings, slack_app, services, now),
                db=db,
            )
            loops = [_tidy(services, erasure), _pay(services), _anchor(anchoring, living), _live(living)]
            async with _in_background(bot, loops, schedule=schedule):
                yield bot
            await _last_anchor(anchoring)
            await living.end()
    finally:
        await db.close()


async def serve_http(bot: Bot, settings: Settings, stop: asyncio.Event) -> None:
    """Take Slack's requests over HTTP until `stop` is set. Raises `ConfigError` when the port is taken."""
    try:
        listener = socket.create_server(("0.0.0.0", settings.port), backlog=2048)  # noqa: S104 - the edge decides
    except OSError as problem:
        fix = "stop the other program, or set PORT to another port"
        raise ConfigError([f"port {settings.port} cannot be used ({problem.strerror}): {fix}"]) from None
    config = uvicorn.Config(
        bot.web,
        loop="asyncio",  # perf.md 3.3
        http="httptools",
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve(sockets=[listener]))  # `serve` would take the signals, which are ours
    await asyncio.wait({serving, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving


async def serve_socket(bot: Bot, app_token: str, stop: asyncio.Event) -> None:
    """Take Slack's envelopes over Socket Mode until `stop` is set."""
    handler = AsyncSocketModeHandler(bot.slack_app, app_token)
    # Connecting loops for ever while Slack is down, so it races the stop (slack-platform.md A19 trap 11).
    connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]  # Bolt has no types here
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if connecting.done():
        connecting.result()
        log.info("slack.connected")
        await stopping
    else:
        connecting.cancel()
    await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here


@asynccontextmanager
async def _in_background(bot: Bot, own: Sequence[Awaitable[None]], *, schedule: bool) -> AsyncIterator[None]:
    loops: list[Awaitable[None]] = [*own, asyncio.to_thread(when.warm_up)]
    if schedule:
        loops.append(bot.scheduler.run_forever())
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    try:
        yield
    finally:
        left = await bot.handlers.desk.drain(DRAIN_S)
        if left:
            log.warning("stop.jobs_left", extra={"jobs": left})
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pay(services: Services) -> None:
    """Outcomes that could not be written down when they came are written as soon as that is possible."""
    while True:
        await services.owed.pay()
        await asyncio.sleep(PAY_EVERY_S)


async def _live(living: Living) -> None:
    while True:
        await living.beat()
        await asyncio.sleep(BEAT_EVERY.total_seconds())


async def _anchor(anchoring: Anchoring, living: Living) -> None:
    """One stream of anchors, however many processes there are: the eldest's."""
    while True:
        await asyncio.sleep(ANCHOR_LOOK_EVERY_S)
        if living.is_eldest:
            await anchoring.look()


async def _last_anchor(anchoring: Anchoring) -> None:
    try:
        await anchoring.anchor()
    except (OSError, StorageTrouble):
        log.error("audit.not_anchored_at_stop")


async def _tidy(services: Services, erasure: Erasure) -> None:
    while True:
        try:
            await services.inbox.forget_old()
            await services.drafts.forget_old()
            await erasure.by_age()
        except StorageTrouble:
            log.warning("tidy.no_database")
        await asyncio.sleep(TIDY_EVERY_S)


def _runs(services: Services, handlers: Handlers, slack: SlackOut) -> dict[TaskKind, Run]:
    notifier = Notifier(
        services=services, slack=slack, people=handlers.people, codes=handlers.codes, names=handlers.names
    )

    async def expire(task: Task) -> None:
        await services.requests.expire(task.subject_id)

    async def carry_out(task: Task) -> None:
        await services.request_acts.carry_out(task.subject_id)

    return {
        TaskKind.POLL_EVENTS: services.lock_events.poll,
        TaskKind.NOTE_USE: services.lock_events.note_use,
        TaskKind.TELL_ARRIVED: notifier.arrived,
        TaskKind.TELL_OPERATION: notifier.operation,
        TaskKind.TELL_ORDER: notifier.order,
        TaskKind.TELL_INTERRUPTED: notifier.interrupted,
        TaskKind.TELL_NOT_LOCKED: notifier.not_locked,
        TaskKind.TELL_REQUEST_CARD: notifier.request_card,
        TaskKind.TELL_REQUESTER: notifier.requester,
        TaskKind.TELL_ADMINS: notifier.admins,
        TaskKind.TELL_ANCHOR: notifier.anchor,
        TaskKind.REMIND_REQUEST: notifier.remind,
        TaskKind.ESCALATE_REQUEST: notifier.remind,
        TaskKind.REVIEW_DUE: notifier.review_due,
        TaskKind.EXPIRE_REQUEST: expire,
        TaskKind.CARRY_OUT: carry_out,
        TaskKind.RELOCK: services.relock.lock_again,
        TaskKind.CHECK_RELOCK: services.relock.check,
        TaskKind.LOOK_AGAIN: services.relock.look_again,
        TaskKind.FOLLOW_CODE: services.follower.follow,
        TaskKind.HOST_LEFT: services.offboarding.see_to,
        TaskKind.PLAN_REMINDERS: services.reminders.plan,
        TaskKind.REMIND_END: notifier.end_is_near,
        TaskKind.SETTLE_EXTENSION: services.code_extensions.settle,
        TaskKind.TELL_STUCK: notifier.stuck,
        TaskKind.TELL_UNSTUCK: notifier.unstuck,
    }


async def _identity(slack: SlackOut) -> Identity:
    try:
        team_id, user_id, bot_id = await slack.identity()
    except SlackFailed as problem:
        raise ConfigError(
            [
                f"Slack did not accept SLACK_BOT_TOKEN or did not answer ({problem.error}): copy the token again from "
                "your app's page, and check that this machine reaches Slack"
            ]
        ) from None
    return Identity(team_id=team_id, bot_user_id=user_id, bot_id=bot_id)
