"""Whether Slack would take a view, a message, or an answer. Gives Slack's reasons; an empty list means yes.

Limits from slack-platform.md A6 and A7. Stricter than Slack where Slack knows block types that the bot does not use.
"""

from __future__ import annotations

import json

from bot.sandbox.slack.block_kit import BLOCKS, EVERYWHERE, OPTION, OPTION_GROUP
from bot.sandbox.slack.rules import Report, Rule, anything, boolean, by_type, listing, one_of, shape, string, text
from bot.sandbox.slack.wire import Json, obj, objs
from bot.sandbox.slack.wire import string as as_string

MOST_MESSAGE_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
MOST_VIEW_BYTES = 250_000
MOST_TEXT_IN_BLOCKS = 13_000  # undocumented: msg_blocks_too_long (bolt-js#2509)
MOST_UPDATE_TEXT = 4_000  # chat.update answers msg_too_long above it

_PLACE = {"modal": "a modal", "home": "Home", "message": "a message"}


def _blocks_rule(surface: str) -> Rule:
    allowed = set(BLOCKS) if surface == "message" else EVERYWHERE
    most = MOST_MESSAGE_BLOCKS if surface == "message" else MOST_VIEW_BLOCKS
    return listing(by_type(BLOCKS, allowed, _PLACE[surface]), 0, most)


def _whole_surface(blocks: list[Json], pointer: str, report: Report) -> None:
    """Rules that hold across blocks."""
    seen: set[object] = set()
    for number, block in enumerate(blocks):
        if not isinstance(block_id := block.get("block_id"), str):
            continue  # its own rule speaks of what is no string
        if block_id in seen:
            report.add(f"{pointer}/{number}/block_id", f"block_id `{block_id}` already exists")
        seen.add(block_id)
    parts = [part for block in blocks for part in _parts(block)]
    if sum(part.get("focus_on_load") is True for part in parts) > 1:
        report.add(pointer, "only one element can have focus_on_load")
    if sum(block.get("type") == "table" for block in blocks) > 1:
        report.add(pointer, "only one table allowed")
    if sum(len(as_string(block.get("text"))) for block in blocks if block.get("type") == "markdown") > 12_000:
        report.add(pointer, "markdown blocks must be no more than 12000 characters together")


def _parts(block: Json) -> list[Json]:
    return [obj(block.get("element")), obj(block.get("accessory")), *objs(block.get("elements"))]


_CALLBACK: dict[str, Rule] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_VIEWS: dict[str, Rule] = {
    "modal": shape(
        {"type": anything, "title": text(24, plain=True), "blocks": _blocks_rule("modal")},
        _CALLBACK
        | {
            "submit": text(24, plain=True),
            "close": text(24, plain=True),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": shape({"type": anything, "blocks": _blocks_rule("home")}, _CALLBACK),
}


def view_problems(view: object, *, pointer: str = "/view", kinds: tuple[str, ...] = ("modal", "home")) -> list[str]:
    """Why Slack would refuse a view. Fields that only Slack sets (`id`, `hash`, `state` ...) are refused too."""
    report = Report()
    if not isinstance(view, dict):
        report.add(pointer, "must be an object")
        return report.problems
    by_type(_VIEWS, kinds, "this method")(view, pointer, report)
    blocks = objs(view.get("blocks"))
    _whole_surface(blocks, f"{pointer}/blocks", report)
    if view.get("type") == "modal" and "submit" not in view and any(b.get("type") == "input" for b in blocks):
        report.add(f"{pointer}/submit", "submit is required when an input block is within the blocks array")
    return report.problems


def view_is_too_large(view: Json) -> bool:
    """More than 250 kB as JSON."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > MOST_VIEW_BYTES


def block_problems(blocks: object, *, surface: str = "message", pointer: str = "/blocks") -> list[str]:
    """Why Slack would refuse the blocks of a message."""
    report = Report()
    _blocks_rule(surface)(blocks, pointer, report)
    _whole_surface(objs(blocks), pointer, report)
    return report.problems


def text_in(value: object) -> int:
    """How many characters of text are in blocks."""
    if isinstance(value, list):
        return sum(text_in(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    here = len(own) if isinstance(own, str) else 0
    return here + sum(text_in(item) for key, item in value.items() if not (key == "text" and isinstance(item, str)))


def message_problems(body: Json) -> list[str]:
    """Why Slack would refuse a message given as a command's answer or to a response_url."""
    report = Report()
    if "response_type" in body:
        one_of("ephemeral", "in_channel")(body["response_type"], "/response_type", report)
    if "text" in body:
        string(40_000)(body["text"], "/text", report)
    problems = report.problems + (block_problems(body["blocks"]) if "blocks" in body else [])
    if not body.get("text") and not body.get("blocks"):
        problems.append("[ERROR] no_text [json-pointer:/text]")
    return problems


def options_problems(answer: object) -> list[str]:
    """Why Slack would show no options for an answer to block_suggestion (A6: at most 100, or 100 groups)."""
    report = Report()
    body = obj(answer)
    if ("options" in body) == ("option_groups" in body):
        report.add("", "must have exactly one of options, option_groups")
    if "options" in body:
        listing(OPTION, 0, 100)(body["options"], "/options", report)
    if "option_groups" in body:
        listing(OPTION_GROUP, 0, 100)(body["option_groups"], "/option_groups", report)
    return report.problems


def ack_problems(answer: object, view_blocks: list[Json]) -> list[str]:
    """Why Slack's client would say "trouble connecting" to an answer to view_submission (A6)."""
    report = Report()
    body = obj(answer)
    one_of("errors", "update", "push", "clear")(body.get("response_action"), "/response_action", report)
    if body.get("response_action") == "errors":
        inputs = {block.get("block_id") for block in view_blocks if block.get("type") == "input"}
        errors = obj(body.get("errors"))
        if not errors:
            report.add("/errors", "must name at least one block_id")
        for block_id, message in errors.items():
            if block_id not in inputs:
                report.add(f"/errors/{block_id}", "is not the block_id of an input block")
            string(2000, 1)(message, f"/errors/{block_id}", report)
    if body.get("response_action") in {"update", "push"}:
        return report.problems + view_problems(body.get("view"), kinds=("modal",))
    return report.problems
