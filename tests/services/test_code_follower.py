"""A guest code is followed to the lock and off it again; what goes wrong is told; "gone" is said when it is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.model import GuestCode, GuestCodeState
from bot.sandbox.seam.truth import EffectKind
from tests.services.house import House

S = GuestCodeState


async def state(house: House, code: GuestCode) -> GuestCodeState:
    return (await house.code(code)).state


async def notes(house: House) -> list[str]:
    return [outcome or "" for action, _, outcome in await house.audit() if action == "code.followed"]


async def test_the_whole_life_of_a_code(house: House) -> None:
    (code,) = await house.order()
    assert code.state is S.ORDERED
    seen = [code.state]
    for _ in range(22):
        await house.turn(minutes=10)
        now = await state(house, code)
        if now is not seen[-1]:
            seen.append(now)
    assert seen == [S.ORDERED, S.SCHEDULED, S.ON_LOCK, S.ENDED]
    assert await notes(house) == ["scheduled", "on_lock", "ending", "ended"]
    assert house.seam.truth.codes_on(code.device_id) == set()


async def test_when_seam_forgets_the_door_a_code_on_it_is_never_called_gone(house: House) -> None:
    """seam-api.md 7.2: deleting a maker's account makes Seam forget its codes, and the PINs stay on the locks."""
    (code,) = await house.order(starts_in=timedelta(seconds=-1))
    await house.turn(seconds=20)
    assert await state(house, code) is S.ON_LOCK
    accounts = (await house.http.post("/connected_accounts/list", json={})).json()["connected_accounts"]
    for account in accounts:
        body = {"connected_account_id": account["connected_account_id"]}
        (await house.http.post("/connected_accounts/delete", json=body)).raise_for_status()
    await house.turn(minutes=30)
    assert await state(house, code) is S.ON_LOCK, "it still opens the door, in its time"
    await house.turn(timedelta(hours=4), step=timedelta(minutes=1))
    assert house.seam.truth.codes_on(code.device_id) != set()
    assert await state(house, code) is S.STUCK
    assert house.rung == ["tell_stuck"]
    assert "may still open" in ((await house.code(code)).trouble or "")
    assert "ended" not in [r["reason"] for r in await house.records() if r["action"] == "code.followed"]


async def test_a_code_that_starts_now_is_on_the_lock_within_seconds(house: House) -> None:
    (code,) = await house.order(starts_in=timedelta(seconds=-1))
    await house.turn(seconds=20)
    assert await state(house, code) is S.ON_LOCK


async def test_on_the_lock_is_said_only_when_seam_says_so(house: House) -> None:
    house.seam.faults.offline(house.door_id("Front Door"))
    house.seam.faults.offline(house.door_id("Front Door"), on=False)
    (code,) = await house.order(starts_in=timedelta(seconds=-1))
    house.seam.faults.offline(code.device_id)
    await house.turn(minutes=10)
    assert await state(house, code) is S.ORDERED
    house.seam.faults.offline(code.device_id, on=False)
    await house.turn(minutes=5)
    assert await state(house, code) is S.ON_LOCK


async def test_each_step_is_told_but_not_that_it_is_ending(house: House) -> None:
    await house.order()
    await house.turn(timedelta(hours=4), step=timedelta(minutes=1))
    assert house.told_kinds() == ["tell_order"] * 4  # placed, scheduled, on the lock, ended


async def test_a_code_removed_in_seam_before_its_end_is_told_as_failed(house: House) -> None:
    (code,) = await house.order()
    await house.turn(minutes=1)
    assert code.access_code_id
    await house.services.context.locks.delete_code(code.access_code_id)
    await house.turn(minutes=65)
    assert await state(house, code) is S.FAILED
    assert (await house.code(code)).trouble is not None
    assert "removed it outside" in str((await house.code(code)).trouble)
    assert (await notes(house))[-1] == "failed"


async def test_a_code_deleted_in_the_makers_app_and_put_back_by_seam_works_on(house: House) -> None:
    (code,) = await house.order(starts_in=timedelta(seconds=-1))
    await house.turn(minutes=1)
    assert code.access_code_id
    house.seam.faults.delete_in_app(code.access_code_id)
    await house.turn(minutes=5)
    assert await state(house, code) is S.ON_LOCK
    await house.turn(hours=2)
    assert await state(house, code) is S.ENDED


async def test_a_code_moved_to_later_in_seam_is_still_followed_to_its_end(house: House) -> None:
    (code,) = await house.order(starts_in=timedelta(seconds=-1))
    await house.turn(minutes=1)
    assert await state(house, code) is S.ON_LOCK
    assert code.access_code_id
    assert code.window.ends_at
    await house.services.context.locks.update_code(
        code.access_code_id, starts_at=house.clock.now() + timedelta(hours=1), ends_at=code.window.ends_at
    )
    await house.turn(hours=3)
    assert await state(house, code) is S.ENDED


async def test_a_removal_that_fails_is_stuck_told_within_minutes_and_resolved_when_it_is_gone(house: House) -> None:
    (code,) = await house.order()
    await house.turn(minutes=10)
    house.seam.faults.removal_fails(code.device_id)
    await house.turn(timedelta(hours=2, minutes=54), step=timedelta(minutes=1))
    assert await state(house, code) is S.ENDING
    told_before = len(house.told)
    await house.turn(minutes=2)
    assert await state(house, code) is S.STUCK
    assert len(house.told) == told_before + 1
    assert "may still open the door" in str((await house.code(code)).trouble)
    assert house.seam.truth.codes_on(code.device_id)
    await house.turn(timedelta(hours=6), step=timedelta(minutes=1))
    assert await state(house, code) is S.STUCK, "never called gone while it is not"
    house.seam.faults.removal_fails(code.device_id, on=False)
    await house.turn(minutes=11)  # the longest pause between two tries
    assert await state(house, code) is S.ENDED
    assert house.rung == ["tell_stuck", "tell_unstuck"]
    assert await notes(house) == ["scheduled", "on_lock", "ending", "stuck", "ended"]


async def test_a_lock_that_is_offline_at_the_end_is_stuck_until_it_is_back(house: House) -> None:
    (code,) = await house.order()
    await house.turn(minutes=10)
    house.seam.faults.offline(code.device_id)
    await house.turn(timedelta(hours=3), step=timedelta(minutes=1))
    assert await state(house, code) is S.STUCK
    house.seam.faults.offline(code.device_id, on=False)
    await house.turn(minutes=5)
    assert await state(house, code) is S.ENDED


async def test_when_seam_cannot_be_asked_at_the_end_that_too_is_told_within_minutes(house: House) -> None:
    (code,) = await house.order()
    await house.turn(minutes=10)
    house.seam.faults.seam_down()
    await house.turn(timedelta(hours=3), step=timedelta(minutes=1))
    assert await state(house, code) is S.STUCK
    assert "cannot see" in str((await house.code(code)).trouble)
    house.seam.faults.seam_down(on=False)
    await house.turn(minutes=5)
    assert await state(house, code) is S.ENDED


async def test_a_short_outage_of_seam_changes_nothing(house: House) -> None:
    (code,) = await house.order()
    house.seam.faults.seam_down()
    await house.turn(minutes=20)
    assert await state(house, code) is S.ORDERED
    house.seam.faults.seam_down(on=False)
    await house.turn(minutes=6)
    assert await state(house, code) is S.SCHEDULED


async def test_a_refused_deletion_of_an_ended_code_is_tried_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    (code,) = await house.order()
    await house.turn(minutes=10)
    house.seam.faults.removal_fails(code.device_id)
    house.seam.faults.refuse("/access_codes/delete", times=3)
    await house.turn(timedelta(hours=3), step=timedelta(minutes=1))
    house.seam.faults.removal_fails(code.device_id, on=False)
    await house.turn(minutes=3)
    assert await state(house, code) is S.ENDED
    assert "scheduler.failed" not in caplog.text


async def test_following_costs_seam_few_requests(house: House) -> None:
    await house.order(starts_in=timedelta(hours=24), lasts=timedelta(days=30))
    await house.turn(timedelta(days=20), step=timedelta(minutes=10))
    assert house.seam.counts["/access_codes/get"] < 120  # a look every six hours, and a few at the start
    assert len(house.seam.truth.of(EffectKind.CODE_ON)) == 1
