"""What all acts of people have in common: who they are, where they are, and how Slack's client sends."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.courier import FORM, Courier, Outcome
from bot.sandbox.slack.errors import NotPossible
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.people import SlackUser
from bot.sandbox.slack.screen import SeenMessage
from bot.sandbox.slack.wire import Json, string
from bot.sandbox.slack.workspace import Workspace

Who = SlackUser | str  # an account, a user id, or a name
Where = Channel | str  # a channel, its id, or its name


class Acting:
    """The ground that `Commands`, `Clicks`, `Modals` and `Talk` stand on."""

    workspace: Workspace
    courier: Courier

    def person(self, who: Who) -> SlackUser:
        """Someone who can use Slack at this moment. Raises `NotPossible` for a deactivated account."""
        user = self.workspace.people.find(who)
        if user.deactivated:
            raise NotPossible(f"{user.shown_name} is deactivated and cannot use Slack")
        return user

    def place(self, user: SlackUser, where: Where) -> Channel:
        """A conversation that a person can write in."""
        channel = self.workspace.conversations.find(where)
        if user.id not in channel.members:
            raise NotPossible(f"{user.shown_name} is not in #{channel.name}")
        if channel.archived:
            raise NotPossible(f"#{channel.name} is archived: nobody can write there")
        return channel

    def colleague(self, user: SlackUser, what: str) -> None:
        """Commands and shortcuts are only offered to people of the installing workspace (A14)."""
        if self.workspace.people.is_external(user):
            raise NotPossible(f"{user.shown_name} is from another workspace: Slack offers no {what} there")

    def seen(self, user: SlackUser, message: Message | SeenMessage) -> tuple[Message, list[Json]]:
        """The message as it is, and its blocks as this person has them on the screen."""
        live = self.workspace.messages.find(message.channel, message.ts)
        if live is None:
            raise NotPossible("the message is gone")
        channel = self.workspace.conversations.channels[live.channel]
        if user.id not in channel.members or live.ephemeral_to not in {None, user.id}:
            raise NotPossible(f"{user.shown_name} does not see this message")
        return live, message.blocks

    async def interact(self, summary: str, payload: Json) -> Outcome:
        """Send an interactive payload: JSON inside a form. Not sent where the manifest has no interactivity."""
        manifest, kind = self.workspace.app.manifest, string(payload.get("type"))
        if not manifest.interactive or (kind == "block_suggestion" and not manifest.options_url):
            self.workspace.fault(f"{summary}: the manifest has no interactivity for {kind}")
            return Outcome(sent=False, failure="not_interactive")
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.courier.send(kind, summary, body, FORM, payload)
