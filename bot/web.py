"""The bot's HTTP side: what Slack and Seam deliver, and what a load balancer asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.config import Settings
from bot.domain.errors import StorageTrouble
from bot.seam.webhooks import LARGEST_BODY, NotFromSeam, SvixVerifier, read_body
from bot.services import Services
from handlers.edge import SlackEdge, Verifier

log = logging.getLogger(__name__)


def web(settings: Settings, app: AsyncApp, services: Services, now: Callable[[], datetime]) -> Starlette:
    """The routes: Slack's and Seam's where their secrets are set, `/healthz` and `/readyz` always."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        try:
            await services.inbox.forget_old()
        except StorageTrouble as trouble:
            return JSONResponse({"ready": False, "why": str(trouble)}, status_code=503)
        return JSONResponse({"ready": True})

    routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
    if settings.slack_signing_secret:
        secret = settings.slack_signing_secret.reveal().encode()
        verifier = Verifier([secret], now, services.inbox.is_new_signature)
        routes.append(Route("/slack/events", SlackEdge(app, verifier)))
    if settings.seam_webhook_secret:
        inlet = SeamInlet(services, SvixVerifier(settings.seam_webhook_secret.reveal(), now))
        routes.append(Route("/seam/webhooks", inlet.take, methods=["POST"]))
    return Starlette(routes=routes)


class SeamInlet:
    """`POST /seam/webhooks`. Anything but 2xx is repeated by Svix for a day, so only what may yet go well gets that."""

    def __init__(self, services: Services, verifier: SvixVerifier) -> None:
        self._services, self._verifier = services, verifier

    async def take(self, request: Request) -> Response:
        """401 for what Seam did not sign just now, 413 for what is too large, 503 while nothing can be written down."""
        body = b""
        try:
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_BODY:
                    return Response(status_code=413)
            headers = {name: request.headers.getlist(name) for name in request.headers}
            self._verifier.check(headers, body)
        except ClientDisconnect:
            return Response(status_code=400)
        except NotFromSeam as refused:
            log.warning("seam.webhook_refused", extra={"why": refused.why})
            return Response(status_code=401)
        event = read_body(body)
        if event is None:
            log.warning("seam.webhook_unreadable")
            return Response(status_code=204)
        try:
            await self._services.lock_events.take([event])
        except StorageTrouble:
            return Response(status_code=503)
        return Response(status_code=204)
