"""An access code as a client orders it: checked against everything that real Seam checks, and not yet kept."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.seam.code_checks import (
    check_name,
    check_pin,
    check_unused,
    check_window,
    generate_pin,
    offline_window,
    shared_pin,
)
from bot.sandbox.seam.codes import Code, Codes, code_warning
from bot.sandbox.seam.json_types import new_id
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem, invalid
from bot.sandbox.seam.world import World


class Drafts:
    def __init__(self, world: World, codes: Codes) -> None:
        self._world, self._codes = world, codes

    def pin_for_all(self, locks: list[VirtualLock], params: Params) -> str:
        wanted = params.number("preferred_code_length")
        for _ in range(200):
            pin = generate_pin(self._codes, locks[0], None if wanted is None else int(wanted))
            try:
                for lock in locks:
                    check_pin(lock, pin)
                    check_unused(self._codes, lock, pin)
            except SeamProblem:
                continue
            return pin
        return pin

    def draft(
        self, lock: VirtualLock, params: Params, *, pin: str | None = None, common_code_key: str | None = None
    ) -> Code:
        """A code that the lock would take, or a 400 or 409. Nothing is kept yet."""
        now = self._world.now
        is_offline = bool(params.flag("is_offline_access_code") or params.flag("use_offline_access_code"))
        if params.flag("attempt_for_offline_device") is False and not self._world.is_connected(lock) and not is_offline:
            raise invalid("Device is offline")
        name = params.text("name")
        if name is not None:
            check_name(self._codes, lock, name)
        if is_offline:
            starts_at: datetime | None
            ends_at: datetime | None
            starts_at, ends_at = offline_window(self._codes, lock, params, now)
        else:
            if params.flag("is_one_time_use"):
                raise invalid("Only offline access codes can be one-time", "is_one_time_use")
            starts_at, ends_at = params.moment("starts_at"), params.moment("ends_at")
            check_window(lock, starts_at, ends_at, now)
            common_code_key = common_code_key or params.text("common_code_key")
            pin = self._chosen_pin(lock, params, pin, common_code_key)
        if params.flag("use_backup_access_code_pool") and starts_at is None:
            raise invalid("Only time-bound codes can use the backup access code pool", "use_backup_access_code_pool")
        allowed = params.flag("is_external_modification_allowed")
        if allowed is None:
            allowed = params.flag("allow_external_modification")
        code = Code(
            access_code_id=new_id(),
            device_id=lock.device_id,
            name=name,
            pin=pin,
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=now,
            seq=self._world.next_number(),
            prefer_native=params.flag("prefer_native_scheduling") is not False,
            external_changes_allowed=bool(allowed),
            common_code_key=common_code_key,
            is_offline=is_offline,
            is_one_time=bool(params.flag("is_one_time_use")),
        )
        self._warn(code, lock)
        return code

    def _chosen_pin(self, lock: VirtualLock, params: Params, pin: str | None, key: str | None) -> str:
        if pin is None:
            pin = params.text("code")
        if pin is None and key:
            pin = shared_pin(self._codes, key)
        if pin is None:
            wanted = params.number("preferred_code_length")
            return generate_pin(self._codes, lock, None if wanted is None else int(wanted))
        check_pin(lock, pin)
        check_unused(self._codes, lock, pin)
        return pin

    def _warn(self, code: Code, lock: VirtualLock) -> None:
        if code.starts_at is None or code.ends_at is None:
            return
        if code.is_offline and (code.ends_at - code.starts_at).total_seconds() > 24 * 3600:
            kind = "igloo_algopin_must_be_used_within_24_hours"
            text = "The PIN must be used within 24 hours of its start."
            code.warnings[kind] = code_warning(kind, text, self._world.now)
        if lock.time_zone is None:
            kind = "time_frame_adjusted_for_unknown_time_zone"
            text = "The time frame was widened by an hour because the time zone of the device is not known."
            code.warnings[kind] = code_warning(kind, text, self._world.now)
