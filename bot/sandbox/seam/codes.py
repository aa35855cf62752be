"""Access codes as Seam keeps them, and the shelf they stand on. Their life is in `code_life`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.sandbox.seam.brands import JUST_IN_TIME_AHEAD, NATIVE_SCHEDULE_AHEAD
from bot.sandbox.seam.device_json import device_errors
from bot.sandbox.seam.json_types import Json, iso, iso_or_none
from bot.sandbox.seam.problems import SeamProblem, not_found
from bot.sandbox.seam.world import World


class Stage(StrEnum):
    """Where a code stands between Seam and the lock. Seam's `status` is derived from it and the clock."""

    ACCEPTED = "accepted"  # nothing has been sent to the lock
    SETTING = "setting"  # being written, or trying
    ON_LOCK = "on_lock"
    REMOVING = "removing"


@dataclass(slots=True, kw_only=True)
class Code:
    """One access code. Times are aware, UTC. `version` grows with each change: what was planned before is void."""

    access_code_id: str
    device_id: str
    name: str | None
    pin: str | None = field(repr=False)
    starts_at: datetime | None
    ends_at: datetime | None
    created_at: datetime
    seq: int
    prefer_native: bool = True
    external_changes_allowed: bool = False
    common_code_key: str | None = None
    is_offline: bool = False
    is_one_time: bool = False
    is_backup: bool = False
    is_managed: bool = True
    stage: Stage = Stage.ACCEPTED
    was_on_lock: bool = False
    version: int = 0
    pulled_backup_id: str | None = None
    mutations: dict[str, Json] = field(default_factory=dict, repr=False)
    errors: dict[str, Json] = field(default_factory=dict, repr=False)
    warnings: dict[str, Json] = field(default_factory=dict, repr=False)
    unreported: list[tuple[str, Json]] = field(default_factory=list, repr=False)
    # Called once with None when the lock has (or has lost) the code, or with the reason why not.
    on_outcome: list[Callable[[str | None], None]] = field(default_factory=list, repr=False)

    @property
    def is_ongoing(self) -> bool:
        return self.starts_at is None

    @property
    def program_at(self) -> datetime | None:
        """When it is sent to the lock; None: at once."""
        if self.starts_at is None:
            return None
        return self.starts_at - (NATIVE_SCHEDULE_AHEAD if self.prefer_native else JUST_IN_TIME_AHEAD)

    def waits_on_lock(self, now: datetime) -> bool:
        """On the lock, which itself lets it work only from its start on."""
        return (
            self.stage is Stage.ON_LOCK and self.prefer_native and self.starts_at is not None and now < self.starts_at
        )

    def status(self, now: datetime, *, is_account_connected: bool) -> str:
        """Seam's `status` (seam-api.md 5.2)."""
        if not is_account_connected:
            return "unknown"
        if self.stage is Stage.REMOVING:
            return "removing"
        has_begun = self.starts_at is None or self.starts_at <= now or not self.prefer_native
        if self.stage is Stage.ON_LOCK:
            changing = any(name.startswith("updating") for name in self.mutations)
            return ("setting" if changing else "set") if has_begun else "unset"
        if self.stage is Stage.SETTING:
            return "setting" if has_begun else "unset"
        return "setting" if self.starts_at is not None and self.starts_at <= now else "unset"


class Codes:
    """Every code there is, by id and by door. A code that is gone is not here any more."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._codes: dict[str, Code] = {}
        self._by_device: dict[str, dict[str, Code]] = {}

    def add(self, code: Code) -> None:
        self._codes[code.access_code_id] = code
        self._by_device.setdefault(code.device_id, {})[code.access_code_id] = code

    def drop(self, code: Code) -> None:
        self._codes.pop(code.access_code_id, None)
        self._by_device.get(code.device_id, {}).pop(code.access_code_id, None)

    def get(self, access_code_id: str) -> Code | None:
        return self._codes.get(access_code_id)

    def need(self, access_code_id: str, *, managed: bool = True) -> Code:
        """The code. Raises 404 when there is none, or when it is of the other kind."""
        code = self._codes.get(access_code_id)
        if code is None or code.is_managed is not managed:
            raise not_found("access_code", "access_code_id", access_code_id)
        return code

    def find(self, *, access_code_id: str | None, device_id: str | None, pin: str | None, managed: bool) -> Code:
        """What `/access_codes/get` asks for. Raises 404 with the plain type `not_found` (seam-api.md 1.7)."""
        code = self._codes.get(access_code_id) if access_code_id else None
        if access_code_id is None and device_id is not None:
            code = next((c for c in self.on_device(device_id) if c.pin == pin and c.is_managed is managed), None)
        if code is None or code.is_managed is not managed:
            raise SeamProblem(404, "not_found", "Access code not found")
        return code

    def on_device(self, device_id: str) -> list[Code]:
        return list(self._by_device.get(device_id, {}).values())

    def all(self) -> Iterator[Code]:
        return iter(list(self._codes.values()))

    def slots_used(self, device_id: str) -> int:
        """Codes in the lock's memory, those included whose window is still to come (seam-api.md 3.4)."""
        return sum(1 for code in self.on_device(device_id) if code.stage in (Stage.ON_LOCK, Stage.REMOVING))

    def ready_backups(self, device_id: str) -> list[Code]:
        pulled = {c.pulled_backup_id for c in self.on_device(device_id)}
        return [
            c
            for c in self.on_device(device_id)
            if c.is_backup and c.stage is Stage.ON_LOCK and c.access_code_id not in pulled
        ]

    # -- as Seam shows them ---------------------------------------------------------------------------------

    def json(self, code: Code) -> Json:
        return self._managed_json(code) if code.is_managed else self._unmanaged_json(code)

    def _managed_json(self, code: Code) -> Json:
        now = self._world.now
        account_is_there = self._is_account_connected(code)
        return {
            **self._common_json(code),
            "status": code.status(now, is_account_connected=account_is_there),
            "common_code_key": code.common_code_key,
            "is_managed": True,
            "is_external_modification_allowed": code.external_changes_allowed,
            "is_offline_access_code": code.is_offline,
            "is_one_time_use": code.is_one_time,
            "is_scheduled_on_device": code.waits_on_lock(now),
            "is_waiting_for_code_assignment": code.pin is None,
            "is_backup": code.is_backup,
            "is_backup_access_code_available": bool(
                not code.is_backup and not code.is_ongoing and self.ready_backups(code.device_id)
            ),
            "pulled_backup_access_code_id": code.pulled_backup_id,
            "pending_mutations": list(code.mutations.values()),
        }

    def _unmanaged_json(self, code: Code) -> Json:
        shown = self._common_json(code)
        shown |= {"status": "set" if code.stage is Stage.ON_LOCK else "unset", "is_managed": False}
        if not self._world.lock(code.device_id).brand.unmanaged_codes_convert:
            shown["cannot_be_managed"] = True
        return shown

    def _common_json(self, code: Code) -> Json:
        errors = list(code.errors.values())
        if code.device_id in self._world.locks:
            errors += device_errors(self._world, self._world.locks[code.device_id])
        return {
            "access_code_id": code.access_code_id,
            "device_id": code.device_id,
            "workspace_id": self._world.workspace_id,
            "type": "ongoing" if code.is_ongoing else "time_bound",
            "code": code.pin,
            "name": code.name,
            "starts_at": iso_or_none(code.starts_at),
            "ends_at": iso_or_none(code.ends_at),
            "created_at": iso(code.created_at),
            "errors": errors,
            "warnings": list(code.warnings.values()),
        }

    def _is_account_connected(self, code: Code) -> bool:
        lock = self._world.locks.get(code.device_id)
        return lock is not None and self._world.account_of(lock).disconnected_since is None


def code_error(code: str, message: str, now: datetime, **more: object) -> Json:
    return {"error_code": code, "message": message, "created_at": iso(now), "is_access_code_error": True, **more}


def code_warning(code: str, message: str, now: datetime, **more: object) -> Json:
    return {"warning_code": code, "message": message, "created_at": iso(now), **more}


def widened(starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """A window an hour wider at both ends: what Seam sets where it does not know the zone (seam-api.md 3.7)."""
    return starts_at - timedelta(hours=1), ends_at + timedelta(hours=1)
