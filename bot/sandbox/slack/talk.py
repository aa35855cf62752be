"""What people write and do that reaches the bot as events (slack-platform.md A1, A8, A11, A14)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Literal, TypedDict, Unpack

from bot.sandbox.slack import payloads
from bot.sandbox.slack.acting import Acting, Where, Who
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.composer import with_entities
from bot.sandbox.slack.courier import Outcome
from bot.sandbox.slack.errors import NotPossible
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.methods_people import described
from bot.sandbox.slack.people import SlackUser
from bot.sandbox.slack.retries import Retries
from bot.sandbox.slack.wire import Json, copied

_MESSAGE_EVENTS = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
_CHANNEL_TYPES = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}


class UserChanges(TypedDict, total=False):
    """What `change_user` can change."""

    name: str
    real_name: str
    display_name: str
    tz: str | None
    locale: str
    email: str | None
    admin: bool
    restricted: bool
    ultra_restricted: bool
    deactivated: bool


class Talk(Acting):
    """Messages, mentions, Home, and changes of people and groups."""

    retries: Retries

    async def event(self, inner: Json, *, name: str | None = None, ext_shared: bool = False) -> Outcome:
        """Deliver an event, with Slack's retries. Not sent where the manifest does not subscribe to `name`.

        Gives back how the first attempt went; a retry that comes at once has ended by then too.
        """
        if name is not None and not self.workspace.app.manifest.subscribes(name):
            return Outcome(sent=False)
        return await self.retries.deliver(payloads.event(self.workspace, copied(inner), ext_shared=ext_shared))

    async def verify_url(self) -> bool:
        """Slack's check of a request URL: the bot answers with the challenge."""
        challenge = self.workspace.ids.new("challenge-")
        payload: Json = {"type": "url_verification", "token": payloads.LEGACY_TOKEN, "challenge": challenge}
        outcome = await self.courier.send(
            "url_verification", "url_verification", json.dumps(payload).encode(), "application/json", payload
        )
        return outcome.ok and challenge.encode() in outcome.body

    async def say(self, who: Who, where: Where, typed: str, *, thread_ts: str | None = None) -> Message:
        """Write a message. The bot hears of it where it subscribes to such messages, or is mentioned."""
        message, _ = await self._write(who, where, typed, thread_ts)
        return message

    async def mention(self, who: Who, where: Where, typed: str, *, thread_ts: str | None = None) -> Outcome:
        """Write a message that begins with the bot's name."""
        text = f"@{self.workspace.app.bot_name} {typed}"
        _, outcomes = await self._write(who, where, text, thread_ts)
        return outcomes[0] if outcomes else Outcome(sent=False)

    async def dm(self, who: Who, typed: str, *, thread_ts: str | None = None) -> Outcome:
        """Write to the bot."""
        user = self.person(who)
        if not self.workspace.app.manifest.messages_tab:
            raise NotPossible("Sending messages to this app has been turned off.")
        channel = self.workspace.conversations.dm_with(user.id)
        _, outcomes = await self._write(user, channel, typed, thread_ts)
        return outcomes[0] if outcomes else Outcome(sent=False)

    async def _write(self, who: Who, where: Where, typed: str, thread_ts: str | None) -> tuple[Message, list[Outcome]]:
        user = self.person(who)
        channel = self.place(user, where)
        ws = self.workspace
        text = with_entities(typed, ws.people, ws.conversations)
        message = ws.messages.post(channel.id, user.id, text, thread_ts=thread_ts)
        if ws.app.bot_user_id not in channel.members:
            return message, []
        inner = self._message_event(user, channel, message)
        outcomes: list[Outcome] = []
        if channel.kind != "im" and f"<@{ws.app.bot_user_id}>" in text:
            mentioned = inner | {"type": "app_mention"}
            outcomes.append(await self.event(mentioned, name="app_mention", ext_shared=channel.ext_shared))
        spoken = inner | {"channel_type": _CHANNEL_TYPES[channel.kind]}
        if ws.app.manifest.subscribes(_MESSAGE_EVENTS[channel.kind]):
            outcomes.append(await self.event(spoken, ext_shared=channel.ext_shared))
        return message, outcomes

    async def edit(self, who: Who, message: Message, typed: str) -> Outcome:
        """Somebody edits their own message: a `message` event with subtype message_changed, which is no new message."""
        user, ws = self.person(who), self.workspace
        if message.author != user.id:
            raise NotPossible(f"{user.shown_name} cannot edit what somebody else wrote")
        channel = ws.conversations.channels[message.channel]
        before = payloads.message_of(ws, message)
        text = with_entities(typed, ws.people, ws.conversations)
        ws.messages.change(message, text=text, blocks=None, mark_edited=True)
        inner: Json = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "channel": channel.id,
            "channel_type": _CHANNEL_TYPES[channel.kind],
            "ts": ws.ids.ts(),
            "message": payloads.message_of(ws, message),
            "previous_message": before,
        }
        return await self.event(inner, name=_MESSAGE_EVENTS[channel.kind], ext_shared=channel.ext_shared)

    def _message_event(self, user: SlackUser, channel: Channel, message: Message) -> Json:
        inner: Json = {
            "type": "message",
            "user": user.id,
            "channel": channel.id,
            "text": message.text,
            "ts": message.ts,
            "event_ts": message.ts,
            "team": user.team_id,
            "client_msg_id": self.workspace.ids.new("m"),
        }
        if message.thread_ts:
            inner["thread_ts"] = message.thread_ts
        if self.workspace.people.is_external(user):
            profile: Json = {"real_name": user.real_name, "display_name": user.display_name, "team": user.team_id}
            inner |= {"user_team": user.team_id, "source_team": user.team_id, "user_profile": profile}
        return inner

    async def open_home(self, who: Who, *, tab: Literal["home", "messages"] = "home") -> Outcome:
        """Click on the app in the sidebar. The event comes for both tabs, with `view` only after a first publish."""
        user, ws = self.person(who), self.workspace
        if tab == "home" and not ws.app.manifest.home_tab:
            raise NotPossible("the manifest switches the Home tab off")
        inner: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": ws.conversations.dm_with(user.id).id,
            "tab": tab,
        }
        home = ws.views.homes.get(user.id)
        if home is not None and tab == "home":
            inner["view"] = home.public(ws.app)
        return await self.event(inner, name="app_home_opened")

    async def join(self, who: Who, where: Where) -> Outcome:
        """Somebody joins a channel."""
        user, ws = self.workspace.people.find(who), self.workspace
        channel = ws.conversations.find(where)
        if user.id not in channel.members:
            channel.members.append(user.id)
        ws.changes.ring("channel", channel=channel.id)
        kind = "C" if channel.kind == "public" else "G"
        inner: Json = {"type": "member_joined_channel", "user": user.id, "channel": channel.id, "channel_type": kind}
        return await self.event(inner | {"team": user.team_id}, name="member_joined_channel")

    async def leave(self, who: Who, where: Where) -> None:
        """Somebody (the bot, for instance) is taken out of a channel."""
        user, channel = self.workspace.people.find(who), self.workspace.conversations.find(where)
        channel.members[:] = [member for member in channel.members if member != user.id]
        self.workspace.changes.ring("channel", channel=channel.id)

    async def change_user(self, who: Who, **changes: Unpack[UserChanges]) -> Outcome:
        """Change an account and send `user_change`; a deactivated one loses its modals too."""
        ws = self.workspace
        user = replace(ws.people.find(who), **changes)
        ws.people.users[user.id] = user
        if user.deactivated:
            ws.views.clear(user.id)
        ws.changes.ring("people", user=user.id)
        return await self._user_event("user_change", user)

    async def arrive(self, who: Who) -> Outcome:
        """Send `team_join` for somebody new (add them with `add_user` first)."""
        return await self._user_event("team_join", self.workspace.people.find(who))

    async def _user_event(self, name: str, user: SlackUser) -> Outcome:
        account = described(self.workspace, user, with_locale=True)
        stamp = int(self.workspace.clock.now().timestamp())
        return await self.event({"type": name, "user": account, "cache_ts": stamp}, name=name)

    async def change_group(self, group_id: str, members: list[Who]) -> Outcome:
        """Set who is in a user group and send `subteam_members_changed`."""
        ws = self.workspace
        group, ids = ws.people.groups[group_id], [ws.people.find(member).id for member in members]
        added, removed = [m for m in ids if m not in group.members], [m for m in group.members if m not in ids]
        group.members = ids
        ws.changes.ring("people")
        inner: Json = {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": ws.app.team_id,
            "added_users": added,
            "added_users_count": len(added),
            "removed_users": removed,
            "removed_users_count": len(removed),
        }
        return await self.event(inner, name="subteam_members_changed")

    async def uninstall(self) -> Outcome:
        """An admin removes the app: the token is dead, and both events come."""
        self.workspace.token_revoked = True
        tokens: Json = {"oauth": [], "bot": [self.workspace.app.bot_user_id]}
        await self.event({"type": "tokens_revoked", "tokens": tokens}, name="tokens_revoked")
        return await self.event({"type": "app_uninstalled"}, name="app_uninstalled")
