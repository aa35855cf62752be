"""What each maker's locks can do, as Seam tells it (seam-api.md 3.7; device shapes: OpenAPI 1.1038.0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.seam.json_types import Json

NATIVE_SCHEDULE_AHEAD = timedelta(hours=72)  # seam-api.md 5.2: pushed to the lock about 72 h before the start
JUST_IN_TIME_AHEAD = timedelta(minutes=60)  # and without native scheduling about 60 minutes before


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """`code_lengths` in digits. A flag that is None is absent from Seam's answer: the model cannot."""

    provider: str
    device_type: str
    display_name: str
    model: str
    code_lengths: tuple[int, ...]
    max_codes: int
    constraints: tuple[Json, ...] = ()
    has_native_entry_events: bool = True
    can_program_offline_codes: bool | None = None
    can_configure_auto_lock: bool | None = None
    has_backup_pool: bool = True
    shows_unmanaged_codes: bool = True
    unmanaged_codes_convert: bool = True
    start_must_be_ahead: bool = False
    truncates_names_to: int | None = None
    simulates: tuple[str, ...] = ()


TTLOCK = Brand(
    provider="ttlock",
    device_type="ttlock_lock",
    display_name="TTLock",
    model="TTLock Smart Lock",
    code_lengths=(4, 6, 8),
    max_codes=250,
    can_configure_auto_lock=True,
    simulates=("hub_connection", "hub_disconnection"),
)
AUGUST = Brand(
    provider="august",
    device_type="august_lock",
    display_name="August",
    model="Wi-Fi Smart Lock",
    code_lengths=(4, 5, 6),
    max_codes=100,
    can_configure_auto_lock=True,
    constraints=({"constraint_type": "cannot_start_with_12"},),
    simulates=("connection", "disconnection", "hub_connection", "hub_disconnection", "removal"),
)
IGLOOHOME = Brand(
    provider="igloohome",
    device_type="igloohome_lock",
    display_name="igloohome",
    model="Smart Deadbolt 2S",
    code_lengths=(4, 5, 6, 7, 8, 9),
    max_codes=199,
    has_native_entry_events=False,
    can_program_offline_codes=True,
    has_backup_pool=False,
    unmanaged_codes_convert=False,
    simulates=("hub_disconnection",),
)
SCHLAGE = Brand(
    provider="schlage",
    device_type="schlage_lock",
    display_name="Schlage",
    model="Encode Smart WiFi Deadbolt",
    code_lengths=(4, 5, 6, 7, 8),
    max_codes=100,
)
KWIKSET = Brand(
    provider="kwikset",
    device_type="kwikset_lock",
    display_name="Kwikset",
    model="Halo Touch",
    code_lengths=(4, 5, 6, 7, 8),
    max_codes=250,
    constraints=(
        {"constraint_type": "start_date_in_future"},
        {"constraint_type": "name_length", "min_length": 2, "max_length": 14},
    ),
    shows_unmanaged_codes=False,
    unmanaged_codes_convert=False,
    start_must_be_ahead=True,
    truncates_names_to=14,
)
BRANDS = {brand.provider: brand for brand in (TTLOCK, AUGUST, IGLOOHOME, SCHLAGE, KWIKSET)}


def provider_json(brand: Brand) -> Json:
    """One entry of `/devices/list_device_providers`."""
    entry: Json = {
        "device_provider_name": brand.provider,
        "display_name": brand.display_name,
        "image_url": f"https://connect.getseam.com/assets/images/logos/{brand.provider}.png",
        "provider_categories": ["stable", "consumer_smartlocks"],
        "can_remotely_unlock": True,
        "can_remotely_lock": True,
        "can_program_online_access_codes": True,
        "can_unlock_with_code": True,
    }
    if brand.can_program_offline_codes:
        entry["can_program_offline_access_codes"] = True
    if brand.can_configure_auto_lock:
        entry["can_configure_auto_lock"] = True
    return entry
