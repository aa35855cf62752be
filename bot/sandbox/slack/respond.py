"""What a POST to a response_url does (slack-platform.md A3)."""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.blocks import with_ids
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.tickets import ResponseUrl
from bot.sandbox.slack.validate import message_problems
from bot.sandbox.slack.wire import Json, objs, parse
from bot.sandbox.slack.workspace import Workspace


def respond(ws: Workspace, key: str, args: Arguments) -> tuple[int, Json]:
    """HTTP status and the JSON of a refusal; 200 and nothing when it was done."""
    body = args.given
    if isinstance(body.get("payload"), str):  # a form with the JSON in it
        parsed = parse(str(body["payload"]))
        body = parsed if isinstance(parsed, dict) else {}
    try:
        url = ws.response_urls.use(key)
    except Refused as refused:
        ws.fault(f"response_url: {refused.code}")
        return 404, {"ok": False, "error": refused.code}
    replaces, deletes = body.get("replace_original") is True, body.get("delete_original") is True
    original = url.message
    if (replaces or deletes) and original is None:
        # The bot's answer to a typed command has no original: what the person typed is theirs (A3).
        ws.fault("response_url: replace_original or delete_original where there was no message")
    if deletes and original is not None:
        if original.deleted:
            return 404, {"ok": False, "error": "message_not_found"}
        ws.messages.delete(original)
    if deletes and not body.get("text") and not body.get("blocks"):
        return 200, {}
    if problems := message_problems(body):
        ws.fault(f"response_url: {problems[0]}")
        code = "no_text" if "no_text" in problems[-1] else "invalid_blocks"
        return 400, {"ok": False, "error": code, "response_metadata": {"messages": problems}}
    if replaces and original is not None and not deletes:
        return _replace(ws, original, body)
    return _post(ws, url, body)


def _replace(ws: Workspace, original: Message, body: Json) -> tuple[int, Json]:
    if original.deleted:
        return 404, {"ok": False, "error": "message_not_found"}
    wanted = body.get("response_type")
    if wanted is not None and (wanted == "ephemeral") != (original.ephemeral_to is not None):
        ws.fault("response_url: a message cannot turn from ephemeral into in_channel or back")
    blocks = with_ids(objs(body.get("blocks")), ws.ids)
    ws.messages.change(original, text=str(body.get("text") or ""), blocks=blocks, mark_edited=False)
    return 200, {}


def _post(ws: Workspace, url: ResponseUrl, body: Json) -> tuple[int, Json]:
    post_answer(ws, user=url.user, channel=url.channel, body=body)
    return 200, {}


def post_answer(ws: Workspace, *, user: str, channel: str, body: Json) -> Message:
    """Show an answer to `user` alone, or to the channel where it asks for `in_channel`."""
    thread_ts = body.get("thread_ts")
    return ws.messages.post(
        channel,
        ws.app.bot_user_id,
        str(body.get("text") or ""),
        blocks=with_ids(objs(body.get("blocks")), ws.ids),
        by_app=True,
        ephemeral_to=None if body.get("response_type") == "in_channel" else user,
        thread_ts=thread_ts if isinstance(thread_ts, str) else None,
    )
