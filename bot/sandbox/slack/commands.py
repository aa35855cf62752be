"""Slash commands and shortcuts (slack-platform.md A3, A4)."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.sandbox.slack import payloads
from bot.sandbox.slack.acting import Acting, Where, Who
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.composer import with_entities, with_smart_punctuation
from bot.sandbox.slack.courier import FORM, Outcome
from bot.sandbox.slack.errors import NotPossible
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.people import SlackUser
from bot.sandbox.slack.respond import post_answer
from bot.sandbox.slack.screen import SeenMessage
from bot.sandbox.slack.validate import message_problems
from bot.sandbox.slack.wire import Json


class Commands(Acting):
    """What a person starts with a slash or from the shortcuts menu."""

    async def command(
        self, who: Who, where: Where, typed: str, *, smart_punctuation: bool = False, labels: bool = False
    ) -> Outcome:
        """Type `/unlock front door` into a channel. `smart_punctuation`: on an iPhone; `labels`: old `<@U1|name>`."""
        user = self.person(who)
        channel = self.place(user, where)
        self.colleague(user, "slash commands")
        name, _, rest = typed.strip().partition(" ")
        if not name.startswith("/"):
            raise ValueError(f"not a slash command: {typed!r}")
        manifest = self.workspace.app.manifest
        if not manifest.has_command(name):
            self.workspace.slackbot_says(user.id, channel.id, f"`{name}` is not a valid command.")
            return Outcome(sent=False, failure="unknown_command")
        text = with_smart_punctuation(rest.strip()) if smart_punctuation else rest.strip()
        if manifest.escapes(name):
            text = with_entities(text, self.workspace.people, self.workspace.conversations, labels=labels)
        fields = payloads.command_fields(self.workspace, user, channel, name, text)
        summary = f"{name} {text} by {user.shown_name}".replace("  ", " ")
        outcome = await self.courier.send("command", summary, urlencode(fields).encode(), FORM, dict(fields))
        if outcome.ok and outcome.body.strip():
            self._show(user, channel, typed, outcome)
        if outcome.failure:
            self.workspace.slackbot_says(user.id, channel.id, f'{name} failed with the error "{outcome.failure}"')
        return outcome

    def _show(self, user: SlackUser, channel: Channel, typed: str, outcome: Outcome) -> None:
        """The body of the answer is a message: ephemeral unless it asks for in_channel."""
        parsed = outcome.json
        body: Json = parsed if isinstance(parsed, dict) else {"text": outcome.body.decode(errors="replace")}
        if not body:
            return
        outcome.problems = message_problems(body)
        if outcome.problems:
            outcome.failure = "invalid_command_response"
            self.workspace.fault(f"{typed}: {outcome.problems[0]}")
            return
        if body.get("response_type") == "in_channel":
            self.workspace.messages.post(channel.id, user.id, typed)  # everybody sees what was typed (A3)
        post_answer(self.workspace, user=user.id, channel=channel.id, body=body)

    async def shortcut(self, who: Who, callback_id: str) -> Outcome:
        """A global shortcut."""
        user = self.person(who)
        self._offered(user, callback_id)
        payload = payloads.envelope(self.workspace, "shortcut", user) | {
            "callback_id": callback_id,
            "trigger_id": self.workspace.triggers.give(user.id),
            "action_ts": self.workspace.ids.ts(),
        }
        return self._noted(user, await self.interact(f"shortcut {callback_id} by {user.shown_name}", payload))

    async def message_shortcut(self, who: Who, message: Message | SeenMessage, callback_id: str) -> Outcome:
        """A shortcut from the menu of a message."""
        user = self.person(who)
        self._offered(user, callback_id)
        live, _ = self.seen(user, message)
        if live.ephemeral_to:
            raise NotPossible("an ephemeral message has no shortcuts")
        channel = self.workspace.conversations.channels[live.channel]
        payload = payloads.envelope(self.workspace, "message_action", user) | {
            "callback_id": callback_id,
            "trigger_id": self.workspace.triggers.give(user.id),
            "action_ts": self.workspace.ids.ts(),
            "message_ts": live.ts,
            "channel": {"id": channel.id, "name": channel.payload_name},
            "response_url": self.workspace.response_urls.give(user.id, channel.id),
            "message": payloads.message_of(self.workspace, live),
        }
        return self._noted(user, await self.interact(f"shortcut {callback_id} by {user.shown_name}", payload))

    def _offered(self, user: SlackUser, callback_id: str) -> None:
        self.colleague(user, "shortcuts")
        shortcuts = self.workspace.app.manifest.shortcuts
        if shortcuts is not None and callback_id not in shortcuts:
            raise NotPossible(f"the manifest has no shortcut {callback_id!r}")

    def _noted(self, user: SlackUser, outcome: Outcome) -> Outcome:
        if outcome.failure:
            self.workspace.notify(user.id, f'The shortcut failed with the error "{outcome.failure}"')
        return outcome
