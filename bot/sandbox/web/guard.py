"""Who may ask: this machine's own browser, from this page. Everything else on the machine or the web is refused."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost")
HEADERS = {
    # Nothing from elsewhere, nothing inline, nothing that is made out of a string.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class Guard:
    """Checks Host (a rebound DNS name must not reach us) and Origin (another site must not act here)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        server = scope.get("server") or ("", 0)
        problem = refused(str(scope["method"]), headers, int(server[1] or 0))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", []),
                    *((k.encode(), v.encode()) for k, v in HEADERS.items()),
                ]
            await send(message)

        app: ASGIApp = PlainTextResponse(problem, status_code=403) if problem else self._app
        await app(scope, receive, with_headers)


def refused(method: str, headers: Mapping[str, str], port: int) -> str | None:
    """Why a request is not served, or None."""
    host = headers.get("host", "")
    if host not in {f"{name}:{port}" for name in NAMES}:
        return "This page answers to 127.0.0.1 and localhost only."
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return "This page cannot be used from another site."
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return "This page cannot be used from another site."
    if method not in {"GET", "HEAD"} and origin is None:
        return "An act must say where it comes from (Origin)."
    return None
