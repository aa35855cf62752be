"""Device JSON -> Door (seam-api.md 3.2 to 3.4)."""

from __future__ import annotations

from bot.domain.model import Battery, Door
from bot.domain.pin import CodeRules
from bot.seam import fields
from bot.seam.fields import JsonObject
from bot.seam.time_frames import read_time_frames
from bot.seam.troubles import OFFLINE, read_troubles

# Any of these keys, with whatever value, makes a device a lock; so does either of the old capabilities.
LOCK_FLAGS = (
    "can_remotely_unlock",
    "can_remotely_lock",
    "can_program_online_access_codes",
    "can_program_offline_access_codes",
    "can_unlock_with_code",
)
LOCK_CAPABILITIES = frozenset({"lock", "access_code"})
# Seam's fake says "lock" of its thermostat and its noise sensor, too.
NO_LOCKS = ("thermostat", "sensor", "phone", "camera")

# Seam's fake calls every device this (seam-api.md 3.2).
NO_NAME = "Smart Device"


def is_lock(device: JsonObject) -> bool:
    """`devices/list` also has thermostats and sensors; `locks/list` is unpaged and misses brands (seam-api.md 3.1)."""
    if any(key in device for key in LOCK_FLAGS):
        return True
    kind = fields.text(device, "device_type") or ""
    says_lock = LOCK_CAPABILITIES & set(fields.texts(device, "capabilities_supported"))
    return bool(says_lock) and not any(word in kind for word in NO_LOCKS)


def read_door(device: JsonObject) -> Door | None:
    """A Door, or None for what is not a lock or has no id. Every other field may be missing."""
    device_id = fields.text(device, "device_id")
    if device_id is None or not is_lock(device):
        return None
    properties = fields.nested(device, "properties")
    location = fields.nested(device, "location")
    troubles = read_troubles(device)
    said_online = fields.flag(properties, "online")
    # Seam always says; should it stop, an error that means "offline" is the next best witness.
    online = said_online if said_online is not None else not any(t.is_error and t.code in OFFLINE for t in troubles)
    return Door(
        device_id=device_id,
        name=_name(device, properties) or device_id,
        brand=_brand(device, properties),
        provider=_provider(device, properties),
        online=online,
        locked=fields.flag(properties, "locked") if online else None,  # what an offline lock says is old news
        door_open=fields.flag(properties, "door_open") if online else None,
        battery=_battery(properties),
        can_unlock=fields.flag(device, "can_remotely_unlock"),
        can_lock=fields.flag(device, "can_remotely_lock"),
        can_program_codes=fields.flag(device, "can_program_online_access_codes"),
        can_program_offline_codes=fields.flag(device, "can_program_offline_access_codes"),
        timezone=fields.zone(location, "time_zone") or fields.zone(location, "timezone"),
        rules=_rules(properties),
        time_frames=read_time_frames(properties),
        troubles=troubles,
        aliases=_names(fields.nested(device, "custom_metadata"), "aliases"),
        groups=frozenset(_names(fields.nested(device, "custom_metadata"), "groups")),
        site=fields.text(fields.nested(device, "custom_metadata"), "site") or fields.text(location, "location_name"),
        connected_account_id=fields.text(device, "connected_account_id"),
    )


def _name(device: JsonObject, properties: JsonObject) -> str | None:
    names = (
        fields.text(device, "display_name"),
        fields.text(device, "nickname"),
        fields.text(fields.nested(properties, "appearance"), "name"),
        fields.text(properties, "name"),
    )
    return next((name for name in names if name and name != NO_NAME), None) or fields.text(device, "display_name")


def _brand(device: JsonObject, properties: JsonObject) -> str:
    """The maker as people know it: "TTLock"."""
    return (
        fields.text(fields.nested(device, "device_provider"), "display_name")
        or fields.text(fields.nested(device, "device_manufacturer"), "display_name")
        or fields.text(fields.nested(properties, "model"), "manufacturer_display_name")
        or _provider(device, properties).replace("_", " ").title()
        or "Lock"
    )


def _provider(device: JsonObject, properties: JsonObject) -> str:
    return (
        fields.text(fields.nested(device, "device_provider"), "device_provider_name")
        or (fields.text(device, "device_type") or "").removesuffix("_lock")
        or fields.text(properties, "manufacturer")
        or ""
    )


def _battery(properties: JsonObject) -> Battery | None:
    """The new object, else the old scalar. None when neither is there (the sandbox of some makers, or mains power)."""
    battery = fields.nested(properties, "battery")
    level = fields.number(battery, "level")
    level = fields.number(properties, "battery_level") if level is None else level
    status = fields.text(battery, "status")
    return None if level is None and status is None else Battery(level=level, status=status)


def _rules(properties: JsonObject) -> CodeRules:
    constraints = fields.items(properties, "code_constraints")
    name_lengths = [c for c in constraints if fields.text(c, "constraint_type") == "name_length"]
    longest = [n for c in name_lengths if (n := fields.count(c, "max_length")) is not None]
    shortest = [n for c in name_lengths if (n := fields.count(c, "min_length")) is not None]
    return CodeRules(
        lengths=fields.counts(properties, "supported_code_lengths"),
        constraints=frozenset(t for c in constraints if (t := fields.text(c, "constraint_type"))),
        max_active=fields.count(properties, "max_active_codes_supported"),
        name_max=min(longest, default=None),
        name_min=max(shortest, default=None),
    )


def _names(custom_metadata: JsonObject, key: str) -> tuple[str, ...]:
    """A list that somebody set on the device, as in `aliases: "front, main entrance"`."""
    given = (name.strip() for name in (fields.text(custom_metadata, key) or "").split(","))
    return tuple(dict.fromkeys(name for name in given if name))
