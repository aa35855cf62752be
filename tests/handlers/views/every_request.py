"""Every view and message about requests, with one text in every place where others' words may stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.model import Action, PersonRef
from bot.domain.requests import AccessRequest, RequestedDoor, RequestState, Review, Verdict
from handlers.json_types import Json
from handlers.views import request_forms, requests
from tests.handlers.views.nasty import BERLIN, NOW, WINDOW

Shown = tuple[str, Callable[..., object], Json]

SAM, ANA = PersonRef(team_id="T1", user_id="U0SAM"), PersonRef(team_id="T1", user_id="U0ANA")


def every_request(text: str) -> Iterator[Shown]:
    """(a name, the function it comes from, what it gave)."""
    for state in RequestState:
        for request in _variants(text, state):
            yield f"request {state}", requests.card, requests.card(request, _facts(text))
            yield f"own {state}", requests.own_card, requests.own_card(request, "<@U0ANA>", emergency=True)
            yield "already", requests.already_decided, requests.already_decided(request, text)
            step = requests.step(request)
            if step:
                yield f"step {state}", requests.step, step
    request = one_request(text)
    yield "asked", requests.asked, requests.asked(request, "<@U0ANA>")
    yield "reminder", requests.reminder, requests.reminder(request, "<@U0ANA>")
    yield "loud", requests.emergency_notice, requests.emergency_notice(request)
    yield "admins", requests.admin_notice, requests.admin_notice("A request could not be made.")
    yield "ask button", request_forms.ask_button, request_forms.ask_button(text, text, "draft")
    yield "reason form", request_forms.reason_form, request_forms.reason_form("draft", text, text)
    yield "deny form", request_forms.deny_form, request_forms.deny_form(request)
    yield "emergency form", request_forms.emergency_form, request_forms.emergency_form(request)
    for asked in _variants(text, RequestState.PENDING):
        yield "change form", request_forms.change_form, request_forms.change_form(asked, text)


def _facts(text: str) -> requests.CardFacts:
    return requests.CardFacts(deciders="<@U0ANA>", verdicts=[(text, None), (text, text)], now=NOW)


def _variants(text: str, state: RequestState) -> Iterator[AccessRequest]:
    base = replace(one_request(text), state=state)
    yield base
    yield replace(base, window=None, length=timedelta(hours=2), action=Action.UNLOCK, guest="", reason="")
    yield replace(base, window=None, action=Action.LOCK, beneficiary=ANA, taken_by=ANA, changed_by=ANA)
    yield replace(base, break_glass=True, outcome=text)
    yield replace(base, break_glass=True, reviewed_by=ANA, reviewed_at=NOW, outcome=text or None)


def one_request(text: str) -> AccessRequest:
    return AccessRequest(
        request_id="a" * 32,
        action=Action.GUEST_CODE,
        doors=tuple(RequestedDoor(device_id=f"d{n}", name=text, timezone=BERLIN) for n in range(3)),
        requester=SAM,
        beneficiary=None,
        guest=text,
        reason=text,
        window=WINDOW,
        length=None,
        rule_id="rule",
        rule_name=text,
        channel="C0REQ",
        state=RequestState.PENDING,
        version=1,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        decided_at=NOW,
        outcome=text or None,
        reviews=(
            Review(person=ANA, verdict=Verdict.APPROVE, reason="", at=NOW),
            Review(person=SAM, verdict=Verdict.DENY, reason=text, at=NOW),
        ),
    )
