"""The backup pool of a lock: spare codes that are on it already (seam-api.md 6.10)."""

from __future__ import annotations

from bot.sandbox.seam.code_checks import generate_pin
from bot.sandbox.seam.code_life import CodeLife
from bot.sandbox.seam.codes import Code, Codes, code_warning
from bot.sandbox.seam.json_types import Json, new_id
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem, invalid, not_found
from bot.sandbox.seam.world import World

POOL_SIZE = 2  # our choice; Seam documents no number


class Backups:
    def __init__(self, world: World, codes: Codes, life: CodeLife) -> None:
        self._world, self._codes, self._life = world, codes, life

    def enable(self, lock: VirtualLock, *, on: bool) -> None:
        """Switch the pool on (and fill it, which takes a while) or off (and take its codes off)."""
        if on and not lock.brand.has_backup_pool:
            raise invalid("Device does not support a backup access code pool", "backup_access_code_pool_enabled")
        if lock.backup_pool == on:
            return
        lock.backup_pool = on
        spare = [c for c in self._codes.on_device(lock.device_id) if c.is_backup]
        if not on:
            pulled = {c.pulled_backup_id for c in self._codes.on_device(lock.device_id)}
            for code in spare:
                if code.access_code_id not in pulled:
                    self._life.remove(code)
            return
        for number in range(POOL_SIZE - len(spare)):
            self._add(lock, number + 1)

    def pull(self, params: Params) -> Json:
        """Put a spare code in the place of one that does not work; the same one again when asked again."""
        code = self._codes.need(params.need("access_code_id"))
        if code.ends_at is None:
            raise SeamProblem(400, "access_code_not_time_bound", "Only time-bound access codes can use a backup code")
        if code.pulled_backup_id is None:
            ready = self._codes.ready_backups(code.device_id)
            if not ready:
                raise not_found("backup_access_code")
            backup = ready[0]
            backup.starts_at, backup.ends_at, backup.name = self._world.now, code.ends_at, code.name
            self._life.change(backup, {}, [])
            code.pulled_backup_id = backup.access_code_id
            text = "A backup access code is used in place of this one."
            code.warnings["using_backup_access_code"] = code_warning("using_backup_access_code", text, self._world.now)
            fields: Json = {"backup_access_code_id": backup.access_code_id}
            self._life.report(code, "access_code.backup_access_code_pulled", fields)
        pulled = self._codes.need(code.pulled_backup_id)
        return {"access_code": self._codes.json(code), "backup_access_code": self._codes.json(pulled)}

    def _add(self, lock: VirtualLock, number: int) -> None:
        code = Code(
            access_code_id=new_id(),
            device_id=lock.device_id,
            name=f"Backup {number} (Seam)",
            pin=generate_pin(self._codes, lock),
            starts_at=None,
            ends_at=None,
            created_at=self._world.now,
            seq=self._world.next_number(),
            is_backup=True,
        )
        self._codes.add(code)
        self._life.begin(code)
