"""`VirtualSlack`: a Slack workspace in one process, at the other end of the bot's wire."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from starlette.types import ASGIApp

from bot.sandbox.clock import Clock, system_now
from bot.sandbox.serving import serve
from bot.sandbox.slack.acting import Where, Who
from bot.sandbox.slack.cast import add_bots, default_cast
from bot.sandbox.slack.changes import Changes, Listener
from bot.sandbox.slack.channels import Channel, ChannelKind
from bot.sandbox.slack.clicks import Clicks
from bot.sandbox.slack.commands import Commands
from bot.sandbox.slack.conditions import Conditions
from bot.sandbox.slack.courier import ACK_SECONDS, Courier, Deliver, HttpDelivery, Outcome
from bot.sandbox.slack.manifest import Installation, Manifest
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.people import SlackUser, UserGroup
from bot.sandbox.slack.retries import Retries
from bot.sandbox.slack.screen import Screen, screen_of
from bot.sandbox.slack.talk import Talk
from bot.sandbox.slack.traffic import Exchange, Traffic
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.wire import Json
from bot.sandbox.slack.workspace import Workspace

T = TypeVar("T")


class VirtualSlack(Commands, Clicks, Modals, Talk):
    """A workspace with people in it. They act through its methods; the bot answers through its Web API.

    `app` is that Web API as an ASGI app; `base_url` must be its address once it is served (`running()` sees to both).
    Deliveries go to `deliver`, or over HTTP to `request_url`. `manifest` (JSON): scopes, commands, events and
    shortcuts are checked against it. `ack_seconds` and `monotonic` are the machine's seconds and can be replaced in
    tests; `signing_time` gives seconds since 1970 for signatures, of the machine, as the bot checks them against that.
    """

    def __init__(
        self,
        clock: Clock,
        signing_secret: str,
        bot_token: str,
        team_id: str = "T0LATCH",
        *,
        team_domain: str = "latch-hq",
        manifest: Json | None = None,
        deliver: Deliver | None = None,
        request_url: str | None = None,
        cast: Callable[[Workspace], None] = default_cast,
        monotonic: Callable[[], float] = time.monotonic,
        signing_time: Callable[[], float] = lambda: system_now().timestamp(),
        ack_seconds: float = ACK_SECONDS,
        base_url: str = "http://slack.invalid",
    ) -> None:
        self._http = HttpDelivery(request_url) if request_url else None
        chosen = deliver or self._http
        if chosen is None:
            raise ValueError("say where deliveries go: deliver or request_url")
        if not signing_secret:
            raise ValueError("an empty signing secret protects nothing")
        self.base_url = base_url.rstrip("/")
        self.clock = clock
        self._monotonic = monotonic
        self._cast = cast
        self._changes = Changes()
        self._installation = Installation(
            team_id=team_id, team_domain=team_domain, bot_token=bot_token, manifest=Manifest.read(manifest)
        )
        self.workspace = self._fresh()
        self.conditions = Conditions(monotonic)
        self.courier = Courier(
            lambda: self.workspace, chosen, signing_secret, signing_time=signing_time, ack_seconds=ack_seconds
        )
        self.retries = Retries(clock, self.courier)
        self.app: ASGIApp = WebApi(lambda: self.workspace, self.conditions).app

    def _fresh(self) -> Workspace:
        workspace = Workspace(self._installation, self.clock, self._monotonic, self._changes, lambda: self.base_url)
        add_bots(workspace)
        self._cast(workspace)
        return workspace

    # -- life

    @asynccontextmanager
    async def running(self, *, port: int = 0) -> AsyncIterator[str]:
        """Serve the Web API and yield its address; the bot wants `api_url`."""
        async with serve(self.app, port=port) as address:
            self.base_url = address
            try:
                yield address
            finally:
                await self.aclose()

    async def aclose(self) -> None:
        """Stop retries and late answers, close connections."""
        await self.retries.aclose()
        await self.courier.aclose()
        if self._http is not None:
            await self._http.aclose()

    def reset(self) -> None:
        """The first day again: the cast, empty channels, good weather. Listeners, address and the clock stay."""
        self.retries.forget()
        self.conditions.clear()
        self.workspace = self._fresh()
        self._changes.ring("reset")

    # -- what an attacker or a fault of the network does

    async def replay(self, exchange: Exchange) -> Outcome:
        """The same bytes with the same signature once more, as somebody would send who had recorded them (A2)."""
        summary = f"replay of {exchange.summary}"
        return await self.courier.send_as(exchange.kind, summary, exchange.body, exchange.headers, exchange.payload)

    # -- reading

    @property
    def api_url(self) -> str:
        """What the bot takes as SLACK_API_URL; Slack's own client wants the slash at the end."""
        return f"{self.base_url}/api/"

    @property
    def traffic(self) -> Traffic:
        """Every delivery and every API call, in order."""
        return self.workspace.traffic

    @property
    def faults(self) -> list[str]:
        """Every rule of Slack's that the bot broke so far."""
        return self.workspace.faults

    def user(self, who: Who) -> SlackUser:
        """An account as it is now."""
        return self.workspace.people.find(who)

    def channel(self, where: Where) -> Channel:
        """A channel as it is now."""
        return self.workspace.conversations.find(where)

    def dm_of(self, who: Who) -> Channel:
        """The bot's DM with a person."""
        return self.workspace.conversations.dm_with(self.user(who).id)

    def screen(self, who: Who) -> Screen:
        """What a person sees."""
        return screen_of(self.workspace, self.user(who))

    def last(self, where: Where, *, seen_by: Who | None = None) -> Message:
        """The newest message in a channel; with `seen_by` also what only that person sees. Raises `LookupError`."""
        user_id = self.user(seen_by).id if seen_by is not None else ""
        messages = self.workspace.messages.seen_by(user_id, self.channel(where).id)
        if not messages:
            raise LookupError(f"nothing was written in {where}")
        return messages[-1]

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each change. Gives back the function that stops it."""
        return self._changes.on_change(listener)

    async def until(self, condition: Callable[[], T | None], *, timeout: float = 5.0, what: str = "a change") -> T:
        """Wait until `condition()` is truthy and give its value back. A `LookupError` in it means not yet.

        Raises `TimeoutError` naming `what`.
        """

        def found() -> T | None:
            try:
                return condition()
            except LookupError:
                return None

        return await self._changes.until(found, timeout=timeout, what=what)

    # -- setting the scene

    def add_user(
        self,
        name: str,
        *,
        real_name: str | None = None,
        user_id: str | None = None,
        admin: bool = False,
        restricted: bool = False,
        ultra_restricted: bool = False,
        bot: bool = False,
        deactivated: bool = False,
        team_id: str | None = None,
        tz: str | None = "Europe/Berlin",
        locale: str = "en-US",
        email: str | None = None,
        channels: tuple[Where, ...] = (),
    ) -> SlackUser:
        """Somebody new. `team_id` of another workspace makes them external, without a shared channel a stranger."""
        user = SlackUser(
            id=user_id or self.workspace.ids.new("U"),
            name=name,
            real_name=real_name or name.title(),
            team_id=team_id or self._installation.team_id,
            tz=tz,
            locale=locale,
            email=email,
            admin=admin,
            restricted=restricted,
            ultra_restricted=ultra_restricted,
            bot=bot,
            deactivated=deactivated,
        )
        self.workspace.people.users[user.id] = user
        for where in channels:
            self.channel(where).members.append(user.id)
        if not bot:
            self.workspace.conversations.dm_with(user.id)
        self._changes.ring("people", user=user.id)
        return user

    def add_channel(
        self,
        name: str,
        *,
        kind: ChannelKind = "public",
        members: tuple[Who, ...] = (),
        with_bot: bool = True,
        archived: bool = False,
        ext_shared: bool = False,
    ) -> Channel:
        """A new channel."""
        inside = [self.user(member).id for member in members]
        channel = Channel(
            id=self.workspace.ids.new("C"),
            name=name,
            kind=kind,
            members=[*inside, self._installation.bot_user_id] if with_bot else inside,
            archived=archived,
            ext_shared=ext_shared,
        )
        self.workspace.conversations.channels[channel.id] = channel
        self._changes.ring("channel", channel=channel.id)
        return channel

    def add_group(self, handle: str, members: tuple[Who, ...], *, name: str | None = None) -> UserGroup:
        """A new user group."""
        group = UserGroup(
            id=self.workspace.ids.new("S"),
            handle=handle,
            name=name or handle,
            members=[self.user(member).id for member in members],
        )
        self.workspace.people.groups[group.id] = group
        self._changes.ring("people")
        return group

    def reload(self, who: Who) -> None:
        """A person reloads the client: ephemeral messages and modals are gone (A7)."""
        user = self.user(who)
        self.workspace.messages.reload(user.id)
        self.workspace.views.clear(user.id)
