"""Action attempts: what became of something that takes its time (seam-api.md 4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.seam.json_types import Json, new_id
from bot.sandbox.seam.paging import page
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import not_found
from bot.sandbox.seam.world import World

DEFAULT_LIMIT = 500


@dataclass(slots=True, kw_only=True)
class Attempt:
    action_attempt_id: str
    action_type: str
    device_id: str
    seq: int
    status: str = "pending"
    result: Json | None = None
    error: Json | None = None

    def json(self) -> Json:
        """As Seam shows it: without times, and without the device."""
        return {
            "action_attempt_id": self.action_attempt_id,
            "action_type": self.action_type,
            "status": self.status,
            "result": self.result,
            "error": self.error,
        }


class Attempts:
    def __init__(self, world: World) -> None:
        self._world = world
        self._attempts: dict[str, Attempt] = {}

    def open(self, action_type: str, device_id: str) -> Attempt:
        attempt = Attempt(
            action_attempt_id=new_id(), action_type=action_type, device_id=device_id, seq=self._world.next_number()
        )
        self._attempts[attempt.action_attempt_id] = attempt
        return attempt

    def succeed(self, attempt: Attempt, result: Json) -> None:
        """Close it well; the first outcome stays."""
        if attempt.status == "pending":
            attempt.status, attempt.result = "success", result
            self._report(attempt, "succeeded")

    def fail(self, attempt: Attempt, kind: str, message: str) -> None:
        if attempt.status == "pending":
            attempt.status, attempt.error = "error", {"type": kind, "message": message}
            self._report(attempt, "failed")

    def get(self, params: Params) -> Json:
        attempt_id = params.need("action_attempt_id")
        if attempt_id not in self._attempts:
            raise not_found("action_attempt", "action_attempt_id", attempt_id)
        return {"action_attempt": self._attempts[attempt_id].json()}

    def list(self, params: Params) -> Json:
        ids, device_id = params.texts("action_attempt_ids"), params.text("device_id")
        found = [
            attempt
            for attempt in self._attempts.values()
            if (ids is None or attempt.action_attempt_id in ids) and device_id in (None, attempt.device_id)
        ]
        shown, pagination = page("/action_attempts/list", params, found, DEFAULT_LIMIT)
        return {"action_attempts": [attempt.json() for attempt in shown], "pagination": pagination}

    def _report(self, attempt: Attempt, how: str) -> None:
        if attempt.action_type in ("LOCK_DOOR", "UNLOCK_DOOR") and attempt.device_id in self._world.locks:
            fields: Json = {
                "action_attempt_id": attempt.action_attempt_id,
                "action_type": attempt.action_type,
                "status": attempt.status,
            }
            lock = self._world.locks[attempt.device_id]
            self._world.device_event(f"action_attempt.{attempt.action_type.lower()}.{how}", lock, fields)
