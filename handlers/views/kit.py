"""Six builders for Block Kit, Slack's limits, and the one way in which other people's text gets into a message."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.clean_text import cut
from handlers.json_types import Json

# slack-platform.md A6 and A7.
SECTION_TEXT = 3000
BUTTON_TEXT = 75
OPTION_TEXT = 75
MODAL_TITLE = 24
MESSAGE_BLOCKS = 50
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
NAME_SHOWN = 80  # a name as long as a novel must not push the rest out of sight


def escape(text: str) -> str:
    """Other people's text (and the lock maker's) for mrkdwn: no mention, no link can come of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def name(text: str) -> str:
    """A name inside mrkdwn: escaped, cut, and without the marks that would change its looks."""
    return escape(cut("".join(c for c in text if c not in "*_~`\n\r"), NAME_SHOWN))


def mrkdwn(text: str) -> Json:
    # verbatim: Slack must not make links or mentions out of plain text (A7).
    return {"type": "mrkdwn", "text": cut(text, SECTION_TEXT), "verbatim": True}


def plain(text: str, limit: int = SECTION_TEXT) -> Json:
    return {"type": "plain_text", "text": cut(text, limit) or " ", "emoji": False}


def section(text: str, *, block_id: str | None = None) -> Json:
    """A paragraph of our own words; whatever comes from others went through `name` or `escape` first."""
    return _with_id({"type": "section", "text": mrkdwn(text)}, block_id)


def fields(pairs: Sequence[tuple[str, str]]) -> Json:
    """A small table: our labels, other people's text, which stays plain text."""
    return {"type": "section", "fields": [plain(f"{label}\n{text}", 2000) for label, text in pairs]}


def context(text: str, *, block_id: str | None = None) -> Json:
    return _with_id({"type": "context", "elements": [mrkdwn(text)]}, block_id)


def header(text: str) -> Json:
    return {"type": "header", "text": plain(text, HEADER_TEXT)}


def actions(*elements: Json, block_id: str | None = None) -> Json:
    return _with_id({"type": "actions", "elements": list(elements)}, block_id)


def button(text: str, action_id: str, value: str = "", *, style: str | None = None) -> Json:
    made: Json = {"type": "button", "action_id": action_id, "text": plain(text, BUTTON_TEXT)}
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    return made


def option(text: str, value: str, description: str = "") -> Json:
    made: Json = {"text": plain(text, OPTION_TEXT), "value": value}
    if description:
        made["description"] = plain(description, OPTION_TEXT)
    return made


def message(text: str, *blocks: Json) -> Json:
    """A message: `text` is what notifications and screen readers get, so it never holds a PIN."""
    return {"text": cut(text, SECTION_TEXT), "blocks": list(blocks[:MESSAGE_BLOCKS])}


def _with_id(block: Json, block_id: str | None) -> Json:
    return block | {"block_id": block_id} if block_id else block
