"""Every view and message that the bot can send, with one text in every place where others' words may stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from bot.domain.errors import AmbiguousDoor, BadField, LockRefused, UnknownDoor
from bot.domain.listing import Listing
from bot.domain.model import Action, GuestCodeState, OperationState, PersonRef
from bot.domain.pin import Pin
from bot.domain.preflight import CannotBecause, Change, ChangeKind, Works, WorksWithChanges
from bot.domain.talk import ACTS, Asking
from handlers.ids import ActionId
from handlers.json_types import Json
from handlers.views import (
    audit_log,
    code_form,
    code_life,
    code_list,
    doors,
    guest_codes,
    guest_list,
    help,
    home,
    preflight,
    problems,
    talk,
)
from handlers.views.times import short
from tests.handlers.views.every_log import every_log
from tests.handlers.views.every_request import every_request, one_request
from tests.handlers.views.every_rule import every_rule
from tests.handlers.views.nasty import BERLIN, NEW_YORK, NOW, WINDOW, door, guest_code, operation

Shown = tuple[str, Callable[..., object], Json]


def every(text: str) -> Iterator[Shown]:
    """(a name, the function it comes from, what it gave)."""
    yield from _doors(text)
    yield from _codes(text)
    yield from _lists(text)
    yield from _others(text)
    yield from every_request(text)
    yield from every_rule(text)
    yield from every_log(text)


def _doors(text: str) -> Iterator[Shown]:
    many = [door(text, n, online=bool(n % 2), locked=None if n % 3 else True) for n in range(25)]
    yield "no doors", doors.door_list, doors.door_list([], 0)
    yield "one door", doors.door_list, doors.door_list(many[:1], 0)
    for page in (-1, 0, 1, 2, 99):
        yield f"page {page}", doors.door_list, doors.door_list(many, page)
    for action in Action.UNLOCK, Action.LOCK:
        for confirmed in True, False:
            for late in True, False:
                done = operation(text, action=action, confirmed=confirmed, relock_at=NOW + timedelta(minutes=30))
                yield f"{action} done", doors.operation_ended, doors.operation_ended(done, late=late)
        yield f"{action} form", doors.door_form, doors.door_form(action)
        yield f"{action} form filled", doors.door_form, doors.door_form(action, door=many[0], hint=text)
    for trouble in str(LockRefused(text, detail=text)), text or None, None:
        for state in OperationState.FAILED, OperationState.UNKNOWN:
            failed = operation(text, state=state, trouble=trouble)
            yield f"{state}", doors.operation_ended, doors.operation_ended(failed)
            yield f"{state} late", doors.operation_ended, doors.operation_ended(failed, late=True)
    yield "not locked", doors.not_locked, doors.not_locked(operation(text))
    yield "interrupted", doors.interrupted, doors.interrupted(text)


def _codes(text: str) -> Iterator[Shown]:
    echoes = (
        None,
        code_form.Echo(words=text),
        code_form.Echo(words=text, assumptions=(text, text)),
        code_form.Echo(words=text, understood=False),
    )
    for echo in echoes:
        filled = code_form.CodeFormFill(
            guest=text, doors=(door(text), door(text, 1)), when=text, note=text, hint=text, echo=echo
        )
        yield "code form", code_form.code_form, code_form.code_form(filled)
        yield "echo", code_form.echo_block, {"text": "x", "blocks": [code_form.echo_block(echo)]}
    for picked in (
        code_form.Picked(zone=BERLIN),
        code_form.Picked(zone=BERLIN, start_date="2026-12-01", start_time="09:00", end_date="2026-12-02"),
    ):
        form = code_form.code_form(code_form.CodeFormFill(guest=text, note=text, picked=picked))
        yield "code form with pickers", code_form.code_form, form
    yield "empty code form", code_form.code_form, code_form.code_form(code_form.CodeFormFill())
    for count in 1, 2, 3:
        choices = [
            code_form.Choice(
                draft_id=f"d{n}", echo=code_form.Echo(words=text, assumptions=(text,)), label=short(WINDOW, BERLIN)
            )
            for n in range(count)
        ]
        yield "confirm", code_form.confirm, code_form.confirm(text, [text] * count, choices, "c")
    yield from _verdicts(text)
    for state in GuestCodeState:
        for count in 1, 10:
            codes = [guest_code(text, n, state=state, trouble=text) for n in range(count)]
            yield f"card {state}", guest_codes.card, guest_codes.card(codes, NEW_YORK)
        code = guest_code(text, state=state)
        yield "card without note", guest_codes.card, guest_codes.card([guest_code(text, state=state, note="")])
        yield "reveal", guest_codes.reveal, guest_codes.reveal(code, Pin("123456"), NEW_YORK)
    stuck = guest_codes.needs_attention(
        [guest_code(text, n, state=GuestCodeState.STUCK, trouble=text or "x") for n in range(10)]
    )
    assert stuck
    yield "stuck", guest_codes.needs_attention, stuck
    for state in GuestCodeState:
        code = guest_code(text, state=state, trouble=text, host=PersonRef(team_id="T1", user_id="U0SAM"))
        yield "extend form", code_life.extend_form, code_life.extend_form("o" * 32, code, code_form.Echo(words=text))
        yield "stuck alarm", code_life.stuck_alarm, code_life.stuck_alarm(code)
        yield "arrived", code_life.arrived, code_life.arrived(code, NOW)
        yield "end is near", code_life.end_is_near, code_life.end_is_near([code] * 3, NOW)
        yield "unstuck", code_life.unstuck, code_life.unstuck(code)
        yield "not extended", code_life.not_extended, code_life.not_extended(code)
    yield "reveal loading", guest_codes.reveal_loading, guest_codes.reveal_loading()
    yield "reveal refused", guest_codes.reveal_refused, guest_codes.reveal_refused(text)


def _verdicts(text: str) -> Iterator[Shown]:
    """Ten doors, each with its line: the most that one order has."""
    change = Change(kind=ChangeKind.LATER_START, words=text)
    doors = [door(text, n) for n in range(10)]
    for verdicts in (
        [Works(door=d, window=WINDOW) for d in doors],
        [Works(door=d, window=WINDOW, notes=(text, text)) for d in doors],
        [WorksWithChanges(door=d, window=WINDOW, changes=(change,), notes=(text,), is_offline=True) for d in doors],
        [CannotBecause(door=d, reason=text or "no") for d in doors],
    ):
        block = preflight.verdict_block(verdicts)
        yield "verdicts", preflight.verdict_block, {"text": "x", "blocks": [block]}
        form = code_form.code_form(code_form.CodeFormFill(guest=text, verdicts=tuple(verdicts)))
        yield "form with verdicts", code_form.code_form, form
        echo = code_form.Echo(words=text)
        choice = code_form.Choice(draft_id="d", echo=echo, label="x", verdicts=tuple(verdicts))
        asked = code_form.confirm(text, [text] * 10, [choice], "c", can_change=False)
        yield "confirm with verdicts", code_form.confirm, asked


def _lists(text: str) -> Iterator[Shown]:
    yield "guest list", guest_list.list_form, guest_list.list_form(text)
    takes = Works(door=door(text), window=WINDOW, notes=(text,))
    read = guest_list.Row(typed=text, guest=text, words=text, verdicts=(takes,))
    rows = [read, guest_list.Row(typed=text, reason=text or "no")] * 10
    yield "guest list read", guest_list.list_preview, guest_list.list_preview("d" * 32, rows, ready=10)
    yield "nothing read", guest_list.list_preview, guest_list.list_preview("d" * 32, rows[1:2], ready=0)
    yield "guest list made", guest_list.list_made, guest_list.list_made(2, [(text, text)] * 20)
    states = [*GuestCodeState][:5]
    host = PersonRef(team_id="T1", user_id="U0SAM")
    codes = tuple(guest_code(text, n, state=state, trouble=text, host=host) for n, state in enumerate(states))
    asked = tuple(one_request(text) for _ in range(5))
    for attention in None, (), codes:
        full = Listing(codes=codes, page=1, pages=3, total=11, requests=asked, attention=attention)
        yield "my codes", code_list.code_list, code_list.code_list(full, NEW_YORK)
        yield "home with codes", home.home, home.home([], None, full, NEW_YORK)
    empty = Listing(codes=(), page=0, pages=1, total=0, requests=())
    yield "no codes", code_list.code_list, code_list.code_list(empty)


def _others(text: str) -> Iterator[Shown]:
    for action in Action.UNLOCK, Action.LOCK:
        for until in None, NOW + timedelta(minutes=30):
            proposed = talk.proposal(action, door(text), until, ActionId.DRAFT_RUN, "d")
            yield "proposal", talk.proposal, proposed
    yield "incomplete", talk.incomplete, talk.incomplete(text, "d")
    for asking in set(Asking) - ACTS - {Asking.HELP, Asking.DOORS, Asking.STATE, Asking.WHO}:
        yield f"{asking}", talk.nothing_done, talk.nothing_done(asking)
    for online in True, False:
        for locked in True, False, None:
            yield "state", talk.state, talk.state(door(text, online=online, locked=locked))
    for count in 0, 1, 30:
        codes = [guest_code(text, n) for n in range(count)]
        if codes:
            yield "end which", talk.end_which, talk.end_which(codes)
        for of_all in True, False:
            yield "who", talk.who_has_access, talk.who_has_access(door(text), codes, of_all=of_all)
    yield "help", help.help_text, help.help_text()
    yield "anchor", audit_log.anchor_notice, audit_log.anchor_notice(text)
    yield "sentence", problems.sentence, problems.sentence(text)
    candidates = [door(text, n) for n in range(5)]
    values = {d.device_id: d.device_id for d in candidates}
    ambiguous = AmbiguousDoor(text, candidates)
    for error in (
        UnknownDoor(text),
        UnknownDoor(text, (text, text)),
        ambiguous,
        BadField("when", text),
        LockRefused(text, detail=text),
    ):
        yield "problem", problems.problem, problems.problem(error)
    choose = problems.choose_door(ambiguous, ActionId.UNLOCK, "Unlock", values)
    yield "which door", problems.choose_door, choose
    yield "still working", problems.still_working, problems.still_working(text)
    yield "unexpected", problems.unexpected, problems.unexpected("ABC123")
