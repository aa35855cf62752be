"""Action attempt JSON -> Attempt: what became of a command (seam-api.md 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.seam import fields
from bot.seam.fields import JsonObject
from bot.seam.masking import masked


class AttemptStatus(StrEnum):
    """Seam's three, and what we make of a fourth: it is not an outcome, so it waits like `pending`."""

    PENDING = "pending"
    SUCCESS = "success"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`confirmed`: the lock itself said so. False where the maker cannot tell, or Seam does not say."""

    action_attempt_id: str
    action_type: str
    status: AttemptStatus
    confirmed: bool = False
    error_type: str = ""
    error_message: str = ""  # masked


def read_attempt(attempt: JsonObject) -> Attempt | None:
    """None without an id: then nobody can look after it, and it is no attempt."""
    action_attempt_id = fields.text(attempt, "action_attempt_id")
    if action_attempt_id is None:
        return None
    status = fields.text(attempt, "status")
    error = fields.nested(attempt, "error")
    return Attempt(
        action_attempt_id=action_attempt_id,
        action_type=fields.text(attempt, "action_type") or "",
        status=AttemptStatus(status) if status in set(AttemptStatus) else AttemptStatus.PENDING,
        confirmed=fields.flag(fields.nested(attempt, "result"), "was_confirmed_by_device") is True,
        error_type=masked(fields.text(error, "type") or ""),
        error_message=masked(fields.text(error, "message") or ""),
    )
