"""SeamClient: the `Locks` port over Seam's HTTP API.

Sources of the rules: seam-api.md 3 (devices), 4 (lock, unlock, attempts), 5 and 6 (codes), 12 (what to do when an
answer is lost).
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta

import httpx

from bot.domain.errors import CodeGone, DoorGone, DoorTrouble, OutcomeUnknown, SeamDown, TooFast
from bot.domain.model import AccessCode, Action, ActionResult, CodeOrder, Door, Workspace
from bot.domain.window import Window
from bot.seam import fields
from bot.seam.access_codes import read_code
from bot.seam.action_attempts import Attempt, AttemptStatus, read_attempt
from bot.seam.calls import PAGE_SIZE, Calls
from bot.seam.devices import read_door
from bot.seam.fields import JsonObject
from bot.seam.limits import MinuteLimits, Operation
from bot.seam.refusals import code_trouble, hindrance, trouble_from_attempt

log = logging.getLogger(__name__)

# Seconds from the click after which an unlock is not sent any more: a door must not open late (reliability.md F30).
SEND_WITHIN = 10.0
PREFLIGHT_TIMEOUT = 4.0  # seconds per try, so that two tries fit into SEND_WITHIN
POLL_TIMEOUT = 10.0
# Pauses between looks at an attempt, in seconds (perf.md 7.9): locks answer within two seconds or take long.
FIRST_LOOKS = (0.0, 0.1, 0.2)
USUAL_PAUSE, SLOW_PAUSE, SLOW_AFTER = 0.25, 1.0, 5.0
# Codes may wait for Seam's limit per minute; people's commands may not.
LONGEST_QUEUE = 60.0
MOST_CODES_REMEMBERED = 50_000
LONGEST_HOURLY = timedelta(hours=672)  # an offline code; beyond it igloohome counts in days (seam-api.md 6.7)


class SeamClient:
    """Every door of one Seam workspace.

    `http` carries the base URL and the key (`make_http_client`); `now` is aware and only dates codes; `deadline` is
    how many seconds an unlock waits for the lock's answer. The rest is for tests.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        now: Callable[[], datetime],
        deadline: float = 25.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.calls = Calls(http, now=now, sleep=sleep, chance=chance, monotonic=monotonic)
        self._now, self._sleep, self._monotonic, self._deadline = now, sleep, monotonic, deadline
        self._limits = MinuteLimits(monotonic)
        self._door_of_code: dict[str, str] = {}  # Seam counts changes of codes per device; a cache, not a record

    # Doors

    async def workspace(self) -> Workspace:
        envelope = await self.calls.read("/workspaces/get", key="workspace")
        workspace = fields.nested(envelope, "workspace")
        return Workspace(
            workspace_id=fields.text(workspace, "workspace_id") or "",
            name=fields.text(workspace, "name") or "",
            is_sandbox=fields.flag(workspace, "is_sandbox") is True,
        )

    async def doors(self) -> tuple[Door, ...]:
        pages = self.calls.pages("/devices/list", {"limit": PAGE_SIZE}, key="devices")
        found = [door async for device in pages if (door := read_door(device))]
        return tuple(sorted(found, key=lambda door: (door.name.casefold(), door.device_id)))

    async def door(self, device_id: str) -> Door:
        return await self._door(device_id)

    async def _door(self, device_id: str, *, retries: int = 2, timeout: float | None = None) -> Door:
        body = {"device_id": device_id}
        envelope = await self.calls.read("/devices/get", body, key="device", retries=retries, timeout=timeout)
        door = read_door(fields.nested(envelope, "device"))
        if door is None:
            raise DoorGone(seam_code="not_a_lock")
        return door

    # Locking and unlocking

    async def unlock(self, device_id: str, *, not_after: datetime) -> ActionResult:
        return await self._act(device_id, Action.UNLOCK, Operation.UNLOCK, "/locks/unlock_door", not_after)

    async def lock(self, device_id: str) -> ActionResult:
        return await self._act(device_id, Action.LOCK, Operation.LOCK, "/locks/lock_door")

    async def _act(
        self, device_id: str, action: Action, operation: Operation, path: str, not_after: datetime | None = None
    ) -> ActionResult:
        """Look at the door, send one command, watch what becomes of it. Nothing is sent after `not_after`."""
        began = self._monotonic()
        door = await self._door(device_id, retries=1, timeout=PREFLIGHT_TIMEOUT)
        because = hindrance(door, action)
        if because:
            raise because
        is_late = not_after is not None and self._now() > not_after
        if is_late or self._monotonic() - began > SEND_WITHIN:
            raise SeamDown(door.name, seam_code="too_late_to_send")
        if self._limits.take(device_id, operation) > 0:
            raise TooFast(door.name, seam_code="own_limit")
        try:
            # Not even a request that never left is sent again. The look just before has used the connection, so it
            # is one that works, without the cost of a new one.
            left = began + self._deadline - self._monotonic()
            answer = await self.calls.write(
                path, {"device_id": device_id}, key="action_attempt", retries=0, timeout=max(left, 1.0)
            )
        except DoorTrouble as trouble:
            raise trouble.at(door.name) from None
        attempt = read_attempt(fields.nested(answer.body, "action_attempt"))
        if attempt is None:
            raise OutcomeUnknown(door.name, seam_code="no_action_attempt_id", request_id=answer.request_id)
        attempt = await self._settled(attempt, door, began)
        if attempt.status is AttemptStatus.ERROR:
            raise trouble_from_attempt(attempt, await self._door_after(door), action)
        return ActionResult(action_attempt_id=attempt.action_attempt_id, confirmed=attempt.confirmed)

    async def _settled(self, attempt: Attempt, door: Door, began: float) -> Attempt:
        """The attempt once it has ended. Raises `OutcomeUnknown` at the deadline, or when Seam has lost it."""
        attempt_id, code = attempt.action_attempt_id, "pending"
        for pause in _pauses():
            if attempt.status is not AttemptStatus.PENDING:
                return attempt
            left = began + self._deadline - self._monotonic()
            if left <= pause:
                break
            await self._sleep(pause)
            try:
                attempt = await self._attempt(attempt_id, retries=0, timeout=min(POLL_TIMEOUT, left - pause))
            except (SeamDown, TooFast):
                continue  # the next look is the retry
            except DoorTrouble as trouble:
                code = trouble.seam_code  # Seam has lost the attempt, or does not talk to us any more
                break
        raise OutcomeUnknown(door.name, seam_code=code, action_attempt_id=attempt_id)

    async def attempt(self, action_attempt_id: str) -> ActionResult | None:
        try:
            attempt = await self._attempt(action_attempt_id)
        except OutcomeUnknown as gone:
            raise OutcomeUnknown(seam_code=gone.seam_code, action_attempt_id=action_attempt_id) from None
        except DoorTrouble as trouble:
            # Seam cannot be asked now. That says nothing about the command, least of all "nothing was done".
            log.warning(
                "seam.attempt_not_read", extra={"action_attempt_id": action_attempt_id, "seam_code": trouble.seam_code}
            )
            return None
        if attempt.status is AttemptStatus.ERROR:
            raise trouble_from_attempt(attempt, None, None)
        if attempt.status is AttemptStatus.PENDING:
            return None
        return ActionResult(action_attempt_id=attempt.action_attempt_id, confirmed=attempt.confirmed)

    async def _attempt(self, action_attempt_id: str, *, retries: int = 2, timeout: float | None = None) -> Attempt:
        body = {"action_attempt_id": action_attempt_id}
        envelope = await self.calls.read(
            "/action_attempts/get", body, key="action_attempt", retries=retries, timeout=timeout
        )
        attempt = read_attempt(fields.nested(envelope, "action_attempt"))
        if attempt is None:
            raise SeamDown(seam_code="no_action_attempt_id")
        return attempt

    async def _door_after(self, door: Door) -> Door:
        """The door as it is after a failed command, to explain it; as it was before, when nobody answers."""
        try:
            return await self._door(door.device_id, retries=0, timeout=PREFLIGHT_TIMEOUT)
        except DoorTrouble:
            return door

    # Codes

    async def create_code(self, order: CodeOrder) -> AccessCode:
        window = order.window
        is_ongoing = order.is_ongoing or window.ends_at is None
        body = {
            "device_id": order.device_id,
            "name": order.name,
            "code": order.pin.reveal() if order.pin and not order.is_offline else None,
            # Both or neither: one alone is a 400 (seam-api.md 5.1).
            "starts_at": None if is_ongoing else fields.stamp(window.starts_at),
            "ends_at": None if is_ongoing or window.ends_at is None else fields.stamp(window.ends_at),
            "is_offline_access_code": True if order.is_offline else None,
            "max_time_rounding": "1day" if order.is_offline and _is_long(window) else None,
        }
        await self._queue(order.device_id, Operation.CREATE_CODE)
        try:
            answer = await self.calls.write("/access_codes/create", body, key="access_code")
        except DoorTrouble as trouble:
            raise await self._explained(trouble, order.device_id) from None
        code = self._read_code(fields.nested(answer.body, "access_code"))
        if code is None:
            raise OutcomeUnknown(seam_code="no_access_code_id", request_id=answer.request_id)
        return code

    async def code(self, access_code_id: str) -> AccessCode | None:
        try:
            envelope = await self.calls.read("/access_codes/get", {"access_code_id": access_code_id}, key="access_code")
        except CodeGone:
            return None
        code = self._read_code(fields.nested(envelope, "access_code"))
        if code is None:
            raise SeamDown(seam_code="no_access_code_id")
        return code

    async def codes(self, device_id: str) -> tuple[AccessCode, ...]:
        return await self._codes("/access_codes/list", device_id, is_managed=True)

    async def unmanaged_codes(self, device_id: str) -> tuple[AccessCode, ...]:
        return await self._codes("/access_codes/unmanaged/list", device_id, is_managed=False)

    async def _codes(self, path: str, device_id: str, *, is_managed: bool) -> tuple[AccessCode, ...]:
        found: list[AccessCode] = []
        async for item in self.calls.pages(path, {"device_id": device_id}, key="access_codes"):
            code = self._read_code(item, is_managed=is_managed)
            if code is None:
                log.warning("seam.unreadable_item", extra={"path": path, "device_id": device_id})
            # Seam's fake returns the codes of every device, whatever is asked (seam-api.md 11.2).
            elif code.device_id == device_id:
                found.append(code)
        return tuple(found)

    def _read_code(self, item: JsonObject, *, is_managed: bool = True) -> AccessCode | None:
        code = read_code(item, self._now(), is_managed=is_managed)
        if code is not None:
            if len(self._door_of_code) >= MOST_CODES_REMEMBERED:
                self._door_of_code.clear()
            self._door_of_code[code.access_code_id] = code.device_id
        return code

    async def update_code(
        self, access_code_id: str, *, name: str | None = None, starts_at: datetime, ends_at: datetime
    ) -> None:
        body = {
            "access_code_id": access_code_id,
            "name": name,
            "starts_at": fields.stamp(starts_at),
            "ends_at": fields.stamp(ends_at),
        }
        await self._queue(self._door_of_code.get(access_code_id, access_code_id), Operation.UPDATE_CODE)
        await self.calls.write("/access_codes/update", body)

    async def delete_code(self, access_code_id: str) -> None:
        await self._queue(self._door_of_code.get(access_code_id, access_code_id), Operation.DELETE_CODE)
        try:
            # Without device_id: with it, an unknown id is a 500 on the fake (seam-api.md 6.6).
            await self.calls.write("/access_codes/delete", {"access_code_id": access_code_id})
        except CodeGone:
            log.info("seam.code_already_gone", extra={"access_code_id": access_code_id})

    async def _queue(self, subject: str, operation: Operation) -> None:
        """Wait until Seam's limit lets one more through. Raises `TooFast` when that takes longer than a minute."""
        waited = 0.0
        while (pause := self._limits.take(subject, operation)) > 0:
            if waited + pause > LONGEST_QUEUE:
                raise TooFast(seam_code="own_limit")
            await self._sleep(pause)
            waited += pause

    async def _explained(self, trouble: DoorTrouble, device_id: str) -> DoorTrouble:
        """A refused code, with what the door says about itself, if it can be asked."""
        if isinstance(trouble, OutcomeUnknown | SeamDown | TooFast):
            return trouble
        try:
            return code_trouble(trouble, await self._door(device_id, retries=0, timeout=PREFLIGHT_TIMEOUT))
        except DoorTrouble:
            return trouble


def _is_long(window: Window) -> bool:
    return window.length is not None and window.length > LONGEST_HOURLY


def _pauses() -> Iterator[float]:
    yield from FIRST_LOOKS
    waited = sum(FIRST_LOOKS)
    while True:
        pause = USUAL_PAUSE if waited < SLOW_AFTER else SLOW_PAUSE
        waited += pause
        yield pause
