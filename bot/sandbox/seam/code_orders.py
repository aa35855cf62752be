"""What a client may ask of access codes: `/access_codes/*` (seam-api.md 6)."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.seam.attempts import Attempt, Attempts
from bot.sandbox.seam.code_checks import (
    check_name,
    check_pin,
    check_unused,
    check_window,
    generate_pin,
)
from bot.sandbox.seam.code_drafts import Drafts
from bot.sandbox.seam.code_life import CodeLife, updating
from bot.sandbox.seam.codes import Code, Codes, Stage
from bot.sandbox.seam.json_types import Json, iso_or_none, new_id
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.paging import page
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem, invalid, not_found
from bot.sandbox.seam.world import World

DEFAULT_LIMIT = 55_000  # seam-api.md 1.10


class CodeOrders:
    def __init__(self, world: World, codes: Codes, life: CodeLife, attempts: Attempts) -> None:
        self._world, self._codes, self._life, self._attempts = world, codes, life, attempts
        self._drafts = Drafts(world, codes)

    # -- create ---------------------------------------------------------------------------------------------

    def create(self, params: Params) -> Json:
        lock = self._world.managed_lock(params.need("device_id"))
        code = self._drafts.draft(lock, params)
        attempt = self._follow("CREATE_ACCESS_CODE", code)
        self._codes.add(code)
        self._life.begin(code)
        return {"access_code": self._codes.json(code), "action_attempt": attempt.json()}

    def create_multiple(self, params: Params) -> Json:
        """One code on several doors, under one PIN where all can take it."""
        locks = [self._world.managed_lock(device_id) for device_id in params.texts("device_ids") or []]
        if not locks:
            raise invalid("Array must contain at least 1 element(s)", "device_ids")
        may_differ = params.choice("behavior_when_code_cannot_be_shared", ("throw", "create_random_code"))
        pin, key = params.text("code"), None
        if pin is None:
            pin, key = self._drafts.pin_for_all(locks, params), new_id()
        codes = []
        for lock in locks:
            try:
                codes.append(self._drafts.draft(lock, params, pin=pin, common_code_key=key))
            except SeamProblem:
                if may_differ != "create_random_code":
                    raise
                codes.append(self._drafts.draft(lock, params, pin=generate_pin(self._codes, lock), common_code_key=key))
        for code in codes:
            self._codes.add(code)
            self._life.begin(code)
        return {"access_codes": [self._codes.json(code) for code in codes]}

    # -- read -----------------------------------------------------------------------------------------------

    def get(self, params: Params, *, managed: bool = True) -> Json:
        code_id, device_id, pin = params.text("access_code_id"), params.text("device_id"), params.text("code")
        if code_id is None and (device_id is None or pin is None):
            raise invalid("Either access_code_id, or device_id and code, are required")
        code = self._codes.find(access_code_id=code_id, device_id=device_id, pin=pin, managed=managed)
        return {"access_code": self._codes.json(code)}

    def list_managed(self, params: Params) -> Json:
        device_id, ids = params.text("device_id"), params.texts("access_code_ids")
        grants = any(params.text(k) for k in ("access_method_id", "access_grant_id", "access_grant_key"))
        if device_id is None and ids is None and not grants:
            raise invalid("One of device_id, access_code_ids, access_method_id or access_grant_id is required")
        found: list[Code] = []
        if device_id is not None:
            found = self._codes.on_device(self._world.lock(device_id).device_id)
        elif ids is not None:
            found = [code for code in map(self._codes.get, ids) if code is not None]
        return self._page(
            "/access_codes/list", params, [c for c in found if c.is_managed and (not ids or c.access_code_id in ids)]
        )

    def list_unmanaged(self, params: Params) -> Json:
        lock = self._world.lock(params.need("device_id"))
        found = self._codes.on_device(lock.device_id) if lock.brand.shows_unmanaged_codes else []
        return self._page("/access_codes/unmanaged/list", params, [c for c in found if not c.is_managed])

    def _page(self, path: str, params: Params, found: list[Code]) -> Json:
        search = (params.text("search") or "").casefold()
        hits = [c for c in found if search in f"{c.name or ''} {c.pin or ''} {c.access_code_id}".casefold()]
        shown, pagination = page(path, params, sorted(hits, key=lambda c: c.seq), DEFAULT_LIMIT)
        return {"access_codes": [self._codes.json(code) for code in shown], "pagination": pagination}

    def generate(self, params: Params) -> Json:
        """A suggestion; reserves nothing. Two fields, though the schema promises a whole code (seam-api.md 6.8)."""
        lock = self._world.managed_lock(params.need("device_id"))
        return {"generated_code": {"device_id": lock.device_id, "code": generate_pin(self._codes, lock)}}

    # -- update ---------------------------------------------------------------------------------------------

    def update(self, params: Params) -> Json:
        code = self._codes.need(params.need("access_code_id"))
        lock = self._world.lock(code.device_id)
        if code.is_offline:
            raise invalid("Offline access codes cannot be updated")
        if code.stage is Stage.REMOVING:
            raise invalid("The access code is being deleted")
        if params.flag("attempt_for_offline_device") is False and not self._world.is_connected(lock):
            raise invalid("Device is offline")
        starts_at, ends_at = self._new_window(code, lock, params)
        name, pin = params.text("name"), params.text("code")
        if name is not None:
            check_name(self._codes, lock, name, but=code.access_code_id)
        if pin is not None:
            check_pin(lock, pin)
            check_unused(self._codes, lock, pin, but=code.access_code_id)
        allowed = params.flag("is_external_modification_allowed")
        if allowed is not None:
            code.external_changes_allowed = allowed
        attempt = self._follow("UPDATE_ACCESS_CODE", code)
        if params.flag("is_managed") is False:
            self.hand_back(code)
        else:
            self._apply(code, code.name if name is None else name, pin or code.pin, starts_at, ends_at)
        return {"action_attempt": attempt.json()}

    def _new_window(self, code: Code, lock: VirtualLock, params: Params) -> tuple[datetime | None, datetime | None]:
        if params.choice("type", ("ongoing", "time_bound")) == "ongoing":
            return None, None
        starts_at = params.moment("starts_at") or code.starts_at
        ends_at = params.moment("ends_at") or code.ends_at
        if (starts_at, ends_at) != (code.starts_at, code.ends_at):
            check_window(lock, starts_at, ends_at, self._world.now, is_new_start=starts_at != code.starts_at)
        return starts_at, ends_at

    def _apply(
        self, code: Code, name: str | None, pin: str | None, starts_at: datetime | None, ends_at: datetime | None
    ) -> None:
        now = self._world.now
        mutations: dict[str, Json] = {}
        events: list[tuple[str, Json]] = []
        changes: tuple[tuple[str, str, Json, Json], ...] = (
            ("name", "Changing the name of the code.", {"name": code.name}, {"name": name}),
            ("code", "Changing the PIN of the code.", {"code": code.pin}, {"code": pin}),
            (
                "time_frame",
                "Changing the time frame.",
                _frame(code.starts_at, code.ends_at),
                _frame(starts_at, ends_at),
            ),
        )
        for what, message, before, after in changes:
            if before != after:
                mutations |= updating(what, message, now, before, after)
                fields: Json = {"description": message, "from": before, "to": after}
                events.append((f"access_code.{what}_changed", fields))
        code.name, code.pin, code.starts_at, code.ends_at = name, pin, starts_at, ends_at
        self._life.change(code, mutations, events)

    def update_multiple(self, params: Params) -> Json:
        key = params.need("common_code_key")
        linked = [c for c in self._codes.all() if c.common_code_key == key and c.stage is not Stage.REMOVING]
        if not linked:
            raise not_found("access_code", "common_code_key", key)
        for code in linked:
            starts_at, ends_at = self._new_window(code, self._world.lock(code.device_id), params)
            self._apply(code, params.text("name") or code.name, code.pin, starts_at, ends_at)
        return {}

    # -- delete ---------------------------------------------------------------------------------------------

    def delete(self, params: Params, *, managed: bool = True) -> Json:
        code = self._codes.need(params.need("access_code_id"), managed=managed)
        lock = self._world.lock(code.device_id)
        if code.is_offline:
            raise invalid("Offline access codes cannot be deleted")
        attempt = self._follow("DELETE_ACCESS_CODE", code)
        if code.stage is Stage.REMOVING:
            return {"action_attempt": attempt.json()}
        if lock.trouble.delete_lies == "ghost" and code.stage is Stage.ON_LOCK:
            self._life.become_ghost(code)
        elif lock.trouble.delete_lies == "ignored":
            self._life.conclude(code, None)
        else:
            self._life.remove(code)
        return {"action_attempt": attempt.json()}

    # -- unmanaged ------------------------------------------------------------------------------------------

    def hand_back(self, code: Code) -> None:
        """Seam stops managing the code; it stays on the lock as it is, and nobody will take it off."""
        code.is_managed = False
        code.version += 1
        code.mutations, code.errors, code.warnings = {}, {}, {}
        self._life.conclude(code, None)

    def convert_to_managed(self, params: Params) -> Json:
        code = self._codes.need(params.need("access_code_id"), managed=False)
        lock = self._world.lock(code.device_id)
        if not lock.brand.unmanaged_codes_convert:
            raise invalid("Unmanaged access codes of this device cannot be converted")

        def convert() -> None:
            if self._codes.get(code.access_code_id) is not code or code.stage is not Stage.ON_LOCK:
                return  # deleted meanwhile
            code.is_managed = True
            self._life.report(code, "access_code.unmanaged.converted_to_managed")
            self._life.change(code, {}, [])

        self._world.timeline.later(self._world.latencies.code_is_set, convert)
        return {}

    # -- attempts -------------------------------------------------------------------------------------------

    def _follow(self, action_type: str, code: Code) -> Attempt:
        attempt = self._attempts.open(action_type, code.device_id)

        def conclude(failure: str | None) -> None:
            if failure is not None:
                self._attempts.fail(attempt, "uncategorized_error", failure)
            elif action_type == "DELETE_ACCESS_CODE":
                self._attempts.succeed(attempt, {})
            else:
                self._attempts.succeed(attempt, {"access_code": self._codes.json(code)})

        code.on_outcome.append(conclude)
        return attempt


def _frame(starts_at: datetime | None, ends_at: datetime | None) -> Json:
    return {"starts_at": iso_or_none(starts_at), "ends_at": iso_or_none(ends_at)}
