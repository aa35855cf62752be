"""Seam's side of `doctor`: the key, what kind of workspace it opens, the doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import httpx

from bot.config import Settings
from bot.doctor_findings import Finding, clock, fail, ok, warn
from bot.domain.errors import DoorTrouble, SeamKeyWrong
from bot.seam import SeamClient
from bot.seam.transport import key_problem

_DOORS_NAMED = 5


async def check_seam(settings: Settings, http: httpx.AsyncClient, now: Callable[[], datetime]) -> list[Finding]:
    """Ask Seam for the workspace and its doors, with the client of `make_http_client`. Changes nothing there."""
    if problem := key_problem(settings.seam_api_key.reveal()):
        return [fail("SEAM_API_KEY is not the key of a workspace.", problem)]
    dates: list[str] = []

    async def keep_date(response: httpx.Response) -> None:
        dates.append(response.headers.get("date", ""))

    http.event_hooks = {"response": [keep_date]}
    seam = SeamClient(http, now=now)
    try:
        workspace = await seam.workspace()
        found = [ok(f"Seam accepts the key (workspace {workspace.name or workspace.workspace_id}).")]
        found.append(clock("Seam", dates[-1], now()))
        if workspace.is_sandbox:
            found.append(warn("It is a sandbox: its doors are not real.", "For real doors take a key of production."))
        doors = await seam.doors()
    except SeamKeyWrong:
        return [fail("Seam does not accept SEAM_API_KEY.", "Make a key in Seam's console, and set it.")]
    except DoorTrouble as trouble:
        return [fail(f"Seam does not answer as it should ({trouble}).", "Check the way to Seam, and SEAM_ENDPOINT.")]
    if not doors:
        return [*found, warn("The workspace has no doors.", "Connect a lock's account in Seam's console.")]
    found.append(ok(f"Seam knows {len(doors)} door{'' if len(doors) == 1 else 's'}."))
    without = [door.name for door in doors if door.timezone is None]
    if without and settings.timezone is None:
        named = ", ".join(without[:_DOORS_NAMED]) + (", …" if len(without) > _DOORS_NAMED else "")
        fix = "Set LATCHKEY_TIMEZONE (for example Europe/Berlin), or the doors' zones at their maker."
        found.append(fail(f"{len(without)} doors have no time zone, so no time can be read for them: {named}.", fix))
    elif without:
        found.append(ok(f"{len(without)} doors have no zone of their own and take LATCHKEY_TIMEZONE."))
    return found


def check_news(settings: Settings) -> Finding:
    """How the bot hears what happened at the doors."""
    if settings.seam_webhook_secret:
        return ok("Seam's events come by webhook (SEAM_WEBHOOK_SECRET is set).")
    return ok("Seam is asked for its events every 15 seconds (SEAM_WEBHOOK_SECRET is not set).")
