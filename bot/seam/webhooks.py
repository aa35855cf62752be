"""Is it from Seam? The Svix signature (Standard Webhooks) over the raw bytes of a webhook (seam-api.md 8.3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.domain.lock_events import SeamEvent
from bot.seam.notices import read_event

WINDOW_S = 300
LARGEST_BODY = 262_144  # bytes; an event is a few thousand
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_NAMES = ("svix", "webhook")  # the headers' two spellings


class NotFromSeam(Exception):
    """Forged, altered or old. `why` is a word for the log; who sent it is told nothing."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def signing_key(secret: str) -> bytes:
    """The key in a secret as Seam shows it (`whsec_…` or bare base64). Raises `ValueError` for anything else, and for
    one so short that anybody could guess it."""
    try:
        key = base64.b64decode(secret.strip().removeprefix("whsec_"), validate=True)
    except binascii.Error as problem:
        raise ValueError("not base64") from problem
    if len(key) < 16:
        raise ValueError("too short")
    return key


class SvixVerifier:
    """Says whether a webhook is Seam's and of the last minutes.

    A replay inside the window passes: Svix itself repeats a message, with the same id. It is the event id, remembered
    in the database, that makes it count once.
    """

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        """Raises `ValueError` for a secret that is none. `now` is aware."""
        self._key, self._now = signing_key(secret), now

    def check(self, headers: Mapping[str, Sequence[str]], body: bytes) -> None:
        """`headers` by lower-case name. Raises `NotFromSeam`."""
        for name in _NAMES:
            if headers.get(f"{name}-id"):
                message_id, stamp, signatures = (
                    _the_one(headers, f"{name}-{h}") for h in ("id", "timestamp", "signature")
                )
                break
        else:
            raise NotFromSeam("header")
        if not _TIMESTAMP.fullmatch(stamp):
            raise NotFromSeam("header")
        if abs(self._now().timestamp() - int(stamp)) > WINDOW_S:
            raise NotFromSeam("stale")
        signed = f"{message_id}.{stamp}.".encode() + body
        good = base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest())
        # Several while the secret is being changed; other versions than v1 are not ours to read. All are compared, so
        # that the time tells nothing.
        given = [s.removeprefix("v1,").encode("utf-8", "replace") for s in signatures.split(" ") if s.startswith("v1,")]
        matches = [hmac.compare_digest(good, signature) for signature in given]
        if not any(matches):
            raise NotFromSeam("signature")


def read_body(body: bytes) -> SeamEvent | None:
    """The event in a body whose signature is good, or None for what is none: saying "no" would only repeat it."""
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read_event(parsed) if isinstance(parsed, dict) else None


def _the_one(headers: Mapping[str, Sequence[str]], name: str) -> str:
    values = headers.get(name, ())
    if len(values) != 1 or not values[0]:
        raise NotFromSeam("header")
    return values[0]
