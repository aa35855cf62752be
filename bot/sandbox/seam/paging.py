"""Seam's pages: `limit` and an opaque cursor that only fits the parameters it was made for (seam-api.md 1.10)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Protocol, TypeVar

from bot.sandbox.seam.json_types import Json
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem, invalid


class Numbered(Protocol):
    """Something with its place in the order of creation: pages stay whole while things come and go between them."""

    seq: int


T = TypeVar("T", bound=Numbered)


def page(path: str, params: Params, found: Sequence[T], default_limit: int) -> tuple[list[T], Json]:
    """One page of `found` (ordered by `seq`) and the `pagination` object.

    Raises 400 `mismatched_page_parameters` for a cursor made for other filters or another limit.
    """
    asked = params.number("limit")
    limit = default_limit if asked is None else int(asked)
    if limit < 1:
        raise invalid("Number must be greater than 0", "limit")
    fingerprint = _fingerprint(path, params)
    after = -1
    cursor = params.nullable_text("page_cursor")
    if cursor is not None:
        after = _read_cursor(cursor, fingerprint)
    rest = [thing for thing in found if thing.seq > after]
    shown = rest[:limit]
    has_next = len(rest) > limit
    following = _write_cursor(shown[-1].seq, fingerprint) if has_next else None
    url = f"https://connect.getseam.com{path}?page_cursor={following}" if following else None
    return shown, {"has_next_page": has_next, "next_page_cursor": following, "next_page_url": url}


def _fingerprint(path: str, params: Params) -> str:
    asked = {k: v for k, v in params.as_json().items() if k != "page_cursor"}
    return hashlib.sha256(json.dumps([path, asked], sort_keys=True, default=str).encode()).hexdigest()[:16]


def _write_cursor(after: int, fingerprint: str) -> str:
    return base64.urlsafe_b64encode(f"{after}:{fingerprint}".encode()).decode()


def _read_cursor(cursor: str, fingerprint: str) -> int:
    try:
        after, _, made_for = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        place = int(after)
    except ValueError:
        raise invalid("Invalid page cursor", "page_cursor") from None
    if made_for != fingerprint:
        raise SeamProblem(400, "mismatched_page_parameters", "Page cursor was created with other parameters")
    return place
