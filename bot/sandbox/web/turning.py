"""The clock, turned in steps: everything on the way happens at its own moment and in its own order."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.web.stage import Stage
from bot.sandbox.world import World

MOST_STEPS = 400  # then we jump: a broken door that is looked at every few seconds must not stop the clock
SHORTEST_STEP = timedelta(seconds=1)
FARTHEST = timedelta(days=31)


async def turn_by(stage: Stage, by: timedelta) -> None:
    """Move forward by `by`. Raises `ValueError` for a step back or one that is absurdly far."""
    if not timedelta() < by <= FARTHEST:
        raise ValueError("the clock turns forward, by a month at most")
    w = stage.world
    target = w.clock.now() + by
    for _ in range(MOST_STEPS):
        due = await stage.next_due(w)
        if due is None or due >= target:
            break
        await _step(stage, w, min(max(due - w.clock.now(), SHORTEST_STEP), target - w.clock.now()))
    left = target - w.clock.now()
    if left > timedelta():
        await _step(stage, w, left)


async def turn_to_next(stage: Stage) -> bool:
    """Move to the next moment at which something can be seen to happen. False when nothing is planned."""
    w = stage.world
    await stage.settle(w)  # what is still on its way is not the next event
    before, limit = _seen(stage, w), w.clock.now() + FARTHEST
    for _ in range(MOST_STEPS):
        due = await stage.next_due(w)
        if due is None or due > limit:
            return False
        await _step(stage, w, max(due - w.clock.now(), SHORTEST_STEP))
        if _seen(stage, w) != before:
            return True
    return False


async def _step(stage: Stage, w: World, by: timedelta) -> None:
    if by > timedelta():
        w.clock.turn(by)
    await stage.settle(w)


def _seen(stage: Stage, w: World) -> tuple[int, int]:
    return stage.moves, len(w.seam.truth)
