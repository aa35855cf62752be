"""Channels, direct messages, and who is in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.slack.wire import Json

ChannelKind = Literal["public", "private", "im", "mpim"]


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation. `members` are user ids in the order in which they came."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str] = field(default_factory=list)
    archived: bool = False
    ext_shared: bool = False  # with another workspace (Slack Connect)

    @property
    def payload_name(self) -> str:
        """The name as commands and clicks carry it: a fixed word outside public channels (A4)."""
        return {"im": "directmessage", "private": "privategroup", "mpim": "mpdm"}.get(self.kind, self.name)


class Conversations:
    """All channels and DMs of the workspace."""

    def __init__(self, bot_user_id: str) -> None:
        self._bot = bot_user_id
        self.channels: dict[str, Channel] = {}

    def find(self, where: Channel | str) -> Channel:
        """By channel, id or name (with or without #). Raises `LookupError`."""
        key = where.id if isinstance(where, Channel) else where
        if key in self.channels:
            return self.channels[key]
        named = [c for c in self.channels.values() if c.kind in {"public", "private"} and c.name == key.lstrip("#")]
        if not named:
            raise LookupError(f"there is no channel {key!r}")
        return named[0]

    def dm_with(self, user_id: str) -> Channel:
        """The bot's DM with a person, opened where there is none."""
        channel_id = "D" + user_id[1:]
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(id=channel_id, name=user_id, kind="im", members=[user_id, self._bot])
        return self.channels[channel_id]

    def of(self, user_id: str) -> list[Channel]:
        """The conversations a person is in."""
        return [channel for channel in self.channels.values() if user_id in channel.members]

    def shares_a_channel(self, user_id: str) -> bool:
        """Whether the bot shares a channel (not only a DM) with this person: a condition for DMs to external ones."""
        return any(c.kind in {"public", "private"} and self._bot in c.members for c in self.of(user_id))

    def names(self) -> dict[str, str]:
        """Channel id to name, DMs left out."""
        return {c.id: c.name for c in self.channels.values() if c.kind in {"public", "private"}}


def channel_as_api(channel: Channel, bot_user_id: str) -> Json:
    """A conversation as `conversations.info` gives it."""
    described: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
        "is_ext_shared": channel.ext_shared,
        "is_shared": channel.ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
    }
    if channel.kind == "im":
        return described | {"user": next(m for m in channel.members if m != bot_user_id)}
    return described | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.name == "general",
        "is_member": bot_user_id in channel.members,
    }
