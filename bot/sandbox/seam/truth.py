"""What physically happened in the virtual building, whatever Seam says about it: the oracle of the tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import overload


class EffectKind(StrEnum):
    UNLOCKED = "unlocked"
    LOCKED = "locked"
    CODE_ON = "code_on"
    CODE_OFF = "code_off"
    CODE_CHANGED = "code_changed"  # another window on the lock, same PIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing that happened at a lock. No PIN is kept here.

    `at` is the sandbox clock, in UTC. `cause` is the `seam-request-id` of the request behind it, or what else was:
    `keypad`, `hand`, `auto_lock`, `window` (a code's start or end came), `maker's app`, `fault`.
    """

    at: datetime
    kind: EffectKind
    device_id: str
    cause: str | None
    access_code_id: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Truth(Sequence[Effect]):
    """Every effect, oldest first."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []

    def add(self, effect: Effect) -> None:
        self._effects.append(effect)

    @overload
    def __getitem__(self, index: int) -> Effect: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Effect]: ...
    def __getitem__(self, index: int | slice) -> Effect | Sequence[Effect]:
        return self._effects[index]

    def __len__(self) -> int:
        return len(self._effects)

    def __iter__(self) -> Iterator[Effect]:
        return iter(self._effects)

    def of(self, kind: EffectKind, device_id: str | None = None) -> list[Effect]:
        """All effects of one kind, at one door or at all."""
        return [e for e in self._effects if e.kind is kind and device_id in (None, e.device_id)]

    def codes_on(self, device_id: str) -> set[str]:
        """Ids of the access codes whose PIN is in this lock's memory now, whether or not their window is open."""
        on: set[str] = set()
        for effect in self._effects:
            if effect.device_id == device_id and effect.access_code_id:
                if effect.kind is EffectKind.CODE_ON:
                    on.add(effect.access_code_id)
                elif effect.kind is EffectKind.CODE_OFF:
                    on.discard(effect.access_code_id)
        return on
