"""How an unlock or lock is written down: its audit rows, and the key of the notice that tells its end."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.audit import SYSTEM, AuditAction, AuditEvent, Outcome, Phase
from bot.domain.errors import DoorTrouble
from bot.domain.model import SCHEDULER, Action, ActionResult, Operation, OperationState

AUDIT_ACTION = {Action.UNLOCK: AuditAction.DOOR_UNLOCK, Action.LOCK: AuditAction.DOOR_LOCK}


class TooLate(DoorTrouble):
    """We were too slow: the command is so old that sending it now could open a door with nobody there."""

    sentence = "That took me too long, so I did not send the command to {door}: nothing was done. Please try again."


def tell_key(op_id: str) -> str:
    """The key of the notice that tells how this operation ended."""
    return f"tell:{op_id}"


def operation_event(
    operation: Operation,
    phase: Phase,
    *,
    at: datetime,
    state: OperationState | None = None,
    result: ActionResult | None = None,
    trouble: DoorTrouble | None = None,
    rule: str | None = None,
) -> AuditEvent:
    outcome = (
        {
            OperationState.DONE: Outcome.OK,
            OperationState.FAILED: Outcome.FAILED,
            OperationState.UNKNOWN: Outcome.UNKNOWN,
        }.get(state)
        if state
        else None
    )
    seam: dict[str, str] = {}
    if result:
        seam = {"action_attempt_id": result.action_attempt_id}
    elif trouble:
        seam = {k: v for k, v in (("code", trouble.seam_code), ("request_id", trouble.request_id)) if v}
    detail = {"door": operation.door_name}
    if result:
        detail["confirmed"] = "yes" if result.confirmed else "no"
    by_itself = operation.origin.surface == SCHEDULER
    if by_itself:
        detail["on_behalf_of"] = operation.person.user_id
    if operation.relock_at:
        detail["relock_at"] = operation.relock_at.astimezone(UTC).isoformat(timespec="seconds")
    return AuditEvent(
        at=at,
        action=AuditAction.DOOR_RELOCK if by_itself else AUDIT_ACTION[operation.action],
        phase=phase,
        outcome=outcome,
        actor=SYSTEM if by_itself else operation.person,
        surface=operation.origin.surface,
        request_id=operation.origin.request_id,
        device_id=operation.device_id,
        subject_id=operation.op_id,
        reason=type(trouble).__name__ if trouble else rule,
        seam=seam,
        detail=detail,
    )
