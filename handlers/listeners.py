"""Bolt's side: one listener for each kind of thing that Slack delivers, and the table of `handlers` behind it."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.model import PersonRef
from handlers import Handlers, payloads
from handlers.json_types import Json, flag_at, text_at

ANY = re.compile(r".*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who our token is, read once at start and off the path of every ack (perf.md 1.1)."""

    team_id: str
    bot_user_id: str
    bot_id: str


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
