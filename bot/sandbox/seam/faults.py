"""Everything that can be made to go wrong, at a door, on the wire, or in the maker's app; each can be switched back.

The numbers F11 to F24 in the comments are those of reliability.md section 3.
"""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.seam.bolts import Bolts
from bot.sandbox.seam.code_life import CodeLife
from bot.sandbox.seam.code_orders import CodeOrders
from bot.sandbox.seam.codes import Code, Codes, Stage, code_error, code_warning
from bot.sandbox.seam.device_json import account_errors, device_errors
from bot.sandbox.seam.json_types import Json, iso_or_none, new_id
from bot.sandbox.seam.locks import LockTrouble, VirtualLock
from bot.sandbox.seam.route_faults import WireFaults
from bot.sandbox.seam.world import World

APP = "maker's app"


class Faults(WireFaults):
    """`seam.faults`. Doors are named by device id, routes by path (`/locks/unlock_door`), `*` being all of them."""

    def __init__(self, world: World, codes: Codes, life: CodeLife, orders: CodeOrders, bolts: Bolts) -> None:
        super().__init__()
        self._world, self._codes, self._life, self._orders, self._bolts = world, codes, life, orders, bolts

    # -- at a door ------------------------------------------------------------------------------------------

    def offline(self, device_id: str, on: bool = True) -> None:
        """The lock cannot be reached (`device_disconnected`); `locked` is unknown, codes queue (F18, F23)."""
        self._connection(self._world.lock(device_id), "offline", "device_disconnected", on)

    def gateway_missing(self, device_id: str, on: bool = True) -> None:
        """`hub_disconnected`: no gateway, or it is offline."""
        self._connection(self._world.lock(device_id), "gateway_missing", "hub_disconnected", on)

    def remote_unlock_off(self, device_id: str, on: bool = True) -> None:
        """TTLock's Remote Unlock is off: a warning, `can_remotely_unlock` false; PINs still work."""
        self._condition(device_id, "remote_unlock_off", "ttlock_lock_gateway_unlocking_not_enabled", on)

    def power_saving(self, device_id: str, on: bool = True) -> None:
        """A Wi-Fi TTLock that takes no remote commands."""
        self._condition(device_id, "power_saving", "power_saving_mode", on)

    def slots_full(self, device_id: str, on: bool = True) -> None:
        """No code fits on the lock any more: new ones are taken by Seam and fail on the lock."""
        self._condition(device_id, "slots_full", "max_access_codes_reached", on)
        if not on:
            self._life.retry(device_id)

    def battery(self, device_id: str, level: float) -> None:
        """Set the level, 0 to 1. Reports a changed status, and a low battery once it is low."""
        lock = self._world.lock(device_id)
        before = lock.battery_status
        lock.battery_level = level
        fields: Json = {"battery_level": level}
        if lock.battery_status != before:
            self._world.device_event(
                "device.battery_status_changed", lock, {**fields, "battery_status": lock.battery_status}
            )
            if lock.battery_status in ("low", "critical"):
                self._world.device_event("device.low_battery", lock, {**fields, "battery_source": "lock"})

    def account_disconnected(self, connected_account_id: str, on: bool = True) -> None:
        """The maker's login is lost: every lock of the account is out of reach, its codes are `unknown`."""
        account = self._world.accounts[connected_account_id]
        if on == (account.disconnected_since is not None):
            return
        account.disconnected_since = self._world.now if on else None
        fields: Json = {
            "connected_account_id": connected_account_id,
            "connected_account_custom_metadata": dict(account.custom_metadata),
        }
        locks = [k for k in self._world.locks.values() if k.connected_account_id == connected_account_id]
        if on:
            lists: Json = {
                "connected_account_errors": [_plain(e) for e in account_errors(account, for_device=False)],
                "connected_account_warnings": [],
            }
            self._world.events.add("connected_account.disconnected", fields | lists)
        else:
            self._world.events.add("connected_account.connected", fields)
            self._world.events.add("connected_account.completed_first_sync_after_reconnection", fields)
        for lock in locks:
            self._connection_event(lock, "account_disconnected", on)

    # -- what commands do -----------------------------------------------------------------------------------

    def slow(self, device_id: str, seconds: float | None) -> None:
        """The bolt follows a command only after so long (real seconds, or turned ones); None: as usual."""
        self._trouble(device_id).latency = seconds

    def attempt_stays_pending(self, device_id: str, on: bool = True, *, yet_acts: bool = False) -> None:
        """Commands stay `pending` for ever; with `yet_acts` the bolt moves all the same (F17)."""
        trouble = self._trouble(device_id)
        trouble.stays_pending, trouble.pending_acts = on, on and yet_acts

    def attempt_fails(
        self, device_id: str, on: bool = True, *, error_type: str = "uncategorized_error", message: str = "Lock jammed."
    ) -> None:
        """Commands end with this error and nothing moves (F18)."""
        self._trouble(device_id).attempt_error = (error_type, message) if on else None

    def unconfirmed(self, device_id: str, on: bool = True) -> None:
        """Commands succeed, but the lock did not confirm: `was_confirmed_by_device` false."""
        self._trouble(device_id).unconfirmed = on

    # -- what becomes of codes ------------------------------------------------------------------------------

    def never_sets(self, device_id: str, on: bool = True) -> None:
        """The lock takes no new code: `failed_to_set_on_device` (F19). Switched off, the waiting ones get on it."""
        self._trouble(device_id).never_sets = on
        if not on:
            self._life.retry(device_id)

    def removal_fails(self, device_id: str, on: bool = True) -> None:
        """Codes stay `removing` with `failed_to_remove_from_device`, and go on opening the door (F21)."""
        self._trouble(device_id).removal_fails = on
        if not on:
            for code in self._codes.on_device(device_id):
                code.errors.pop("failed_to_remove_from_device", None)
            self._life.retry(device_id)

    def removal_stalls(self, device_id: str, on: bool = True) -> None:
        """Codes stay `removing` for ever, without a word of error, and go on opening the door (F21)."""
        self._trouble(device_id).removal_stalls = on
        if not on:
            self._life.retry(device_id)

    def delete_lies(self, device_id: str, on: bool = True, *, ghost: bool = False) -> None:
        """Delete answers 200 and the code stays on the lock.

        As it is, Seam goes on showing the code as set. With `ghost` Seam forgets it (404, "removed"), and finds
        it again as an unmanaged code at its next poll (tracker #107).
        """
        self._trouble(device_id).delete_lies = ("ghost" if ghost else "ignored") if on else None

    # -- in the maker's app ---------------------------------------------------------------------------------

    def edit_in_app(self, access_code_id: str, *, pin: str | None = None, ends_at: datetime | None = None) -> None:
        """Somebody changes the code in the maker's app (F20). Seam writes it back, unless the change is allowed."""
        code, lock = self._on_lock(access_code_id)
        loaded = lock.loaded[access_code_id]
        fields: list[Json] = []
        wanted = (code.pin, code.ends_at)
        if pin is not None:
            fields.append({"field": "code", "from": code.pin, "to": pin})
            code.pin = pin
        if ends_at is not None:
            fields.append({"field": "ends_at", "from": iso_or_none(loaded.ends_at), "to": iso_or_none(ends_at)})
            code.ends_at = ends_at
        self._life.load(code, lock, cause=APP)
        self._life.report(code, "access_code.modified_external_to_seam")
        if not code.external_changes_allowed:
            code.pin, code.ends_at = wanted
        self._external(code, "modified", fields)

    def delete_in_app(self, access_code_id: str, *, noticed: bool = True) -> None:
        """Somebody deletes the code in the maker's app. Not `noticed`: Seam goes on saying it is on the lock."""
        code, lock = self._on_lock(access_code_id)
        self._life.unload(code, lock, cause=APP)
        if noticed:
            self._life.report(code, "access_code.deleted_external_to_seam")
            self._external(code, "removed", [])

    def turn_unmanaged(self, access_code_id: str) -> None:
        """Seam loses its hold on the code: gone from the managed list, still on the lock."""
        self._orders.hand_back(self._codes.need(access_code_id))

    def add_in_app(self, device_id: str, name: str, pin: str) -> str:
        """Somebody makes a code in the maker's app. Returns the id of the unmanaged code."""
        lock = self._world.lock(device_id)
        code = Code(
            access_code_id=new_id(),
            device_id=device_id,
            name=name,
            pin=pin,
            starts_at=None,
            ends_at=None,
            created_at=self._world.now,
            seq=self._world.next_number(),
            is_managed=False,
            stage=Stage.ON_LOCK,
            was_on_lock=True,
        )
        self._codes.add(code)
        self._life.load(code, lock, cause=APP)
        self._life.report(code, "access_code.unmanaged.created")
        return code.access_code_id

    def clear(self) -> None:
        """Everything works again. Batteries keep their level."""
        self.routes.clear()
        for account_id in list(self._world.accounts):
            self.account_disconnected(account_id, on=False)
        for lock in self._world.locks.values():
            self.offline(lock.device_id, on=False)
            self.gateway_missing(lock.device_id, on=False)
            self.removal_fails(lock.device_id, on=False)
            lock.trouble = LockTrouble()
            self._life.retry(lock.device_id)

    # -- the means ------------------------------------------------------------------------------------------

    def _trouble(self, device_id: str) -> LockTrouble:
        return self._world.lock(device_id).trouble

    def _condition(self, device_id: str, flag: str, seam_code: str, on: bool) -> bool:
        trouble = self._trouble(device_id)
        if getattr(trouble, flag) == on:
            return False
        setattr(trouble, flag, on)
        if on:
            trouble.since[seam_code] = self._world.now
        else:
            trouble.since.pop(seam_code, None)
        return True

    def _connection(self, lock: VirtualLock, flag: str, error_code: str, on: bool) -> None:
        if self._condition(lock.device_id, flag, error_code, on):
            self._connection_event(lock, error_code, on)

    def _connection_event(self, lock: VirtualLock, error_code: str, on: bool) -> None:
        if on:
            lists: Json = {
                "error_code": error_code,
                "device_errors": [_plain(e) for e in device_errors(self._world, lock)],
                "device_warnings": [],
                "connected_account_errors": [],
                "connected_account_warnings": [],
            }
            self._world.device_event("device.disconnected", lock, lists)
        elif self._world.is_connected(lock):
            self._world.device_event("device.connected", lock)
            self._bolts.catch_up(lock)
            self._life.retry(lock.device_id)

    def _on_lock(self, access_code_id: str) -> tuple[Code, VirtualLock]:
        code = self._codes.need(access_code_id)
        lock = self._world.lock(code.device_id)
        if access_code_id not in lock.loaded:
            raise ValueError("the code is not on the lock")
        return code, lock

    def _external(self, code: Code, change_type: str, fields: list[Json]) -> None:
        """Stand by the change, or say that it conflicts and write the code back after a while (seam-api.md 5.5)."""
        now = self._world.now
        more: Json = {"change_type": change_type, "modified_fields": fields}
        if code.external_changes_allowed:
            text = "The code was changed outside of Seam."
            code.warnings["external"] = code_warning("external_modification_in_effect", text, now, **more)
            return
        kind = "conflicting_external_modification"
        code.errors[kind] = code_error(kind, "The code was changed outside of Seam.", now, **more)

        def write_back() -> None:
            code.errors.pop(kind, None)
            if self._codes.get(code.access_code_id) is code and code.is_managed and code.stage is Stage.ON_LOCK:
                self._life.load(code, self._world.lock(code.device_id))

        self._world.timeline.later(self._world.latencies.change_is_written_back, write_back)


def _plain(error: Json) -> Json:
    return {k: error[k] for k in ("error_code", "message", "created_at")}
