"""Why a door did not do it: refusals, failed attempts and the door's own state -> one of the domain's DoorTroubles.

Pure. Texts of Seam and of makers are looked at only to choose between errors; where nothing fits, the person reads
the maker's message with its digits masked. Sources: seam-api.md 1.7 (statuses), 3.3 to 3.6 (flags, codes), 6.9.
"""

from __future__ import annotations

import re

from bot.domain.errors import (
    AccountDisconnected,
    CannotDo,
    CodeGone,
    CodeLengthNotSupported,
    CodeRefused,
    DoorGone,
    DoorOffline,
    DoorTrouble,
    DuplicatePin,
    GatewayMissing,
    LockRefused,
    NameTaken,
    OutcomeUnknown,
    PowerSaving,
    RemoteUnlockOff,
    SeamDown,
    SeamKeyWrong,
    SlotsFull,
    TooFast,
)
from bot.domain.model import Action, Door, Trouble
from bot.domain.pin import CodeRules
from bot.seam import troubles as known
from bot.seam.action_attempts import Attempt
from bot.seam.replies import Refusal

# Which trouble explains that a remote command cannot work, the deepest cause first.
_HINDRANCES: tuple[tuple[frozenset[str], type[DoorTrouble]], ...] = (
    (known.REMOVED, DoorGone),
    (known.ACCOUNT_LOST, AccountDisconnected),
    (known.NO_GATEWAY, GatewayMissing),
    (known.OFFLINE, DoorOffline),
    (known.REMOTE_UNLOCK_OFF, RemoteUnlockOff),
    (known.POWER_SAVING, PowerSaving),
    (known.NO_GATEWAY_FOR_THIS, GatewayMissing),
)
# These hinder, too, and say so in their own sentence.
_HINDRANCES_IN_WORDS = frozenset(
    {
        "insufficient_permissions",
        "missing_device_credentials",
        "august_lock_not_authorized",
        "bridge_disconnected",
        "dormakaba_sites_disconnected",
        "subscription_required",
        "salto_ks_subscription_limit_exceeded",
        "privacy_mode",
        "salto_ks_privacy_mode",
        "keynest_unsupported_locker",
    }
)
# A lapsed plan may or may not stop commands (seam-api.md 3.5): where the flag says "can", we try.
_MAYBE = frozenset({"subscription_required", "salto_ks_subscription_limit_exceeded"})
# Warnings that hinder opening and not locking.
_ONLY_UNLOCKING = known.REMOTE_UNLOCK_OFF

# What a maker's message says, where Seam has no code for it. Read only after codes and flags.
_SAID: tuple[tuple[re.Pattern[str], type[DoorTrouble]], ...] = (
    (re.compile(r"remote unlock|gateway.unlock|unlocking.*not enabled", re.I), RemoteUnlockOff),
    (re.compile(r"power.?saving", re.I), PowerSaving),
    (
        re.compile(r"\b(gateway|bridge|hub)\b.*\b(offline|missing|disconnected|not found|unreachable)\b", re.I),
        GatewayMissing,
    ),
    (re.compile(r"\b(offline|disconnected|unreachable)\b", re.I), DoorOffline),
)
_SAID_OF_CODES: tuple[tuple[re.Pattern[str], type[DoorTrouble]], ...] = (
    (re.compile(r"\bname\b.*\b(unique|taken|exists|already|in use|duplicate)\b|duplicate.*\bname\b", re.I), NameTaken),
    (re.compile(r"duplicate|already (in use|exists|set)", re.I), DuplicatePin),
    (
        re.compile(r"\blengths?\b|\bdigits long\b|must (be|have|contain) [\d ,orto-]+ digits\b", re.I),
        CodeLengthNotSupported,
    ),
    (re.compile(r"no (more )?(space|room|slots?)|\bfull\b|max\w* .*codes|too many .*codes", re.I), SlotsFull),
)
_CODE_PATHS = frozenset({"/access_codes/get", "/access_codes/update", "/access_codes/delete"})


def trouble_from_refusal(refusal: Refusal, path: str) -> DoorTrouble:
    """A definite no (4xx, or any refusal of a read) as the person should hear it. The door's name comes later: `.at()`.

    A 404 that is not Seam's own envelope is a wrong address or a proxy and never means "gone" (seam-api.md 1.6).
    """
    kept = {"seam_code": refusal.type, "request_id": refusal.request_id}
    if refusal.is_too_fast:
        return TooFast(**kept)
    if not refusal.is_seams or not refusal.is_definite:
        return SeamDown(**kept) if refusal.status != 401 else SeamKeyWrong(**kept)
    if refusal.status in {401, 403} or refusal.type in {"missing_workspace_id", "workspace_not_found"}:
        return SeamKeyWrong(detail=refusal.message, **kept)
    if refusal.status == 404:
        if path in _CODE_PATHS:
            return CodeGone(**kept)
        if path.startswith(("/devices/", "/locks/", "/access_codes/")):
            return DoorGone(**kept)
        if path.startswith("/action_attempts/"):
            return OutcomeUnknown(**kept)  # it was begun, and nobody can say any more how it ended
        return CannotDo(detail="Seam no longer knows it.", **kept)
    detail = refusal.message or "Seam gave no reason."
    if refusal.type == "device_unmanaged":
        return CannotDo(detail="Seam sees this lock but does not manage it. An admin can switch that on.", **kept)
    if refusal.type == "device_type_not_supported":
        return CannotDo(detail="this kind of lock does not take that command.", **kept)
    if path.startswith("/access_codes/"):
        return _of_codes(refusal)(detail=detail, **kept)
    return _said(detail, _SAID, LockRefused)(detail=detail, **kept)


def hindrance(door: Door, action: Action) -> DoorTrouble | None:
    """Why this lock cannot be locked or unlocked from afar now, or None when it can.

    The flag decides. An error that means "unreachable" decides as well: a command to a lock that is offline may wait
    in a maker's queue and open the door minutes later, which must never happen (design.md 3).
    """
    can = door.can_unlock if action is Action.UNLOCK else door.can_lock
    because = _explained(door, action, errors_only=can is True)
    if because is not None:
        return because
    if can is True:
        return None if door.online else DoorOffline(door.name, seam_code="offline")
    if can is None:
        verb = "opened" if action is Action.UNLOCK else "locked"
        return CannotDo(door.name, seam_code=f"cannot_{action}", detail=f"this model cannot be {verb} from afar.")
    if not door.online:
        return DoorOffline(door.name, seam_code="offline")
    if action is Action.UNLOCK and door.provider == "ttlock":
        # TTLock shows Remote Unlock being off by the flag or by the warning (seam-api.md 4.4).
        return RemoteUnlockOff(door.name, seam_code="can_remotely_unlock_false")
    detail = "it takes no remote command at the moment. Look at its settings in the maker's app."
    return CannotDo(door.name, seam_code=f"cannot_{action}", detail=detail)


def trouble_from_attempt(attempt: Attempt, door: Door | None, action: Action | None) -> DoorTrouble:
    """An attempt that ended in `error`: explained by the door's state now, else by the message, else quoted.

    `error.type` is an open string for locks (seam-api.md 4.2), so it is kept and not relied on.
    """
    kept = {"seam_code": attempt.error_type or "error", "action_attempt_id": attempt.action_attempt_id}
    name = door.name if door else "The lock"
    if attempt.error_type == "action_attempt_expired":
        return OutcomeUnknown(name, **kept)
    because = _explained(door, action or Action.UNLOCK, errors_only=False) if door else None
    detail = attempt.error_message or "It gave no reason."
    kind = type(because) if because else _said(f"{attempt.error_type} {detail}", _SAID, LockRefused)
    return kind(name, detail=because.detail if because and because.detail else detail, **kept)


def code_trouble(trouble: DoorTrouble, door: Door) -> DoorTrouble:
    """A refused code, said better where the door's state explains it; else the same trouble with the door's name."""
    if type(trouble) is CodeRefused:
        for codes, kind in (
            (known.REMOVED, DoorGone),
            (known.ACCOUNT_LOST, AccountDisconnected),
            (known.SLOTS_FULL, SlotsFull),
        ):
            if door.has_trouble(*codes):
                return kind(
                    door.name, seam_code=trouble.seam_code, request_id=trouble.request_id, detail=trouble.detail
                )
    if isinstance(trouble, CodeLengthNotSupported) and door.rules != CodeRules() and door.rules.lengths:
        lengths = ", ".join(str(n) for n in door.rules.lengths)
        detail = f"It takes these lengths: {lengths}."
        return CodeLengthNotSupported(
            door.name, seam_code=trouble.seam_code, request_id=trouble.request_id, detail=detail
        )
    return trouble.at(door.name)


def _explained(door: Door, action: Action, *, errors_only: bool) -> DoorTrouble | None:
    """The trouble on the door that hinders this action, in the order of `_HINDRANCES`."""
    present = [t for t in door.troubles if t.is_error or not errors_only]
    if action is not Action.UNLOCK:
        present = [t for t in present if t.code not in _ONLY_UNLOCKING]
    for codes, kind in _HINDRANCES:
        found = _first(present, codes)
        if found:
            return kind(door.name, seam_code=found.code, detail=found.message)
    found = _first(present, _HINDRANCES_IN_WORDS - _MAYBE if errors_only else _HINDRANCES_IN_WORDS)
    if found is None:
        return None
    return CannotDo(door.name, seam_code=found.code, detail=found.said_of(door.name))


def _first(troubles: list[Trouble], codes: frozenset[str]) -> Trouble | None:
    return next((t for t in troubles if t.code in codes), None)


def _of_codes(refusal: Refusal) -> type[DoorTrouble]:
    # The type's name has changed over the years (seam-api.md 1.7). The message repeats the code's name, so it is
    # looked at last: a guest may be called anything.
    if "duplicate" in refusal.type and "name" not in refusal.type:
        return DuplicatePin
    kind = _said(refusal.message, _SAID_OF_CODES, CodeRefused)
    return DuplicatePin if refusal.status == 409 and kind is not NameTaken else kind


def _said(
    message: str, table: tuple[tuple[re.Pattern[str], type[DoorTrouble]], ...], otherwise: type[DoorTrouble]
) -> type[DoorTrouble]:
    return next((kind for pattern, kind in table if pattern.search(message)), otherwise)
