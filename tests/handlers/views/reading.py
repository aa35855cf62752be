"""What Slack's client would make of a payload: its texts, and whether anything in them is alive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.json_types import Json

# `<…>` in mrkdwn is a mention, a link, a date or a broadcast: whatever is in it.
# But for the people and the channel of our own stories, whose ids come from Slack and never from a name.
TOKEN = re.compile(r"<(?!@U0SAM>|@U0ANA>|#C0REQ>)[^>\n]*>")
HIDDEN = re.compile("[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def texts(node: object) -> Iterator[tuple[str, str]]:
    """(kind, text) of every text object; the message's own `text` counts as mrkdwn, as Slack parses it."""
    if isinstance(node, dict):
        if node.get("type") in {"mrkdwn", "plain_text"} and isinstance(node.get("text"), str):
            yield node["type"], node["text"]
        elif isinstance(node.get("text"), str):
            yield ("literal" if node.get("type") == "text" else "mrkdwn"), node["text"]
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def mrkdwn(shown: Json) -> list[str]:
    return [text for kind, text in texts(shown) if kind == "mrkdwn"]


def is_verbatim(node: object) -> bool:
    """No mrkdwn object lets Slack make links and mentions out of plain words."""
    if isinstance(node, dict):
        own = node.get("type") != "mrkdwn" or node.get("verbatim") is True
        return own and all(is_verbatim(v) for v in node.values())
    return all(is_verbatim(v) for v in node) if isinstance(node, list) else True


def size(shown: Json) -> int:
    return sum(len(text) for _, text in texts(shown.get("blocks")))
