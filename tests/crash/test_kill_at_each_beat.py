"""`kill -9` after each beat, then a new start: no act without a record, nothing twice, nothing late, all told."""

from __future__ import annotations

import pytest

from bot.sandbox.seam.truth import EffectKind
from bot.services.context import Beat
from tests.crash.street import Street

UNLOCK, LOCK, CREATE = "/locks/unlock_door", "/locks/lock_door", "/access_codes/create"
ASK = "/guest-code Dana at Front Door tomorrow 09:00-17:00"


async def rows(here: Street, action: str) -> list[tuple[object, object]]:
    return [(r["phase"], r["outcome"]) for r in await here.audit() if r["action"] == action]


def effects(here: Street, kind: EffectKind) -> int:
    return len(here.seam.truth.of(kind))


@pytest.mark.parametrize(
    ("beat", "done", "outcomes"),
    [
        (Beat.RECEIVED, 0, []),
        (Beat.UNLOCK_INTENDED, 0, ["unknown"]),
        (Beat.UNLOCK_ACTED, 1, ["unknown"]),
        (Beat.UNLOCK_RECORDED, 1, ["ok"]),
        (Beat.TOLD, 1, ["ok"]),
    ],
)
async def test_unlock(here: Street, beat: Beat, done: int, outcomes: list[str]) -> None:
    await here.start(die_at=beat)
    await here.slack.command("sam", "general", "/unlock Front Door")
    await here.died()
    assert effects(here, EffectKind.UNLOCKED) == done
    at_the_kill = await rows(here, "door.unlock")
    assert len([r for r in at_the_kill if r[0] == "intent"]) >= done, "an act without an audit row"
    await here.start()
    await here.turn(4)
    assert here.seam.counts[UNLOCK] == done, "a door must not open late, and not twice"
    assert [o for p, o in await rows(here, "door.unlock") if p == "outcome"] == outcomes
    told = "\n".join(m.rendered for m in here.heard("sam"))
    expected = {"unknown": "look at the door", "ok": "unlocked"}[outcomes[0]] if outcomes else "/unlock"
    assert expected in told


@pytest.mark.parametrize(
    ("beat", "done", "outcomes"),
    [(Beat.LOCK_INTENDED, 0, ["unknown"]), (Beat.LOCK_ACTED, 1, ["unknown"]), (Beat.LOCK_RECORDED, 1, ["ok"])],
)
async def test_lock(here: Street, beat: Beat, done: int, outcomes: list[str]) -> None:
    here.seam.turn_by_hand(here.seam.door("Front Door").device_id)
    await here.start(die_at=beat)
    await here.slack.command("sam", "general", "/lock Front Door")
    await here.died()
    assert effects(here, EffectKind.LOCKED) == done
    await here.start()
    await here.turn(4)
    assert here.seam.counts[LOCK] == done
    assert [o for p, o in await rows(here, "door.lock") if p == "outcome"] == outcomes
    assert [p for p, _ in await rows(here, "door.lock")] == ["intent", "outcome"]
    assert here.heard("sam")


@pytest.mark.parametrize(
    ("beat", "nth", "made"),
    [
        (Beat.RECEIVED, 2, 0),
        (Beat.CODE_INTENDED, 1, 0),
        (Beat.CODE_ACTED, 1, 1),
        (Beat.CODE_RECORDED, 1, 1),
        (Beat.TOLD, 1, 1),
    ],
)
async def test_guest_code(here: Street, beat: Beat, nth: int, made: int) -> None:
    await here.start(die_at=beat, nth=nth)
    await here.slack.command("sam", "general", ASK)
    question = await here.slack.until(lambda: here.slack.screen("sam").channel("general").last, timeout=20)
    await here.slack.click("sam", question, "code.create")
    await here.died()
    assert here.seam.counts[CREATE] == made
    assert len([r for r in await rows(here, "code.create") if r[0] == "intent"]) >= made, "an act without an audit row"
    await here.start()
    await here.turn(6)
    assert here.seam.counts[CREATE] == made, "a second code"
    front = here.seam.door("Front Door")
    assert len(here.seam.truth.codes_on(front.device_id)) <= made
    told = "\n".join(m.rendered for m in here.heard("sam")[1:] or here.heard("sam"))
    followed = [r["reason"] for r in await here.audit() if r["action"] == "code.followed"]
    if beat is Beat.RECEIVED:
        assert "guest code" in told
        assert await rows(here, "code.create") == []
    elif not made:
        assert followed == ["failed"]
        assert "interrupted" in told
    else:
        assert followed[-1] == "scheduled"
        assert ("adopted" in followed) is (beat is Beat.CODE_ACTED)
        assert "Dana" in told


async def test_a_relock_is_not_forgotten_when_the_bot_dies_in_between(here: Street) -> None:
    await here.start()
    await here.slack.command("sam", "general", "/unlock Front Door for 2 min")
    await here.settle()
    await here.kill()
    await here.start()
    await here.turn(5)
    assert here.seam.door("Front Door").locked
    assert await rows(here, "door.relock") == [("intent", None), ("outcome", "ok")]


async def test_killed_while_it_locks_again_it_locks_again_after_the_start(here: Street) -> None:
    await here.start(die_at=Beat.LOCK_INTENDED)
    await here.slack.command("sam", "general", "/unlock Front Door for 1 min")
    await here.settle()
    await here.turn(2)
    await here.died()
    assert not here.seam.door("Front Door").locked
    await here.start()
    await here.turn(3)
    assert here.seam.door("Front Door").locked
