"""Slack's deliveries as small frozen forms. Pure; tolerant of what is missing, strict about who it was."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import PersonRef
from handlers.json_types import flag_at, list_at, mapping_at, text_at

# Slack's escapes for people, channels, groups and links in a command's text (slack-platform.md A4).
_ENTITY = re.compile(r"<([@#!]|mailto:|tel:|https?:)([^>|]*)(?:\|([^>]*))?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What all deliveries have. `key` is Slack's own id of it: the same delivery again has the same key."""

    key: str
    person: PersonRef
    received_at: datetime
    channel_id: str | None
    response_url: str | None
    trigger_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Delivery):
    """A slash command. `text` is unescaped and has mentions in readable form."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Click(Delivery):
    """A button pressed or a field changed. `view` is set in a modal or Home, `message_ts` in a message."""

    action_id: str
    value: str
    message_ts: str | None
    is_ephemeral: bool
    view: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Delivery):
    """A modal sent off."""

    callback_id: str
    view_id: str
    view: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut(Delivery):
    """A shortcut; `text` is the message's, for a message shortcut."""

    callback_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Delivery):
    """Something written to the bot: a direct message, or a mention in a channel (then the answer is for them alone)."""

    text: str
    is_private: bool
    thread_ts: str | None


def command(body: Mapping[str, object], at: datetime) -> Command:
    """A slash command's form fields. Only people of the installing workspace can send one (A4)."""
    return Command(
        key=_key(body),
        person=PersonRef(team_id=text_at(body, "team_id"), user_id=text_at(body, "user_id")),
        received_at=at,
        channel_id=text_at(body, "channel_id") or None,
        response_url=text_at(body, "response_url") or None,
        trigger_id=text_at(body, "trigger_id"),
        name=text_at(body, "command"),
        text=readable(text_at(body, "text")),
    )


def click(body: Mapping[str, object], at: datetime) -> Click:
    """A block_actions payload; only its first action, as Slack sends one at a time."""
    actions = list_at(body, "actions")
    action = actions[0] if actions else {}
    value = (
        text_at(action, "value")
        or text_at(action, "selected_option", "value")
        or text_at(action, "selected_date")
        or text_at(action, "selected_user")
    )
    view = mapping_at(body, "view")
    return Click(
        key=_key(body),
        person=who(body),
        received_at=at,
        channel_id=text_at(body, "channel", "id") or text_at(body, "container", "channel_id") or None,
        response_url=text_at(body, "response_url") or None,
        trigger_id=text_at(body, "trigger_id"),
        action_id=text_at(action, "action_id"),
        value=value,
        message_ts=text_at(body, "container", "message_ts") or text_at(body, "message", "ts") or None,
        is_ephemeral=flag_at(body, "container", "is_ephemeral"),
        view=view or None,
    )


def submission(body: Mapping[str, object], at: datetime) -> Submission:
    """A view_submission. Keyed by the view: pressing Submit twice is one submission."""
    view = mapping_at(body, "view")
    return Submission(
        key=f"view:{text_at(view, 'id')}",
        person=who(body),
        received_at=at,
        channel_id=None,
        response_url=None,
        trigger_id=text_at(body, "trigger_id"),
        callback_id=text_at(view, "callback_id"),
        view_id=text_at(view, "id"),
        view=view,
    )


def shortcut(body: Mapping[str, object], at: datetime) -> Shortcut:
    """A global or message shortcut."""
    return Shortcut(
        key=_key(body),
        person=who(body),
        received_at=at,
        channel_id=text_at(body, "channel", "id") or None,
        response_url=text_at(body, "response_url") or None,
        trigger_id=text_at(body, "trigger_id"),
        callback_id=text_at(body, "callback_id"),
        text=readable(text_at(body, "message", "text")),
    )


def said(body: Mapping[str, object], at: datetime) -> Said | None:
    """A `message` in the bot's direct messages, or an `app_mention`; None for what no person has just written to us.

    That is: what bots write (ourselves first), edits and deletions, files, what Slack itself writes (all have a
    subtype, `bot_id`, or `edited`), and answers inside a thread of direct messages, which talk about a message of ours.
    Keyed by the message, so that a retry (same event id) and the same message under another event are one.
    """
    event = mapping_at(body, "event")
    is_private = text_at(event, "type") == "message"
    if is_private and text_at(event, "channel_type") != "im":
        return None
    user, channel, ts = text_at(event, "user"), text_at(event, "channel"), text_at(event, "ts")
    thread = text_at(event, "thread_ts")
    us = {text_at(each, "user_id") for each in list_at(body, "authorizations")}
    if not (user and channel and ts) or user in us or user == "USLACKBOT":
        return None
    if text_at(event, "subtype") or text_at(event, "bot_id") or event.get("edited") or event.get("hidden"):
        return None
    if is_private and thread and thread != ts:
        return None
    text = text_at(event, "text")
    for bot in us:
        text = text.replace(f"<@{bot}>", " ")
    return Said(
        key=f"message:{channel}:{ts}"[:255],
        person=PersonRef(
            team_id=text_at(event, "user_team") or text_at(event, "team") or text_at(body, "team_id"), user_id=user
        ),
        received_at=at,
        channel_id=channel,
        response_url=None,
        trigger_id="",
        text=readable(text).strip(),
        is_private=is_private,
        thread_ts=thread or None,
    )


def who(body: Mapping[str, object]) -> PersonRef:
    """The person who clicked: `user.team_id` is their own team, `team` may be ours (slack-platform.md A14)."""
    team = text_at(body, "user", "team_id") or text_at(body, "team", "id")
    return PersonRef(team_id=team, user_id=text_at(body, "user", "id"))


def _key(body: Mapping[str, object]) -> str:
    """Slack's trigger id, which it gives to one delivery; without one, the delivery's own content."""
    trigger = text_at(body, "trigger_id")
    if trigger:
        return f"trigger:{trigger}"[:255]
    return f"digest:{hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()}"


def typed(view: Mapping[str, object], block: str, action: str) -> str:
    """What stands in a text input of a view's state, or ""."""
    return text_at(view, "state", "values", block, action, "value")


def chosen(view: Mapping[str, object], block: str, action: str) -> tuple[str, ...]:
    """The values chosen in a (multi-)select of a view's state, in order."""
    state = mapping_at(view, "state", "values", block, action)
    many = [text_at(option, "value") for option in list_at(state, "selected_options")]
    one = text_at(state, "selected_option", "value")
    return tuple(v for v in (*many, one) if v)


def chosen_people(view: Mapping[str, object], block: str, action: str) -> tuple[str, ...]:
    """The user ids chosen in a (multi_)users_select of a view's state, in order."""
    state = mapping_at(view, "state", "values", block, action)
    many = [user for user in list_at(state, "selected_users") if isinstance(user, str)]
    one = text_at(state, "selected_user")
    return tuple(u for u in (*many, one) if u)


def chosen_channel(view: Mapping[str, object], block: str, action: str) -> str:
    """The channel's id chosen in a conversations_select of a view's state, or ""."""
    return text_at(view, "state", "values", block, action, "selected_conversation")


def has_block(view: Mapping[str, object], block: str) -> bool:
    """Whether the view has a block of this id."""
    return any(text_at(b, "block_id") == block for b in list_at(view, "blocks"))


def readable(text: str) -> str:
    """Text as Slack sends it (entities, escaped `& < >`) as a person reads it.

    A mention keeps its id as `@U123`, since names are not unique; links keep their label.
    """

    def plain(match: re.Match[str]) -> str:
        kind, target, label = match.groups()
        if kind in {"@", "#"}:
            return f"{kind}{label or target}" if kind == "#" else f"@{target}"
        if kind == "!":
            return label or ""
        return label or target

    return html.unescape(_ENTITY.sub(plain, text)).replace("\u00a0", " ")
