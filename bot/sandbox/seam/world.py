"""What the parts of the virtual Seam share: time, truth, events, and the doors and accounts there are."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.seam.brands import BRANDS, Brand
from bot.sandbox.seam.events import EventLog
from bot.sandbox.seam.json_types import Json
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem, not_found
from bot.sandbox.seam.timeline import Timeline
from bot.sandbox.seam.truth import Effect, EffectKind, Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """How long the world takes. `command` in real seconds (or turned ones), the rest in seconds of the sandbox clock.

    Seam documents none but removal: 5 to 60 s (seam-api.md 5.2).
    """

    command: float = 0.15
    code_starts_setting: float = 1
    code_is_set: float = 3
    code_is_removed: float = 10
    code_is_late: float = 30  # after its start, before Seam speaks of a delay
    change_is_written_back: float = 60
    next_poll: float = 600  # Seam looks at a device about every ten minutes (seam-api.md 3.2)


@dataclass(slots=True, kw_only=True)
class Account:
    """A maker's account that was connected to the workspace."""

    connected_account_id: str
    brand: Brand
    email: str
    created_at: datetime
    seq: int
    custom_metadata: Json = field(default_factory=dict)
    manages_new_devices: bool = True
    customer_key: str | None = None
    disconnected_since: datetime | None = None


class World:
    def __init__(self, timeline: Timeline, workspace_id: str, latencies: Latencies) -> None:
        self.timeline, self.workspace_id, self.latencies = timeline, workspace_id, latencies
        self.truth = Truth()
        self.events = EventLog(timeline, workspace_id)
        self.locks: dict[str, VirtualLock] = {}  # what Seam knows
        self.building: dict[str, VirtualLock] = {}  # what is there, whether or not Seam still knows it
        self.accounts: dict[str, Account] = {}
        self._numbers = itertools.count()

    @property
    def now(self) -> datetime:
        return self.timeline.now

    def next_number(self) -> int:
        """The place of a new thing in the order of creation."""
        return next(self._numbers)

    # -- doors ----------------------------------------------------------------------------------------------

    def install(self, locks: Iterable[VirtualLock]) -> None:
        """Put doors into the building; an account of their maker appears when there is none."""
        for lock in locks:
            lock.seq, lock.created_at = self.next_number(), self.now
            self.locks[lock.device_id] = self.building[lock.device_id] = lock
            if lock.connected_account_id not in self.accounts:
                self.accounts[lock.connected_account_id] = Account(
                    connected_account_id=lock.connected_account_id,
                    brand=BRANDS[lock.brand.provider],
                    email="jane@example.com",
                    created_at=self.now,
                    seq=self.next_number(),
                )

    def lock(self, device_id: str) -> VirtualLock:
        """The door, managed or not. Raises 404."""
        if device_id not in self.locks:
            raise not_found("device", "device_id", device_id)
        return self.locks[device_id]

    def managed_lock(self, device_id: str) -> VirtualLock:
        """The door, for something to be done at it. Raises 404, and 400 for one that Seam does not manage."""
        lock = self.lock(device_id)
        if not lock.is_managed:
            raise SeamProblem(400, "device_unmanaged", "Device is unmanaged")
        return lock

    def account_of(self, lock: VirtualLock) -> Account:
        return self.accounts[lock.connected_account_id]

    def is_connected(self, lock: VirtualLock) -> bool:
        """Whether Seam, through the maker's account and cloud, reaches the lock now."""
        account = self.accounts.get(lock.connected_account_id)
        return lock.is_reachable and account is not None and account.disconnected_since is None

    # -- what happens ---------------------------------------------------------------------------------------

    def device_event(
        self, event_type: str, lock: VirtualLock, fields: Json | None = None, *, occurred_at: datetime | None = None
    ) -> None:
        account = self.account_of(lock)
        self.events.add(
            event_type,
            {
                "device_id": lock.device_id,
                "connected_account_id": lock.connected_account_id,
                "device_custom_metadata": dict(lock.custom_metadata),
                "connected_account_custom_metadata": dict(account.custom_metadata),
                **(fields or {}),
            },
            occurred_at=occurred_at,
        )

    def record(
        self,
        kind: EffectKind,
        lock: VirtualLock,
        *,
        cause: str | None = None,
        access_code_id: str | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> None:
        self.truth.add(
            Effect(
                at=self.now,
                kind=kind,
                device_id=lock.device_id,
                cause=cause or self.timeline.cause,
                access_code_id=access_code_id,
                starts_at=starts_at,
                ends_at=ends_at,
            )
        )

    def locks_matching(self, params: Params, *, managed: bool) -> Iterator[VirtualLock]:
        """The doors that the filters of `/devices/list` leave, in order of creation."""
        one_of = {
            "device_ids": "device_id",
            "device_types": "device_type",
            "connected_account_ids": "connected_account_id",
        }
        wanted: dict[str, set[str]] = {}
        for plural, name in one_of.items():
            values = params.texts(plural)
            if values is not None:
                wanted[name] = set(values)
        for name in ("device_type", "connected_account_id", "manufacturer"):
            value = params.text(name)
            if value is not None:
                wanted[name] = wanted[name] & {value} if name in wanted else {value}
        search = (params.text("search") or "").casefold()
        metadata = params.mapping("custom_metadata_has") or {}
        created_before = params.moment("created_before")
        # What the sandbox has no notion of can match nothing.
        is_foreign = any(params.text(k) is not None for k in ("space_id", "customer_key", "connect_webview_id"))
        for lock in self.locks.values():
            facts = {
                "device_id": lock.device_id,
                "device_type": lock.brand.device_type,
                "connected_account_id": lock.connected_account_id,
                "manufacturer": lock.brand.provider,
            }
            if (
                lock.is_managed is managed
                and not is_foreign
                and all(facts[name] in values for name, values in wanted.items())
                and all(lock.custom_metadata.get(k) == v for k, v in metadata.items())
                and (created_before is None or (lock.created_at is not None and lock.created_at < created_before))
                and (not search or search in lock.display_name.casefold() or _id_starts(lock.device_id, search))
            ):
                yield lock


def _id_starts(identifier: str, search: str) -> bool:
    return len(search) >= 4 and identifier.startswith(search)  # seam-api.md 3.1
