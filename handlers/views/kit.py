"""Builders for Block Kit, Slack's limits, and the one way in which other people's text gets into a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.domain.clean_text import CUT_MARK, cut
from handlers.json_types import Json

# slack-platform.md A6 and A7.
SECTION_TEXT = 3000
BUTTON_TEXT = 75
OPTION_TEXT = 75
MODAL_TITLE = 24
MESSAGE_BLOCKS = 50
FIELD_TEXT = 1900  # of 2000, with room for the label
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
NAME_SHOWN = 80  # a name as long as a novel must not push the rest out of sight
BUTTON_SEEN = 30  # Slack takes 75 characters and shows about this many
PROSE = 1000
MOST_MARKS = 3  # accents on one letter; no script needs more
NOTHING = "—"

_EMOJI_CODE = re.compile(r":([a-z_+-][\w+-]*):", re.IGNORECASE)
_HALF_ESCAPE = re.compile(r"&[a-z]*…\Z")


def line(text: str) -> str:
    """Other people's text as one line that shows all there is: no control or invisible characters, no bidi marks, no
    towers of accents (reliability.md T12). The characters themselves stay as they are."""
    kept: list[str] = []
    marks = 0
    for c in text:
        kind = unicodedata.category(c)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if c.isspace():
            kept.append(" ")
        elif kind not in {"Cc", "Cf", "Cs", "Co"} and marks <= MOST_MARKS:
            kept.append(c)
    return " ".join("".join(kept).split())


def escape(text: str, limit: int = PROSE) -> str:
    """Other people's text (and the lock maker's) for mrkdwn, on one line: no mention, no link can come of it."""
    shown = cut(line(text), limit) or NOTHING
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def name(text: str) -> str:
    """A name inside mrkdwn: escaped, cut, and without the marks and emoji codes that would change its looks."""
    bare = _EMOJI_CODE.sub(r"\1", "".join(c for c in text if c not in "*_~`"))
    return escape(line(bare) or "(no name)", NAME_SHOWN)


def mrkdwn(text: str) -> Json:
    # verbatim: Slack must not make links or mentions out of plain text (A7).
    return {"type": "mrkdwn", "text": _HALF_ESCAPE.sub(CUT_MARK, cut(text, SECTION_TEXT)), "verbatim": True}


def plain(text: str, limit: int = SECTION_TEXT) -> Json:
    return {"type": "plain_text", "text": cut(line(text), limit) or NOTHING, "emoji": False}


def section(text: str, *, accessory: Json | None = None) -> Json:
    """A paragraph of our own words; whatever comes from others went through `name` or `escape` first."""
    made: Json = {"type": "section", "text": mrkdwn(text)}
    if accessory:
        made["accessory"] = accessory
    return made


def fields(pairs: Sequence[tuple[str, str]]) -> Json:
    """A small table: our labels, other people's text, which stays plain text."""
    shown = [(label, cut(line(text), FIELD_TEXT) or NOTHING) for label, text in pairs]
    return {
        "type": "section",
        "fields": [{"type": "plain_text", "text": f"{label}\n{text}", "emoji": False} for label, text in shown],
    }


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
    """A message: `text` (plain, unescaped) is what notifications and screen readers get, so it never holds a PIN.
    Slack reads it as mrkdwn: unescaped, a door called `<!channel>` would ring for everybody."""
    return {"text": escape(text), "blocks": list(blocks[:MESSAGE_BLOCKS])}


def _with_id(block: Json, block_id: str | None) -> Json:
    return block | {"block_id": block_id} if block_id else block
