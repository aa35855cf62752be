"""`kill -9` at moments that nobody chose, in the middle of several commands; then a new start, and the books agree.

`LATCHKEY_RANDOM_KILLS` sets how often (fewer in the everyday run). The seed is in the test's name.
"""

from __future__ import annotations

import asyncio
import os
import random

import pytest

from bot.sandbox.seam.truth import EffectKind
from tests.crash.street import Street

KILLS = int(os.environ.get("LATCHKEY_RANDOM_KILLS", "8"))
DOORS = ("Front Door", "Back Door", "Garage", "Office Lock")


@pytest.mark.parametrize("seed", range(KILLS))
async def test_the_books_agree(here: Street, seed: int) -> None:
    chance = random.Random(seed)
    await here.start()
    commands = [asyncio.create_task(here.slack.command("sam", "general", f"/unlock {door}")) for door in DOORS]
    asked = asyncio.create_task(here.slack.command("sam", "general", "/doors"))
    await asyncio.sleep(chance.uniform(0.0, 0.25))  # the one thing here that is left to chance on purpose
    await here.kill()
    await asyncio.gather(*commands, asked, return_exceptions=True)
    await here.start()
    await here.turn(6)

    rows = [r for r in await here.audit() if r["action"] == "door.unlock"]
    intents = {r["subject_id"]: r["device_id"] for r in rows if r["phase"] == "intent"}
    outcomes = {r["subject_id"]: r["outcome"] for r in rows if r["phase"] == "outcome"}
    assert intents.keys() == outcomes.keys(), "an intent without an outcome, or an outcome of nothing"
    opened = [e.device_id for e in here.seam.truth.of(EffectKind.UNLOCKED)]
    assert len(opened) == len(set(opened)), "a door was opened twice"
    assert set(opened) <= set(intents.values()), "a door was opened without a record of it"
    for subject, device in intents.items():
        assert outcomes[subject] != "ok" or device in opened, "called done, and not done"
    told = "\n".join(m.rendered for m in here.heard("sam"))
    for door in DOORS:
        device = here.seam.door(door).device_id
        assert device not in intents.values() or door in told, f"nobody heard of {door}"
