"""Faults between a client and Seam: answers that fail, come late, or never come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ANY_ROUTE = "*"


class Lost(StrEnum):
    """How the answer to something that was done (or will be) gets lost."""

    HANG = "hang"  # no answer until the client gives up
    DROP = "drop"  # the connection breaks
    ERROR = "error"  # 500, as if nothing had been done


class FaultKind(StrEnum):
    DOWN = "down"  # 503 with an empty body
    RATE_LIMITED = "rate_limited"
    REFUSE = "refuse"  # an error before anything is done
    LOSE = "lose"  # done, but the answer is lost
    LATE = "late"  # the answer is lost, and it is done only later
    SLOW = "slow"


@dataclass(slots=True, kw_only=True)
class RouteFault:
    """Strikes requests of one route (or of any), at one door (or at all).

    `times`: the next so many requests, None for until cleared. `every`: only each n-th of them.
    """

    kind: FaultKind
    route: str = ANY_ROUTE
    device_id: str | None = None
    times: int | None = None
    every: int | None = None
    seconds: float = 0
    lost: Lost = Lost.DROP
    status: int = 500
    error_type: str = "internal_server_error"
    message: str = "Internal Server Error"
    seen: int = 0
    struck: int = 0

    def strikes(self, route: str, device_id: str | None) -> bool:
        """Whether this request is hit; counts it."""
        if self.route not in (ANY_ROUTE, route) or self.device_id not in (None, device_id):
            return False
        if self.times is not None and self.struck >= self.times:
            return False
        self.seen += 1
        if self.every and self.seen % self.every:
            return False
        self.struck += 1
        return True


class RouteFaults:
    """The faults in force between client and Seam. All of them can be set and cleared while the server runs."""

    def __init__(self) -> None:
        self._faults: list[RouteFault] = []

    def add(self, fault: RouteFault) -> RouteFault:
        """Put a fault in force; give it to `remove` to end it."""
        self._faults.append(fault)
        return fault

    def remove(self, fault: RouteFault) -> None:
        if fault in self._faults:
            self._faults.remove(fault)

    def clear(self, kind: FaultKind | None = None, route: str | None = None) -> None:
        self._faults = [
            f
            for f in self._faults
            if (kind is not None and f.kind is not kind) or (route is not None and f.route != route)
        ]

    def striking(self, route: str, device_id: str | None) -> dict[FaultKind, RouteFault]:
        """The faults that hit this request, at most one of each kind."""
        hit: dict[FaultKind, RouteFault] = {}
        for fault in self._faults:
            if fault.kind not in hit and fault.strikes(route, device_id):
                hit[fault.kind] = fault
        return hit
