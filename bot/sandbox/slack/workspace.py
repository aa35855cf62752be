"""The state of the local Slack: what there is, without who acts on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.clock import Clock
from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.channels import Conversations
from bot.sandbox.slack.ids import Ids
from bot.sandbox.slack.manifest import Installation
from bot.sandbox.slack.messages import Message, Messages
from bot.sandbox.slack.people import SLACKBOT, People, SlackUser
from bot.sandbox.slack.tickets import ResponseUrls, Triggers
from bot.sandbox.slack.traffic import Traffic
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.wire import Json


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file on its way in, or there."""

    id: str
    name: str
    length: int  # bytes that were announced
    content: bytes = b""
    uploaded: bool = False
    shared_in: str | None = None  # channel id

    def public(self) -> Json:
        return {"id": self.id, "name": self.name, "title": self.name, "size": len(self.content), "mode": "hosted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A line that Slack itself shows a person: something the bot did not answer."""

    user: str
    text: str


class Workspace:
    """Everything that `reset()` forgets."""

    def __init__(
        self,
        app: Installation,
        clock: Clock,
        monotonic: Callable[[], float],
        changes: Changes,
        base_url: Callable[[], str],
    ) -> None:
        self.app = app
        self.clock = clock
        self.monotonic = monotonic
        self.changes = changes
        self.base_url = base_url
        self.ids = Ids(clock)
        self.people = People(app.team_id)
        self.conversations = Conversations(app.bot_user_id)
        self.messages = Messages(self.ids, lambda channel: changes.ring("message", channel=channel))
        self.views = Views(self.ids, lambda what, user: changes.ring(what, user=user))
        self.triggers = Triggers(self.ids, monotonic)
        self.response_urls = ResponseUrls(self.ids, clock.now, base_url)
        self.traffic = Traffic(clock.now, lambda: changes.ring("traffic"))
        self.files: dict[str, StoredFile] = {}
        self.notices: list[Notice] = []
        self.faults: list[str] = []  # every rule of Slack's that the bot broke
        self.token_revoked = False

    def fault(self, what: str) -> None:
        """Note a broken rule; a test can say that there were none."""
        self.faults.append(what)

    def notify(self, user: str, text: str) -> None:
        """Show a person a line of Slack's own."""
        self.notices.append(Notice(user=user, text=text))
        self.changes.ring("notice", user=user)

    def slackbot_says(self, user: str, channel: str, text: str) -> Message:
        """A line of Slack's own in a channel, for one person."""
        return self.messages.post(channel, SLACKBOT, text, ephemeral_to=user)

    def is_stranger(self, user: SlackUser) -> bool:
        """External, and in no channel with the bot."""
        return self.people.is_external(user) and not self.conversations.shares_a_channel(user.id)
