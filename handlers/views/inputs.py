"""Inputs of a form: a label, an element, a hint. Five kinds of element are enough here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from handlers.ids import VALUE
from handlers.json_types import Json
from handlers.views import kit

LONGEST_TEXT = 300
MOST_TEXT = 3000  # what Slack lets a text input hold (slack-platform.md A6)


def labelled(block_id: str, label: str, element: Json, *, optional: bool = False, hint: str = "") -> Json:
    """An input block. What goes wrong with it is shown below it."""
    made: Json = {"type": "input", "block_id": block_id, "label": kit.plain(label), "element": element}
    if optional:
        made["optional"] = True
    if hint:
        made["hint"] = kit.plain(hint)
    return made


def text(initial: str, placeholder: str, *, multiline: bool = False, most: int = LONGEST_TEXT) -> Json:
    """A line to type into; long enough for what stands in it already."""
    made: Json = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "max_length": min(max(most, len(initial)), MOST_TEXT),
        "placeholder": kit.plain(placeholder),
    }
    if multiline:
        made["multiline"] = True
    if initial:
        made["initial_value"] = initial[:MOST_TEXT]
    return made


def ticks(labels: Mapping[str, str], on: Collection[str]) -> Json:
    """Boxes to tick; `labels` by value."""
    options = {value: kit.option(label, value) for value, label in labels.items()}
    made: Json = {"type": "checkboxes", "action_id": VALUE, "options": list(options.values())}
    if ticked := [options[value] for value in labels if value in on]:
        made["initial_options"] = ticked
    return made


def one_of(labels: Mapping[str, str], chosen: str, *, action_id: str = VALUE, kind: str = "static_select") -> Json:
    """A menu (or radio buttons) of a few."""
    options = {value: kit.option(label, value) for value, label in labels.items()}
    return {
        "type": kind,
        "action_id": action_id,
        "options": list(options.values()),
        "initial_option": options[chosen],
    }


def users(people: Sequence[str]) -> Json:
    """A menu of people. It offers everybody, bots and outsiders, too: who they are is looked at afterwards (A6)."""
    made: Json = {"type": "multi_users_select", "action_id": VALUE, "placeholder": kit.plain("Choose people")}
    if people:
        made["initial_users"] = list(people)
    return made


def channel(chosen: str | None) -> Json:
    """A menu of our own channels, never one that is shared with another company."""
    menu: Json = {
        "type": "conversations_select",
        "action_id": VALUE,
        "placeholder": kit.plain("Choose a channel"),
        "filter": {
            "include": ["public", "private"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    }
    if chosen:
        menu["initial_conversation"] = chosen
    return menu
