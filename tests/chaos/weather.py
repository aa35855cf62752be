"""What goes wrong in the chaos run: Seam and Slack fail, lag, lie about outcomes and answer 429; locks jam."""

from __future__ import annotations

import random
from collections.abc import Callable

from bot.sandbox.seam import Lost, VirtualSeam
from bot.sandbox.slack import Failure, VirtualSlack

UNLOCK, LOCK, CREATE, DELETE = "/locks/unlock_door", "/locks/lock_door", "/access_codes/create", "/access_codes/delete"
CALLS = ("chat.postMessage", "chat.update", "response_url", "users.info", "views.open")


class Weather:
    """Changes with every life of the bot. Nothing is in force for longer than a few lives."""

    def __init__(self, seam: VirtualSeam, slack: VirtualSlack, chance: random.Random) -> None:
        self._seam, self._slack, self._chance = seam, slack, chance
        self.struck = 0

    def change(self, *, share: float = 0.6) -> None:
        """Other weather: at most a few of the things that can go wrong, or (the rest of the time) nothing."""
        self.clear()
        if self._chance.random() > share:
            return
        for fault in self._chance.sample(self._kinds(), self._chance.randint(1, 4)):
            fault()
            self.struck += 1

    def clear(self) -> None:
        """Everything works."""
        self._seam.faults.clear()
        self._slack.conditions.clear()

    def _kinds(self) -> list[Callable[[], object]]:
        seam, slack, chance = self._seam.faults, self._slack.conditions, self._chance
        some = [lock.device_id for lock in chance.sample(list(self._seam.locks.values()), 12)]
        lost = chance.choice((Lost.DROP, Lost.ERROR, Lost.HANG))
        route = chance.choice((UNLOCK, LOCK, CREATE, DELETE))
        trouble = chance.choice(
            (
                Failure.lost(),
                Failure.cut(),
                Failure.status(500),
                Failure.ratelimited(1),
                Failure.error("internal_error"),
            )
        )
        call = chance.choice(CALLS)
        return [
            lambda: seam.lose_answers(route, lost, times=3),
            lambda: seam.lose_answers(CREATE, Lost.DROP, times=2),
            lambda: seam.land_late(route, chance.uniform(1, 40), Lost.DROP, times=2),
            lambda: seam.rate_limit(times=3, route=route, retry_after=1),
            lambda: seam.refuse(route, times=3),
            lambda: seam.slow_answers(chance.uniform(0.05, 0.3), times=20),
            lambda: seam.seam_down(),
            lambda: [seam.attempt_fails(d) for d in some],
            lambda: [seam.attempt_stays_pending(d, yet_acts=True) for d in some],
            lambda: [seam.unconfirmed(d) for d in some],
            lambda: [seam.never_sets(d) for d in some],
            lambda: [seam.removal_fails(d) for d in some],
            lambda: [seam.removal_stalls(d) for d in some],
            lambda: [seam.delete_lies(d) for d in some],
            lambda: [seam.offline(d) for d in some],
            lambda: slack.fail_next(call, trouble, times=3),
            lambda: slack.fail_next("chat.postMessage", Failure.lost(), times=2),
            lambda: slack.fail_next(call, Failure.ratelimited(1), times=4),
        ]
