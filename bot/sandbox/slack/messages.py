"""Messages, and who can see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.slack.blocks import State
from bot.sandbox.slack.ids import Ids
from bot.sandbox.slack.manifest import Installation
from bot.sandbox.slack.wire import Json

MOST_TEXT = 40_000  # characters; Slack cuts what is beyond (A7)


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as it is now. `ephemeral_to` names the one person who sees it and for whom it ends on reload."""

    channel: str
    ts: str
    author: str  # user id
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    by_app: bool = False
    edited: bool = False
    deleted: bool = False
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)  # what each person chose in it, by user id

    def public(self, app: Installation) -> Json:
        """As payloads and API answers carry it."""
        carried: Json = {"type": "message", "user": self.author, "text": self.text, "ts": self.ts}
        if self.by_app:
            carried |= {"bot_id": app.bot_id, "app_id": app.app_id}
        carried["team"] = app.team_id
        if self.blocks:
            carried["blocks"] = self.blocks
        optional: Json = {"thread_ts": self.thread_ts, "metadata": self.metadata, "files": self.files}
        carried |= {key: value for key, value in optional.items() if value}
        if self.edited:
            carried["edited"] = {"user": self.author, "ts": self.ts}
        return carried


class Messages:
    """All messages in the order in which they came."""

    def __init__(self, ids: Ids, ring: Callable[[str], None]) -> None:
        self._ids = ids
        self._ring = ring
        self.all: list[Message] = []

    def post(
        self,
        channel: str,
        author: str,
        text: str,
        *,
        blocks: list[Json] | None = None,
        by_app: bool = False,
        ephemeral_to: str | None = None,
        thread_ts: str | None = None,
        metadata: Json | None = None,
        files: list[Json] | None = None,
    ) -> Message:
        """Put a message at the end of a channel."""
        message = Message(
            channel=channel,
            ts=self._ids.ts(),
            author=author,
            text=text[:MOST_TEXT],
            blocks=blocks or [],
            by_app=by_app,
            ephemeral_to=ephemeral_to,
            thread_ts=thread_ts,
            metadata=metadata,
            files=files or [],
        )
        self.all.append(message)
        self._ring(channel)
        return message

    def change(self, message: Message, *, text: str | None, blocks: list[Json] | None, mark_edited: bool) -> None:
        """Change a message in place. Text alone removes the blocks; neither keeps both (A7)."""
        if blocks is not None:
            message.blocks = blocks
            message.states.clear()  # what was chosen in the old blocks went with them
        elif text is not None:
            message.blocks = []
        if text is not None:
            message.text = text[:MOST_TEXT]
        message.edited = message.edited or mark_edited
        self._ring(message.channel)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        self._ring(message.channel)

    def find(self, channel: str, ts: str) -> Message | None:
        """A message that is there, ephemeral ones too."""
        return next((m for m in self.all if m.ts == ts and m.channel == channel and not m.deleted), None)

    def seen_by(self, user: str, channel: str) -> list[Message]:
        """What one person sees in a channel, oldest first."""
        return [m for m in self.all if m.channel == channel and not m.deleted and m.ephemeral_to in {None, user}]

    def reload(self, user: str) -> None:
        """A person reloads the client: their ephemeral messages are gone (A7)."""
        for message in self.all:
            if message.ephemeral_to == user:
                message.deleted = True
        self._ring("")
