"""What the virtual Seam refuses before it takes a code, as real Seam does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.seam import TTLOCK, VirtualLock, VirtualSeam
from tests.sandbox.seam.conftest import KEY, NOON, Api, Hands


async def _refused(api: Api, lock: VirtualLock, field: str | None, **order: object) -> str:
    wire = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in order.items()}
    error = await api.refused("/access_codes/create", 400, "invalid_input", device_id=lock.device_id, **wire)
    if field:
        assert field in error["validation_errors"]
    assert (await api.ok("/access_codes/list", device_id=lock.device_id))["access_codes"] == []
    return str(error["message"])


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "１２３４", "12345", "271 45"])
async def test_a_ttlock_takes_4_6_or_8_digits_and_nothing_else(api: Api, front: VirtualLock, pin: str) -> None:
    await _refused(api, front, "code", code=pin)


async def test_leading_zeros_are_kept(api: Api, front: VirtualLock) -> None:
    assert (await api.create(front, code="007142"))["code"] == "007142"


@pytest.mark.parametrize(
    ("constraint", "broken", "kept"),
    [
        ("no_zeros", "2701", "2791"),
        ("cannot_start_with_12", "1294", "2194"),
        ("no_triple_consecutive_ints", "912345", "912359"),
        ("no_ascending_or_descending_sequence", "9876", "9867"),
        ("no_all_same_digits", "4444", "4445"),
        ("at_least_three_unique_digits", "4554", "4556"),
        ("unique_first_four_digits", "112345", "123411"),
        ("cannot_contain_089", "1238", "1237"),
        ("cannot_contain_0789", "1237", "1236"),
    ],
)
async def test_each_constraint_on_digits_is_kept(
    clock: Clock, hands: Hands, constraint: str, broken: str, kept: str
) -> None:
    lock = VirtualLock(name="Vault", brand=TTLOCK, constraints=({"constraint_type": constraint},))
    api = Api(VirtualSeam(clock, KEY, [lock], monotonic=hands), clock, hands, None)
    await _refused(api, lock, "code", code=broken)
    await api.create(lock, code=kept)
    for _ in range(5):
        await api.create(lock)  # what Seam makes up itself keeps the rule, too


async def test_a_lock_that_picks_its_own_pins_takes_none_of_ours(clock: Clock, hands: Hands) -> None:
    lock = VirtualLock(name="Vault", brand=TTLOCK, constraints=({"constraint_type": "cannot_specify_pin_code"},))
    api = Api(VirtualSeam(clock, KEY, [lock], monotonic=hands), clock, hands, None)
    await _refused(api, lock, "code", code="271845")
    assert len((await api.create(lock))["code"]) == 4


@pytest.mark.parametrize(
    ("field", "start", "end"),
    [
        ("ends_at", timedelta(hours=1), None),
        ("starts_at", None, timedelta(hours=1)),
        ("ends_at", timedelta(hours=2), timedelta(hours=1)),
        ("ends_at", timedelta(hours=1), timedelta(hours=1)),
        ("ends_at", timedelta(hours=-2), timedelta(hours=-1)),
        ("ends_at", timedelta(hours=-2), timedelta(0)),
    ],
)
async def test_half_and_backward_and_past_windows_are_refused(
    api: Api, front: VirtualLock, field: str, start: timedelta | None, end: timedelta | None
) -> None:
    window = {"starts_at": start, "ends_at": end}
    await _refused(api, front, field, **{k: NOON + v for k, v in window.items() if v is not None})


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01T00:00:00Z", ""])
async def test_a_time_that_is_none_is_refused(api: Api, front: VirtualLock, text: str) -> None:
    await _refused(api, front, "starts_at", starts_at=text, ends_at="2026-12-02T00:00:00Z")


@pytest.mark.parametrize("text", ["2026-12-01T13:00:00Z", "2026-12-01T13:00:00+0000", "2026-12-01T14:00:00+01:00"])
async def test_a_time_with_any_offset_is_taken(api: Api, front: VirtualLock, text: str) -> None:
    code = await api.create(front, starts_at=text, ends_at="2026-12-02T00:00:00Z")
    assert code["starts_at"] == "2026-12-01T13:00:00.000Z"


async def test_the_same_pin_on_the_same_door_is_409_in_any_window_and_the_message_repeats_it(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    await api.create(front, code="271845", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    error = await api.refused(
        "/access_codes/create",
        409,
        "duplicate_access_code",
        device_id=front.device_id,
        code="271845",
        starts_at="2027-01-01T00:00:00Z",
        ends_at="2027-01-02T00:00:00Z",
    )
    assert "271845" in error["message"]
    await api.create(seam.door("Back Door"), code="271845")


async def test_an_update_to_a_taken_pin_is_409(api: Api, front: VirtualLock) -> None:
    await api.create(front, code="271845")
    other = await api.create(front, code="904172")
    for code, status in (("271845", 409), ("904172", 200)):
        response = await api.send("/access_codes/update", access_code_id=other["access_code_id"], code=code)
        assert response.status_code == status


async def test_kwikset_wants_starts_in_the_future_and_names_of_two_letters(api: Api, seam: VirtualSeam) -> None:
    flat = seam.door("Guest Flat")
    await _refused(api, flat, "starts_at", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    await _refused(api, flat, "name", name="D")
    start = NOON + timedelta(minutes=15)
    long_name = "7F3K Dana Papadopoulou"
    code = await api.create(flat, name=long_name, starts_at=start, ends_at=start + timedelta(hours=1))
    assert code["name"] == long_name  # cut on the lock only
    await api.turn(hours=1)  # it has begun: its end can still be moved
    await api.ok("/access_codes/update", access_code_id=code["access_code_id"], ends_at="2026-12-01T18:00:00Z")


async def test_a_name_too_long_or_taken_is_refused_where_the_lock_says_so(clock: Clock, hands: Hands) -> None:
    rules = (
        {"constraint_type": "name_length", "max_length": 8},
        {"constraint_type": "name_must_be_unique"},
    )
    lock = VirtualLock(name="Vault", brand=TTLOCK, constraints=rules)
    api = Api(VirtualSeam(clock, KEY, [lock], monotonic=hands), clock, hands, None)
    await _refused(api, lock, "name", name="Dana Papa")
    await api.create(lock, name="Dana")
    await api.refused("/access_codes/create", 400, "invalid_input", device_id=lock.device_id, name="Dana")


async def test_a_wanted_length_falls_back_to_the_shortest(api: Api, front: VirtualLock) -> None:
    assert len((await api.create(front, preferred_code_length=8))["code"]) == 8
    assert len((await api.create(front, preferred_code_length=5))["code"]) == 4


@pytest.mark.parametrize(
    ("field", "order"),
    [
        ("code", {"code": "271845", "starts_at": "2026-12-01T13:00:00Z", "ends_at": "2026-12-01T14:00:00Z"}),
        ("starts_at", {}),
        ("ends_at", {"starts_at": "2026-12-01T13:00:00Z", "ends_at": "2027-01-30T13:00:00Z"}),
        (
            "ends_at",
            {"starts_at": "2026-12-01T13:00:00Z", "ends_at": "2028-01-30T13:00:00Z", "max_time_rounding": "1d"},
        ),
    ],
)
async def test_offline_pins_keep_igloohomes_limits(
    api: Api, seam: VirtualSeam, field: str, order: dict[str, object]
) -> None:
    await _refused(api, seam.door("Garden Gate"), field, is_offline_access_code=True, **order)


async def test_three_offline_pins_fit_one_hour_slot(api: Api, seam: VirtualSeam) -> None:
    gate = seam.door("Garden Gate")
    window = {"starts_at": "2026-12-01T13:00:00Z", "ends_at": "2026-12-01T14:00:00Z"}
    for _ in range(3):
        await api.create(gate, is_offline_access_code=True, **window)
    await api.refused(
        "/access_codes/create", 400, "invalid_input", device_id=gate.device_id, is_offline_access_code=True, **window
    )


async def test_a_lock_without_offline_pins_refuses_them(api: Api, front: VirtualLock) -> None:
    await _refused(api, front, "is_offline_access_code", is_offline_access_code=True, starts_at=NOON)
    await _refused(api, front, "is_one_time_use", is_one_time_use=True)


async def test_a_client_may_ask_to_fail_fast_at_an_offline_door(
    api: Api, seam: VirtualSeam, front: VirtualLock
) -> None:
    seam.faults.offline(front.device_id)
    await _refused(api, front, None, attempt_for_offline_device=False)
    await api.create(front)


async def test_the_backup_pool_is_for_time_bound_codes(api: Api, front: VirtualLock) -> None:
    await _refused(api, front, "use_backup_access_code_pool", use_backup_access_code_pool=True)
