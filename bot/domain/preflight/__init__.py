"""Pre-flight: would this door take this code? Pure."""

from __future__ import annotations

from bot.domain.preflight.check import one_pin_for_all, preflight
from bot.domain.preflight.verdict import (
    AlreadyThere,
    CannotBecause,
    Change,
    ChangeKind,
    Verdict,
    Wanted,
    Works,
    WorksWithChanges,
)

__all__ = [
    "AlreadyThere",
    "CannotBecause",
    "Change",
    "ChangeKind",
    "Verdict",
    "Wanted",
    "Works",
    "WorksWithChanges",
    "one_pin_for_all",
    "preflight",
]
