"""What a client may ask of doors: `/devices/*` and `/locks/*` (seam-api.md 3.1 and 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox.seam.backups import Backups
from bot.sandbox.seam.bolts import Bolts
from bot.sandbox.seam.brands import BRANDS, SCHLAGE, provider_json
from bot.sandbox.seam.codes import Codes
from bot.sandbox.seam.device_json import device_json, unmanaged_device_json
from bot.sandbox.seam.json_types import Json
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.paging import page
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem, invalid, not_found
from bot.sandbox.seam.world import World

DEVICES_LIMIT, UNMANAGED_LIMIT = 500, 22_900  # seam-api.md 1.10
METADATA_KEYS, METADATA_KEY_LENGTH = 50, 40


class Devices:
    def __init__(self, world: World, codes: Codes, bolts: Bolts, backups: Backups) -> None:
        self._world, self._codes, self._bolts, self._backups = world, codes, bolts, backups

    def json(self, lock: VirtualLock) -> Json:
        return device_json(
            self._world,
            lock,
            codes_in_use=self._codes.slots_used(lock.device_id),
            backup_codes=len(self._codes.ready_backups(lock.device_id)) if lock.backup_pool else 0,
        )

    # -- reading --------------------------------------------------------------------------------------------

    def list(self, params: Params) -> Json:
        found = list(self._world.locks_matching(params, managed=True))
        shown, pagination = page("/devices/list", params, found, DEVICES_LIMIT)
        return {"devices": [self.json(lock) for lock in shown], "pagination": pagination}

    def get(self, params: Params) -> Json:
        return {"device": self.json(self._find(params, managed=True))}

    def list_unmanaged(self, params: Params) -> Json:
        found = list(self._world.locks_matching(params, managed=False))
        shown, pagination = page("/devices/unmanaged/list", params, found, UNMANAGED_LIMIT)
        return {"devices": [unmanaged_device_json(self._world, lock) for lock in shown], "pagination": pagination}

    def get_unmanaged(self, params: Params) -> Json:
        return {"device": unmanaged_device_json(self._world, self._find(params, managed=False))}

    def list_locks(self, params: Params) -> Json:
        """The old list: unpaged, the same things under two names."""
        shown = [self.json(lock) for lock in self._world.locks_matching(params, managed=True)]
        return {"locks": shown, "devices": shown}

    def get_lock(self, params: Params) -> Json:
        shown = self.json(self._find(params, managed=True))
        return {"lock": shown, "device": shown}

    def list_providers(self, params: Params) -> Json:
        category = params.text("provider_category")
        known = [provider_json(brand) for brand in BRANDS.values()]
        shown = [p for p in known if category is None or category in ("stable", "consumer_smartlocks")]
        return {"device_providers": shown}

    def _find(self, params: Params, *, managed: bool) -> VirtualLock:
        device_id, name = params.text("device_id"), params.text("name")
        if device_id is None and name is None:
            raise invalid("One of device_id or name is required")
        for lock in self._world.locks.values():
            if lock.is_managed is managed and (
                lock.device_id == device_id or (not device_id and lock.display_name == name)
            ):
                return lock
        raise not_found("device", *(("device_id", device_id) if device_id else ("name", name or "")))

    # -- changing -------------------------------------------------------------------------------------------

    def update(self, params: Params) -> Json:
        lock = self._world.managed_lock(params.need("device_id"))
        self._set_metadata(lock, params)
        if "name" in params:
            lock.nickname = params.nullable_text("name")
            self._world.device_event("device.name_changed", lock, {"device_name": lock.display_name})
        pool = params.flag("backup_access_code_pool_enabled")
        if pool is not None:
            self._backups.enable(lock, on=pool)
        if params.flag("is_managed") is False:
            lock.is_managed = False
            self._world.device_event("device.converted_to_unmanaged", lock)
        return {}

    def adopt(self, params: Params) -> Json:
        """`/devices/unmanaged/update`: take an unmanaged lock into management."""
        lock = self._world.lock(params.need("device_id"))
        if lock.is_managed:
            raise SeamProblem(400, "device_managed", "Device is already managed")
        self._set_metadata(lock, params)
        if params.flag("is_managed"):
            lock.is_managed = True
            self._world.device_event("device.unmanaged.converted_to_managed", lock)
        return {}

    def report_provider_metadata(self, params: Params) -> Json:
        """Tells Seam a zone that the maker hides (Schlage)."""
        for entry in params.items("devices"):
            lock = self._world.managed_lock(entry.need("device_id"))
            metadata = entry.mapping("schlage_metadata")
            if metadata is None or lock.brand is not SCHLAGE:
                raise SeamProblem(400, "device_type_not_supported", "Metadata does not fit the device")
            zone = Params(metadata).need("time_zone")
            try:
                ZoneInfo(zone)
            except (ZoneInfoNotFoundError, ValueError):
                raise invalid("Invalid time zone", "devices") from None
            lock.time_zone = zone
        return {}

    def _set_metadata(self, lock: VirtualLock, params: Params) -> None:
        given = params.mapping("custom_metadata") or {}
        for key, value in given.items():
            if len(key) > METADATA_KEY_LENGTH or "." in key:
                raise invalid("Keys have at most 40 characters and no dot", "custom_metadata")
            if value is not None and not isinstance(value, str | bool):
                raise invalid("Values are strings or booleans", "custom_metadata")
        merged = {k: v for k, v in {**lock.custom_metadata, **given}.items() if v not in (None, "")}
        if len(merged) > METADATA_KEYS:
            raise invalid("At most 50 keys", "custom_metadata")
        lock.custom_metadata = merged

    # -- commands -------------------------------------------------------------------------------------------

    def unlock(self, params: Params) -> Json:
        lock = self._world.managed_lock(params.need("device_id"))
        return {"action_attempt": self._bolts.command(lock, to_lock=False).json()}

    def lock(self, params: Params) -> Json:
        lock = self._world.managed_lock(params.need("device_id"))
        return {"action_attempt": self._bolts.command(lock, to_lock=True).json()}

    def configure_auto_lock(self, params: Params) -> Json:
        lock = self._world.managed_lock(params.need("device_id"))
        enabled = params.flag("auto_lock_enabled")
        if enabled is None:
            raise invalid("Required", "auto_lock_enabled")
        delay = params.number("auto_lock_delay_seconds")
        return {"action_attempt": self._bolts.configure_auto_lock(lock, enabled=enabled, delay=delay).json()}

    def simulate(self, what: str, do: Callable[[str], None]) -> Callable[[Params], Json]:
        """An endpoint of `/devices/simulate/`, for the models that offer it (seam-api.md 9)."""

        def endpoint(params: Params) -> Json:
            lock = self._world.managed_lock(params.need("device_id"))
            if what not in lock.brand.simulates:
                raise SeamProblem(400, "device_type_not_supported", "Device does not support this simulation")
            do(lock.device_id)
            return {}

        return endpoint
