"""A clock that can be turned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def system_now() -> datetime:
    """The machine's time, aware, in UTC. The one place (with `bot.app`) where the wall clock is read."""
    return datetime.now(UTC)


class Clock:
    """The sandbox's time: the machine's clock plus whatever it was turned by, or a fixed time that only moves by hand.

    Give `fixed_at` (aware) for tests: time then stands still between turns. `starts_at` (aware): it runs, from there.
    """

    def __init__(self, fixed_at: datetime | None = None, *, starts_at: datetime | None = None) -> None:
        self._fixed = fixed_at.astimezone(UTC) if fixed_at else None
        self._ahead = starts_at - system_now() if starts_at else timedelta()
        self._turned = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The sandbox's present, aware, in UTC."""
        return (self._fixed or system_now() + self._ahead) + self._turned

    @property
    def turned(self) -> timedelta:
        """How far it was turned by hand, in all."""
        return self._turned

    def turn(self, by: timedelta) -> datetime:
        """Move forward by `by`, tell the listeners, and return the new present. Raises `ValueError` for a step back."""
        if by < timedelta():
            raise ValueError("the sandbox clock only turns forward")
        self._turned += by
        for listener in self._listeners:
            listener()
        return self.now()

    def on_turn(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each turn."""
        self._listeners.append(listener)
