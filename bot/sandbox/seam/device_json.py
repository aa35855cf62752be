"""A lock as Seam shows it (seam-api.md 3.2 to 3.7)."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.seam.json_types import Json, iso, stable_id
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.world import Account, World

HUB = "hub_disconnected"


def device_json(world: World, lock: VirtualLock, *, codes_in_use: int, backup_codes: int) -> Json:
    """The managed device object. `codes_in_use` counts what is on the lock or scheduled for it."""
    device = _common(world, lock)
    device["is_managed"] = True
    device["space_ids"] = []
    if lock.nickname:
        device["nickname"] = lock.nickname
    device["warnings"] = _warnings(lock, world.now, codes_in_use)
    if lock.backup_pool and not backup_codes:
        _list(device, "errors").append(
            _device_error(lock, "empty_backup_access_code_pool", "No backup codes.", world.now)
        )
    device["device_provider"] = {
        "device_provider_name": lock.brand.provider,
        "display_name": lock.brand.display_name,
        "provider_category": "stable",
    }
    device["device_manufacturer"] = {"manufacturer": lock.brand.provider, "display_name": lock.brand.display_name}
    properties = device["properties"]
    if isinstance(properties, dict):
        properties.update(_managed_properties(world, lock))
    return device


def unmanaged_device_json(world: World, lock: VirtualLock) -> Json:
    """The reduced object of a lock that Seam sees and does not manage."""
    return {**_common(world, lock), "is_managed": False, "warnings": _warnings(lock, world.now, 0)}


def device_errors(world: World, lock: VirtualLock) -> list[Json]:
    """What is wrong with the lock or its account: also merged into the errors of its codes (seam-api.md 5.3)."""
    errors: list[Json] = []
    if lock.trouble.offline:
        errors.append(_device_error(lock, "device_disconnected", "Device is disconnected.", world.now))
    if lock.trouble.gateway_missing:
        errors.append(_device_error(lock, HUB, "Lock is not connected to a gateway.", world.now))
    return errors + account_errors(world.account_of(lock), for_device=True)


def account_errors(account: Account, *, for_device: bool) -> list[Json]:
    if account.disconnected_since is None:
        return []
    error: Json = {
        "error_code": "account_disconnected",
        "message": f"The {account.brand.display_name} account has been disconnected.",
        "created_at": iso(account.disconnected_since),
        "is_connected_account_error": True,
    }
    if for_device:
        error["is_device_error"] = False
    return [error]


def _common(world: World, lock: VirtualLock) -> Json:
    location: Json = {"location_name": lock.location_name}
    if lock.time_zone:
        location["time_zone"] = location["timezone"] = lock.time_zone
    return {
        "device_id": lock.device_id,
        "workspace_id": world.workspace_id,
        "connected_account_id": lock.connected_account_id,
        "device_type": lock.brand.device_type,
        "display_name": lock.display_name,
        "created_at": iso(lock.created_at or world.now),
        "custom_metadata": dict(lock.custom_metadata),
        "capabilities_supported": ["access_code", "lock", "battery"],
        "location": location,
        "errors": device_errors(world, lock),
        "properties": _properties(world, lock),
        **_capabilities(world, lock),
    }


def _capabilities(world: World, lock: VirtualLock) -> Json:
    """True works, False is hindered, absent the model cannot (seam-api.md 3.3).

    A lock that is merely offline keeps its flags: they speak of how it is set up, and `online` of the moment.
    """
    trouble = lock.trouble
    commandable = not (trouble.gateway_missing or trouble.power_saving)
    commandable = commandable and world.account_of(lock).disconnected_since is None
    flags: Json = {
        "can_remotely_unlock": commandable and not trouble.remote_unlock_off,
        "can_remotely_lock": commandable,
        "can_program_online_access_codes": not trouble.gateway_missing,
        "can_unlock_with_code": True,
    }
    if lock.brand.can_program_offline_codes:
        flags["can_program_offline_access_codes"] = True
    if lock.brand.can_configure_auto_lock:
        flags["can_configure_auto_lock"] = True
    return flags | {f"can_simulate_{what}": True for what in lock.brand.simulates}


def _properties(world: World, lock: VirtualLock) -> Json:
    properties: Json = {
        "name": lock.name,
        "online": world.is_connected(lock),
        "battery": {"level": lock.battery_level, "status": lock.battery_status},
        "battery_level": lock.battery_level,
        "manufacturer": lock.brand.provider,
        "model": {
            "display_name": lock.brand.model,
            "manufacturer_display_name": lock.brand.display_name,
            "has_built_in_keypad": True,
            "can_connect_accessory_keypad": False,
        },
    }
    return properties


def _managed_properties(world: World, lock: VirtualLock) -> Json:
    properties: Json = {
        "appearance": {"name": lock.name},
        "has_direct_power": False,
        "serial_number": lock.device_id[:8].upper(),
        "supported_code_lengths": list(lock.code_lengths),
        "max_active_codes_supported": lock.max_codes,
        "code_constraints": [dict(c) for c in lock.constraints],
        "supports_backup_access_code_pool": lock.brand.has_backup_pool,
        "has_native_entry_events": lock.brand.has_native_entry_events,
        "online_time_frame_options": [],
        "offline_time_frame_options": [],
        f"{lock.brand.provider}_metadata": _maker_metadata(lock),
    }
    if lock.brand.has_backup_pool:
        properties["backup_access_code_pool_enabled"] = lock.backup_pool
    if world.is_connected(lock):
        properties["locked"] = lock.locked  # missing while nobody can know (seam-api.md 3.2)
    if lock.brand.can_configure_auto_lock:
        properties["auto_lock_enabled"] = lock.auto_lock_seconds is not None
        if lock.auto_lock_seconds is not None:
            properties["auto_lock_delay_seconds"] = lock.auto_lock_seconds
    return properties


def _maker_metadata(lock: VirtualLock) -> Json:
    short = stable_id("maker", lock.device_id)[:8]
    if lock.brand.provider == "ttlock":
        six_keys = lock.constraint("cannot_contain_0789") is not None
        return {
            "lock_id": int(short, 16),
            "lock_alias": lock.name,
            "has_gateway": not lock.is_wifi and not lock.trouble.gateway_missing,
            "timezone_raw_offset_ms": 3_600_000,
            "features": {
                "passcode": True,
                "passcode_management": True,
                "unlock_via_gateway": not lock.trouble.remote_unlock_off,
                "lock_command": True,
                "incomplete_keyboard_passcode": six_keys,
                "auto_lock_time_config": True,
                "wifi": lock.is_wifi,
            },
            "wireless_keypads": [],
        }
    if lock.brand.provider == "august":
        return {
            "lock_id": short,
            "lock_name": lock.name,
            "house_id": stable_id("house")[:8],
            "house_name": lock.location_name,
            "has_keypad": True,
            "keypad_battery_level": "Medium",
            "model": "AUG-SL05-M01-S01",
        }
    metadata: Json = {"device_id": short, "device_name": lock.name}
    if lock.brand.provider == "igloohome":
        metadata |= {"bridge_id": stable_id("bridge")[:8], "bridge_name": "Hallway Bridge"}
    elif lock.brand.provider == "schlage":
        metadata["model"] = "be489WB2"
    elif lock.brand.provider == "kwikset":
        metadata["model_number"] = "939"
    return metadata


def _warnings(lock: VirtualLock, now: datetime, codes_in_use: int) -> list[Json]:
    warnings: list[Json] = []
    if lock.trouble.remote_unlock_off:
        text = "Remote Unlock is not enabled for this lock. Turn it on in the TTLock app, in the lock's settings."
        warnings.append(_warning(lock, "ttlock_lock_gateway_unlocking_not_enabled", text, now))
    if lock.trouble.power_saving:
        warnings.append(_warning(lock, "power_saving_mode", "The lock is in power saving mode.", now))
    if lock.time_zone is None:
        warnings.append(_warning(lock, "time_zone_unknown", "The time zone of this device is not known.", now))
    if lock.trouble.slots_full or codes_in_use >= lock.max_codes:
        full = _warning(lock, "max_access_codes_reached", "The lock holds as many access codes as it can.", now)
        full["active_access_code_count"] = lock.max_codes if lock.trouble.slots_full else codes_in_use
        full["max_active_access_code_count"] = lock.max_codes
        warnings.append(full)
    return warnings


def _device_error(lock: VirtualLock, code: str, message: str, now: datetime) -> Json:
    since = lock.trouble.since.get(code, now)
    return {"error_code": code, "message": message, "created_at": iso(since), "is_device_error": True}


def _warning(lock: VirtualLock, code: str, message: str, now: datetime) -> Json:
    since = lock.trouble.since.get(code, lock.created_at or now)
    return {"warning_code": code, "message": message, "created_at": iso(since)}


def _list(device: Json, name: str) -> list[Json]:
    value = device[name]
    if not isinstance(value, list):
        raise TypeError(f"{name} is a list")
    return value
