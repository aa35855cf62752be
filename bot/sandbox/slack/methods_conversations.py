"""Web API: conversations.*, and which conversations the bot may see and write to (slack-platform.md A7, A9)."""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.channels import Channel, channel_as_api
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.paging import page
from bot.sandbox.slack.wire import Json
from bot.sandbox.slack.workspace import Workspace

_TYPE_NAMES = {"public": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}
_READ_SCOPES = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def visible(ws: Workspace, channel_id: str) -> Channel:
    """A conversation the bot can see: public ones, and those it is in."""
    channel = ws.conversations.channels.get(channel_id)
    if channel is None or (channel.kind != "public" and ws.app.bot_user_id not in channel.members):
        raise Refused("channel_not_found")
    return channel


def writable(ws: Workspace, channel_id: str) -> Channel:
    """A conversation the bot can post to. Names (`#general`) are taken as Slack takes them."""
    if channel_id.startswith("#"):
        named = [c.id for c in ws.conversations.channels.values() if c.name == channel_id[1:]]
        channel_id = named[0] if named else channel_id
    channel = visible(ws, channel_id)
    if channel.archived:
        raise Refused("is_archived")
    if ws.app.bot_user_id not in channel.members and not _public_without_joining(ws):
        raise Refused("not_in_channel")
    if channel.kind == "im":
        check_dm(ws, next(m for m in channel.members if m != ws.app.bot_user_id), "channel_not_found")
    return channel


def _public_without_joining(ws: Workspace) -> bool:
    scopes = ws.app.manifest.scopes
    return scopes is not None and "chat:write.public" in scopes


def check_dm(ws: Workspace, user_id: str, when_disabled: str) -> None:
    """Whether the bot may write to a person."""
    user = ws.people.users.get(user_id)
    if user is None:
        raise Refused("user_not_found" if when_disabled == "user_disabled" else "channel_not_found")
    if user.bot:
        raise Refused("cannot_dm_bot")
    if user.deactivated:
        raise Refused(when_disabled)
    if ws.is_stranger(user):
        raise Refused("user_not_visible" if when_disabled == "user_disabled" else "channel_not_found")
    if not ws.app.manifest.messages_tab:
        raise Refused("messages_tab_disabled")


def conversations_open(ws: Workspace, args: Arguments) -> Json:
    users = args.ids("users")
    if not users:
        channel = visible(ws, args.required("channel"))
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    if len(users) > 8:
        raise Refused("too_many_users")
    for user_id in users:
        check_dm(ws, user_id, "user_disabled")
    if len(users) > 1:
        members = [*users, ws.app.bot_user_id]
        for channel in ws.conversations.channels.values():
            if channel.kind == "mpim" and set(channel.members) == set(members):
                return {"channel": {"id": channel.id}}
        group = Channel(id=ws.ids.new("G"), name="mpdm", kind="mpim", members=members)
        ws.conversations.channels[group.id] = group
        return {"channel": {"id": group.id}}
    known = "D" + users[0][1:] in ws.conversations.channels
    channel = ws.conversations.dm_with(users[0])
    answer: Json = {
        "channel": channel_as_api(channel, ws.app.bot_user_id) if args.flag("return_im") else {"id": channel.id}
    }
    return answer | ({"no_op": True, "already_open": True} if known else {})


def conversations_info(ws: Workspace, args: Arguments) -> Json:
    channel = visible(ws, args.required("channel"))
    _check_scope(ws, channel.kind)
    described = channel_as_api(channel, ws.app.bot_user_id)
    if args.flag("include_num_members"):
        described["num_members"] = len(channel.members)
    return {"channel": described}


def conversations_members(ws: Workspace, args: Arguments) -> Json:
    channel = visible(ws, args.required("channel"))
    _check_scope(ws, channel.kind)
    members, cursor = page(channel.members, args)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def conversations_history(ws: Workspace, args: Arguments) -> Json:
    """Newest first. Metadata comes along only where it is asked for."""
    channel = visible(ws, args.required("channel"))
    oldest, limit = args.optional("oldest") or "0", int(args.optional("limit") or 100)
    found = [
        m.public(ws.app)
        for m in reversed(ws.messages.all)
        if m.channel == channel.id and m.ephemeral_to is None and float(m.ts) > float(oldest)
    ]
    if not args.flag("include_all_metadata"):
        found = [{k: v for k, v in m.items() if k != "metadata"} for m in found]
    return {"messages": list(found[:limit]), "has_more": len(found) > limit}


def conversations_list(ws: Workspace, args: Arguments) -> Json:
    types = args.ids("types") or ["public_channel"]
    kinds = {kind for kind, name in _TYPE_NAMES.items() if name in types}
    if len(kinds) != len(set(types)):
        raise Refused("invalid_types")
    for kind in sorted(kinds):
        _check_scope(ws, kind)
    seen = [
        channel
        for channel in ws.conversations.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or ws.app.bot_user_id in channel.members)
        and not (args.flag("exclude_archived") and channel.archived)
    ]
    channels, cursor = page(seen, args)
    return {
        "channels": [channel_as_api(channel, ws.app.bot_user_id) for channel in channels],
        "response_metadata": {"next_cursor": cursor},
    }


def _check_scope(ws: Workspace, kind: str) -> None:
    if not ws.app.manifest.grants(_READ_SCOPES[kind]):
        raise Refused(
            "missing_scope", needed=_READ_SCOPES[kind], provided=",".join(sorted(ws.app.manifest.scopes or ()))
        )
