"""Every error and warning code that Seam puts on a device, a code or an account -> what it means and what to do.

Sources: seam-api.md 3.5, 3.6, 5.3, 5.4, 7.2 and Seam's OpenAPI document (a test reads it and fails on a code that is
missing here). About thirty codes came and went in half a year, so a code that is not here is ordinary: the generic
branch shows Seam's own message. Decisions rest on capability flags; codes only choose the words (seam-api.md 3.6).

`{door}` stands for the door's name.
"""

from __future__ import annotations

from bot.domain.model import Trouble
from bot.seam import fields
from bot.seam.fields import JsonObject
from bot.seam.masking import masked

OFFLINE = frozenset({"device_disconnected", "device_offline", "lock_offline"})
NO_GATEWAY = frozenset(
    {
        "hub_disconnected",
        # Names that Seam gave the same thing until 2026-07-20; still in docs and stored data.
        "ttlock_lock_not_paired_to_gateway",
        "august_lock_missing_bridge",
        "lockly_missing_wifi_bridge",
        "wyze_device_missing_gateway",
        "igloohome_bridge_offline",
    }
)
NO_GATEWAY_FOR_THIS = frozenset(
    {
        "hub_required_for_additional_capabilities",
        "hub_required_for_addtional_capabilities",  # so spelled in Seam's docs
        "functional_offline_device",  # its old name
        "accessory_keypad_setup_required",
    }
)
REMOTE_UNLOCK_OFF = frozenset({"ttlock_lock_gateway_unlocking_not_enabled"})
POWER_SAVING = frozenset({"power_saving_mode"})
ACCOUNT_LOST = frozenset({"account_disconnected"})
REMOVED = frozenset({"device_removed"})
SLOTS_FULL = frozenset({"max_access_codes_reached", "no_space_for_access_code_on_device"})
DUPLICATE = frozenset({"duplicate_code_on_device", "duplicate_code_attempt_prevented", "schlage_detected_duplicate"})

_OFFLINE = "{door} is offline. Check its batteries and its connection; codes that are on it still work."
_NO_GATEWAY = (
    "{door} has no connection to its gateway (bridge), or has none. Check that the gateway has power and Wi-Fi "
    "and is near the lock; codes that are on the lock still work."
)
_ONLY_OFFLINE = (
    "{door} has no bridge, so it cannot be opened from afar and takes only codes that its maker computes. "
    "Add a bridge in the maker's app to do more."
)
_NO_TIME_ZONE = "Seam does not know the time zone of {door}. Set it before giving out codes with an end."
_OTHER_SYSTEM = "Another system also changes the codes of {door}. Let only one of the two do it, or codes get lost."
_CODE_CHANGED = (
    "Somebody changed or removed this code on {door} in the maker's app; Seam is putting it back. "
    "End codes through me, so that they stay ended."
)
_STILL_OPENS = (
    "This code could not be taken off {door} and STILL OPENS IT. Seam keeps trying; check that the lock is online, "
    "or delete the code in the maker's app."
)
_NOT_SET = (
    "The code is not on {door} yet; Seam keeps trying. Check that the lock is online, "
    "or make the code again if the guest is about to arrive."
)
_DUPLICATE = "{door} already has this PIN, in a code set elsewhere. Make the code again with another PIN."
_REJECTED = "{door} will not take this PIN: it breaks one of the lock's rules. Make the code again with another PIN."
_FULL = "{door} has no room for another code. End one that is no longer needed."
_MAKER_TROUBLE = "The maker of {door} has trouble with its service at the moment. Nothing to do here but wait."
_QUOTA = "The maker's plan for {door} has reached its limit of users. An admin must free some or enlarge the plan."
_QUOTA_NEAR = "The maker's plan for {door} is close to its limit of users. An admin should enlarge it soon."
_PERMISSION = (
    "The account that Seam uses may not work {door}. Give it the owner's or administrator's rights in the maker's app."
)
_NOT_A_LOCK = "Seam reports something about {door} that is not about its lock. Nothing to do here."

SENTENCES: dict[str, str] = {
    # Devices: errors
    **dict.fromkeys(OFFLINE, _OFFLINE),
    **dict.fromkeys(NO_GATEWAY, _NO_GATEWAY),
    "device_removed": "{door} was removed from its maker's account. Add it there again, or take it off the list.",
    "account_disconnected": (
        "The maker's account of {door} is disconnected, so nothing reaches the lock. An admin must connect it again "
        "in Seam’s console."
    ),
    "insufficient_permissions": _PERMISSION,
    "kwikset_insufficient_permissions": _PERMISSION,
    "missing_device_credentials": (
        "Seam has no rights to {door} at its maker. Share the lock with the connected account in the maker's app."
    ),
    "august_lock_not_authorized": (
        "The connected August account may not work {door}. Its owner can invite that account as an owner."
    ),
    "subscription_required": "The maker's paid plan for {door} has lapsed. Renew it in the maker's app.",
    "empty_backup_access_code_pool": (
        "{door} has no spare codes ready. Ordinary codes work; Seam fills the spare ones by itself."
    ),
    "bridge_disconnected": "The Seam Bridge of {door} is down. Check the computer that it runs on.",
    "salto_ks_subscription_limit_exceeded": _QUOTA,
    "dormakaba_sites_disconnected": "The dormakaba site of {door} is disconnected. An admin must connect it again.",
    "auxiliary_heat_running": _NOT_A_LOCK,
    # Devices: warnings
    "ttlock_lock_gateway_unlocking_not_enabled": (
        "Remote Unlock is switched off on {door}, so I cannot open it; codes work. The lock's owner can switch it on "
        "in the TTLock app: lock settings → Remote Unlock."
    ),
    "ttlock_weak_gateway_signal": (
        "The gateway of {door} has a weak signal, so commands may be slow or fail. Move it nearer to the lock."
    ),
    "power_saving_mode": (
        "{door} is in power-saving mode and takes no remote commands; codes work. Its owner can switch that off "
        "in the lock's app."
    ),
    **dict.fromkeys(
        ("hub_required_for_additional_capabilities", "hub_required_for_addtional_capabilities"), _ONLY_OFFLINE
    ),
    "functional_offline_device": _ONLY_OFFLINE,
    "accessory_keypad_setup_required": (
        "The keypad of {door} is not linked to its bridge, so new codes will not reach it. Link the two in the "
        "maker's app."
    ),
    "accessory_keypad_low_battery": "The keypad of {door} has a low battery. Change it before it stops taking codes.",
    "unreliable_online_status": "Whether {door} is online is not certain: its maker does not say it reliably.",
    "device_has_flaky_connection": "{door} often loses connection. A command may need a second try; check its Wi-Fi.",
    "device_communication_degraded": "{door} answers slowly at the moment. Commands may need a second try.",
    "provider_issue": _MAKER_TROUBLE,
    "scheduled_maintenance_window": "The maker of {door} is doing maintenance. Wait until it is over.",
    "max_access_codes_reached": _FULL,
    "many_active_backup_codes": "Many spare codes are in use on {door}. Check whether it takes ordinary ones.",
    "partial_backup_access_code_pool": "{door} has few spare codes ready. Ordinary codes work; nothing to do.",
    "privacy_mode": "{door} is in privacy mode: somebody inside has blocked it. It opens again when they end that.",
    "salto_ks_privacy_mode": "{door} is in privacy mode: somebody inside has blocked it. It opens when they end that.",
    "salto_ks_office_mode": "{door} is in office mode and stays open until that ends.",
    "salto_ks_lock_access_code_support_removed": "{door} no longer takes codes: its keypad setting changed at Salto.",
    "salto_ks_subscription_limit_almost_reached": _QUOTA_NEAR,
    "time_zone_unknown": _NO_TIME_ZONE,
    "ultraloq_time_zone_unknown": _NO_TIME_ZONE,
    "lockly_time_zone_not_configured": _NO_TIME_ZONE,
    "two_n_device_missing_timezone": _NO_TIME_ZONE,
    "time_zone_mismatch": (
        "The clock of {door} and its set time zone disagree, so codes may start and end at the wrong hour. "
        "Set the zone in the maker's app."
    ),
    "third_party_integration_detected": _OTHER_SYSTEM,
    "keynest_unsupported_locker": "{door} is a locker that Seam cannot work.",
    "temperature_threshold_exceeded": _NOT_A_LOCK,
    "unknown_issue_with_phone": _NOT_A_LOCK,
    # Codes: errors
    "failed_to_set_on_device": _NOT_SET,
    "failed_to_issue": _NOT_SET,
    "failed_to_update": (
        "The change to this code has not reached {door}; the old times still hold. Seam keeps trying; "
        "check that the lock is online."
    ),
    "failed_to_remove_from_device": _STILL_OPENS,
    "failed_to_expire": _STILL_OPENS,
    "failed_to_delete": _STILL_OPENS,
    "duplicate_code_on_device": _DUPLICATE,
    "duplicate_code_attempt_prevented": _DUPLICATE,
    "no_space_for_access_code_on_device": _FULL,
    "code_constraints_violated": _REJECTED,
    "conflicting_external_modification": _CODE_CHANGED,
    "code_modified_external_to_seam": _CODE_CHANGED,
    "access_code_inactive": "This code is switched off on {door}. Switch it on in the maker's app, or make a new one.",
    "dormakaba_oracode_invalid_time_range": "{door} does not take this window. Choose one of the lock's own times.",
    "salto_ks_user_not_subscribed": _QUOTA,
    "igloohome_bridge_too_many_pending_jobs": "The bridge of {door} is busy. Seam keeps trying; wait a few minutes.",
    # Codes: warnings
    "delay_in_setting_on_device": _NOT_SET,
    "delay_in_issuing": _NOT_SET,
    "delay_in_removing_from_device": _STILL_OPENS,
    "external_modification_in_effect": "Somebody changed this code on {door} in the maker's app, and the change holds.",
    "code_rotates_periodically": "{door} changes this PIN from time to time. Show it again before each use.",
    "time_frame_adjusted_for_unknown_time_zone": (
        "The time zone of {door} is not known, so this code works up to an hour longer on both sides. Set the zone."
    ),
    "igloo_algopin_must_be_used_within_24_hours": (
        "This code for {door} must be used once within 24 hours of its start, or it never works."
    ),
    "management_transferred": "Another Seam workspace has taken over this code on {door}. End it there.",
    "using_backup_access_code": "A spare code took the place of this one on {door}. Show it again to get the new PIN.",
    "being_deleted": "This is being removed and will be gone from {door} soon.",
    "unknown_issue_with_access_code": (
        "Seam sees something wrong with this code on {door} and cannot say what. Try it at the door, or make a new one."
    ),
    "kwikset_unable_to_confirm_code": "{door} has not confirmed this code. Try it at the door before the guest comes.",
    "kwikset_unable_to_confirm_deletion": _STILL_OPENS,
    "schlage_detected_duplicate": _DUPLICATE,
    "schlage_creation_outage": _MAKER_TROUBLE,
    "ultraloq_access_code_disabled": "This code is switched off on {door}. Switch it on in the maker's app.",
    # Accounts
    "account_reauthorization_requested": (
        "The maker's account of {door} works now but asks to be connected again soon. An admin should do it "
        "in Seam’s console."
    ),
    "provider_service_unavailable": _MAKER_TROUBLE,
    "setup_required": "The maker's account of {door} is not fully set up. Finish the set-up in the maker's app.",
    "unknown_issue_with_connected_account": (
        "Seam sees something wrong with the maker's account of {door}. If doors do not answer, connect it again "
        "in Seam’s console."
    ),
    "dormakaba_sites_unapproved": "The dormakaba site of {door} waits for approval. Approve it at dormakaba.",
}

# What is said of the device or the account and not of one code: device errors are merged into a code's errors.
DEVICE_OR_ACCOUNT = (
    OFFLINE
    | NO_GATEWAY
    | {
        "device_removed",
        "account_disconnected",
        "insufficient_permissions",
        "missing_device_credentials",
        "august_lock_not_authorized",
        "subscription_required",
        "empty_backup_access_code_pool",
        "bridge_disconnected",
        "salto_ks_subscription_limit_exceeded",
        "dormakaba_sites_disconnected",
        "auxiliary_heat_running",
    }
)


def read_troubles(source: JsonObject) -> tuple[Trouble, ...]:
    """The `errors` and `warnings` of a device, a code or an account: errors first, each code once, digits masked."""
    found = [
        _trouble(item, code_key, is_error=is_error)
        for key, code_key, is_error in (("errors", "error_code", True), ("warnings", "warning_code", False))
        for item in fields.items(source, key)
    ]
    return tuple({t.code: t for t in reversed(found)}.values())[::-1]


def sentence(code: str, message: str) -> str:
    """What to tell a person, with `{door}` for the door's name. An unknown code lets Seam speak for itself."""
    known = SENTENCES.get(code)
    if known is not None:
        return known
    said = masked(message).replace("{", "(").replace("}", ")").strip()
    if not said:
        return "Seam reports something new about {door} and does not say what. If the door works, nothing is needed."
    return f"Seam says about {{door}}: {said}"


def _trouble(item: JsonObject, code_key: str, *, is_error: bool) -> Trouble:
    code = fields.text(item, code_key) or "unnamed"
    message = masked(fields.text(item, "message") or "")
    return Trouble(code=code, message=message, is_error=is_error, advice=sentence(code, message))
