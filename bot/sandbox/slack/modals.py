"""What a person does in a modal or in Home (slack-platform.md A6, A8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bot.sandbox.slack import payloads
from bot.sandbox.slack.acting import Acting, Who
from bot.sandbox.slack.blocks import find, is_stateful
from bot.sandbox.slack.courier import Outcome
from bot.sandbox.slack.entries import complaints, entered
from bot.sandbox.slack.errors import NotPossible, Refused
from bot.sandbox.slack.people import SlackUser
from bot.sandbox.slack.validate import ack_problems
from bot.sandbox.slack.views import View
from bot.sandbox.slack.wire import Json, obj, seq, string

TROUBLE = "We had some trouble connecting. Try again?"


class Modals(Acting):
    """Typing, choosing, submitting, closing."""

    def top(self, who: Who) -> View:
        """The modal before a person. Raises `LookupError` when none is open."""
        stack = self.workspace.views.stack(self.workspace.people.find(who).id)
        if not stack:
            raise LookupError(f"{who} has no modal open")
        return stack[-1]

    def home(self, who: Who) -> View:
        """A person's Home tab. Raises `LookupError` when the bot has not published one."""
        view = self.workspace.views.homes.get(self.workspace.people.find(who).id)
        if view is None:
            raise LookupError(f"{who} has an empty Home")
        return view

    def _before(self, user: SlackUser, view: View | None) -> View:
        """The view, if it is the one this person can reach at this moment."""
        top = next(reversed(self.workspace.views.stack(user.id)), None)
        if view is None:
            return self.top(user)
        if view is not top and view is not self.workspace.views.homes.get(user.id):
            raise NotPossible(f"{user.shown_name} does not have this view before them")
        return view

    def fill(self, who: Who, view: View | None, values: Mapping[str, object]) -> View:
        """Enter values without sending anything. Keys: action_id, block_id or both; values as in `entries.entered`."""
        view = self._before(self.person(who), view)
        for key, value in values.items():
            block, element = find(view.blocks, key)
            self._enter(view, block, element, value)
        self._ring(view)
        return view

    def _enter(self, view: View, block: Json, element: Json, value: object) -> Json:
        block_id, action_id = string(block.get("block_id")), string(element.get("action_id"))
        offered = list(view.offered.get(f"{block_id}.{action_id}", []))
        initial = [element.get("initial_option"), *seq(element.get("initial_options"))]
        entry = entered(element, value, offered + [obj(option) for option in initial if option])
        if is_stateful(element):
            view.state.setdefault(block_id, {})[action_id] = entry
            view.errors.pop(block_id, None)
        return entry

    async def act_in_view(
        self,
        who: Who,
        view: View | None,
        key: str,
        value: object = None,
        *,
        by: Literal["enter", "typing"] = "enter",
        confirms: bool = True,
    ) -> Outcome:
        """Press a button, choose, or type into a field that dispatches, in a modal (None: the top one) or Home.

        An element in an input block without dispatch_action keeps the value and sends nothing; so does text that is
        typed `by` a way which the element does not dispatch on (on_enter_pressed is its default).
        """
        user = self.person(who)
        view = self._before(user, view)
        block, element = find(view.blocks, key)
        if "confirm" in element and not confirms:
            return Outcome(sent=False)
        entry = {} if element.get("type") == "button" else self._enter(view, block, element, value)
        if not _dispatches(block, element, by):
            self._ring(view)
            return Outcome(sent=False)
        acted = payloads.action(self.workspace, block, element, entry)
        payload = payloads.view_actions(self.workspace, user, view, acted)
        outcome = await self.interact(f"{element.get('action_id')} in {view.kind} by {user.shown_name}", payload)
        if outcome.failure:
            view.trouble = TROUBLE
            self._ring(view)
        return outcome

    def _ring(self, view: View) -> None:
        self.workspace.changes.ring("home" if view.kind == "home" else "view", user=view.owner)

    async def submit(self, who: Who, view: View | None = None, values: Mapping[str, object] | None = None) -> Outcome:
        """Fill in `values` and press the submit button.

        What Slack's own client refuses (an empty required field, a text too long) is not sent; it stands in
        `view.errors`, as the bot's own errors do.
        """
        user = self.person(who)
        view = self.fill(user, view, values or {})
        if view.kind != "modal" or "submit" not in view.content:
            raise NotPossible("this view has no submit button")
        view.errors, view.trouble = complaints(view.blocks, view.state), None
        if view.errors:
            self.workspace.changes.ring("view", user=user.id)
            return Outcome(sent=False)
        payload = payloads.submission(self.workspace, user, view)
        outcome = await self.interact(f"submit {view.callback_id} by {user.shown_name}", payload)
        if outcome.ok:
            self._apply(user, view, outcome)
        if outcome.failure:
            view.trouble = TROUBLE
        self.workspace.changes.ring("view", user=user.id)
        return outcome

    def _apply(self, user: SlackUser, view: View, outcome: Outcome) -> None:
        """What the answer to a submission does. Anything but nothing or a response_action is an error (A6)."""
        answer, views = outcome.json, self.workspace.views
        if not outcome.body.strip() or answer == {} or answer == "":
            views.close(view)
            return
        outcome.problems = ack_problems(answer, view.blocks)
        if not outcome.problems:
            try:
                self._follow(user, view, obj(answer))
            except Refused as refused:
                outcome.problems = [refused.code]
        if outcome.problems:
            outcome.failure = "invalid_response"
            self.workspace.fault(f"answer to {view.callback_id}: {outcome.problems[0]}")

    def _follow(self, user: SlackUser, view: View, answer: Json) -> None:
        views = self.workspace.views
        match answer.get("response_action"):
            case "clear":
                views.clear(user.id)
            case "errors":
                view.errors = {block_id: string(message) for block_id, message in obj(answer.get("errors")).items()}
            case "update":
                views.update(view, obj(answer.get("view")))
            case "push":
                views.push(user.id, obj(answer.get("view")))

    async def close(self, who: Who, view: View | None = None, *, everything: bool = False) -> Outcome:
        """Press cancel, or × (`everything`). The bot hears of it only with notify_on_close (A6)."""
        user = self.person(who)
        view = self._before(user, view)
        if view.kind != "modal":
            raise NotPossible("Home cannot be closed")
        everything = everything or view.content.get("clear_on_close") is True
        told = self.workspace.views.stack(user.id)[0] if everything else view
        if everything:
            self.workspace.views.clear(user.id)
        else:
            self.workspace.views.close(view)
        if told.content.get("notify_on_close") is not True:
            return Outcome(sent=False)
        payload = payloads.closed(self.workspace, user, told, is_cleared=everything)
        return await self.interact(f"close {told.callback_id} by {user.shown_name}", payload)


def _dispatches(block: Json, element: Json, by: str) -> bool:
    """Whether an edit is sent to the bot at once."""
    if block.get("type") != "input":
        return True
    if block.get("dispatch_action") is not True:
        return False
    if string(element.get("type")) not in {"plain_text_input", "email_text_input", "url_text_input", "number_input"}:
        return True
    config = obj(element.get("dispatch_action_config"))
    on = seq(config.get("trigger_actions_on")) or ["on_enter_pressed"]
    return {"enter": "on_enter_pressed", "typing": "on_character_entered"}[by] in on
