"""The ASGI app that the bot talks to: /api/<method>, /respond/<id>, /upload/<id>."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import HTTP

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.sandbox.slack import methods_chat as chat
from bot.sandbox.slack import methods_conversations as conversations
from bot.sandbox.slack import methods_files as files
from bot.sandbox.slack import methods_people as people
from bot.sandbox.slack import methods_views as views
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.conditions import Conditions, Failure
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.respond import respond
from bot.sandbox.slack.traffic import Direction, Exchange
from bot.sandbox.slack.wire import Json, obj
from bot.sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Method:
    """A method and the scopes of which one is needed."""

    run: Callable[[Workspace, Arguments], Json]
    scopes: tuple[str, ...] = ()


def _nothing(_: Workspace, args: Arguments) -> Json:
    return {"args": args.given}


_READ_ANY = ("channels:read", "groups:read", "im:read", "mpim:read")
METHODS: dict[str, Method] = {
    "api.test": Method(_nothing),
    "auth.test": Method(people.auth_test),
    "team.info": Method(people.team_info, ("team:read",)),
    "users.info": Method(people.users_info, ("users:read",)),
    "users.list": Method(people.users_list, ("users:read",)),
    "usergroups.list": Method(people.usergroups_list, ("usergroups:read",)),
    "usergroups.users.list": Method(people.usergroups_users_list, ("usergroups:read",)),
    "conversations.open": Method(conversations.conversations_open, ("im:write", "mpim:write")),
    "conversations.info": Method(conversations.conversations_info, _READ_ANY),
    "conversations.history": Method(conversations.conversations_history, ("im:history",)),
    "conversations.members": Method(conversations.conversations_members, _READ_ANY),
    "conversations.list": Method(conversations.conversations_list, _READ_ANY),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink),
    "reactions.add": Method(chat.reactions_add, ("reactions:write",)),
    "views.open": Method(views.views_open),
    "views.push": Method(views.views_push),
    "views.update": Method(views.views_update),
    "views.publish": Method(views.views_publish),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
}
WITHOUT_TOKEN = {"api.test"}


class NoAnswer(Response):
    """Keeps the connection open until the other side gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


class BrokenAnswer(Response):
    """Begins an answer and breaks the connection: whoever reads it learns nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


class WebApi:
    """Slack's HTTP side."""

    def __init__(self, workspace: Callable[[], Workspace], conditions: Conditions) -> None:
        self._workspace = workspace
        self._conditions = conditions
        self.app = Starlette(
            routes=[
                Route("/api/{method}", self._api, methods=["GET", "POST"]),
                Route("/respond/{key}", self._respond, methods=["POST"]),
                Route("/upload/{file_id}", self._upload, methods=["POST"]),
            ]
        )

    async def _api(self, request: Request) -> Response:
        ws, method = self._workspace(), request.path_params["method"]
        started = ws.monotonic()
        body = await request.body()
        try:
            args = Arguments.read(
                request.url.query.encode(), body, request.headers.get("content-type", "").lower().strip()
            )
            unread = None
        except Refused as refused:
            args, unread = Arguments({}), refused
        exchange = ws.traffic.begin(Direction.FROM_BOT, "api", method, _without_token(args.given))
        failure = self._conditions.now(method, _limit_key(args.optional("channel")))
        if failure is not None and failure.how != "lost":
            return self._failed(ws, exchange, failure, started)
        try:
            if unread is not None:
                raise unread
            self._authorise(ws, method, request.headers.get("authorization", ""), args)
            answer: Json = {"ok": True, **METHODS[method].run(ws, args)}
        except Refused as refused:
            answer = {"ok": False, "error": refused.code, **refused.more}
            if refused.code.startswith(("invalid_blocks", "invalid_arguments", "msg_blocks", "view_too")):
                ws.fault(f"{method}: {refused.code} {obj(refused.more.get('response_metadata')).get('messages', '')}")
        if failure is not None:
            return self._failed(ws, exchange, failure, started)
        seconds = ws.monotonic() - started
        trouble = None if answer["ok"] else str(answer.get("error"))
        ws.traffic.end(exchange, status=200, answer=answer, seconds=seconds, trouble=trouble)
        granted = ws.app.manifest.scopes
        return JSONResponse(answer, headers={"x-oauth-scopes": ",".join(sorted(granted))} if granted else None)

    def _authorise(self, ws: Workspace, method: str, authorization: str, args: Arguments) -> None:
        token = authorization.removeprefix("Bearer ").strip() or args.optional("token")
        if method not in METHODS:
            raise Refused("unknown_method", req_method=method)
        if method in WITHOUT_TOKEN:
            return
        if not token:
            raise Refused("not_authed")
        if token != ws.app.bot_token:
            raise Refused("invalid_auth")
        if ws.token_revoked:
            raise Refused("token_revoked")
        needed = METHODS[method].scopes
        if not ws.app.manifest.grants(*needed):
            provided = ",".join(sorted(ws.app.manifest.scopes or ()))
            raise Refused("missing_scope", needed=needed[0], provided=provided)

    def _failed(self, ws: Workspace, exchange: Exchange, failure: Failure, started: float) -> Response:
        """Let a call go wrong as asked for."""
        answer: object = None
        response: Response
        match failure.how:
            case "error":
                answer = {"ok": False, "error": failure.code}
                response = JSONResponse(answer)
            case "status":
                answer = "Slack is having trouble"
                response = PlainTextResponse(answer, status_code=failure.http_status)
            case "ratelimited":
                answer = {"ok": False, "error": "ratelimited"}
                response = JSONResponse(answer, status_code=429, headers={"Retry-After": str(failure.retry_after)})
            case "hang":
                response = NoAnswer()
            case _:
                response = BrokenAnswer()
        silent = failure.how in {"hang", "cut", "lost"}
        ws.traffic.end(
            exchange,
            status=None if silent else response.status_code,
            answer=answer,
            seconds=ws.monotonic() - started,
            trouble=failure.how if failure.how != "error" else failure.code,
        )
        return response

    async def _respond(self, request: Request) -> Response:
        ws, started = self._workspace(), self._workspace().monotonic()
        try:
            args = Arguments.read(b"", await request.body(), request.headers.get("content-type", "application/json"))
        except Refused:
            return PlainTextResponse("invalid_payload", status_code=400)
        exchange = ws.traffic.begin(Direction.FROM_BOT, "response_url", "response_url", args.given)
        failure = self._conditions.now("response_url")
        if failure is not None and failure.how != "lost":
            return self._failed(ws, exchange, failure, started)
        status, answer = respond(ws, request.path_params["key"], args)
        if failure is not None:
            return self._failed(ws, exchange, failure, started)
        trouble = None if status == 200 else str(answer.get("error"))
        ws.traffic.end(
            exchange, status=status, answer=answer or "ok", seconds=ws.monotonic() - started, trouble=trouble
        )
        return JSONResponse(answer, status_code=status) if answer else PlainTextResponse("ok")

    async def _upload(self, request: Request) -> Response:
        ws, started = self._workspace(), self._workspace().monotonic()
        content_type, body = request.headers.get("content-type", ""), await request.body()
        content = _first_part(content_type, body) if content_type.startswith("multipart/") else body
        file_id: str = request.path_params["file_id"]
        exchange = ws.traffic.begin(Direction.FROM_BOT, "upload", f"upload of {len(content)} bytes", {"id": file_id})
        failure = self._conditions.now("upload")
        if failure is not None:
            return self._failed(ws, exchange, failure, started)
        taken = files.receive(ws, file_id, content)
        status, answer = (200, f"OK - {len(content)}") if taken else (400, "wrong length or unknown file")
        ws.traffic.end(exchange, status=status, answer=answer, seconds=ws.monotonic() - started)
        return PlainTextResponse(answer, status_code=status)


def _limit_key(channel: str) -> str:
    """A person's id and the bot's DM with them are one channel to the rate limit."""
    return f"D{channel[1:]}" if channel[:1] in {"U", "W"} else channel


def _without_token(given: Json) -> Json:
    return {key: value for key, value in given.items() if key != "token"}


def _first_part(content_type: str, body: bytes) -> bytes:
    """The file in a multipart form; slack_sdk sends bare bytes, curl -F sends this."""
    parsed = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    parts = parsed.get_payload()
    first = parts[0] if isinstance(parts, list) and parts else None
    content = first.get_payload(decode=True) if first is not None and not isinstance(first, str) else None
    return content if isinstance(content, bytes) else b""
