"""Every view about the audit log, with one text in every place where others' words may stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.log_entry import LogChain, LogEntry, LogPage
from bot.domain.log_question import LogQuestion, Only
from bot.domain.model import PersonRef
from handlers.json_types import Json
from handlers.views import audit_log
from tests.handlers.views.nasty import BERLIN, NOW

ACTIONS = (
    "door.unlock",
    "door.relock",
    "code.create",
    "code.followed",
    "door.used",
    "request.submitted",
    "rules.changed",
    "new.kind",
)


def entry(text: str, n: int = 0, *, action: str = "door.unlock", outcome: str | None = "ok") -> LogEntry:
    return LogEntry(
        seq=n + 1,
        at=NOW,
        zone=BERLIN,
        action=action,
        phase="outcome" if outcome else "intent",
        outcome=outcome,
        actor=PersonRef(team_id="T1", user_id="U1"),
        device_id="d1",
        door=text,
        subject_id=f"{n:032x}",
        reason=text,
        rule=text,
        approved_by=("U2", "U3"),
        detail={"marker": "7F3K", "on_behalf_of": "U2", "confirmed": "no", "action": "guest_code"}
        | {"starts_at": NOW.isoformat(), "ends_at": (NOW + timedelta(hours=2)).isoformat()},
        seam={"access_code_id": text},
        personal={"guest": text, "note": text},
    )


def every_log(text: str) -> Iterator[tuple[str, Callable[..., object], Json]]:
    names = {"U1": text, "U2": text}
    asked = LogQuestion(zone=BERLIN)
    exact = replace(
        asked,
        device_id="d1",
        user_id="U1",
        only=Only.REFUSED,
        since=NOW,
        until=NOW + timedelta(hours=1),
        before=(NOW, 9),
    )
    lines = [
        entry(text, n, action=ACTIONS[n % len(ACTIONS)], outcome=("ok", "failed", "unknown", "denied", None)[n % 5])
        for n in range(35)
    ]
    for question in asked, exact, replace(exact, only=Only.FAILED):
        page = LogPage(question=question, entries=tuple(lines[:10]), earlier=(NOW, 1), door=text, some_doors=True)
        yield "log page", audit_log.log_page, audit_log.log_page(page, names, "d" * 32)
        nothing = replace(page, entries=(), earlier=None, own_only=True)
        yield "empty log page", audit_log.log_page, audit_log.log_page(nothing, {}, "d" * 32)
    chain = LogChain(typed=text or "x", entries=tuple(lines))
    yield "chain", audit_log.why_chain, audit_log.why_chain(chain, names)
