"""How a request is written down: its audit rows, and the keys of what is planned for it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.model import Origin, PersonRef
from bot.domain.requests import AccessRequest
from bot.domain.tasks import NewTask, TaskKind


def request_event(
    request: AccessRequest,
    action: AuditAction,
    *,
    at: datetime,
    actor: PersonRef,
    origin: Origin,
    reason: str | None = None,
    outcome: Outcome = Outcome.OK,
    names: bool = False,
    **detail: str,
) -> AuditEvent:
    """A row about a request. Names and reasons go in once, with the request itself, beside the chain."""
    window = request.window
    facts = {
        "action": request.action.value,
        "doors": ",".join(d.device_id for d in request.doors),
        "requester": request.requester.user_id,
        "rule": request.rule_id or request.rule_name,
        "version": str(request.version),
    }
    if request.beneficiary:
        facts["for"] = request.beneficiary.user_id
    if window:
        facts["starts_at"] = window.starts_at.astimezone(UTC).isoformat(timespec="seconds")
        facts["ends_at"] = window.ends_at.astimezone(UTC).isoformat(timespec="seconds") if window.ends_at else ""
    if request.length is not None:
        facts["length_s"] = str(int(request.length.total_seconds()))
    return AuditEvent(
        at=at,
        action=action,
        phase=Phase.NOTE,
        outcome=outcome,
        actor=actor,
        surface=origin.surface,
        request_id=origin.request_id,
        device_id=request.doors[0].device_id if request.doors else None,
        subject_id=request.request_id,
        reason=reason,
        detail=facts | detail,
        personal={k: v for k, v in (("guest", request.guest), ("reason", request.reason)) if v} if names else {},
    )


def card_task(request: AccessRequest, what: str, at: datetime) -> NewTask:
    """Post the card in the approvers' channel, or rewrite it, after `what` happened."""
    return NewTask(
        kind=TaskKind.TELL_REQUEST_CARD,
        subject_id=request.request_id,
        key=f"card:{request.request_id}:{what}",
        due_at=at,
        payload={"what": what},
    )


def requester_task(request: AccessRequest, what: str, at: datetime) -> NewTask:
    """Tell whoever asked that `what` happened."""
    return NewTask(
        kind=TaskKind.TELL_REQUESTER,
        subject_id=request.request_id,
        key=f"requester:{request.request_id}:{what}",
        due_at=at,
        payload={"what": what},
    )


def timer(request: AccessRequest, kind: TaskKind, at: datetime, step: int = 0) -> NewTask:
    """A timer of this request; `step` tells several of one kind apart."""
    return NewTask(
        kind=kind,
        subject_id=request.request_id,
        key=f"{kind.value}:{request.request_id}:{step}",
        due_at=at,
        payload={"step": str(step)},
    )
