"""A virtual lock: what it is, what state its bolt and memory are in, and what is wrong with it at present."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.seam.brands import Brand
from bot.sandbox.seam.json_types import Json, stable_id


@dataclass(slots=True, kw_only=True)
class LoadedPin:
    """A PIN in the lock's own memory. Without a window the lock takes it at any time (just-in-time codes)."""

    pin: str = field(repr=False)
    starts_at: datetime | None
    ends_at: datetime | None
    opens_once: bool = False

    def is_open_at(self, now: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


@dataclass(slots=True)
class LockTrouble:
    """The faults of one door, set through `VirtualSeam.faults`. `since` dates each condition, by Seam's code."""

    offline: bool = False
    gateway_missing: bool = False
    remote_unlock_off: bool = False
    power_saving: bool = False
    slots_full: bool = False
    latency: float | None = None
    stays_pending: bool = False
    pending_acts: bool = False
    attempt_error: tuple[str, str] | None = None
    unconfirmed: bool = False
    delete_lies: str | None = None
    removal_fails: bool = False
    removal_stalls: bool = False
    never_sets: bool = False
    since: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class VirtualLock:
    """One door. Give a name and a brand; the rest has defaults. Times of `auto_lock_seconds` run on the sandbox clock.

    `time_zone` is an IANA name, or None where the maker does not tell it. `code_lengths`, `constraints` and
    `max_codes` default to the brand's.
    """

    name: str
    brand: Brand
    device_id: str = ""
    time_zone: str | None = "Europe/Berlin"
    location_name: str = "HQ"
    code_lengths: tuple[int, ...] = ()
    constraints: tuple[Json, ...] = ()
    max_codes: int = 0
    auto_lock_seconds: int | None = None
    is_wifi: bool = False
    is_managed: bool = True
    battery_level: float = 0.86
    locked: bool = True
    nickname: str | None = None
    custom_metadata: Json = field(default_factory=dict)
    connected_account_id: str = ""
    backup_pool: bool = False
    seq: int = 0
    created_at: datetime | None = None
    loaded: dict[str, LoadedPin] = field(default_factory=dict)
    trouble: LockTrouble = field(default_factory=LockTrouble)
    unreported: list[tuple[str, datetime, Json]] = field(default_factory=list)
    bolt_moves: int = 0

    def __post_init__(self) -> None:
        self.device_id = self.device_id or stable_id("door", self.brand.provider, self.name)
        self.connected_account_id = self.connected_account_id or stable_id("account", self.brand.provider)
        self.code_lengths = self.code_lengths or self.brand.code_lengths
        self.constraints = self.constraints or self.brand.constraints
        self.max_codes = self.max_codes or self.brand.max_codes

    @property
    def display_name(self) -> str:
        return self.nickname or self.name

    @property
    def is_reachable(self) -> bool:
        """Whether the maker's cloud can talk to the lock now (its account aside)."""
        return not (self.trouble.offline or self.trouble.gateway_missing)

    @property
    def battery_status(self) -> str:
        """Seam's words for a level from 0 to 1. The bounds are our guess; Seam documents none."""
        bounds = ((0.1, "critical"), (0.25, "low"), (0.95, "good"))
        return next((word for bound, word in bounds if self.battery_level < bound), "full")

    def constraint(self, kind: str) -> Json | None:
        return next((c for c in self.constraints if c["constraint_type"] == kind), None)
