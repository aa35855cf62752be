"""What moves a bolt: a command through Seam, the keypad, a hand, and the lock's own timer."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.seam.attempts import Attempt, Attempts
from bot.sandbox.seam.json_types import Json
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.problems import SeamProblem, invalid
from bot.sandbox.seam.truth import EffectKind
from bot.sandbox.seam.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypadResult:
    """What a person at the keypad sees. `reason` is Seam's `reason_code` when the door stays shut."""

    opened: bool
    access_code_id: str | None = None
    reason: str | None = None


class Bolts:
    def __init__(self, world: World, attempts: Attempts) -> None:
        self._world, self._attempts = world, attempts

    # -- through Seam ---------------------------------------------------------------------------------------

    def command(self, lock: VirtualLock, *, to_lock: bool) -> Attempt:
        """Take the command; the bolt follows after the lock's latency, or does not."""
        attempt = self._attempts.open("LOCK_DOOR" if to_lock else "UNLOCK_DOOR", lock.device_id)
        latency = self._world.latencies.command if lock.trouble.latency is None else lock.trouble.latency
        self._world.timeline.physically(latency, lambda: self._obey(lock, attempt, to_lock=to_lock))
        return attempt

    def configure_auto_lock(self, lock: VirtualLock, *, enabled: bool, delay: float | None) -> Attempt:
        if not lock.brand.can_configure_auto_lock:
            raise SeamProblem(400, "device_type_not_supported", "Device does not support configuring auto-lock")
        if enabled and (delay is None or not 1 <= delay <= 60):  # seam-api.md 4.1
            raise invalid("auto_lock_delay_seconds must be from 1 to 60", "auto_lock_delay_seconds")
        attempt = self._attempts.open("CONFIGURE_AUTO_LOCK", lock.device_id)

        def obey() -> None:
            hindrance = self._hindrance(lock, to_lock=True)
            if hindrance:
                self._attempts.fail(attempt, "uncategorized_error", hindrance)
                return
            lock.auto_lock_seconds = int(delay) if enabled and delay is not None else None
            self._attempts.succeed(attempt, {})

        self._world.timeline.physically(self._world.latencies.command, obey)
        return attempt

    def _obey(self, lock: VirtualLock, attempt: Attempt, *, to_lock: bool) -> None:
        trouble = lock.trouble
        if trouble.stays_pending:
            if trouble.pending_acts:
                self._move(lock, locked=to_lock, method="remote", attempt=attempt)
            return
        if trouble.attempt_error:
            self._attempts.fail(attempt, *trouble.attempt_error)
            return
        hindrance = self._hindrance(lock, to_lock=to_lock)
        if hindrance:
            # Seam names no error types for locks (seam-api.md 4.2): a client must look at the device for the cause.
            self._attempts.fail(attempt, "uncategorized_error", hindrance)
            return
        self._move(lock, locked=to_lock, method="remote", attempt=attempt)
        self._attempts.succeed(attempt, {"was_confirmed_by_device": not trouble.unconfirmed})

    def _hindrance(self, lock: VirtualLock, *, to_lock: bool) -> str | None:
        trouble = lock.trouble
        account = self._world.accounts.get(lock.connected_account_id)
        if account is None or account.disconnected_since is not None:
            return f"The {lock.brand.display_name} account is disconnected."
        if trouble.gateway_missing:
            return "The lock is not connected to a gateway."
        if trouble.offline:
            return "The lock is offline."
        if trouble.power_saving:
            return "The lock is in power saving mode and takes no remote commands."
        if trouble.remote_unlock_off and not to_lock:
            return "Remote unlock is not enabled for this lock."
        return None

    # -- at the door ----------------------------------------------------------------------------------------

    def enter_pin(self, lock: VirtualLock, digits: str) -> KeypadResult:
        """Type a PIN at the door. Works whatever Seam, the gateway or the maker's cloud do: the lock decides alone."""
        now = self._world.now
        known = [(code_id, loaded) for code_id, loaded in lock.loaded.items() if loaded.pin == digits]
        for code_id, loaded in known:
            if loaded.is_open_at(now):
                if loaded.opens_once:
                    loaded.ends_at = now
                self._move(lock, locked=False, method="keycode", access_code_id=code_id, cause="keypad")
                return KeypadResult(opened=True, access_code_id=code_id)
        is_over = any(loaded.ends_at is not None and loaded.ends_at <= now for _, loaded in known)
        reason = "expired_code" if is_over else "unknown_code"
        if lock.brand.has_native_entry_events:
            fields: Json = {"reason": {"reason_code": reason, "message": "The PIN was refused at the keypad."}}
            if known:
                fields["access_code_id"] = known[0][0]
            self._tell(lock, "lock.access_denied", fields)
        return KeypadResult(opened=False, access_code_id=known[0][0] if known else None, reason=reason)

    def turn_by_hand(self, lock: VirtualLock) -> None:
        """Turn the thumb-turn or the key: what was locked is unlocked, and the other way round."""
        self._move(lock, locked=not lock.locked, method="manual", cause="hand")

    # -- the bolt itself ------------------------------------------------------------------------------------

    def _move(
        self,
        lock: VirtualLock,
        *,
        locked: bool,
        method: str,
        attempt: Attempt | None = None,
        access_code_id: str | None = None,
        cause: str | None = None,
    ) -> None:
        lock.locked = locked
        lock.bolt_moves += 1
        kind = EffectKind.LOCKED if locked else EffectKind.UNLOCKED
        self._world.record(kind, lock, cause=cause, access_code_id=access_code_id)
        fields: Json = {"method": method}
        if attempt:
            fields["action_attempt_id"] = attempt.action_attempt_id
        if access_code_id and lock.brand.has_native_entry_events:
            fields |= {"access_code_id": access_code_id, "access_code_is_managed": True}
        self._tell(lock, "lock.locked" if locked else "lock.unlocked", fields)
        if not locked and lock.auto_lock_seconds is not None:
            move = lock.bolt_moves
            self._world.timeline.later(lock.auto_lock_seconds, lambda: self._auto_lock(lock, move))

    def _auto_lock(self, lock: VirtualLock, move: int) -> None:
        if lock.bolt_moves == move:  # nobody has touched the bolt since
            self._move(lock, locked=True, method="automatic", cause="auto_lock")

    def _tell(self, lock: VirtualLock, event_type: str, fields: Json) -> None:
        """Report to Seam now, or when the lock is reached again."""
        if self._world.is_connected(lock):
            self._world.device_event(event_type, lock, fields)
        else:
            lock.unreported.append((event_type, self._world.now, fields))

    def catch_up(self, lock: VirtualLock) -> None:
        """Report what happened while the lock was out of reach, with the times at which it happened."""
        waiting, lock.unreported = lock.unreported, []
        for event_type, occurred_at, fields in waiting:
            self._world.device_event(event_type, lock, fields, occurred_at=occurred_at)
