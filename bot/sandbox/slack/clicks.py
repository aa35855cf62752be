"""Buttons, menus and pickers in messages, and the options of searchable menus (slack-platform.md A5, A6)."""

from __future__ import annotations

from bot.sandbox.slack import payloads
from bot.sandbox.slack.acting import Acting, Who
from bot.sandbox.slack.blocks import find, is_stateful
from bot.sandbox.slack.courier import Outcome
from bot.sandbox.slack.entries import entered, flattened
from bot.sandbox.slack.errors import NotPossible
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.screen import SeenMessage
from bot.sandbox.slack.validate import options_problems
from bot.sandbox.slack.views import View
from bot.sandbox.slack.wire import Json, string

LEAST_QUERY = 3  # characters: the default of min_query_length


class Clicks(Acting):
    """What a person does to a message with the mouse."""

    async def click(
        self,
        who: Who,
        message: Message | SeenMessage,
        key: str,
        value: object = None,
        *,
        offered: list[Json] | None = None,
        confirms: bool = True,
    ) -> Outcome:
        """Press a button, or choose `value` in a menu or picker of a message. `key`: action_id or block_id.action_id.

        A `SeenMessage` may be older than the message: then the button of the old screen is pressed, as people do.
        `confirms=False` dismisses the element's dialog, if it has one.
        """
        user = self.person(who)
        live, blocks = self.seen(user, message)
        block, element = find(blocks, key)
        if "confirm" in element and not confirms:
            return Outcome(sent=False)
        block_id, action_id = string(block.get("block_id")), string(element.get("action_id"))
        entry: Json = {}
        if element.get("type") != "button":
            entry = entered(element, value, offered or [])
        if is_stateful(element):
            live.states.setdefault(user.id, {}).setdefault(block_id, {})[action_id] = entry
        channel = self.workspace.conversations.channels[live.channel]
        acted = payloads.action(self.workspace, block, element, entry)
        payload = payloads.message_actions(self.workspace, user, channel, live, acted)
        outcome = await self.interact(f"{action_id} by {user.shown_name}", payload)
        if outcome.failure:
            self.workspace.notify(user.id, f"The app did not answer to {action_id}: {outcome.failure}")
        return outcome

    async def options(self, who: Who, where: View | Message | SeenMessage, key: str, query: str = "") -> Outcome:
        """Open a searchable menu, or type `query` into it. The options are in the outcome and, for a view, kept there.

        Not sent, and no options, while `query` is shorter than the element's min_query_length (3 where it says none).
        """
        user = self.person(who)
        target = where if isinstance(where, View) else self.seen(user, where)[0]
        if isinstance(target, View) and target.owner != user.id:
            raise NotPossible(f"{user.shown_name} does not see this view")
        block, element = find(where.blocks, key)
        if not string(element.get("type")).endswith("external_select"):
            raise NotPossible(f"{key} is not a menu that asks the bot")
        least = element.get("min_query_length", LEAST_QUERY)
        if isinstance(least, int) and len(query) < least:
            return Outcome(sent=False)
        payload = payloads.suggestion(self.workspace, user, target, block, element, query)
        outcome = await self.interact(f"options of {key} for {query!r} by {user.shown_name}", payload)
        if outcome.ok:
            outcome.problems = options_problems(outcome.json)
            if outcome.problems:
                outcome.failure = "invalid_options"
                self.workspace.fault(f"options of {key}: {outcome.problems[0]}")
        outcome.options = flattened(outcome.json) if outcome.ok else []
        if isinstance(target, View):
            target.offered[f"{block.get('block_id')}.{element.get('action_id')}"] = outcome.options
        return outcome
