"""The page over HTTP: its files, the acts of whoever sits before it, and one stream of what changes."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import AsyncIterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.sandbox.slack import NotPossible
from bot.sandbox.web import seen
from bot.sandbox.web.acts import ACTS
from bot.sandbox.web.guard import Guard
from bot.sandbox.web.stage import Stage
from handlers.json_types import Json, list_at

MOST_BODY = 64 * 1024
KEEP_ALIVE_S = 15.0


def make_page(stage: Stage, manifest: Json | None) -> ASGIApp:
    """The page for this stage, as an ASGI app."""
    static = dict(_files(files("bot.sandbox.web") / "static", ""))

    async def index(request: Request) -> Response:
        return _file(static, "index.html")

    async def asset(request: Request) -> Response:
        return _file(static, request.path_params["path"])

    async def offers(request: Request) -> Response:
        return JSONResponse(_offers(manifest))

    async def act(request: Request) -> Response:
        return await _act(stage, request)

    async def stream(request: Request) -> Response:
        who, number = request.query_params.get("as", ""), request.query_params.get("world", "")
        return StreamingResponse(_stream(stage, who, number), media_type="text/event-stream")

    routes = [
        Route("/", index),
        Route("/static/{path:path}", asset),
        Route("/api/offers", offers),
        Route("/api/stream", stream),
        Route("/api/{act}", act, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes))


def _files(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    """Everything in the folder, read once: what is not in this list cannot be asked for."""
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _files(entry, f"{prefix}{entry.name}/")
        else:
            found.append((f"{prefix}{entry.name}", entry.read_bytes()))
    return found


def _file(static: dict[str, bytes], path: str) -> Response:
    if path not in static:
        return Response(status_code=404)
    kind = "text/javascript" if path.endswith(".js") else mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Response(static[path], media_type=kind)


def _offers(manifest: Json | None) -> Json:
    """The commands and shortcuts that Slack offers, for completion and menus."""
    features = (manifest or {}).get("features")
    return {"commands": list_at(features, "slash_commands"), "shortcuts": list_at(features, "shortcuts")}


async def _act(stage: Stage, request: Request) -> Response:
    act = ACTS.get(request.path_params["act"])
    if act is None:
        return JSONResponse({"error": "There is no such act."}, status_code=404)
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return JSONResponse({"error": "Acts are JSON."}, status_code=415)
    body = await request.body()
    if len(body) > MOST_BODY:
        return JSONResponse({"error": "That is too long."}, status_code=413)
    try:
        asked = json.loads(body)
        if not isinstance(asked, dict):
            raise ValueError("an act is a JSON object")
        return JSONResponse({"ok": True, **await act(stage, asked)})
    except (NotPossible, LookupError, ValueError) as problem:
        words = str(problem.args[0]) if problem.args else "That is not possible."
        return JSONResponse({"error": words[:1].upper() + words[1:]}, status_code=409)


async def _stream(stage: Stage, who: str, number: str) -> AsyncIterator[str]:
    """Everything once, then what changed. A stream belongs to one world and ends with it; the page opens the next."""
    sent: dict[str, str] = {}
    rev = links = -1
    ours = stage.number
    while not stage.closing and stage.number == ours:
        try:
            w = stage.world
            stage.passing.slack(w)
            w.seam.settle()
            parts: Json = {
                "world": stage.number,
                "people": seen.people(w),
                "screen": seen.screen(w, who),
                "house": seen.house(stage),
                "clock": seen.clock(w),
            }
        except LookupError:
            break
        changed: Json = {}
        for name, value in parts.items():
            written = json.dumps(value)
            if sent.get(name) != written:
                sent[name] = written
                changed[name] = value
        if stage.passing.rev > rev:
            changed["passing"], rev = stage.passing.since(rev), stage.passing.rev
        if len(stage.passing.chain) > links:
            changed["chain"], links = stage.passing.chain[max(links, 0) :], len(stage.passing.chain)
        if changed:
            yield f"data: {json.dumps(changed)}\n\n"
        if not await stage.bell.wait(KEEP_ALIVE_S):
            yield ": still here\n\n"
    yield "event: over\ndata: {}\n\n"
