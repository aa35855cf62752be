"""Slack's text markup as plain text (slack-platform.md A7: dates, escaping)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_ENTITY = re.compile(r"<([^<>\n]+)>")
_DATE = re.compile(r"!date\^(-?\d+)\^([^|^]*)(?:\^([^|]*))?(?:\|(.*))?$")
_TOKEN = re.compile(r"\{([a-z_]+)\}")
# A mark counts at the edge of a word, as Slack draws it; `code` keeps its marks and its content.
_STYLES = re.compile(r"(?<![\w*_~])(?P<mark>[*_~])(?=\S)(?P<body>[^\n]*?\S)(?P=mark)(?![\w*_~])")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_EMOJI = re.compile(r":([a-z0-9_+-]+):")
_EMOJIS = {
    "lock": "🔒", "unlock": "🔓", "closed_lock_with_key": "🔐", "key": "🔑", "door": "🚪", "bell": "🔔",
    "white_check_mark": "✅", "x": "❌", "warning": "⚠️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳",
    "battery": "🔋", "low_battery": "🪫", "no_entry": "⛔", "no_entry_sign": "🚫", "calendar": "📅", "clock3": "🕒",
    "wave": "👋", "tada": "🎉", "rotating_light": "🚨", "information_source": "ℹ️", "bulb": "💡", "eyes": "👀",
    "large_green_circle": "🟢", "red_circle": "🔴", "white_circle": "⚪", "large_yellow_circle": "🟡",
    "house": "🏠", "bust_in_silhouette": "👤", "busts_in_silhouette": "👥", "mag": "🔍", "gear": "⚙️",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: the zone of their device, the names they see, and the present (for "today" and "in 2 hours")."""

    tz: ZoneInfo
    users: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None


def plain(text: str) -> str:
    """A plain_text object: emoji names become emoji, nothing else is touched."""
    return _EMOJI.sub(lambda m: _EMOJIS.get(m.group(1), m.group(0)), text)


def read(text: str, reader: Reader) -> str:
    """mrkdwn as a person reads it: entities resolved, marks for bold and the like gone, escapes undone last."""
    parts = _CODE.split(text)
    shown = [part if number % 2 else _unstyled(plain(part)) for number, part in enumerate(parts)]
    resolved = _ENTITY.sub(lambda match: entity(match.group(1), reader), "".join(shown))
    return resolved.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unstyled(text: str) -> str:
    """Without the marks of bold, italic and strike; what is inside <…> stays as it is."""
    pieces = re.split(r"(<[^<>\n]+>)", text)
    if len(pieces) > 1:
        held = pieces[1::2]
        text = "".join(f"\x00{number // 2}\x01" if number % 2 else piece for number, piece in enumerate(pieces))
    for _ in range(3):  # marks may be nested: *_both_*
        text = _STYLES.sub(lambda match: match.group("body"), text)
    if len(pieces) > 1:
        text = re.sub("\x00(\\d+)\x01", lambda match: held[int(match.group(1))], text)
    return text


def entity(body: str, reader: Reader) -> str:
    """What stands for one <…>."""
    if body.startswith("@"):
        user_id, _, label = body[1:].partition("|")
        return "@" + (reader.users.get(user_id) or label or user_id)
    if body.startswith("#"):
        channel_id, _, label = body[1:].partition("|")
        return "#" + (reader.channels.get(channel_id) or label or "private-channel")
    if body.startswith("!date^"):
        return _date(body, reader)
    if body.startswith("!subteam^"):
        return body.partition("|")[2] or "@group"
    if body.startswith("!"):
        return "@" + body[1:].partition("|")[0]
    address, _, label = body.partition("|")
    if not label or label == address or address == f"mailto:{label}":
        return address.removeprefix("mailto:")
    return f"{label} ({address})"


def _date(body: str, reader: Reader) -> str:
    """A date token in the zone of the reader's device; the fallback where it is malformed."""
    match = _DATE.match(body)
    if match is None:
        return body.partition("|")[2]
    seconds, template, link, fallback = match.groups()
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC).astimezone(reader.tz)
    except (OverflowError, OSError, ValueError):
        return fallback or ""
    now = (reader.now or moment).astimezone(reader.tz)
    known = _tokens(moment, now if reader.now else None)
    if any(token not in known for token in _TOKEN.findall(template)):
        return fallback or ""
    shown = _TOKEN.sub(lambda token: known[token.group(1)], template)
    return f"{shown} ({link})" if link else shown


def _tokens(moment: datetime, now: datetime | None) -> dict[str, str]:
    short, full = f"{moment:%b} {moment.day}, {moment.year}", f"{moment:%B} {moment.day}, {moment.year}"
    long = f"{moment:%A}, {full}"
    clock = f"{moment.hour % 12 or 12}:{moment:%M}"
    half = f"{moment:%p}"
    day = _relative_day(moment, now)
    return {
        "date_num": f"{moment:%Y-%m-%d}",
        "date_slash": f"{moment:%m/%d/%Y}",
        "date": full,
        "date_short": short,
        "date_long": long,
        "date_pretty": day or full,
        "date_short_pretty": day or short,
        "date_long_pretty": day or long,
        "time": f"{clock} {half}",
        "time_secs": f"{clock}:{moment:%S} {half}",
        "ago": _ago(moment, now),
    }


def _relative_day(moment: datetime, now: datetime | None) -> str | None:
    if now is None:
        return None
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((moment.date() - now.date()).days)


def _ago(moment: datetime, now: datetime | None) -> str:
    if now is None:
        return f"{moment:%Y-%m-%d %H:%M}"
    distance = abs(moment - now)
    for name, unit in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if count := distance // unit:
            spoken = f"{count} {name}{'s' if count > 1 else ''}"
            return f"in {spoken}" if moment > now else f"{spoken} ago"
    return "just now"
