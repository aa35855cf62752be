"""Walking through Block Kit: elements, their ids, and the state that Slack keeps for them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.slack.ids import Ids
from bot.sandbox.slack.wire import Json, copied, copied_all, obj, objs, string

State = dict[str, dict[str, Json]]  # block_id -> action_id -> {"type": ..., "value" or "selected_...": ...}

# Where each stateful element keeps its value, and the field it starts from (A5, A6).
_STATE_KEYS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
OFFERING = {"static_select", "radio_buttons", "checkboxes", "multi_static_select"}


def is_stateful(element: Json) -> bool:
    """Whether Slack keeps a value for it; buttons and overflow menus have none."""
    return string(element.get("type")) in _STATE_KEYS


def is_plural(element: Json) -> bool:
    """Whether it holds a list."""
    return state_key(element).endswith("s") and state_key(element) != "files"


def state_key(element: Json) -> str:
    """The key under which its value stands in `state.values`, such as `selected_option`."""
    return _STATE_KEYS[string(element.get("type"))][0]


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block."""
    match block.get("type"):
        case "input":
            found = [obj(block.get("element"))]
        case "section":
            found = [obj(block.get("accessory"))]
        case "actions" | "context_actions":
            found = objs(block.get("elements"))
        case _:
            found = []
    return [element for element in found if element and element.get("type") != "image"]


def walk(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block."""
    for block in blocks:
        for element in elements_of(block):
            yield block, element


def find(blocks: list[Json], key: str) -> tuple[Json, Json]:
    """An element by `action_id`, `block_id`, or `block_id.action_id`. Raises `LookupError` if none or several fit."""
    for names in (("both",), ("action",), ("block",)):
        fitting = []
        for block, element in walk(blocks):
            block_id, action_id = string(block.get("block_id")), string(element.get("action_id"))
            name = {"both": f"{block_id}.{action_id}", "action": action_id, "block": block_id}[names[0]]
            if name == key:
                fitting.append((block, element))
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise LookupError(f"{key!r} fits {len(fitting)} elements: say block_id.action_id")
    there = [f"{block.get('block_id')}.{element.get('action_id')}" for block, element in walk(blocks)]
    raise LookupError(f"no element {key!r}; there are: {', '.join(there) or 'none'}")


def options_of(element: Json) -> list[Json]:
    """All options of a select, those in groups too."""
    grouped = [option for group in objs(element.get("option_groups")) for option in objs(group.get("options"))]
    return objs(element.get("options")) + grouped


def with_ids(blocks: list[Json], ids: Ids) -> list[Json]:
    """A deep copy in which every block and element has an id, made up by Slack where the bot gave none."""
    filled = copied_all(blocks)
    for block in filled:
        if not block.get("block_id"):
            block["block_id"] = ids.new("b")
        for element in elements_of(block):
            if not element.get("action_id"):
                element["action_id"] = ids.new("a")
    return filled


def initial_state(element: Json) -> Json:
    """What stands in `state` for an element that nobody touched: its initial value, null, or an empty list."""
    kind = string(element.get("type"))
    key, initial = _STATE_KEYS[kind]
    value = element.get(initial)
    if value is None and is_plural(element):
        value = []
    return {"type": kind, key: value}


def state_of(blocks: list[Json], before: State | None = None) -> State:
    """The state of a surface. What stood in a field `before` stays where block_id and action_id stay (A6)."""
    state: State = {}
    for block, element in walk(blocks):
        if not is_stateful(element):
            continue
        block_id, action_id = string(block.get("block_id")), string(element.get("action_id"))
        kept = (before or {}).get(block_id, {}).get(action_id)
        fits = kept is not None and kept.get("type") == element.get("type") and _still_offered(kept, element)
        state.setdefault(block_id, {})[action_id] = copied(kept) if kept and fits else initial_state(element)
    return state


def _still_offered(kept: Json, element: Json) -> bool:
    """Whether a choice can still be shown: an option that is gone cannot."""
    if string(element.get("type")) not in OFFERING:
        return True
    offered = {string(option.get("value")) for option in options_of(element)}
    chosen = objs(kept.get("selected_options")) or [obj(kept.get("selected_option"))]
    return all(string(option.get("value")) in offered for option in chosen if option)
