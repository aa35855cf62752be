"""Access code JSON -> AccessCode, and its state from Seam's two vocabularies (seam-api.md 5)."""

from __future__ import annotations

from datetime import datetime

from bot.domain.model import AccessCode, AccessCodeState, Trouble
from bot.domain.pin import Pin
from bot.seam import fields
from bot.seam.fields import JsonObject
from bot.seam.troubles import DEVICE_OR_ACCOUNT, read_troubles

# Seam does not try again by itself until something changes (seam-api.md 5.3).
PERMANENT = frozenset(
    {
        "code_constraints_violated",
        "duplicate_code_on_device",
        "duplicate_code_attempt_prevented",
        "no_space_for_access_code_on_device",
        "device_removed",
    }
)
# It should no longer open the door, and does. `failed_to_delete` is the SDK's name for `failed_to_expire`.
NOT_REMOVED = frozenset(
    {
        "failed_to_remove_from_device",
        "failed_to_expire",
        "failed_to_delete",
        "delay_in_removing_from_device",
    }
)
STATUSES = frozenset({"unset", "setting", "set", "removing", "unknown"})


def read_code(code: JsonObject, now: datetime, *, is_managed: bool = True) -> AccessCode | None:
    """An AccessCode as of `now` (aware), or None without the two ids."""
    access_code_id, device_id = fields.text(code, "access_code_id"), fields.text(code, "device_id")
    if access_code_id is None or device_id is None:
        return None
    managed = fields.flag(code, "is_managed")
    managed = is_managed if managed is None else managed
    troubles = read_troubles(code)
    return AccessCode(
        access_code_id=access_code_id,
        device_id=device_id,
        name=fields.text(code, "name") or "",
        state=_state(code, troubles, now, is_managed=managed),
        # An ongoing code that was once time-bound keeps stale times (the fake's update, seam-api.md 6.5).
        starts_at=None if fields.text(code, "type") == "ongoing" else fields.moment(code, "starts_at"),
        ends_at=None if fields.text(code, "type") == "ongoing" else fields.moment(code, "ends_at"),
        pin=read_pin(code),
        troubles=troubles,
        is_managed=managed,
    )


def read_pin(code: JsonObject) -> Pin | None:
    """The PIN, or None while the maker has not chosen one (or it is nothing we would call a PIN)."""
    digits = fields.text(code, "code")
    if digits is None:
        return None
    try:
        return Pin(digits)
    except ValueError:
        return None


def _state(code: JsonObject, troubles: tuple[Trouble, ...], now: datetime, *, is_managed: bool) -> AccessCodeState:
    """Where the code stands. The order of the questions is the meaning: the worst answer that holds wins.

    Two vocabularies: `status` (deprecated, all that the fake has) and `pending_mutations` (new). "On the lock" is
    claimed only on evidence: status `set`, or the new vocabulary saying explicitly that nothing is pending.
    """
    status = fields.text(code, "status")
    status = status if status in STATUSES else None
    mutations = {fields.text(m, "mutation_code") for m in fields.items(code, "pending_mutations")}
    new_vocabulary = isinstance(code.get("pending_mutations"), list)
    codes = {t.code for t in troubles}
    errors = {t.code for t in troubles if t.is_error}
    starts_at, ends_at = fields.moment(code, "starts_at"), fields.moment(code, "ends_at")
    if fields.text(code, "type") == "ongoing":
        starts_at = ends_at = None
    is_on_lock = status == "set" or fields.flag(code, "is_scheduled_on_device") is True

    if codes & NOT_REMOVED:
        return AccessCodeState.NOT_REMOVED
    if errors & PERMANENT:
        return AccessCodeState.FAILED
    if "deleting" in mutations or "being_deleted" in codes or status == "removing":
        return AccessCodeState.REMOVING
    if status == "unknown" or "account_disconnected" in errors:
        return AccessCodeState.UNKNOWN
    if ends_at is not None and ends_at <= now:
        return AccessCodeState.REMOVING  # over, and still listed: ours to watch until it is gone
    # Device errors are merged into a code's errors. A lock that is offline still has the codes it has.
    if errors - DEVICE_OR_ACCOUNT or (errors and not is_on_lock):
        return AccessCodeState.RETRYING
    if is_managed and (code.get("code") is None or fields.flag(code, "is_waiting_for_code_assignment") is True):
        return AccessCodeState.WAITING
    has_started = starts_at is None or starts_at <= now
    if "deferring_creation" in mutations:
        return AccessCodeState.SCHEDULED
    if fields.flag(code, "is_scheduled_on_device") is True and not has_started:
        return AccessCodeState.LOADED
    # A new name changes nothing about the digits; every other mutation, known or not, may.
    if mutations - {"updating_name"} or status == "setting":
        return AccessCodeState.WAITING
    if status == "set":
        return AccessCodeState.ACTIVE
    if not has_started:
        return AccessCodeState.SCHEDULED
    if status == "unset":
        return AccessCodeState.WAITING  # its time has come and the lock does not have it
    return AccessCodeState.ACTIVE if new_vocabulary else AccessCodeState.UNKNOWN
