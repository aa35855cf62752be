"""What helps when the ordinary way did not: a suggested PIN, a spare code, and the attempts that Seam knows of.

Source: seam-api.md 4.4, 6.8, 6.10.
"""

from __future__ import annotations

from bot.domain.errors import OutcomeUnknown
from bot.domain.model import AccessCode
from bot.domain.pin import Pin
from bot.seam import fields
from bot.seam.access_codes import read_code, read_pin
from bot.seam.action_attempts import Attempt, read_attempt
from bot.seam.calls import PAGE_SIZE, Calls


class Rescue:
    """Raises the `DoorTrouble`s that `Calls` raises."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def generate_code(self, device_id: str) -> Pin | None:
        """A PIN that this lock would take. Only a suggestion: it reserves nothing. None if Seam names none."""
        envelope = await self._calls.read("/access_codes/generate_code", {"device_id": device_id}, key="generated_code")
        return read_pin(fields.nested(envelope, "generated_code"))

    async def pull_backup_access_code(self, access_code_id: str) -> AccessCode:
        """Let a spare code, already on the lock, take the place of this one. Returns the spare; its PIN is new.

        Pulling twice gives the same spare. Only for time-bound codes on locks with a pool.
        """
        answer = await self._calls.write(
            "/access_codes/pull_backup_access_code", {"access_code_id": access_code_id}, key="backup_access_code"
        )
        code = read_code(fields.nested(answer.body, "backup_access_code"), self._calls.now())
        if code is None:
            raise OutcomeUnknown(seam_code="no_backup_access_code_id", request_id=answer.request_id)
        return code

    async def attempts(self, device_id: str) -> tuple[Attempt, ...]:
        """Every attempt at a device that Seam still knows: to find one whose id was lost with its answer.

        Attempts have no times and no device (seam-api.md 4.2): compare with those known before. Not on the fake,
        which wants ids.
        """
        body = {"device_id": device_id, "limit": PAGE_SIZE}
        pages = self._calls.pages("/action_attempts/list", body, key="action_attempts")
        return tuple([attempt async for item in pages if (attempt := read_attempt(item))])
