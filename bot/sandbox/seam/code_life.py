"""The life of an access code, from accepted to gone, as the clock turns (seam-api.md 5.2 and 6.5 to 6.7).

    ACCEPTED ──(72 h before the start, or 60 min without native scheduling, or at once)──► SETTING ──► ON_LOCK
        └────────────────────────── delete ──────────────► gone            ON_LOCK ──(end, delete)──► REMOVING ──► gone

A step that cannot be taken (lock offline, no room, ...) is tried again by `retry` when what stood in the way is
gone. Every plan made for a code is void once its `version` has moved on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.sandbox.seam.code_checks import generate_pin
from bot.sandbox.seam.codes import Code, Codes, Stage, code_error, code_warning, widened
from bot.sandbox.seam.json_types import Json, iso
from bot.sandbox.seam.locks import LoadedPin, VirtualLock
from bot.sandbox.seam.truth import EffectKind
from bot.sandbox.seam.world import World

OFFLINE_LENGTH = 9  # digits of an igloohome algoPIN: its longest, by what its makers show
CANNOT_SET = ("failed_to_set_on_device", "no_space_for_access_code_on_device", "duplicate_code_on_device")


class CodeLife:
    def __init__(self, world: World, codes: Codes) -> None:
        self._world, self._codes = world, codes

    # -- beginning ------------------------------------------------------------------------------------------

    def begin(self, code: Code) -> None:
        """A code was accepted: plan its way to the lock, its start and its end."""
        self.report(code, "access_code.created")
        self.plan(code)

    def plan(self, code: Code) -> None:
        """Plan the way of a code that is not on the lock yet, by its window as it is now."""
        code.version += 1
        now = self._world.now
        code.mutations.pop("creating", None)
        code.mutations.pop("deferring_creation", None)
        if code.program_at is not None and code.program_at > now and not code.is_offline:
            text = "Seam will set the code on the device closer to its start."
            code.mutations["deferring_creation"] = {
                **_mutation("deferring_creation", text, now),
                "scheduled_at": iso(code.program_at),
            }
            self._at(code, code.program_at, self._program)
            self.conclude(code, None)
        else:
            code.mutations["creating"] = _mutation("creating", "Setting the code on the device.", now)
            self._later(code, self._world.latencies.code_starts_setting, self._program)
        self._plan_window(code)

    def _plan_window(self, code: Code) -> None:
        if code.starts_at is not None and code.starts_at > self._world.now:
            self._at(code, code.starts_at, self._start)
        if code.ends_at is not None:
            self._at(code, code.ends_at, self.remove)

    def _program(self, code: Code) -> None:
        now = self._world.now
        if code.pin is None:  # the maker picks an offline PIN
            code.pin = generate_pin(self._codes, self._world.lock(code.device_id), OFFLINE_LENGTH)
        code.stage = Stage.SETTING
        code.mutations.pop("deferring_creation", None)
        code.mutations.setdefault("creating", _mutation("creating", "Setting the code on the device.", now))
        wait = self._world.latencies.code_is_set - self._world.latencies.code_starts_setting
        self._later(code, max(wait, 0), self._land)

    def _land(self, code: Code) -> None:
        if code.stage is not Stage.SETTING:
            return
        lock = self._world.lock(code.device_id)
        if not code.is_offline and not self._world.is_connected(lock):
            return  # queued; the errors of the device show on the code, `retry` takes it up again
        now = self._world.now
        refusal = self._refusal(code, lock)
        if refusal is not None:
            kind, message, more = refusal
            if kind not in code.errors:
                code.errors[kind] = code_error(kind, message, now, **more)
                self.report_failure(code, "access_code.failed_to_set_on_device")
                self.conclude(code, message)
            return
        for kind in CANNOT_SET:
            code.errors.pop(kind, None)
        code.warnings.pop("delay_in_setting_on_device", None)
        code.mutations.pop("creating", None)
        code.stage, code.was_on_lock = Stage.ON_LOCK, True
        self.load(code, lock)
        waits = code.waits_on_lock(now)
        self.report(code, f"access_code.{'scheduled' if waits else 'set'}_on_device", {"code": code.pin})
        self.conclude(code, None)

    def _refusal(self, code: Code, lock: VirtualLock) -> tuple[str, str, Json] | None:
        if lock.trouble.never_sets:
            return "failed_to_set_on_device", "The device did not accept the code.", {}
        others = [c for c in self._codes.on_device(code.device_id) if c is not code]
        on_lock = sum(1 for c in others if c.stage in (Stage.ON_LOCK, Stage.REMOVING))
        if lock.trouble.slots_full or on_lock >= lock.max_codes:
            return "no_space_for_access_code_on_device", "There is no space left for codes on the device.", {}
        for rival in others:
            if not rival.is_managed and rival.pin == code.pin and rival.stage is Stage.ON_LOCK:
                more: Json = {"unmanaged_access_code_id": rival.access_code_id}
                return "duplicate_code_on_device", "The same code exists on the device.", more
        return None

    def _start(self, code: Code) -> None:
        if code.stage is Stage.ON_LOCK:
            if code.prefer_native:
                self.report(code, "access_code.set_on_device", {"code": code.pin})
        else:
            self._later(code, self._world.latencies.code_is_late, self._late)

    def _late(self, code: Code) -> None:
        if code.stage is Stage.ON_LOCK:
            return
        text = "The code is not on the device although it has started."
        code.warnings["delay_in_setting_on_device"] = code_warning("delay_in_setting_on_device", text, self._world.now)
        self.report_failure(code, "access_code.delay_in_setting_on_device")

    # -- changing -------------------------------------------------------------------------------------------

    def change(self, code: Code, mutations: dict[str, Json], events: list[tuple[str, Json]]) -> None:
        """Fields of the code were changed at Seam; bring the lock after them and report `events` when it has them."""
        if code.stage is not Stage.ON_LOCK:
            for event_type, fields in events:
                self.report(code, event_type, fields)
            code.stage = Stage.ACCEPTED
            code.errors.clear()
            self.plan(code)
            return
        code.version += 1
        code.mutations |= mutations
        self._plan_window(code)

        code.unreported += events
        self._later(code, self._world.latencies.code_is_set, self._arrive)

    def _arrive(self, code: Code) -> None:
        lock = self._world.lock(code.device_id)
        if code.stage is not Stage.ON_LOCK or not self._world.is_connected(lock):
            return  # queued, with its mutations still pending: `retry`
        for name in [m for m in code.mutations if m.startswith("updating")]:
            del code.mutations[name]
        self.load(code, lock)
        events, code.unreported = code.unreported, []
        for event_type, fields in events:
            self.report(code, event_type, fields)
        self.conclude(code, None)

    # -- leaving --------------------------------------------------------------------------------------------

    def remove(self, code: Code) -> None:
        """It ended, or was deleted. A code that never was on the lock is gone at once."""
        code.version += 1
        now = self._world.now
        if not code.was_on_lock and code.stage is not Stage.SETTING:
            self._forget(code)
            return
        code.stage = Stage.REMOVING
        code.mutations = {"deleting": _mutation("deleting", "Removing the code from the device.", now)}
        code.warnings["being_deleted"] = code_warning("being_deleted", "The code is being deleted.", now)
        self._later(code, self._world.latencies.code_is_removed, self._take_off)

    def _take_off(self, code: Code) -> None:
        lock = self._world.lock(code.device_id)
        if not self._world.is_connected(lock) and not code.is_offline:
            return  # still works at the door until the lock is reached: `retry`
        if lock.trouble.removal_stalls:
            return
        if lock.trouble.removal_fails:
            kind = "failed_to_remove_from_device"
            if kind not in code.errors:
                text = "The device did not confirm that the code was removed."
                code.errors[kind] = code_error(kind, text, self._world.now)
                self.report_failure(code, f"access_code.{kind}")
                self.conclude(code, text)
            return
        self.unload(code, lock)
        if code.was_on_lock:
            self.report(code, "access_code.removed_from_device")
        self._forget(code)

    def _forget(self, code: Code) -> None:
        code.version += 1
        self._codes.drop(code)
        self.report(code, "access_code.deleted", {"code": code.pin})
        self.conclude(code, None)
        for waiting in self._codes.on_device(code.device_id):  # a slot has become free
            if "no_space_for_access_code_on_device" in waiting.errors:
                self._later(waiting, self._world.latencies.code_is_set, self._land)

    def become_ghost(self, code: Code) -> None:
        """Seam believes the code is off the lock and forgets it; it still opens the door, and is found much later."""
        self.report(code, "access_code.removed_from_device")
        code.version += 1
        self._codes.drop(code)
        self.report(code, "access_code.deleted", {"code": code.pin})
        self.conclude(code, None)
        self._world.timeline.later(self._world.latencies.next_poll, lambda: self._resurface(code))

    def _resurface(self, code: Code) -> None:
        lock = self._world.locks.get(code.device_id)
        if lock and code.access_code_id in lock.loaded:
            code.is_managed, code.stage, code.mutations = False, Stage.ON_LOCK, {}
            code.errors, code.warnings = {}, {}
            self._codes.add(code)
            self.report(code, "access_code.unmanaged.created")

    # -- at the lock ----------------------------------------------------------------------------------------

    def load(self, code: Code, lock: VirtualLock, *, cause: str | None = None) -> None:
        """Write the code into the lock's memory, as it stands now at Seam."""
        if code.pin is None:
            raise ValueError("a code without a PIN cannot be on a lock")
        starts_at, ends_at = code.starts_at, code.ends_at
        if not code.prefer_native:
            starts_at = ends_at = None  # the lock knows no window; Seam puts it on and takes it off
        elif lock.time_zone is None and starts_at is not None and ends_at is not None:
            starts_at, ends_at = widened(starts_at, ends_at)
        before = lock.loaded.get(code.access_code_id)
        after = LoadedPin(pin=code.pin, starts_at=starts_at, ends_at=ends_at, opens_once=code.is_one_time)
        if before == after:
            return
        lock.loaded[code.access_code_id] = after
        if before is not None and before.pin != code.pin:
            self._world.record(EffectKind.CODE_OFF, lock, access_code_id=code.access_code_id, cause=cause)
            before = None
        self._world.record(
            EffectKind.CODE_ON if before is None else EffectKind.CODE_CHANGED,
            lock,
            access_code_id=code.access_code_id,
            starts_at=starts_at,
            ends_at=ends_at,
            cause=cause,
        )

    def unload(self, code: Code, lock: VirtualLock, *, cause: str | None = None) -> None:
        if lock.loaded.pop(code.access_code_id, None) is not None:
            self._world.record(EffectKind.CODE_OFF, lock, access_code_id=code.access_code_id, cause=cause)

    def retry(self, device_id: str) -> None:
        """Something that stood in the way may be gone: take up what waits at this door."""
        for code in self._codes.on_device(device_id):
            if code.stage is Stage.SETTING:
                self._later(code, self._world.latencies.code_is_set, self._land)
            elif code.stage is Stage.REMOVING:
                self._later(code, self._world.latencies.code_is_removed, self._take_off)
            elif any(name.startswith("updating") for name in code.mutations):
                self._later(code, self._world.latencies.code_is_set, self._arrive)

    # -- telling --------------------------------------------------------------------------------------------

    def report(self, code: Code, event_type: str, fields: Json | None = None) -> None:
        lock = self._world.locks.get(code.device_id)
        if lock is not None:
            self._world.device_event(event_type, lock, {"access_code_id": code.access_code_id, **(fields or {})})

    def report_failure(self, code: Code, event_type: str) -> None:
        self.report(
            code,
            event_type,
            {
                "access_code_errors": [_plain(e, "error_code") for e in code.errors.values()],
                "access_code_warnings": [_plain(w, "warning_code") for w in code.warnings.values()],
                "device_errors": [],
                "device_warnings": [],
                "connected_account_errors": [],
                "connected_account_warnings": [],
            },
        )

    # -- plans ----------------------------------------------------------------------------------------------

    def conclude(self, code: Code, failure: str | None) -> None:
        """Tell the action attempts that follow this code how it ended."""
        outcomes, code.on_outcome = code.on_outcome, []
        for outcome in outcomes:
            outcome(failure)

    def _at(self, code: Code, due: datetime, step: Callable[[Code], None]) -> None:
        version = code.version
        # What the clock brings about is nobody's request.
        self._world.timeline.at(due, lambda: step(code) if code.version == version else None, cause="window")

    def _later(self, code: Code, seconds: float, step: Callable[[Code], None]) -> None:
        version = code.version
        self._world.timeline.later(seconds, lambda: step(code) if code.version == version else None)


def _mutation(code: str, message: str, now: datetime, **more: object) -> Json:
    return {"mutation_code": code, "message": message, "created_at": iso(now), **more}


def updating(what: str, message: str, now: datetime, before: Json, after: Json) -> dict[str, Json]:
    """The pending mutation of a change. It holds PINs when the PIN changes, as Seam's does."""
    code = f"updating_{what}"
    return {code: _mutation(code, message, now, **{"from": before, "to": after})}


def _plain(trouble: Json, key: str) -> Json:
    return {key: trouble[key], "message": trouble["message"], "created_at": trouble["created_at"]}
