"""What a person enters into an element, and what Slack's client lets through (slack-platform.md A6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time

from bot.sandbox.slack.blocks import State, is_plural, options_of, state_key, walk
from bot.sandbox.slack.errors import NotPossible
from bot.sandbox.slack.people import SlackUser
from bot.sandbox.slack.wire import Json, obj, objs, plain, seq, string

_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
_LOADED = {"external_select", "multi_external_select"}
REQUIRED = "Please complete this required field."


def entered(element: Json, value: object, offered: list[Json]) -> Json:
    """What stands in `state` (or in an action) when a person enters `value`.

    Text for an input; an option's value or its label for a select, a list of them for a multi-select; an id for a
    users_select; a date, time, aware datetime or Slack's own form of them; None empties it. `offered`: the options
    that an external select loaded. A JSON object is taken as it is.
    """
    kind = string(element.get("type"))
    if isinstance(value, dict):
        return {"type": kind, **value}
    if kind == "overflow":
        return {"type": kind, "selected_option": _pick(options_of(element), value)}
    key = state_key(element)
    if kind == "file_input":
        raise NotPossible("the local Slack cannot put files into a form")
    if value is None or value == "":
        return {"type": kind, key: [] if is_plural(element) else None}
    if kind in _TYPED:
        return {"type": kind, key: str(value)}
    options = offered if kind in _LOADED else options_of(element)
    pick: Callable[[object], object] = _as_is
    if key.startswith("selected_option"):
        pick = lambda one: _pick(options, one)  # noqa: E731
    if is_plural(element):
        chosen = value if isinstance(value, list | tuple) else [value]
        most = element.get("max_selected_items")
        if isinstance(most, int) and len(chosen) > most:
            raise NotPossible(f"Slack lets a person choose {most} at most")
        return {"type": kind, key: [pick(one) for one in chosen]}
    return {"type": kind, key: pick(value)}


def _as_is(value: object) -> object:
    """Dates, times and moments in Slack's form, a person's id; anything else unchanged."""
    if isinstance(value, SlackUser):
        return value.id
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value


def _pick(options: list[Json], wanted: object) -> Json:
    """An option by its value, else by its label, as it is offered."""
    for option in options:
        if option.get("value") == wanted:
            return option
    for option in options:
        if plain(option.get("text")) == wanted:
            return option
    there = ", ".join(f"{string(o.get('value'))} ({plain(o.get('text'))})" for o in options[:20])
    raise NotPossible(f"{wanted!r} is not offered; there are: {there or 'none'}")


def is_empty(state: Json, element: Json) -> bool:
    """Nothing entered."""
    return state.get(state_key(element)) in (None, "", [])


def complaints(blocks: list[Json], state: State) -> dict[str, str]:
    """What Slack's client says before it sends a form, by block_id. Empty: it sends it."""
    said: dict[str, str] = {}
    for block, element in walk(blocks):
        if block.get("type") != "input":
            continue
        block_id = string(block.get("block_id"))
        current = state.get(block_id, {}).get(string(element.get("action_id")), {})
        if is_empty(current, element):
            if block.get("optional") is not True:
                said[block_id] = REQUIRED
        elif complaint := _complaint(element, string(current.get("value"))):
            said[block_id] = complaint
    return said


def _complaint(element: Json, text: str) -> str | None:
    match element.get("type"):
        case "plain_text_input":
            least, most = element.get("min_length"), element.get("max_length")
            if isinstance(least, int) and len(text) < least:
                return f"Must be at least {least} characters"
            limit = most if isinstance(most, int) else 3000
            return f"Must be no more than {limit} characters" if len(text) > limit else None
        case "email_text_input":
            return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) else "Please enter a valid email address."
        case "url_text_input":
            return None if re.fullmatch(r"https?://\S+", text) else "Please enter a valid URL."
        case "number_input":
            return _number_complaint(element, text)
    return None


def _number_complaint(element: Json, text: str) -> str | None:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return "Please enter a number."
    if "." in text and element.get("is_decimal_allowed") is not True:
        return "Please enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if isinstance(low, str) and float(text) < float(low):
        return f"Must be at least {low}"
    if isinstance(high, str) and float(text) > float(high):
        return f"Must be no more than {high}"
    return None


def flattened(answer: object) -> list[Json]:
    """The options in an answer to block_suggestion, groups flattened."""
    body = obj(answer)
    grouped = [option for group in objs(body.get("option_groups")) for option in seq(group.get("options"))]
    return [obj(option) for option in [*seq(body.get("options")), *grouped]]
