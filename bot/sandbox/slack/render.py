"""Block Kit as plain text, the way a person would read it in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.sandbox.slack.blocks import State, initial_state, is_stateful, state_key
from bot.sandbox.slack.mrkdwn import Reader, plain, read
from bot.sandbox.slack.wire import Json, obj, objs, seq, string

LINE = "─" * 40


def render_text(
    blocks: list[Json],
    text: str = "",
    *,
    reader_tz: ZoneInfo,
    users: Mapping[str, str],
    channels: Mapping[str, str],
    now: datetime | None = None,
) -> str:
    """A message. `text` is read only where there are no blocks, as Slack does; dates are in `reader_tz`."""
    reader = Reader(tz=reader_tz, users=users, channels=channels, now=now)
    return render_blocks(blocks, reader) if blocks else read(text, reader)


def render_blocks(
    blocks: list[Json],
    reader: Reader,
    state: State | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """Blocks, one beneath the other, with what is entered in them and what is wrong with it."""
    return "\n".join(_block(block, reader, state or {}, errors or {}) for block in blocks)


def render_view(
    content: Json, reader: Reader, state: State, errors: Mapping[str, str], trouble: str | None = None
) -> str:
    """A modal or Home: title, blocks, buttons at the bottom."""
    lines = []
    if title := obj(content.get("title")):
        lines += [plain(string(title.get("text"))), LINE]
    if trouble:
        lines.append(f"⚠ {trouble}")
    lines.append(render_blocks(objs(content.get("blocks")), reader, state, errors))
    if content.get("type") == "modal":
        close = string(obj(content.get("close")).get("text"), "Close")
        submit = string(obj(content.get("submit")).get("text"))
        lines += [LINE, f"[{plain(close)}]" + (f" [{plain(submit)}]" if submit else "")]
    return "\n".join(lines)


def _text(value: object, reader: Reader) -> str:
    text = obj(value)
    said = string(text.get("text"))
    return read(said, reader) if text.get("type") == "mrkdwn" else plain(said)


def _block(block: Json, reader: Reader, state: State, errors: Mapping[str, str]) -> str:
    entered = state.get(string(block.get("block_id")), {})
    match block.get("type"):
        case "header":
            return f"{_text(block.get('text'), reader)}".upper()
        case "divider":
            return LINE
        case "section":
            return _section(block, reader, entered)
        case "context":
            return "· " + " ".join(_context_item(item, reader) for item in objs(block.get("elements")))
        case "actions":
            return " ".join(element_text(element, reader, entered) for element in objs(block.get("elements")))
        case "input":
            return _input(block, reader, entered, errors.get(string(block.get("block_id"))))
        case "image":
            return f"[picture: {string(block.get('alt_text'))}]"
        case "markdown":
            return string(block.get("text"))
        case "rich_text":
            return "".join(_rich(element, reader) for element in objs(block.get("elements")))
        case "table":
            return "\n".join(" | ".join(_cell(cell, reader) for cell in seq(row)) for row in seq(block.get("rows")))
    return f"[{block.get('type')}]"


def _section(block: Json, reader: Reader, entered: Mapping[str, Json]) -> str:
    lines = [_text(block["text"], reader)] if "text" in block else []
    lines += [_text(item, reader) for item in objs(block.get("fields"))]
    accessory = obj(block.get("accessory"))
    if accessory:
        lines[-1] += "  " + element_text(accessory, reader, entered)
    return "\n".join(lines)


def _context_item(item: Json, reader: Reader) -> str:
    return string(item.get("alt_text")) if item.get("type") == "image" else _text(item, reader)


def _input(block: Json, reader: Reader, entered: Mapping[str, Json], error: str | None) -> str:
    label = _text(block.get("label"), reader) + (" (optional)" if block.get("optional") is True else "")
    lines = [label, "  " + element_text(obj(block.get("element")), reader, entered)]
    if error:
        lines.append(f"  ⚠ {error}")
    if "hint" in block:
        lines.append("  " + _text(block["hint"], reader))
    return "\n".join(lines)


def element_text(element: Json, reader: Reader, entered: Mapping[str, Json]) -> str:
    """One element: [Unlock] for a button, [Front Door ▾] for a menu, the text in a field."""
    kind = string(element.get("type"))
    if kind == "button":
        return f"[{_text(element.get('text'), reader)}]"
    if kind == "overflow":
        return "[⋯ " + " / ".join(_text(o.get("text"), reader) for o in objs(element.get("options"))) + "]"
    if kind == "image":
        return f"[picture: {string(element.get('alt_text'))}]"
    if not is_stateful(element):
        return f"[{kind}]"
    current = entered.get(string(element.get("action_id"))) or initial_state(element)
    value = current.get(state_key(element))
    placeholder = _text(element.get("placeholder"), reader)
    if kind in {"checkboxes", "radio_buttons"}:
        return _ticked(element, value, reader)
    shown = _value(value, reader, kind)
    if kind.endswith("_input"):
        return f"[{shown or placeholder or ' '}]"
    return f"[{shown or placeholder or 'Choose'} ▾]"


def _ticked(element: Json, value: object, reader: Reader) -> str:
    chosen = {string(option.get("value")) for option in [*objs(value), obj(value)] if option}
    on, off = ("◉", "○") if element.get("type") == "radio_buttons" else ("☑", "☐")
    options = objs(element.get("options"))
    return "  ".join(f"{on if o.get('value') in chosen else off} {_text(o.get('text'), reader)}" for o in options)


def _value(value: object, reader: Reader, kind: str) -> str:
    if isinstance(value, dict):
        return _text(value.get("text"), reader)
    if isinstance(value, list):
        return ", ".join(_value(item, reader, kind) for item in value)
    if isinstance(value, int) and kind == "datetimepicker":
        return f"{datetime.fromtimestamp(value, UTC).astimezone(reader.tz):%Y-%m-%d %H:%M}"
    if isinstance(value, str) and "users_select" in kind:
        return "@" + reader.users.get(value, value)
    if isinstance(value, str) and ("conversations_select" in kind or "channels_select" in kind):
        return "#" + reader.channels.get(value, value)
    return string(value)


def _cell(cell: object, reader: Reader) -> str:
    item = obj(cell)
    return _rich(item, reader) if item.get("type") == "rich_text" else string(item.get("text"))


def _rich(element: Json, reader: Reader) -> str:
    """Rich text, whose user text is never markup."""
    match element.get("type"):
        case "text":
            return string(element.get("text"))
        case "link":
            return string(element.get("text")) or string(element.get("url"))
        case "user":
            return "@" + reader.users.get(string(element.get("user_id")), string(element.get("user_id")))
        case "channel":
            return "#" + reader.channels.get(string(element.get("channel_id")), "private-channel")
        case "emoji":
            return plain(f":{element.get('name')}:")
    inner = [_rich(item, reader) for item in objs(element.get("elements"))]
    if element.get("type") == "rich_text_list":
        return "\n".join(f"• {item}" for item in inner)
    return "".join(inner)
