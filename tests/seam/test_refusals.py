"""Why a door did not do it: from status, attempt and the door's own state to what the person hears."""

from __future__ import annotations

import pytest

from bot.domain import errors
from bot.domain.errors import DoorTrouble
from bot.domain.model import Action, Door
from bot.seam.action_attempts import Attempt, AttemptStatus, read_attempt
from bot.seam.devices import read_door
from bot.seam.refusals import code_trouble, hindrance, trouble_from_attempt, trouble_from_refusal
from bot.seam.replies import Refusal
from tests.seam.doubles import ATTEMPT_ID, attempt, device

CREATE, UNLOCK, UPDATE = "/access_codes/create", "/locks/unlock_door", "/access_codes/update"


def door_with(**changes: object) -> Door:
    door = read_door(device(**changes))
    assert door is not None
    return door


def warned(code: str) -> dict[str, object]:
    return {"warnings": [{"warning_code": code, "message": "…"}]}


def failing(code: str) -> dict[str, object]:
    return {"errors": [{"error_code": code, "message": "…"}]}


REFUSALS = [
    (401, "unauthorized", "", UNLOCK, errors.SeamKeyWrong),
    (403, "forbidden", "no", UNLOCK, errors.SeamKeyWrong),
    (400, "missing_workspace_id", "", "/devices/list", errors.SeamKeyWrong),
    (404, "workspace_not_found", "", "/workspaces/get", errors.SeamKeyWrong),
    (404, "device_not_found", "", "/devices/get", errors.DoorGone),
    (404, "device_not_found", "", UNLOCK, errors.DoorGone),
    (404, "device_not_found", "", CREATE, errors.DoorGone),
    (404, "a_new_not_found", "", "/access_codes/list", errors.DoorGone),
    (404, "not_found", "", "/access_codes/get", errors.CodeGone),
    (404, "access_code_not_found", "", UPDATE, errors.CodeGone),
    (404, "action_attempt_not_found", "", "/action_attempts/get", errors.OutcomeUnknown),
    (404, "connect_webview_not_found", "", "/connect_webviews/get", errors.CannotDo),
    (409, "duplicate_access_code", "Cannot set duplicate access code ••••", CREATE, errors.DuplicatePin),
    (409, "duplicate_code", "", CREATE, errors.DuplicatePin),
    (400, "duplicate_something", "", CREATE, errors.DuplicatePin),
    (409, "conflict", "Name must be unique, it is already taken", CREATE, errors.NameTaken),
    (400, "invalid_input", "This name is already in use on the lock", CREATE, errors.NameTaken),
    (400, "invalid_input", "Code length must be one of 4, 6, 8", CREATE, errors.CodeLengthNotSupported),
    (400, "invalid_input", "code must have 4 to 8 digits", CREATE, errors.CodeLengthNotSupported),
    (400, "invalid_input", "There is no space for another code", CREATE, errors.SlotsFull),
    (400, "invalid_input", "Max number of access codes reached", CREATE, errors.SlotsFull),
    (409, "duplicate_access_code", "Cannot set … named My name is taken for …", CREATE, errors.DuplicatePin),
    (400, "invalid_input", "Code must be 4 to 12 digits long", CREATE, errors.CodeLengthNotSupported),
    (400, "invalid_input", "Code must have at least three unique digits", CREATE, errors.CodeRefused),
    (400, "invalid_input", "Code cannot consist of one digit only", CREATE, errors.CodeRefused),
    (400, "invalid_input", "Name must be at most 14 characters long", CREATE, errors.CodeRefused),
    (400, "invalid_input", "ends_at must be after starts_at", CREATE, errors.CodeRefused),
    (429, "rate_limited", "", UNLOCK, errors.TooFast),
    (400, "device_type_not_supported", "", UNLOCK, errors.CannotDo),
    (400, "device_unmanaged", "", UNLOCK, errors.CannotDo),
    (400, "invalid_input", "Remote unlock is not enabled", UNLOCK, errors.RemoteUnlockOff),
    (400, "invalid_input", "The gateway is offline", UNLOCK, errors.GatewayMissing),
    (400, "invalid_input", "The device is offline", UNLOCK, errors.DoorOffline),
    (400, "invalid_input", "Jammed", UNLOCK, errors.LockRefused),
    (500, "internal_server_error", "", "/devices/get", errors.SeamDown),
]


@pytest.mark.parametrize(("status", "kind", "message", "path", "expected"), REFUSALS)
def test_a_refusal_becomes_what_the_person_should_hear(
    status: int, kind: str, message: str, path: str, expected: type[DoorTrouble]
) -> None:
    refusal = Refusal(status=status, type=kind, message=message, request_id="req-9")
    trouble = trouble_from_refusal(refusal, path)
    assert type(trouble) is expected
    assert (trouble.seam_code, trouble.request_id) == (kind, "req-9")


@pytest.mark.parametrize("status", [302, 404, 405, 500, 503])
def test_an_answer_that_is_not_seams_never_means_gone(status: int) -> None:
    refusal = Refusal(status=status, type=f"http_{status}", is_seams=False)
    assert type(trouble_from_refusal(refusal, "/access_codes/delete")) is errors.SeamDown


def test_a_401_without_a_body_is_still_a_wrong_key() -> None:
    refusal = Refusal(status=401, type="http_401", is_seams=False)
    assert type(trouble_from_refusal(refusal, UNLOCK)) is errors.SeamKeyWrong


HINDRANCES = [
    ({}, None),
    ({"can_remotely_unlock": False}, errors.RemoteUnlockOff),
    ({"can_remotely_unlock": False, **warned("ttlock_lock_gateway_unlocking_not_enabled")}, errors.RemoteUnlockOff),
    ({"can_remotely_unlock": False, **warned("power_saving_mode")}, errors.PowerSaving),
    ({"can_remotely_unlock": False, **warned("hub_required_for_additional_capabilities")}, errors.GatewayMissing),
    ({"can_remotely_unlock": False, **failing("hub_disconnected")}, errors.GatewayMissing),
    ({"can_remotely_unlock": False, **failing("ttlock_lock_not_paired_to_gateway")}, errors.GatewayMissing),
    ({"can_remotely_unlock": False, **failing("august_lock_missing_bridge")}, errors.GatewayMissing),
    ({"can_remotely_unlock": False, **failing("device_disconnected")}, errors.DoorOffline),
    ({"can_remotely_unlock": False, **failing("account_disconnected")}, errors.AccountDisconnected),
    ({"can_remotely_unlock": False, **failing("device_removed")}, errors.DoorGone),
    ({"can_remotely_unlock": False, **warned("privacy_mode")}, errors.CannotDo),
    ({"can_remotely_unlock": False, "properties": {"online": False}}, errors.DoorOffline),
    ({"can_remotely_unlock": None}, errors.CannotDo),
    # The flag says yes: only what means "unreachable" stands against it, for a command may wait and open later.
    (failing("device_disconnected"), errors.DoorOffline),
    (failing("hub_disconnected"), errors.GatewayMissing),
    (failing("insufficient_permissions"), errors.CannotDo),
    ({"properties": {"online": False}}, errors.DoorOffline),
    (warned("ttlock_weak_gateway_signal"), None),
    (warned("a_warning_of_next_year"), None),
    (failing("an_error_of_next_year"), None),
    (failing("subscription_required"), None),
    (failing("empty_backup_access_code_pool"), None),
]


@pytest.mark.parametrize(("changes", "expected"), HINDRANCES)
def test_a_door_says_why_it_cannot_be_opened(changes: dict[str, object], expected: type[DoorTrouble] | None) -> None:
    trouble = hindrance(door_with(**changes), Action.UNLOCK)
    assert (type(trouble) if trouble else None) is expected
    if trouble:
        assert trouble.seam_code
        assert "Office Lock" in str(trouble)


def test_remote_unlock_being_off_does_not_hinder_locking() -> None:
    door = door_with(can_remotely_unlock=False, **warned("ttlock_lock_gateway_unlocking_not_enabled"))
    assert hindrance(door, Action.LOCK) is None


def test_locking_looks_at_its_own_flag() -> None:
    trouble = hindrance(door_with(can_remotely_lock=None), Action.LOCK)
    assert str(trouble) == "Office Lock cannot do that: this model cannot be locked from afar."


def failed(message: str, kind: str = "uncategorized_error") -> Attempt:
    read = read_attempt(attempt("error", error={"type": kind, "message": message}))
    assert read is not None
    return read


ATTEMPTS = [
    (failed("no"), {}, errors.LockRefused),
    (failed("no"), warned("ttlock_lock_gateway_unlocking_not_enabled"), errors.RemoteUnlockOff),
    (failed("no"), failing("device_disconnected"), errors.DoorOffline),
    (failed("no"), warned("privacy_mode"), errors.CannotDo),
    (failed("Remote Unlock is not enabled"), {}, errors.RemoteUnlockOff),
    (failed("The lock is offline"), {}, errors.DoorOffline),
    (failed("The gateway is offline"), {}, errors.GatewayMissing),
    (failed("late", "action_attempt_expired"), {}, errors.OutcomeUnknown),
]


@pytest.mark.parametrize(("ended", "changes", "expected"), ATTEMPTS)
def test_a_failed_attempt_is_explained_by_the_door_first(
    ended: Attempt, changes: dict[str, object], expected: type[DoorTrouble]
) -> None:
    trouble = trouble_from_attempt(ended, door_with(**changes), Action.UNLOCK)
    assert type(trouble) is expected
    assert (trouble.seam_code, trouble.action_attempt_id) == (ended.error_type, ATTEMPT_ID)


def test_a_failed_attempt_that_nothing_explains_quotes_the_maker_without_digits() -> None:
    trouble = trouble_from_attempt(failed("Bolt 049233 jammed."), door_with(), Action.UNLOCK)
    assert str(trouble).startswith("Office Lock refused. Bolt •••• jammed. Nothing was changed")


def test_a_failed_attempt_can_be_explained_without_a_door() -> None:
    assert type(trouble_from_attempt(failed("The lock is offline"), None, None)) is errors.DoorOffline


@pytest.mark.parametrize("status", ["queued", "", None, 3])
def test_a_status_nobody_knows_is_not_an_outcome(status: object) -> None:
    read = read_attempt({**attempt(), "status": status})
    assert read is not None
    assert read.status is AttemptStatus.PENDING


@pytest.mark.parametrize(
    ("result", "confirmed"),
    [
        ({"was_confirmed_by_device": True}, True),
        ({"was_confirmed_by_device": False}, False),
        ({}, False),
        (None, False),
    ],
)
def test_only_the_lock_itself_confirms(result: object, confirmed: bool) -> None:
    read = read_attempt(attempt("success", result=result))
    assert read is not None
    assert read.confirmed is confirmed


def test_an_attempt_without_an_id_is_none() -> None:
    assert read_attempt({"status": "success"}) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (warned("max_access_codes_reached"), errors.SlotsFull),
        (failing("account_disconnected"), errors.AccountDisconnected),
        (failing("device_removed"), errors.DoorGone),
        ({}, errors.CodeRefused),
    ],
)
def test_a_refused_code_is_explained_by_the_door(changes: dict[str, object], expected: type[DoorTrouble]) -> None:
    told = code_trouble(errors.CodeRefused(detail="No.", seam_code="invalid_input"), door_with(**changes))
    assert type(told) is expected
    assert told.seam_code == "invalid_input"


def test_a_wrong_length_names_the_right_ones() -> None:
    told = code_trouble(errors.CodeLengthNotSupported(detail="bad"), door_with())
    assert str(told) == "Office Lock does not take a PIN of this length. It takes these lengths: 4, 6, 8."
