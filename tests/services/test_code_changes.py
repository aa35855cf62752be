"""A code ended before its time, and one whose end is moved: true at the lock before it is called true."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import BadField, NotAllowed, Refused
from bot.domain.model import GuestCode, GuestCodeState, Person
from bot.domain.policy.ask import Actor
from tests.services.house import ANA, SAM, House

S = GuestCodeState
ROUNDS = 1000 if os.environ.get("LATCHKEY_FULL") == "1" else 60
NOW = timedelta(seconds=-1)


async def end(house: House, code: GuestCode, by: Person = SAM) -> GuestCode:
    actor = Actor(person=by, groups=frozenset())
    (after,) = await house.services.code_ends.end_now(actor=actor, target=code.code_id, origin=house.origin("button"))
    return after


async def extend(house: House, code: GuestCode, to: datetime, by: Person = SAM) -> GuestCode:
    actor = Actor(person=by, groups=frozenset())
    life = house.services.code_extensions
    (judged,) = await life.judge(actor=actor, target=code.code_id, ends_at=to, origin=house.origin("button"))
    return await life.extend(actor=actor, judged=judged, origin=house.origin("button"))


async def on_lock(house: House) -> GuestCode:
    (code,) = await house.order(starts_in=NOW)
    await house.turn(seconds=40)
    code = await house.code(code)
    assert code.state is S.ON_LOCK
    return code


async def trail(house: House, action: str) -> list[tuple[str, str | None]]:
    return [(phase, outcome) for a, phase, outcome in await house.audit() if a == action]


async def test_end_now_is_ending_until_the_lock_confirms(house: House) -> None:
    code = await on_lock(house)
    assert (await end(house, code)).state is S.ENDING
    await house.turn(seconds=60)
    assert (await house.code(code)).state is S.ENDED
    assert house.seam.truth.codes_on(code.device_id) == set()
    assert await trail(house, "code.end") == [("intent", None), ("outcome", "ok")]


async def test_nobody_else_may_end_it_and_the_try_is_in_the_log(house: House) -> None:
    code = await on_lock(house)
    with pytest.raises(NotAllowed):
        await end(house, code, by=ANA)
    assert (await house.code(code)).state is S.ON_LOCK
    assert await trail(house, "code.end") == [("note", "denied")]


async def test_ending_twice_says_that_it_is_ending(house: House) -> None:
    code = await on_lock(house)
    await end(house, code)
    with pytest.raises(Refused, match="being taken off"):
        await end(house, code)


async def test_a_process_that_dies_after_the_intent_ends_it_all_the_same(house: House) -> None:
    code = await on_lock(house)

    def die(beat: object) -> None:
        raise KeyboardInterrupt

    house.on_beat = die
    with pytest.raises(KeyboardInterrupt):
        await end(house, code)
    house.restart()
    await house.turn(minutes=1)
    assert (await house.code(code)).state is S.ENDED


async def test_a_removal_that_fails_for_two_days_alarms_and_ends_when_the_lock_is_back(house: House) -> None:
    """Acceptance 4; peers.md 4, "Removal stuck"."""
    code = await on_lock(house)
    house.seam.faults.removal_fails(code.device_id)
    await end(house, code)
    for _ in range(48):
        await house.turn(timedelta(hours=1), step=timedelta(minutes=2))
        assert (await house.code(code)).state in {S.ENDING, S.STUCK}
    assert "tell_stuck" in house.rung
    assert house.seam.counts["/access_codes/delete"] > 48, "it was not tried again and again"
    house.seam.faults.removal_fails(code.device_id, on=False)
    await house.turn(minutes=11)
    assert (await house.code(code)).state is S.ENDED
    assert house.rung == ["tell_stuck", "tell_unstuck"]
    assert await trail(house, "code.end") == [("intent", None), ("outcome", "ok")]


async def test_an_extended_code_works_until_its_new_end_and_not_longer(house: House) -> None:
    code = await on_lock(house)
    assert code.window.ends_at
    to = code.window.ends_at + timedelta(hours=1)
    assert (await extend(house, code, to)).window.ends_at == to
    await house.turn(timedelta(hours=2, minutes=30), step=timedelta(minutes=1))
    assert (await house.code(code)).state is S.ON_LOCK
    await house.turn(timedelta(minutes=40), step=timedelta(minutes=1))
    assert (await house.code(code)).state is S.ENDED
    assert await trail(house, "code.extend") == [("intent", None), ("outcome", "ok")]


async def test_an_end_that_cannot_be_is_refused_at_the_field(house: House) -> None:
    code = await on_lock(house)
    assert code.window.ends_at
    for bad in (house.clock.now(), code.window.ends_at, code.window.ends_at + timedelta(days=400)):
        with pytest.raises(BadField):
            await extend(house, code, bad)


async def test_when_seam_is_down_no_new_end_is_claimed_and_it_is_found_out_later(house: House) -> None:
    code = await on_lock(house)
    assert code.window.ends_at
    house.seam.faults.seam_down()
    to = code.window.ends_at + timedelta(hours=1)
    assert (await extend(house, code, to)).wanted_ends_at == to, "not known is not done"
    house.seam.faults.seam_down(on=False)
    await house.turn(minutes=2)
    found = await house.code(code)
    assert (found.window.ends_at, found.wanted_ends_at) == (to, None)


async def test_ended_while_its_extension_is_not_known_it_ends_and_the_extension_has_an_outcome(house: House) -> None:
    code = await on_lock(house)
    assert code.window.ends_at
    house.seam.faults.seam_down()
    await extend(house, code, code.window.ends_at + timedelta(hours=1))
    await end(house, code)
    house.seam.faults.seam_down(on=False)
    asked = house.seam.counts["/access_codes/update"]
    await house.turn(minutes=2)
    assert (await house.code(code)).state is S.ENDED
    assert house.seam.counts["/access_codes/update"] == asked, "no new end for a code that is to go"
    assert await trail(house, "code.extend") == [("intent", None), ("outcome", "unknown")]
    assert await trail(house, "code.end") == [("intent", None), ("outcome", "ok")]


async def test_the_rows_of_an_extension_name_who_moved_the_end(house: House) -> None:
    code = await on_lock(house)
    assert code.window.ends_at
    life, origin = house.services.code_extensions, house.origin("button")
    to = code.window.ends_at + timedelta(hours=1)
    judging = Actor(person=SAM, groups=frozenset())
    (judged,) = await life.judge(actor=judging, target=code.code_id, ends_at=to, origin=origin)
    await life.extend(actor=Actor(person=ANA, groups=frozenset()), judged=judged, origin=origin)
    rows = [r for r in await house.records() if r["action"] == "code.extend"]
    assert [r["actor"] for r in rows] == [ANA.user_id, ANA.user_id], "and not the host"


async def test_a_timeout_after_success_changes_create_update_and_delete_once(house: House) -> None:
    """Acceptance 3; seam-api.md 12: an answer is lost at every third create, second update and second delete."""
    faults = house.seam.faults
    faults.lose_answers("/access_codes/create", times=None, every=3)
    faults.lose_answers("/access_codes/update", times=None, every=2)
    faults.lose_answers("/access_codes/delete", times=None, every=2)
    for number in range(ROUNDS):
        (code,) = await house.order(starts_in=NOW, lasts=timedelta(hours=2), guest=f"Dana {number}")
        await house.turn(minutes=1)
        code = await house.code(code)
        assert code.state is S.ON_LOCK, number
        assert code.window.ends_at
        to = code.window.ends_at + timedelta(hours=1)
        await extend(house, code, to)
        await house.turn(minutes=1)
        code = await house.code(code)
        assert (code.window.ends_at, code.wanted_ends_at) == (to, None), number
        (held,) = await house.services.context.locks.codes(code.device_id)
        assert held.ends_at == to, number
        await end(house, code)
        await house.turn(minutes=2)
        assert (await house.code(code)).state is S.ENDED, number
        assert house.seam.truth.codes_on(code.device_id) == set(), number
