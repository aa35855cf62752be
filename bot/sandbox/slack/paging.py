"""Cursors of the Web API."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Refused

T = TypeVar("T")
_PREFIX = "next:"


def page(rows: Sequence[T], args: Arguments) -> tuple[list[T], str]:
    """The rows that `limit` and `cursor` ask for, and the cursor of the next page (empty on the last)."""
    start = 0
    if cursor := args.optional("cursor"):
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix(_PREFIX))
        except (binascii.Error, ValueError):
            raise Refused("invalid_cursor") from None
    limit = args.integer("limit", len(rows) or 1)
    if not 1 <= limit <= 1000 and args.has("limit"):
        raise Refused("invalid_limit")
    end = start + limit
    next_cursor = base64.b64encode(f"{_PREFIX}{end}".encode()).decode() if end < len(rows) else ""
    return list(rows[start:end]), next_cursor
