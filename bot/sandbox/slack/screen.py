"""What one person has on the screen at this moment, as values: for a page, a terminal, and tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.slack.blocks import State
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.mrkdwn import Reader
from bot.sandbox.slack.people import SLACKBOT, SlackUser
from bot.sandbox.slack.render import render_text, render_view
from bot.sandbox.slack.views import View
from bot.sandbox.slack.wire import Json, copied_all
from bot.sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMessage:
    """A message as a person saw it; the message itself may have changed since."""

    channel: str
    ts: str
    at: datetime  # aware, in UTC
    author: str  # the name on the screen
    by_app: bool
    text: str
    blocks: list[Json]
    rendered: str
    ephemeral: bool
    edited: bool
    thread_ts: str | None
    state: State = field(default_factory=dict)  # what this person chose in it
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        alone = " (only visible to you)" if self.ephemeral else ""
        return f"{self.author}{alone}: {self.rendered}" + (" (edited)" if self.edited else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenChannel:
    """A conversation in the sidebar. `messages`: oldest first, ephemeral ones of others left out."""

    id: str
    name: str
    kind: str
    archived: bool
    ext_shared: bool
    messages: list[SeenMessage]

    @property
    def last(self) -> SeenMessage:
        """The newest message. Raises `LookupError` in an empty conversation."""
        if not self.messages:
            raise LookupError(f"nothing was written in {self.name}")
        return self.messages[-1]

    def __str__(self) -> str:
        title = self.name if self.kind == "im" else f"#{self.name}"
        return "\n".join([f"── {title} ──", *(str(message) for message in self.messages)])


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenView:
    """A modal or Home with what is entered in it."""

    id: str
    kind: str
    callback_id: str
    content: Json
    state: State
    errors: dict[str, str]
    trouble: str | None
    rendered: str

    def __str__(self) -> str:
        return self.rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Everything. `modals`: the one on top last. `notices`: Slack's own lines, such as an app that did not answer."""

    user: SlackUser
    channels: list[SeenChannel]
    modals: list[SeenView]
    home: SeenView | None
    notices: list[str]

    def channel(self, name: str) -> SeenChannel:
        """By name or id. Raises `LookupError`."""
        wanted = name.lstrip("#")
        for channel in self.channels:
            if wanted in {channel.id, channel.name}:
                return channel
        raise LookupError(f"{self.user.shown_name} does not see {name}")

    @property
    def dm(self) -> SeenChannel:
        """The DM with the bot."""
        for channel in self.channels:
            if channel.kind == "im":
                return channel
        raise LookupError(f"{self.user.shown_name} has no DM with the bot")

    @property
    def modal(self) -> SeenView | None:
        """The modal on top."""
        return self.modals[-1] if self.modals else None

    def __str__(self) -> str:
        parts = [str(channel) for channel in self.channels if channel.messages]
        parts += [f"══ modal ══\n{modal}" for modal in self.modals]
        parts += [f"══ Home ══\n{self.home}"] if self.home else []
        return "\n\n".join([f"What {self.user.shown_name} sees", *parts, *(f"⚠ {notice}" for notice in self.notices)])


def reader_of(ws: Workspace, user: SlackUser) -> Reader:
    """A person as a reader: their device's zone and the names they see."""
    return Reader(tz=user.zone, users=ws.people.names(), channels=ws.conversations.names(), now=ws.clock.now())


def screen_of(ws: Workspace, user: SlackUser) -> Screen:
    """What `user` sees."""
    reader = reader_of(ws, user)
    home = ws.views.homes.get(user.id)
    return Screen(
        user=user,
        channels=[_channel(ws, channel, user, reader) for channel in ws.conversations.of(user.id)],
        modals=[seen_view(view, reader) for view in ws.views.stack(user.id)],
        home=seen_view(home, reader) if home else None,
        notices=[notice.text for notice in ws.notices if notice.user == user.id],
    )


def _channel(ws: Workspace, channel: Channel, user: SlackUser, reader: Reader) -> SeenChannel:
    return SeenChannel(
        id=channel.id,
        name=ws.app.bot_name if channel.kind == "im" else channel.name,
        kind=channel.kind,
        archived=channel.archived,
        ext_shared=channel.ext_shared,
        messages=[seen_message(ws, m, user, reader) for m in ws.messages.seen_by(user.id, channel.id)],
    )


def seen_message(ws: Workspace, message: Message, user: SlackUser, reader: Reader) -> SeenMessage:
    """A message as `user` sees it."""
    names = {**reader.users, SLACKBOT: "Slackbot"}
    rendered = render_text(
        message.blocks, message.text, reader_tz=reader.tz, users=names, channels=reader.channels, now=reader.now
    )
    attached = [f"📎 {file.get('title')}" for file in message.files]
    return SeenMessage(
        channel=message.channel,
        ts=message.ts,
        at=datetime.fromtimestamp(float(message.ts), UTC),
        author=names.get(message.author, message.author),
        by_app=message.by_app,
        text=message.text,
        blocks=copied_all(message.blocks),
        rendered="\n".join(part for part in [rendered, *attached] if part),
        ephemeral=message.ephemeral_to is not None,
        edited=message.edited,
        thread_ts=message.thread_ts,
        state=message.states.get(user.id, {}),
        files=list(message.files),
        reactions=dict(message.reactions),
    )


def seen_view(view: View, reader: Reader) -> SeenView:
    """A view as its owner sees it."""
    return SeenView(
        id=view.id,
        kind=view.kind,
        callback_id=view.callback_id,
        content=view.content,
        state=view.state,
        errors=dict(view.errors),
        trouble=view.trouble,
        rendered=render_view(view.content, reader, view.state, view.errors, view.trouble),
    )
