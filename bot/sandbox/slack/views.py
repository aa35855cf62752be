"""Modals and Home tabs: one stack of at most three modals for each person, hashes, and typed values (A6, A8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.slack.blocks import State, state_of, with_ids
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.ids import Ids
from bot.sandbox.slack.manifest import Installation
from bot.sandbox.slack.wire import Json, copied, objs, string

MOST_IN_STACK = 3


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or a Home tab as one person has it before them."""

    id: str
    owner: str  # user id
    content: Json  # as the bot sent it, ids filled in
    hash: str
    root_view_id: str
    previous_view_id: str | None
    state: State
    errors: dict[str, str] = field(default_factory=dict)  # by block_id: from the bot, or from the client's own check
    trouble: str | None = None  # what the client shows at the top when the bot did not answer well
    offered: dict[str, list[Json]] = field(default_factory=dict)  # block_id.action_id -> options last loaded

    @property
    def kind(self) -> str:
        return string(self.content.get("type"))

    @property
    def blocks(self) -> list[Json]:
        return objs(self.content.get("blocks"))

    @property
    def callback_id(self) -> str:
        return string(self.content.get("callback_id"))

    @property
    def external_id(self) -> str:
        return string(self.content.get("external_id"))

    def public(self, app: Installation, *, without_inputs: bool = False) -> Json:
        """As Slack hands it to the bot: with everything that must not be sent back."""
        blocks = [b for b in self.blocks if not without_inputs or b.get("type") != "input"]
        defaults: Json = {"private_metadata": "", "callback_id": "", "external_id": ""}
        if self.kind == "modal":
            defaults |= {"close": None, "submit": None, "clear_on_close": False, "notify_on_close": False}
        shown: Json = {
            "id": self.id,
            "team_id": app.team_id,
            "app_id": app.app_id,
            "app_installed_team_id": app.team_id,
            "bot_id": app.bot_id,
            "hash": self.hash,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
        }
        inputs = {string(b.get("block_id")) for b in self.blocks if b.get("type") == "input"}
        values = {k: v for k, v in self.state.items() if not (without_inputs and k in inputs)}
        return copied(defaults | self.content | shown | {"blocks": blocks, "state": {"values": values}})


class Views:
    """What is open, for whom."""

    def __init__(self, ids: Ids, ring: Callable[[str, str], None]) -> None:
        self._ids = ids
        self._ring = ring
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """A person's modals, the one on top last."""
        return self.stacks.setdefault(user, [])

    def find(self, view_id: str, external_id: str) -> View | None:
        """An open view by its id or the bot's own id."""
        everything = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
        for view in everything:
            if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
                return view
        return None

    def open(self, user: str, content: Json) -> View:
        """A first modal; it takes the place of whatever was open."""
        self._check_external_id(content, None)
        view = self._make(user, content)
        self.stacks[user] = [view]
        self._ring("view", user)
        return view

    def push(self, user: str, content: Json) -> View:
        """One more on top. Raises `Refused` when three are open."""
        stack = self.stack(user)
        if len(stack) >= MOST_IN_STACK:
            raise Refused("push_limit_reached")
        self._check_external_id(content, None)
        view = self._make(user, content)
        if stack:
            view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._ring("view", user)
        return view

    def update(self, view: View, content: Json, expected_hash: str = "") -> View:
        """New content, same id. What was typed stays where block_id and action_id stay; errors go."""
        if expected_hash and expected_hash != view.hash:
            raise Refused("hash_conflict")
        if content.get("type") != view.kind:
            raise Refused.because("invalid_arguments", "[ERROR] view type cannot change [json-pointer:/view/type]")
        self._check_external_id(content, view)
        view.content = self._filled(content)
        view.hash = self._hash()
        view.state = state_of(view.blocks, view.state)
        view.errors, view.trouble = {}, None
        self._ring("home" if view.kind == "home" else "view", view.owner)
        return view

    def publish(self, user: str, content: Json, expected_hash: str = "") -> View:
        """A person's Home tab."""
        current = self.homes.get(user)
        if current is not None:
            return self.update(current, content, expected_hash)
        if expected_hash:
            raise Refused("hash_conflict")  # there is nothing yet that could have this hash
        self._check_external_id(content, None)
        self.homes[user] = self._make(user, content)
        self._ring("home", user)
        return self.homes[user]

    def close(self, view: View) -> None:
        """Take one modal away; the one beneath shows again."""
        stack = self.stack(view.owner)
        stack[:] = [other for other in stack if other.id != view.id]
        self._ring("view", view.owner)

    def clear(self, user: str) -> None:
        """Close all."""
        self.stack(user).clear()
        self._ring("view", user)

    def _make(self, user: str, content: Json) -> View:
        view_id = self._ids.new("V")
        filled = self._filled(content)
        return View(
            id=view_id,
            owner=user,
            content=filled,
            hash=self._hash(),
            root_view_id=view_id,
            previous_view_id=None,
            state=state_of(objs(filled.get("blocks"))),
        )

    def _filled(self, content: Json) -> Json:
        return copied(content) | {"blocks": with_ids(objs(content.get("blocks")), self._ids)}

    def _hash(self) -> str:
        return f"{self._ids.ts()}.{self._ids.new('h')}"

    def _check_external_id(self, content: Json, own: View | None) -> None:
        external_id = string(content.get("external_id"))
        holder = self.find("", external_id) if external_id else None
        if holder is not None and holder is not own:
            raise Refused("duplicate_external_id")
