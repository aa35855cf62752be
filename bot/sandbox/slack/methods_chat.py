"""Web API: chat.* and reactions.add (slack-platform.md A7)."""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.blocks import with_ids
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.methods_conversations import check_dm, visible, writable
from bot.sandbox.slack.validate import MOST_TEXT_IN_BLOCKS, MOST_UPDATE_TEXT, block_problems, text_in
from bot.sandbox.slack.wire import Json, obj, string
from bot.sandbox.slack.workspace import Workspace


def checked_blocks(ws: Workspace, args: Arguments) -> list[Json] | None:
    """The blocks, ids filled in. Raises `Refused` with Slack's reasons."""
    blocks = args.blocks()
    if blocks is None:
        return None
    if problems := block_problems(args.given.get("blocks")):
        raise Refused.because("invalid_blocks", *problems)
    if text_in(blocks) > MOST_TEXT_IN_BLOCKS:
        raise Refused("msg_blocks_too_long")
    return with_ids(blocks, ws.ids)


def _said(ws: Workspace, args: Arguments) -> tuple[str, list[Json] | None]:
    """Text and blocks of a new message; one of them must be there."""
    text, blocks = args.optional("text"), checked_blocks(ws, args)
    if not text and not blocks and not args.given.get("attachments"):
        raise Refused("no_text")
    return text, blocks


def _place(ws: Workspace, channel_id: str) -> Channel:
    """Where to post: a user id means the bot's DM with that person."""
    if channel_id[:1] in {"U", "W"}:
        check_dm(ws, channel_id, "channel_not_found")
        return ws.conversations.dm_with(channel_id)
    return writable(ws, channel_id)


def _thread(ws: Workspace, channel: Channel, args: Arguments) -> str | None:
    """`thread_ts` is the ts of a parent, never of a reply."""
    thread_ts = args.optional("thread_ts")
    if not thread_ts:
        return None
    parent = ws.messages.find(channel.id, thread_ts)
    if parent is None or parent.ephemeral_to:
        raise Refused("thread_not_found")
    if parent.thread_ts not in {None, parent.ts}:
        ws.fault("chat.postMessage: thread_ts is the ts of a reply, not of the parent")
        raise Refused("cannot_reply_to_message")
    return thread_ts


def post_message(ws: Workspace, args: Arguments) -> Json:
    channel = _place(ws, args.required("channel"))
    text, blocks = _said(ws, args)
    metadata = obj(args.given.get("metadata"))
    if metadata and not (string(metadata.get("event_type")) and isinstance(metadata.get("event_payload"), dict)):
        raise Refused("invalid_metadata_format")
    message = ws.messages.post(
        channel.id,
        ws.app.bot_user_id,
        text,
        blocks=blocks,
        by_app=True,
        thread_ts=_thread(ws, channel, args),
        metadata=metadata or None,
    )
    return {"channel": channel.id, "ts": message.ts, "message": message.public(ws.app)}


def post_ephemeral(ws: Workspace, args: Arguments) -> Json:
    user = ws.people.users.get(args.required("user"))
    channel = writable(ws, args.required("channel"))
    text, blocks = _said(ws, args)
    if user is None or user.id not in channel.members or user.deactivated:
        raise Refused("user_not_in_channel")
    message = ws.messages.post(
        channel.id,
        ws.app.bot_user_id,
        text,
        blocks=blocks,
        by_app=True,
        ephemeral_to=user.id,
        thread_ts=_thread(ws, channel, args),
    )
    return {"message_ts": message.ts}


def _own(ws: Workspace, args: Arguments, ts_key: str, refusal: str) -> Message:
    """A message of the bot's own; ephemeral ones cannot be reached by their ts."""
    channel_id = args.required("channel")
    if channel_id[:1] in {"U", "W"}:
        ws.fault("chat.update or chat.delete with a user id where the D… id is needed")
        raise Refused("channel_not_found")
    channel = visible(ws, channel_id)
    message = ws.messages.find(channel.id, args.required(ts_key))
    if message is None or message.ephemeral_to is not None:
        raise Refused("message_not_found")
    if message.author != ws.app.bot_user_id:
        raise Refused(refusal)
    if channel.archived:
        raise Refused("is_inactive")
    return message


def update(ws: Workspace, args: Arguments) -> Json:
    message = _own(ws, args, "ts", "cant_update_message")
    text = args.optional("text") if "text" in args.given else None
    blocks = checked_blocks(ws, args)
    if text is not None and len(text) > MOST_UPDATE_TEXT:
        raise Refused("msg_too_long")
    remaining = message.blocks if blocks is None and text is None else (blocks or [])
    if not remaining and not (message.text if text is None else text):
        raise Refused("no_text")
    # "(edited)" is shown only where the text changed and no blocks came along (A7).
    ws.messages.change(message, text=text, blocks=blocks, mark_edited=text is not None and blocks is None)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message.public(ws.app),
    }


def delete(ws: Workspace, args: Arguments) -> Json:
    message = _own(ws, args, "ts", "cant_delete_message")
    ws.messages.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(ws: Workspace, args: Arguments) -> Json:
    channel = visible(ws, args.required("channel"))
    ts = args.required("message_ts")
    message = ws.messages.find(channel.id, ts)
    if message is None or message.ephemeral_to:
        raise Refused("message_not_found")
    link = f"https://{ws.app.team_domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def reactions_add(ws: Workspace, args: Arguments) -> Json:
    name = args.required("name").strip(":")
    channel = writable(ws, args.required("channel"))
    message = ws.messages.find(channel.id, args.required("timestamp"))
    if message is None or message.ephemeral_to:
        raise Refused("message_not_found")
    who = message.reactions.setdefault(name, [])
    if ws.app.bot_user_id in who:
        raise Refused("already_reacted")
    who.append(ws.app.bot_user_id)
    ws.changes.ring("message", channel=channel.id)
    return {}
