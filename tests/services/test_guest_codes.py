"""Guest codes: made once, on the right doors, in their window; shown to the host alone; the PIN kept nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import BadField, BotError, NotAllowed
from bot.domain.model import GuestCodeState, PersonKind
from bot.domain.window import Window
from bot.sandbox.seam.route_faults import Lost
from bot.sandbox.seam.truth import EffectKind
from tests.services.house import ANA, NOON, SAM, House, someone

CREATE = "/access_codes/create"
ORDERED = [("code.create", "intent", None), ("code.create", "outcome", "ok")]
S = GuestCodeState


async def states(house: House, codes: tuple[object, ...]) -> list[GuestCodeState]:
    return [(await house.code(c)).state for c in codes]  # type: ignore[arg-type]


async def pin_of(house: House, code: object) -> str:
    _, pin = await house.services.guest_codes.reveal(
        person=SAM,
        code_id=code.code_id,  # type: ignore[attr-defined]
        origin=house.origin("button"),
    )
    return pin.reveal()


# -- ordering -----------------------------------------------------------------------------------------------------


async def test_an_order_puts_one_code_on_the_lock_under_the_guests_name_and_a_marker(house: House) -> None:
    (code,) = await house.order()
    (held,) = await house.services.context.locks.codes(code.device_id)
    assert held.name == f"Dana P {code.marker}"
    assert (held.starts_at, held.ends_at) == (code.window.starts_at, code.window.ends_at)
    assert code.access_code_id == held.access_code_id
    assert await house.audit() == ORDERED


async def test_the_code_opens_the_door_in_its_window_and_not_before_or_after(house: House) -> None:
    (code,) = await house.order()
    await house.turn(seconds=30)
    pin = await pin_of(house, code)
    assert not house.seam.enter_pin(code.device_id, pin).opened
    await house.turn(minutes=61)
    assert house.seam.enter_pin(code.device_id, pin).opened
    await house.turn(minutes=121)
    assert not house.seam.enter_pin(code.device_id, pin).opened


async def test_one_order_for_several_doors_is_one_pin_and_a_record_each(house: House) -> None:
    codes = await house.order("Front Door", "Back Door", "Library")
    await house.turn(seconds=30)
    assert len({await pin_of(house, c) for c in codes}) == 1
    assert len({c.order_id for c in codes}) == 1
    assert len({c.marker for c in codes}) == 3
    assert sorted((await house.audit())[:6]) == sorted(ORDERED * 3)


async def test_where_one_door_refuses_the_others_still_get_their_code(house: House) -> None:
    house.seam.faults.refuse(
        CREATE, device_id=house.door_id("Back Door"), status=400, error_type="duplicate_access_code", message="taken"
    )
    codes = await house.order("Front Door", "Back Door")
    by_door = {c.door_name: c for c in codes}
    assert by_door["Back Door"].state is S.FAILED
    assert by_door["Back Door"].trouble
    assert by_door["Front Door"].access_code_id
    assert sorted(o for _, p, o in await house.audit() if p == "outcome" and o) == ["failed", "ok"]


async def test_a_chosen_pin_is_the_one_on_the_lock(house: House) -> None:
    (code,) = await house.order(pin="4827")
    await house.turn(seconds=30)
    assert await pin_of(house, code) == "4827"


async def test_a_pin_in_use_is_refused_at_its_field_before_anything_is_written(house: House) -> None:
    await house.order(pin="4827")
    with pytest.raises(BadField, match="already in use") as refused:
        await house.order(pin="4827", guest="Somebody Else")
    assert refused.value.field == "pin"
    assert await house.audit() == ORDERED


@pytest.mark.parametrize(
    ("door", "pin", "words"),
    [
        ("Front Door", "12345", "4, 6 or 8 digits"),
        ("Front Door", "12", "4 to 12 digits"),
        ("Front Door", "12a4", "4 to 12 digits"),
        ("Garage", "7890", "only use the digits 1 to 6"),
        ("Library", "1234", "may not start with 12"),
    ],
)
async def test_a_pin_that_the_lock_cannot_take_is_refused_in_words(
    house: House, door: str, pin: str, words: str
) -> None:
    with pytest.raises(BadField, match=words):
        await house.order(door, pin=pin)
    assert await house.audit() == []


async def test_a_pin_of_ours_keeps_the_rules_of_every_door_of_the_order(house: House) -> None:
    codes = await house.order("Garage", "Library", "Front Door")
    await house.turn(seconds=30)
    (pin,) = {await pin_of(house, c) for c in codes}
    assert set(pin) <= set("123456")
    assert not pin.startswith("12")
    assert len(pin) in (4, 6)


async def test_full_slots_are_told_as_a_failure_and_the_code_never_comes_late(house: House) -> None:
    """Pre-flight saw room; it was gone when the code arrived."""
    door = house.door_id("Front Door")
    window = Window(starts_at=NOON + timedelta(hours=1), ends_at=NOON + timedelta(hours=3))
    order = await house.services.order_checks.checked(guest="Dana P", device_ids=[door], window=window)
    house.seam.faults.slots_full(door)
    (code,) = await house.services.guest_codes.order(person=SAM, order=order, origin=house.origin())
    await house.turn(minutes=2)
    assert await states(house, (code,)) == [S.FAILED]
    assert ("code.followed", "note", "failed") in await house.audit()
    assert "tell_order" in house.told_kinds()
    house.seam.faults.slots_full(door, on=False)
    await house.turn(minutes=30)
    assert house.seam.truth.codes_on(door) == set(), "the person was told that there is no code"


@pytest.mark.parametrize("kind", [k for k in PersonKind if k is not PersonKind.MEMBER])
async def test_only_full_members_may_order_and_a_refusal_is_in_the_log(house: House, kind: PersonKind) -> None:
    with pytest.raises(NotAllowed, match="You may not make this guest code"):
        await house.order(by=someone("U_X", kind))
    assert house.seam.counts[CREATE] == 0
    assert await house.audit() == [("code.create", "note", "denied")]


# -- lost answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", list(Lost))
async def test_a_lost_answer_after_the_code_was_made_is_found_by_its_marker_and_never_made_twice(
    house: House, how: Lost
) -> None:
    house.seam.faults.lose_answers(CREATE, how)
    (code,) = await house.order()
    assert code.state is S.ORDERED
    await house.turn(minutes=5)
    assert await states(house, (code,)) == [S.SCHEDULED]
    assert house.seam.counts[CREATE] == 1
    assert len(house.seam.truth.of(EffectKind.CODE_ON)) == 1
    assert await house.audit() == [
        ("code.create", "intent", None),
        ("code.create", "outcome", "unknown"),
        ("code.followed", "note", "adopted"),
        ("code.followed", "note", "scheduled"),
    ]
    assert len(await pin_of(house, code)) == 6


async def test_an_order_that_never_arrived_is_told_as_failed_after_the_settle_time_and_not_before(house: House) -> None:
    house.seam.faults.land_late(CREATE, 10**9)
    (code,) = await house.order()
    await house.turn(seconds=80)
    assert await states(house, (code,)) == [S.ORDERED]
    assert "failed" not in [o for *_, o in await house.audit()]
    await house.turn(seconds=40)
    assert await states(house, (code,)) == [S.FAILED]
    assert house.seam.counts[CREATE] == 1
    assert house.told_kinds().count("tell_order") >= 1


async def test_a_code_that_lands_after_it_was_given_up_is_taken_off_again(house: House) -> None:
    house.seam.faults.land_late(CREATE, 150)
    (code,) = await house.order()
    await house.turn(minutes=15)
    assert await states(house, (code,)) == [S.FAILED]
    assert len(house.seam.truth.of(EffectKind.CODE_ON)) == 1
    assert house.seam.truth.codes_on(code.device_id) == set()
    assert (await house.audit())[-1] == ("code.followed", "note", "taken_back")


async def test_such_an_orphan_is_gone_within_five_minutes_of_the_order(house: House) -> None:
    house.seam.faults.land_late(CREATE, 150)
    (code,) = await house.order()
    await house.turn(minutes=5)
    assert house.seam.truth.codes_on(code.device_id) == set()


async def test_an_orphan_is_called_removed_only_when_it_is_gone(house: House) -> None:
    house.seam.faults.land_late(CREATE, 150)
    (code,) = await house.order()
    house.seam.faults.delete_lies(code.device_id)
    await house.turn(minutes=12)
    assert ("code.followed", "note", "taken_back") not in await house.audit()
    house.seam.faults.delete_lies(code.device_id, on=False)
    await house.turn(minutes=3)
    assert house.seam.truth.codes_on(code.device_id) == set()
    assert (await house.audit())[-1] == ("code.followed", "note", "taken_back")


async def test_a_pin_is_never_chosen_that_is_on_the_lock_already(house: House) -> None:
    (first,), (second,) = await house.order(), await house.order(guest="Eli")
    await house.turn(seconds=30)
    assert await pin_of(house, first) != await pin_of(house, second)


# -- showing ------------------------------------------------------------------------------------------------------


async def test_the_host_sees_the_pin_and_that_is_in_the_log_before_it_is_shown(house: House) -> None:
    (code,) = await house.order(pin="4827")
    await house.turn(seconds=30)
    assert await pin_of(house, code) == "4827"
    row = (await house.records())[-1]
    assert (row["action"], row["outcome"], row["actor"], row["subject_id"]) == (
        "code.reveal",
        "ok",
        "U_SAM",
        code.code_id,
    )


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (ANA, "not_the_host"),
        (someone("U_SAM", PersonKind.DEACTIVATED), "account:deactivated"),
        (someone("U_SAM", PersonKind.GUEST), "account:guest"),
    ],
)
async def test_nobody_else_sees_it_and_the_attempt_is_in_the_log(house: House, who: object, reason: str) -> None:
    (code,) = await house.order()
    with pytest.raises(NotAllowed, match="I cannot show you this code"):
        await house.services.guest_codes.reveal(
            person=who,  # type: ignore[arg-type]
            code_id=code.code_id,
            origin=house.origin("button"),
        )
    row = (await house.records())[-1]
    assert (row["action"], row["outcome"], row["reason"]) == ("code.reveal", "denied", reason)


async def test_an_unknown_id_shows_nothing(house: House) -> None:
    with pytest.raises(BotError, match="do not know that code"):
        await house.services.guest_codes.reveal(person=SAM, code_id="0" * 32, origin=house.origin("button"))


async def test_a_code_that_failed_has_no_pin_to_show(house: House) -> None:
    house.seam.faults.refuse(CREATE, status=400, error_type="duplicate_access_code", message="taken")
    (code,) = await house.order()
    with pytest.raises(BotError, match="not on the lock"):
        await pin_of(house, code)


async def test_a_reveal_that_did_not_happen_is_not_in_the_log(house: House) -> None:
    (code,) = await house.order()
    house.seam.faults.seam_down()
    with pytest.raises(BotError):
        await pin_of(house, code)
    assert "code.reveal" not in [a for a, *_ in await house.audit()]


async def test_times_in_the_log_are_those_of_the_window(house: House) -> None:
    await house.order()
    detail = (await house.records())[0]["detail"]
    assert isinstance(detail, dict)
    assert detail["starts_at"] == "2026-12-01T13:00:00+00:00"
    assert detail["ends_at"] == "2026-12-01T15:00:00+00:00"
    assert NOON.hour == 12
