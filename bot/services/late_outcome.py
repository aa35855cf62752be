"""An outcome that was unknown is known after all: written down, and told again, now truly."""

from __future__ import annotations

from datetime import datetime

from bot.domain.audit import Phase
from bot.domain.errors import DoorTrouble
from bot.domain.model import ActionResult, Operation, OperationState
from bot.domain.tasks import NewTask, TaskKind
from bot.services.operation_records import operation_event, tell_key
from storage.transaction import Transaction


def settle_late(
    tx: Transaction,
    operation: Operation,
    state: OperationState,
    *,
    at: datetime,
    result: ActionResult | None,
    trouble: DoorTrouble | None,
) -> None:
    """Move `operation` from UNKNOWN to `state` (DONE or FAILED), if it is still unknown."""
    if not tx.operations.end(
        operation.op_id,
        state,
        at=at,
        action_attempt_id=result.action_attempt_id if result else operation.action_attempt_id,
        confirmed=result.confirmed if result else None,
        trouble=str(trouble) if trouble else None,
        before=OperationState.UNKNOWN,
    ):
        return
    tx.audit.record(operation_event(operation, Phase.NOTE, at=at, state=state, result=result, trouble=trouble))
    tx.tasks.plan(
        NewTask(
            kind=TaskKind.TELL_OPERATION,
            subject_id=operation.op_id,
            key=f"{tell_key(operation.op_id)}:late",
            due_at=at,
            payload={"late": "yes"},
        )
    )
