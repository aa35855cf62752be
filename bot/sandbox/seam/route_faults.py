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


class WireFaults:
    """The wire's part of `seam.faults`. Routes are named by path (`/locks/unlock_door`), `*` being all of them."""

    def __init__(self) -> None:
        self.routes = RouteFaults()

    def seam_down(self, on: bool = True, *, route: str = ANY_ROUTE) -> None:
        """503 with an empty body, for everything or for one route (F15)."""
        self.routes.clear(FaultKind.DOWN, route)
        if on:
            self.routes.add(RouteFault(kind=FaultKind.DOWN, route=route))

    def rate_limit(self, times: int | None = 1, *, route: str = ANY_ROUTE, retry_after: float = 10) -> RouteFault:
        """429 with `Retry-After` in seconds, nothing done (F13)."""
        return self.routes.add(RouteFault(kind=FaultKind.RATE_LIMITED, route=route, times=times, seconds=retry_after))

    def refuse(
        self,
        route: str,
        *,
        times: int | None = 1,
        every: int | None = None,
        device_id: str | None = None,
        status: int = 500,
        error_type: str = "internal_server_error",
        message: str = "Internal Server Error",
    ) -> RouteFault:
        """An error before anything is done."""
        return self.routes.add(
            RouteFault(
                kind=FaultKind.REFUSE,
                route=route,
                times=times,
                every=every,
                device_id=device_id,
                status=status,
                error_type=error_type,
                message=message,
            )
        )

    def lose_answers(
        self,
        route: str,
        how: Lost = Lost.DROP,
        *,
        times: int | None = 1,
        every: int | None = None,
        device_id: str | None = None,
    ) -> RouteFault:
        """The thing is done, and the client never hears of it (F8, F11)."""
        return self.routes.add(
            RouteFault(kind=FaultKind.LOSE, route=route, times=times, every=every, device_id=device_id, lost=how)
        )

    def land_late(
        self,
        route: str,
        seconds: float,
        how: Lost = Lost.DROP,
        *,
        times: int | None = 1,
        every: int | None = None,
        device_id: str | None = None,
    ) -> RouteFault:
        """The answer is lost, and Seam acts on the request only `seconds` later, on the sandbox clock (F12)."""
        return self.routes.add(
            RouteFault(
                kind=FaultKind.LATE,
                route=route,
                times=times,
                every=every,
                device_id=device_id,
                lost=how,
                seconds=seconds,
            )
        )

    def slow_answers(self, seconds: float, *, route: str = ANY_ROUTE, times: int | None = None) -> RouteFault:
        """Each answer takes that many real seconds longer; what was asked is done at once."""
        return self.routes.add(RouteFault(kind=FaultKind.SLOW, route=route, times=times, seconds=seconds))
