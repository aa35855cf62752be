"""Who wants to know when something on a screen changes: a web page, or a test that waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed: message, view, home, people, channel, traffic, notice or reset; and for whom or where."""

    what: str
    channel: str | None = None
    user: str | None = None


Listener = Callable[[Change], None]


class Changes:
    """A bell."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each change. Gives back the function that stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def ring(self, what: str, *, channel: str | None = None, user: str | None = None) -> None:
        """Tell everybody."""
        change = Change(what=what, channel=channel, user=user)
        for listener in list(self._listeners):
            listener(change)

    async def until(self, condition: Callable[[], T | None], *, timeout: float, what: str) -> T:
        """Wait until `condition()` is truthy and give its value back; looked at after each change.

        Raises `TimeoutError` naming `what` after `timeout` seconds of the machine's time.
        """
        changed = asyncio.Event()
        stop = self.on_change(lambda _: changed.set())
        try:
            async with asyncio.timeout(timeout):
                while True:
                    changed.clear()
                    if found := condition():
                        return found
                    await changed.wait()
        except TimeoutError:
            raise TimeoutError(f"waited {timeout:g} s for {what}") from None
        finally:
            stop()
