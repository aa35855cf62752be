"""Access code JSON -> AccessCode, and its state in both of Seam's vocabularies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.model import AccessCodeState as State
from bot.domain.pin import Pin
from bot.seam.access_codes import read_code
from tests.seam.doubles import NOW, access_code

STARTS, ENDS = datetime(2026, 12, 2, 9, tzinfo=UTC), datetime(2026, 12, 2, 18, tzinfo=UTC)
DURING, AFTER = STARTS + timedelta(hours=1), ENDS + timedelta(minutes=1)
ONGOING = {"type": "ongoing", "starts_at": None, "ends_at": None}
NEW: dict[str, object] = {"status": None, "pending_mutations": []}


def mutation(code: str) -> dict[str, object]:
    return {"pending_mutations": [{"mutation_code": code, "message": "…"}]}


def error(code: str) -> dict[str, object]:
    return {"errors": [{"error_code": code, "message": "…"}]}


def warning(code: str) -> dict[str, object]:
    return {"warnings": [{"warning_code": code, "message": "…"}]}


def test_a_code_is_read_with_its_pin_hidden() -> None:
    code = read_code(access_code(), NOW)
    assert code is not None
    assert (code.name, code.starts_at, code.ends_at) == ("Dana P 7F3K", STARTS, ENDS)
    assert code.pin == Pin("049233")
    assert code.is_managed
    assert "049233" not in repr(code)


@pytest.mark.parametrize("missing", ["access_code_id", "device_id"])
def test_a_code_without_an_id_is_none(missing: str) -> None:
    assert read_code(access_code(**{missing: None}), NOW) is None


STATES = [
    # The old vocabulary: status.
    ({"status": "unset"}, NOW, State.SCHEDULED),
    ({"status": "unset"}, DURING, State.WAITING),
    ({"status": "unset", "is_scheduled_on_device": True}, NOW, State.LOADED),
    ({"status": "setting"}, NOW, State.WAITING),
    ({"status": "setting"}, DURING, State.WAITING),
    ({"status": "set"}, DURING, State.ACTIVE),
    ({"status": "set"}, AFTER, State.REMOVING),
    ({"status": "unset"}, AFTER, State.REMOVING),
    ({"status": "removing"}, DURING, State.REMOVING),
    ({"status": "unknown"}, DURING, State.UNKNOWN),
    ({"status": "setting", **ONGOING}, NOW, State.WAITING),
    ({"status": "set", **ONGOING}, NOW, State.ACTIVE),
    # An ongoing code that was time-bound once keeps stale times on the fake.
    ({"status": "set", "type": "ongoing"}, AFTER, State.ACTIVE),
    # The new vocabulary: pending_mutations.
    (NEW, NOW, State.SCHEDULED),
    (NEW, DURING, State.ACTIVE),
    ({**NEW, **ONGOING}, NOW, State.ACTIVE),
    ({"status": None, **mutation("deferring_creation")}, NOW, State.SCHEDULED),
    ({"status": None, **mutation("creating")}, DURING, State.WAITING),
    ({"status": None, **mutation("updating_time_frame")}, DURING, State.WAITING),
    ({"status": None, **mutation("updating_name")}, DURING, State.ACTIVE),
    ({"status": None, **mutation("something_new")}, DURING, State.WAITING),
    ({"status": None, **mutation("deleting")}, DURING, State.REMOVING),
    ({**NEW, "is_scheduled_on_device": True}, NOW, State.LOADED),
    # Neither: no claim.
    ({"status": None}, DURING, State.UNKNOWN),
    ({"status": "a_new_word"}, DURING, State.UNKNOWN),
    # The PIN is not known yet.
    ({"code": None}, NOW, State.WAITING),
    ({"status": "setting", "is_waiting_for_code_assignment": True}, NOW, State.WAITING),
    # Troubles.
    ({"status": "setting", **error("duplicate_code_on_device")}, NOW, State.FAILED),
    ({"status": "setting", **error("no_space_for_access_code_on_device")}, NOW, State.FAILED),
    ({"status": "setting", **error("code_constraints_violated")}, NOW, State.FAILED),
    ({"status": "setting", **error("failed_to_set_on_device")}, NOW, State.RETRYING),
    ({"status": "setting", **error("an_error_of_next_year")}, NOW, State.RETRYING),
    ({"status": "set", **error("account_disconnected")}, DURING, State.UNKNOWN),
    ({"status": "set", **error("failed_to_remove_from_device")}, AFTER, State.NOT_REMOVED),
    ({"status": "removing", **error("failed_to_remove_from_device")}, AFTER, State.NOT_REMOVED),
    ({"status": "set", **error("failed_to_expire")}, AFTER, State.NOT_REMOVED),
    ({"status": "set", **error("failed_to_delete")}, AFTER, State.NOT_REMOVED),
    ({"status": "removing", **warning("delay_in_removing_from_device")}, AFTER, State.NOT_REMOVED),
    ({"status": "set", **warning("being_deleted")}, DURING, State.REMOVING),
    # A lock that went offline still has the codes that it has; one that never got the code does not.
    ({"status": "set", **error("device_disconnected")}, DURING, State.ACTIVE),
    ({"status": "unset", "is_scheduled_on_device": True, **error("hub_disconnected")}, NOW, State.LOADED),
    ({"status": "setting", **error("device_disconnected")}, DURING, State.RETRYING),
    ({"status": "set", **warning("third_party_integration_detected")}, DURING, State.ACTIVE),
]


@pytest.mark.parametrize(("changes", "now", "state"), STATES)
def test_the_state_is_never_better_than_what_seam_says(changes: dict[str, object], now: datetime, state: State) -> None:
    code = read_code(access_code(**changes), now)
    assert code is not None
    assert code.state is state


def test_an_unmanaged_code_may_have_no_pin_and_still_work() -> None:
    code = read_code(access_code(status="set", code=None, is_managed=False), DURING)
    assert code is not None
    assert (code.state, code.pin, code.is_managed) == (State.ACTIVE, None, False)


def test_an_item_of_the_unmanaged_list_is_unmanaged_even_when_it_does_not_say_so() -> None:
    code = read_code(access_code(is_managed=None), NOW, is_managed=False)
    assert code is not None
    assert not code.is_managed


@pytest.mark.parametrize("code", ["12", "abcd", "1234567890123", 4711, True])
def test_what_is_no_pin_is_read_as_none(code: object) -> None:
    read = read_code(access_code(code=code), NOW)
    assert read is not None
    assert read.pin is None


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-12-02T09:00:00.000Z", STARTS),
        ("2026-12-02T10:00:00+01:00", STARTS),
        ("2026-12-02T09:00:00+0000", STARTS),
        ("2026-12-02T09:00:00", STARTS),
        ("tomorrow", None),
        ("9999-99-99", None),
        ("0001-01-01T00:00:00+14:00", None),
        (17, None),
    ],
)
def test_times_are_read_in_every_spelling_and_kept_in_utc(value: object, moment: datetime | None) -> None:
    read = read_code(access_code(starts_at=value), NOW)
    assert read is not None
    assert read.starts_at == moment


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [1, None, "x"], True])
def test_no_field_of_a_strange_kind_breaks_a_code(value: object) -> None:
    for key in (*access_code(), "pending_mutations"):
        if key not in {"access_code_id", "device_id"}:
            assert read_code(access_code(**{key: value}), NOW) is not None
