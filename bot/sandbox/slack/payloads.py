"""What Slack sends to the bot, field by field (slack-platform.md A4, A5, A14)."""

from __future__ import annotations

from bot.sandbox.slack.blocks import State, state_of
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.people import SlackUser
from bot.sandbox.slack.views import View
from bot.sandbox.slack.wire import Json, copied, string
from bot.sandbox.slack.workspace import Workspace

LEGACY_TOKEN = "ignored-legacy-token"  # noqa: S105  Slack still sends one; a bot must not read it (A2)


def command_fields(ws: Workspace, user: SlackUser, channel: Channel, command: str, text: str) -> dict[str, str]:
    """A slash command's form. Everything is a string, `is_enterprise_install` too; no enterprise_* off Grid."""
    return {
        "token": LEGACY_TOKEN,
        "team_id": ws.app.team_id,
        "team_domain": ws.app.team_domain,
        "channel_id": channel.id,
        "channel_name": channel.payload_name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": ws.app.app_id,
        "is_enterprise_install": "false",
        "response_url": ws.response_urls.give(user.id, channel.id),
        "trigger_id": ws.triggers.give(user.id),
    }


def envelope(ws: Workspace, kind: str, user: SlackUser, *, submitters_team: bool = False) -> Json:
    """What all interactive payloads have. `team` is the installing team, except in view_submission (A14)."""
    team_id = user.team_id if submitters_team else ws.app.team_id
    return {
        "type": kind,
        "token": LEGACY_TOKEN,
        "api_app_id": ws.app.app_id,
        "team": {"id": team_id, "domain": ws.app.team_domain if team_id == ws.app.team_id else "elsewhere"},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
    }


def action(ws: Workspace, block: Json, element: Json, entry: Json) -> Json:
    """One item of `actions[]`: the element's own fields and what was entered."""
    done: Json = {
        "type": element.get("type"),
        "action_id": element.get("action_id"),
        "block_id": block.get("block_id"),
        "action_ts": ws.ids.ts(),
    }
    kept = ("text", "value", "style", "url", "placeholder") if element.get("type") == "button" else ("placeholder",)
    return done | {key: element[key] for key in kept if key in element} | entry


def message_of(ws: Workspace, message: Message) -> Json:
    """A message as payloads carry it, with the team of whoever wrote it."""
    author = ws.people.users.get(message.author)
    team_id = author.team_id if author else ws.app.team_id
    return copied(message.public(ws.app) | {"team": team_id})


def message_state(message: Message, user: SlackUser) -> State:
    """All stateful elements of a message with what this person chose, initial values where nothing was."""
    return state_of(message.blocks, message.states.get(user.id))


def message_actions(ws: Workspace, user: SlackUser, channel: Channel, message: Message, acted: Json) -> Json:
    """block_actions from a message. An ephemeral message is not carried along."""
    ephemeral = message.ephemeral_to is not None
    payload = envelope(ws, "block_actions", user) | {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        },
        "trigger_id": ws.triggers.give(user.id),
        "channel": {"id": channel.id, "name": channel.payload_name},
        "state": {"values": message_state(message, user)},
        "response_url": ws.response_urls.give(user.id, channel.id, message),
        "actions": [acted],
    }
    return payload if ephemeral else payload | {"message": message_of(ws, message)}


def view_actions(ws: Workspace, user: SlackUser, view: View, acted: Json) -> Json:
    """block_actions from a modal or Home: no channel, no message, no response_url."""
    return envelope(ws, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": ws.triggers.give(user.id, from_view=view.id if view.kind == "modal" else None),
        "view": view.public(ws.app),
        "hash": view.hash,
        "state": {"values": view.state},
        "actions": [acted],
    }


def suggestion(ws: Workspace, user: SlackUser, where: View | Message, block: Json, element: Json, query: str) -> Json:
    """block_suggestion: no trigger_id and no actions."""
    payload = envelope(ws, "block_suggestion", user) | {
        "action_id": element.get("action_id"),
        "block_id": block.get("block_id"),
        "value": query,
    }
    if isinstance(where, View):
        return payload | {"container": {"type": "view", "view_id": where.id}, "view": where.public(ws.app)}
    channel = ws.conversations.channels[where.channel]
    payload |= {
        "container": {
            "type": "message",
            "message_ts": where.ts,
            "channel_id": where.channel,
            "is_ephemeral": where.ephemeral_to is not None,
        },
        "channel": {"id": channel.id, "name": channel.payload_name},
    }
    return payload if where.ephemeral_to else payload | {"message": message_of(ws, where)}


def submission(ws: Workspace, user: SlackUser, view: View) -> Json:
    """view_submission: all values of the view, untouched ones with their initial value."""
    return envelope(ws, "view_submission", user, submitters_team=True) | {
        "trigger_id": ws.triggers.give(user.id, from_view=view.id),
        "view": view.public(ws.app),
        "response_urls": _response_urls(ws, user, view),
    }


def _response_urls(ws: Workspace, user: SlackUser, view: View) -> list[Json]:
    """One for each conversation chosen in an input with `response_url_enabled`."""
    urls: list[Json] = []
    for block in view.blocks:
        element = block.get("element")
        if not isinstance(element, dict) or element.get("response_url_enabled") is not True:
            continue
        block_id, action_id = string(block.get("block_id")), string(element.get("action_id"))
        state = view.state.get(block_id, {}).get(action_id, {})
        chosen = string(state.get("selected_conversation")) or string(state.get("selected_channel"))
        if chosen:
            url = ws.response_urls.give(user.id, chosen)
            urls.append({"block_id": block_id, "action_id": action_id, "channel_id": chosen, "response_url": url})
    return urls


def closed(ws: Workspace, user: SlackUser, view: View, *, is_cleared: bool) -> Json:
    """view_closed: input blocks are left out, and there is no trigger_id."""
    return envelope(ws, "view_closed", user, submitters_team=True) | {
        "view": view.public(ws.app, without_inputs=True),
        "is_cleared": is_cleared,
    }


def event(ws: Workspace, inner: Json, *, ext_shared: bool) -> Json:
    """The envelope of the Events API. `event_id` is the same in every retry."""
    return {
        "token": LEGACY_TOKEN,
        "team_id": ws.app.team_id,
        "context_team_id": ws.app.team_id,
        "context_enterprise_id": None,
        "api_app_id": ws.app.app_id,
        "event": {"event_ts": ws.ids.ts()} | inner,
        "type": "event_callback",
        "event_id": ws.ids.new("Ev"),
        "event_time": int(ws.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": ws.app.team_id,
                "user_id": ws.app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": ext_shared,
        "event_context": ws.ids.new("4-"),
    }
