"""Slack's limits on blocks and elements, as data (slack-platform.md A6 "Elements", A7)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from bot.sandbox.slack.blocks import options_of
from bot.sandbox.slack.rules import (
    Report,
    Rule,
    any_of,
    anything,
    boolean,
    by_type,
    either,
    fields,
    integer,
    listing,
    no_more_than,
    one_of,
    ordered,
    pattern,
    shape,
    string,
    text,
)
from bot.sandbox.slack.wire import objs, seq

ID = string(255, 1)

CONFIRM = shape(
    {
        "title": text(100, plain=True),
        "text": text(300, plain=True),
        "confirm": text(30, plain=True),
        "deny": text(30, plain=True),
    },
    {"style": one_of("primary", "danger")},
)


def _option(*, plain: bool, url: bool = False) -> Rule:
    return shape(
        {"text": text(75, plain=plain), "value": string(150)},
        {"description": text(75, plain=plain)} | ({"url": string(3000)} if url else {}),
    )


OPTION = _option(plain=True)
OPTION_GROUP = shape({"label": text(75, plain=True), "options": listing(OPTION, 1, 100)})


def _initial_is_offered(value: object, pointer: str, report: Report) -> None:
    """Initial options equal one of the options exactly: text, value and description."""
    element = fields(value)
    offered = options_of(element)
    for key in ("initial_option", "initial_options"):
        if key in element:
            chosen = seq(element[key]) if key == "initial_options" else [element[key]]
            if any(option not in offered for option in chosen):
                report.add(f"{pointer}/{key}", "initial option must be one of the options")


def _real_date(value: object, pointer: str, report: Report) -> None:
    try:
        date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        report.add(pointer, "must be a date as YYYY-MM-DD")


def _zone(value: object, pointer: str, report: Report) -> None:
    try:
        ZoneInfo(value if isinstance(value, str) else "")
    except (ValueError, OSError, LookupError):
        report.add(pointer, "must be an IANA time zone")


FOCUS: dict[str, Rule] = {"action_id": ID, "focus_on_load": boolean}
CHOICE: dict[str, Rule] = FOCUS | {"confirm": CONFIRM}
PICK: dict[str, Rule] = CHOICE | {"placeholder": text(150, plain=True)}
MANY: dict[str, Rule] = PICK | {"max_selected_items": integer(1, 10_000)}
TYPED: dict[str, Rule] = FOCUS | {
    "placeholder": text(150, plain=True),
    "dispatch_action_config": shape(
        {}, {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
    ),
}
NUMBER = pattern(r"-?\d+(\.\d+)?", "a string that holds a number")
FILTER = shape(
    {},
    {
        "include": listing(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
CONVERSATION: dict[str, Rule] = {"default_to_current_conversation": boolean, "filter": FILTER}
STATIC: dict[str, Rule] = {"options": listing(OPTION, 1, 100), "option_groups": listing(OPTION_GROUP, 1, 100)}
ANY_OPTION = _option(plain=False)
TYPE: dict[str, Rule] = {"type": anything}
USER_IDS = listing(string(255, 1), 0, 10_000)

IMAGE = shape(
    TYPE | {"alt_text": string(2000)},
    {"image_url": string(3000, 1), "slack_file": anything},
    either("image_url", "slack_file"),
)

ELEMENTS: dict[str, Rule] = {
    "image": IMAGE,
    "button": shape(
        TYPE | {"text": text(75, plain=True)},
        {
            "action_id": ID,
            "value": string(2000),
            "url": string(3000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": shape(
        TYPE | {"options": listing(_option(plain=True, url=True), 1, 5)}, {"action_id": ID, "confirm": CONFIRM}
    ),
    "static_select": shape(
        TYPE, PICK | STATIC | {"initial_option": OPTION}, either("options", "option_groups"), _initial_is_offered
    ),
    "multi_static_select": shape(
        TYPE,
        MANY | STATIC | {"initial_options": listing(OPTION, 0, 100)},
        either("options", "option_groups"),
        _initial_is_offered,
        no_more_than("initial_options", "max_selected_items"),
    ),
    "external_select": shape(TYPE, PICK | {"initial_option": OPTION, "min_query_length": integer(0, 10_000)}),
    "multi_external_select": shape(
        TYPE,
        MANY | {"initial_options": listing(OPTION, 0, 100), "min_query_length": integer(0, 10_000)},
        no_more_than("initial_options", "max_selected_items"),
    ),
    "users_select": shape(TYPE, PICK | {"initial_user": ID}),
    "multi_users_select": shape(
        TYPE, MANY | {"initial_users": USER_IDS}, no_more_than("initial_users", "max_selected_items")
    ),
    "conversations_select": shape(
        TYPE, PICK | CONVERSATION | {"initial_conversation": ID, "response_url_enabled": boolean}
    ),
    "multi_conversations_select": shape(TYPE, MANY | CONVERSATION | {"initial_conversations": USER_IDS}),
    "channels_select": shape(TYPE, PICK | {"initial_channel": ID, "response_url_enabled": boolean}),
    "multi_channels_select": shape(TYPE, MANY | {"initial_channels": USER_IDS}),
    "checkboxes": shape(
        TYPE | {"options": listing(ANY_OPTION, 1, 10)},
        CHOICE | {"initial_options": listing(ANY_OPTION, 1, 10)},
        _initial_is_offered,
    ),
    "radio_buttons": shape(
        TYPE | {"options": listing(ANY_OPTION, 1, 10)}, CHOICE | {"initial_option": ANY_OPTION}, _initial_is_offered
    ),
    "datepicker": shape(TYPE, PICK | {"initial_date": _real_date}),
    "timepicker": shape(TYPE, PICK | {"initial_time": pattern(r"([01]\d|2[0-3]):[0-5]\d", "HH:mm"), "timezone": _zone}),
    "datetimepicker": shape(TYPE, CHOICE | {"initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": shape(
        TYPE,
        TYPED
        | {
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        ordered("min_length", "max_length"),
        lambda value, pointer, report: _initial_fits(value, pointer, report),
    ),
    "email_text_input": shape(TYPE, TYPED | {"initial_value": string(3000)}),
    "url_text_input": shape(TYPE, TYPED | {"initial_value": string(3000)}),
    "number_input": shape(
        TYPE | {"is_decimal_allowed": boolean},
        TYPED | {"initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
        ordered("min_value", "max_value"),
    ),
    "file_input": shape(
        TYPE, {"action_id": ID, "filetypes": listing(string(20, 1), 0, 100), "max_files": integer(1, 10)}
    ),
}


def _initial_fits(value: object, pointer: str, report: Report) -> None:
    element = fields(value)
    most, initial = element.get("max_length"), element.get("initial_value")
    if isinstance(most, int) and isinstance(initial, str) and len(initial) > most:
        report.add(f"{pointer}/initial_value", f"must be no more than {most} characters")


SELECTS = {kind for kind in ELEMENTS if kind.endswith("_select")}
IN_SECTION = SELECTS | {"image", "button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker"}
IN_ACTIONS = IN_SECTION - {"image"} | {"datetimepicker"}
IN_INPUT = set(ELEMENTS) - {"image", "button", "overflow"}


def _own_action_ids(value: object, pointer: str, report: Report) -> None:
    seen: set[object] = set()
    for number, element in enumerate(objs(fields(value).get("elements"))):
        if not isinstance(action_id := element.get("action_id"), str):
            continue
        if action_id in seen:
            report.add(f"{pointer}/elements/{number}/action_id", f"action_id `{action_id}` already exists")
        seen.add(action_id)


def _no_dispatch_of_files(value: object, pointer: str, report: Report) -> None:
    block = fields(value)
    if block.get("dispatch_action") is True and fields(block.get("element")).get("type") == "file_input":
        report.add(f"{pointer}/dispatch_action", "cannot be used with file_input")


def _context_item(value: object, pointer: str, report: Report) -> None:
    rule = IMAGE if fields(value).get("type") == "image" else text(3000)
    rule(value, pointer, report)


_RICH = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
_BLOCK: dict[str, Rule] = {"block_id": ID}
BLOCKS: dict[str, Rule] = {
    "section": shape(
        TYPE,
        _BLOCK
        | {
            "text": text(3000),
            "fields": listing(text(2000), 1, 10),
            "accessory": by_type(ELEMENTS, IN_SECTION, "a section"),
            "expand": boolean,
        },
        any_of("text", "fields"),
    ),
    "header": shape(TYPE | {"text": text(150, plain=True)}, _BLOCK),
    "divider": shape(TYPE, _BLOCK),
    "context": shape(TYPE | {"elements": listing(_context_item, 1, 10)}, _BLOCK),
    "actions": shape(
        TYPE | {"elements": listing(by_type(ELEMENTS, IN_ACTIONS, "an actions block"), 1, 25)}, _BLOCK, _own_action_ids
    ),
    "input": shape(
        TYPE | {"label": text(2000, plain=True), "element": by_type(ELEMENTS, IN_INPUT, "an input block")},
        _BLOCK | {"hint": text(2000, plain=True), "optional": boolean, "dispatch_action": boolean},
        _no_dispatch_of_files,
    ),
    "image": shape(
        TYPE | {"alt_text": string(2000)},
        _BLOCK | {"image_url": string(3000, 1), "slack_file": anything, "title": text(2000, plain=True)},
        either("image_url", "slack_file"),
    ),
    "markdown": shape(TYPE | {"text": string(12_000, 1)}, _BLOCK),
    "table": shape(
        TYPE | {"rows": listing(listing(anything, 1, 20), 1, 100)},
        _BLOCK | {"column_settings": listing(anything, 0, 20)},
    ),
    "rich_text": shape(
        TYPE | {"elements": listing(by_type(dict.fromkeys(_RICH, anything), _RICH, "rich text"), 1, 10_000)}, _BLOCK
    ),
}
MESSAGES_ONLY = {"markdown", "table"}
EVERYWHERE = set(BLOCKS) - MESSAGES_ONLY
