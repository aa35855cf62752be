"""How a guest code is written down: its audit rows, and the keys of what is planned for it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.errors import DoorTrouble, OutcomeUnknown
from bot.domain.model import AccessCode, GuestCode, Origin, PersonRef
from bot.domain.tasks import NewTask, TaskKind


def tell_key(order_id: str, what: str) -> str:
    """The key of the notice about this order; `what` tells one notice from the next."""
    return f"tell-order:{order_id}:{what}"


def follow_key(code_id: str) -> str:
    return f"follow:{code_id}"


def follow(code: GuestCode, due_at: datetime) -> NewTask:
    """The timer that follows this code from order to end."""
    return NewTask(kind=TaskKind.FOLLOW_CODE, subject_id=code.code_id, key=follow_key(code.code_id), due_at=due_at)


def code_event(
    code: GuestCode,
    action: AuditAction,
    phase: Phase,
    *,
    at: datetime,
    origin: Origin,
    placed: AccessCode | None = None,
    trouble: DoorTrouble | None = None,
    names: bool = False,
    actor: PersonRef | None = None,
    rule: str | None = None,
) -> AuditEvent:
    """The audit row about a guest code. Names go in once, with the intent, beside the chain."""
    outcome = None
    if phase is Phase.OUTCOME:
        outcome = Outcome.OK if placed else Outcome.UNKNOWN if isinstance(trouble, OutcomeUnknown) else Outcome.FAILED
    seam = {"access_code_id": placed.access_code_id} if placed else {}
    if trouble:
        seam = {k: v for k, v in (("code", trouble.seam_code), ("request_id", trouble.request_id)) if v}
    ends_at = code.window.ends_at
    return AuditEvent(
        at=at,
        action=action,
        phase=phase,
        outcome=outcome,
        actor=actor or code.host,
        surface=origin.surface,
        request_id=origin.request_id,
        device_id=code.device_id,
        subject_id=code.code_id,
        reason=type(trouble).__name__ if trouble else rule,
        seam=seam,
        detail={
            "door": code.door_name,
            "order_id": code.order_id,
            "marker": code.marker,
            "starts_at": code.window.starts_at.astimezone(UTC).isoformat(timespec="seconds"),
            "ends_at": ends_at.astimezone(UTC).isoformat(timespec="seconds") if ends_at else "",
        },
        personal={k: v for k, v in (("guest", code.guest), ("note", code.note)) if v} if names else {},
    )


def act_event(
    code: GuestCode,
    action: AuditAction,
    phase: Phase,
    *,
    at: datetime,
    origin: Origin,
    actor: PersonRef,
    outcome: Outcome | None = None,
    reason: str | None = None,
    **detail: str,
) -> AuditEvent:
    """The audit row about a change of a code that there is: ended, extended, replaced, handed over."""
    return AuditEvent(
        at=at,
        action=action,
        phase=phase,
        outcome=outcome,
        actor=actor,
        surface=origin.surface,
        request_id=origin.request_id,
        device_id=code.device_id,
        subject_id=code.code_id,
        reason=reason,
        seam={"access_code_id": code.access_code_id} if code.access_code_id else {},
        detail={"door": code.door_name, "order_id": code.order_id, "marker": code.marker, **detail},
    )


def stamp(moment: datetime | None) -> str:
    """A moment for the audit log, or "" for none."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
