"""Web API: the three steps of an upload (slack-platform.md A13)."""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.methods_conversations import writable
from bot.sandbox.slack.wire import Json, objs, string
from bot.sandbox.slack.workspace import StoredFile, Workspace

MOST_CHANNELS = 100


def get_upload_url(ws: Workspace, args: Arguments) -> Json:
    name, length = args.required("filename"), args.integer("length", 0)
    if length <= 0:
        raise Refused("missing_argument")  # an empty file: write at least a header row
    stored = StoredFile(id=ws.ids.new("F"), name=name, length=length)
    ws.files[stored.id] = stored
    return {"upload_url": f"{ws.base_url()}/upload/{stored.id}", "file_id": stored.id}


def receive(ws: Workspace, file_id: str, content: bytes) -> bool:
    """The bytes of a file. False when they are not as many as were announced, or nobody announced them."""
    stored = ws.files.get(file_id)
    if stored is None or len(content) != stored.length:
        return False
    stored.content, stored.uploaded = content, True
    return True


def complete_upload(ws: Workspace, args: Arguments) -> Json:
    wanted = objs(args.given.get("files"))
    if not wanted:
        raise Refused.because("invalid_arguments", "[ERROR] missing required field: files")
    found = []
    for item in wanted:
        stored = ws.files.get(string(item.get("id")))
        if stored is None or not stored.uploaded:
            raise Refused("file_not_found")
        found.append((stored, string(item.get("title")) or stored.name))
    channels = args.ids("channel_id") or args.ids("channels")
    if len(channels) > MOST_CHANNELS or any(channel[:1] in {"U", "W"} for channel in channels):
        raise Refused("invalid_channel")  # a C… or D… id is needed: conversations.open first
    places = [writable(ws, channel) for channel in channels]
    shown = [stored.public() | {"title": title} for stored, title in found]
    for place in places:
        for stored, _ in found:
            stored.shared_in = place.id
        ws.messages.post(
            place.id,
            ws.app.bot_user_id,
            args.optional("initial_comment"),
            by_app=True,
            thread_ts=args.optional("thread_ts") or None,
            files=shown,
        )
    return {"files": shown}
