"""Killed at random moments, sixty times, with several people at work: the promises hold at each kill and at the end."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.seam.building import many_doors
from bot.sandbox.seam.truth import EffectKind
from bot.sandbox.slack import SeenMessage
from tests.crash.street import Street, Zygote, street

KILLS, ACTS = 60, 3
SEED = int(os.environ.get("LATCHKEY_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
LONGEST_LIFE_S = 0.5  # an unlock takes a fraction of that, a guest code with its click about all of it


async def act(here: Street, number: int, chance: random.Random) -> None:
    """One person does one thing at one door: whatever happens there can be told apart from everything else."""
    who, door = f"person{number}", f"Room {number:04}"
    here.slack.add_user(who, channels=("general",))
    match chance.choice(("unlock", "lock", "code")):
        case "unlock":
            await here.slack.command(who, "general", f"/unlock {door}")
        case "lock":
            await here.slack.command(who, "general", f"/lock {door}")
        case "code":
            await here.slack.command(who, "general", f"/guest-code Dana at {door} tomorrow 09:00-17:00")
            try:
                asked = await here.slack.until(
                    lambda: here.slack.screen(who).channel("general").last, timeout=LONGEST_LIFE_S
                )
                await here.slack.click(who, asked, "code.create")
            except (TimeoutError, LookupError):
                return  # the bot died before it could ask, or asked something else: then there is no button


async def acts_without_a_record(here: Street) -> list[str]:
    intents = Counter(
        (r["device_id"], r["action"]) for r in await here.audit() if r["phase"] == "intent" and r["device_id"]
    )
    sent = Counter((e.device_id, e.path) for e in here.seam.journal)
    return [
        f"{action} at {device}: {sent[device, path]} sent, {intents[device, action]} written"
        for path, action in (
            ("/locks/unlock_door", "door.unlock"),
            ("/locks/lock_door", "door.lock"),
            ("/access_codes/create", "code.create"),
        )
        for device in {d for d, p in sent if p == path}
        if sent[device, path] > intents[device, action]
    ]


def answered(messages: list[SeenMessage]) -> bool:
    """Whether a person was told an end: not only that it is being worked on."""
    return any("Still working" not in m.rendered for m in messages)


@pytest.mark.timeout(240)
async def test_sixty_kills_at_random(zygote: Zygote, tmp_path: Path, migrated: Path) -> None:
    print(f"LATCHKEY_CRASH_SEED={SEED}")  # noqa: T201 - shown when the test fails, to repeat it
    chance = random.Random(SEED)
    async with street(zygote, tmp_path, migrated, doors=many_doors(KILLS * ACTS)) as here:
        for life in range(KILLS):
            await here.start()
            people = [asyncio.create_task(act(here, life * ACTS + n, chance)) for n in range(1, ACTS + 1)]
            # Not a wait for something: the moment of the kill is what is drawn.
            await asyncio.sleep(chance.uniform(0, LONGEST_LIFE_S))
            await here.kill()
            await asyncio.gather(*people)
            assert await acts_without_a_record(here) == [], f"at kill {life}, seed {SEED}"
        await here.start()
        await here.turn(8)
        await here.stop()

        audit = await here.audit()
        assert await acts_without_a_record(here) == [], f"seed {SEED}"
        unlocked = Counter(e.device_id for e in here.seam.truth.of(EffectKind.UNLOCKED))
        assert not [d for d, n in unlocked.items() if n > 1], f"a second unlock, seed {SEED}"
        on = [d for d in here.seam.locks if len(here.seam.truth.codes_on(d)) > 1]
        assert not on, f"a second code, seed {SEED}"
        open_ends = Counter(r["subject_id"] for r in audit if r["phase"] == "intent")
        open_ends.subtract(r["subject_id"] for r in audit if r["phase"] == "outcome" and r["action"] != "code.create")
        open_ends = Counter({s: n for s, n in open_ends.items() if n > 0})
        for row in audit:
            if row["action"] in {"code.create", "code.followed"} and (row["phase"] != "intent"):
                open_ends.pop(row["subject_id"], None)
        assert not open_ends, f"an intent without an end, seed {SEED}"
        silent = [n for n in range(1, KILLS * ACTS + 1) if not answered(here.heard(f"person{n}"))]
        assert silent == [], f"not told, seed {SEED}"
        done = Counter(r["action"] for r in audit if r["phase"] == "intent")
        assert {"door.unlock", "door.lock", "code.create"} <= set(done), f"too little was tried, seed {SEED}: {done}"
