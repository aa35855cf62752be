"""Seam over HTTP: the doors themselves. Imported by `bot.app` and nobody else above.

    client.py         SeamClient, the `Locks` port: what the bot does with doors and codes
    connecting.py     connect webviews and connected accounts: how locks get into Seam
    notices.py        events and webhook registration: how Seam tells us
    rescue.py         spare codes, suggested PINs, lost attempts
    calls.py          one POST: retries where they are safe, and never where they are not
    limits.py         Seam's limits per door and minute, kept on our side
    transport.py      httpx over aiohttp, and what a failed request means: sent or not sent

Pure, tested without a loop:

    replies.py        HTTP answer -> Answer | Refusal | Unreadable
    devices.py access_codes.py action_attempts.py      JSON -> domain value
    troubles.py       every code Seam knows -> a sentence with a next step
    refusals.py       a refusal, a failed attempt, a door's state -> the domain's DoorTrouble
    fields.py masking.py                               reading one JSON field; hiding digits

Everything about Seam's ways (names, traps, limits) is here, with its source: "seam-api.md" in comments is the
contract sheet that was made from Seam's OpenAPI document, its SDKs and its own fake server.
"""

from bot.seam.client import SeamClient
from bot.seam.transport import make_http_client

__all__ = ["SeamClient", "make_http_client"]
