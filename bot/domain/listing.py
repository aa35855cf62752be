"""A page of what somebody has: their codes, their open requests, and for admins what needs attention."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.model import GuestCode
from bot.domain.requests import AccessRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page. `total` counts the person's codes on all pages; `attention` is None for whoever is no admin."""

    codes: tuple[GuestCode, ...]
    page: int
    pages: int
    total: int
    requests: tuple[AccessRequest, ...]
    attention: tuple[GuestCode, ...] | None = None
