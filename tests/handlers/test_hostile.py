"""Thousands of signed payloads that nobody should be able to send: no fault, no act, no exception (A3, A13)."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from bot.sandbox.slack import Failure
from tests.handlers.forging import FORM, JSON, send, signed
from tests.handlers.hostile import payloads
from tests.handlers.stage import Stage

SECRET = b"sandbox-signing-secret"
USERS = [("U0SAM", "T0LATCH"), ("U0GUS", "T0LATCH"), ("U0EVE", "T0OTHER"), ("U0NOBODY", "T0LATCH"), ("", "")]


@pytest.mark.parametrize("seed", [11, 12])
async def test_hostile_payloads_open_nothing_and_break_nothing(
    s: Stage, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    await s.types("sam", "/doors")
    at = s.w.clock.now().timestamp()
    bad = []
    for n, (kind, body) in enumerate(payloads(USERS, 1500, seed)):
        if kind == "interactive":
            raw = urlencode({"payload": json.dumps(body)}).encode()
        elif kind == "event":
            raw = json.dumps(body).encode()
        else:
            flat = {k: v for k, v in body.items() if isinstance(v, str | int | float | None)}
            raw = urlencode(flat, errors="surrogatepass").encode()
        answer = await send(s.w.bot.web, signed(raw, at, secret=SECRET, kind=JSON if kind == "event" else FORM))
        if answer.status >= 500:
            bad.append((n, kind, body, answer))
        if n % 100 == 99:
            await s.w.bot.handlers.desk.drain(30)
    await s.w.settle()
    assert bad == []
    assert len(s.w.seam.truth) == 0
    assert s.codes() == 0
    unexpected = [r for r in caplog.records if r.exc_info or r.getMessage() == "desk.unexpected"]
    assert [(r.getMessage(), r.exc_info) for r in unexpected] == []
    s.w.slack.faults.clear()  # forged triggers and people made calls that Slack refused, as it should


def click(action: str, value: str, user: str = "U0SAM", trigger: str = "3.3.a") -> dict[str, object]:
    return {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T0LATCH"},
        "team": {"id": "T0LATCH"},
        "trigger_id": trigger,
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
    }


async def said_after(s: Stage, payload: dict[str, object], who: str = "sam") -> str:
    before = s.seen(who)
    (await s.delivers(payload)).expect_ok()
    await s.w.settle()
    return s.new(who, before)


async def test_a_door_that_is_not_there_is_refused_in_words_and_audited(s: Stage) -> None:
    assert "no longer known" in await said_after(s, click("door.unlock", "00000000-0000-4000-8000-000000000000"))
    assert ("request.refused", "note", "denied", "U0SAM") in await s.audited()
    assert len(s.w.seam.truth) == 0


@pytest.mark.parametrize("action", ["code.create", "code.change", "code.cancel", "draft.run:0"])
async def test_another_persons_draft_is_nothing_to_me(s: Stage, action: str) -> None:
    await s.types("sam", "/guest-code Dana at Front Door tomorrow 09:00-17:00")
    values = [e["value"] for e in s.last("sam").blocks[-1]["elements"]]  # type: ignore[index]
    for n, value in enumerate(values):
        assert "nothing" in await said_after(s, click(action, value, "U0ANA", f"4.4.{n}"), "ana")
    assert s.codes() == 0
    await s.clicks("sam", "code.create")  # and it is still Sam's
    assert s.codes() == 1


@pytest.mark.parametrize("action", ["draft.run:0", "code.change", "code.create"])
async def test_a_draft_under_another_button_does_nothing(s: Stage, action: str) -> None:
    await s.types("sam", "/guest-code Dana at Front Door tomorrow 09:00-17:00")
    create, change, _ = [e["value"] for e in s.last("sam").blocks[-1]["elements"]]  # type: ignore[index]
    wrong = change if action == "code.create" else create
    said = await said_after(s, click(action, wrong))
    assert "so I did nothing" in said
    assert "fault of my own" not in said
    assert s.codes() == 0
    assert s.unlocks() == 0


@pytest.mark.parametrize("value", ["nope", "", "9" * 1900])
async def test_a_page_that_is_not_there_is_the_first_or_the_last(s: Stage, value: str) -> None:
    assert "Front Door" in await said_after(s, click("doors.page:more", value))


async def test_a_code_that_is_not_there_is_said_in_the_window(s: Stage) -> None:
    trigger = s.w.slack.workspace.triggers.give("U0SAM")
    (await s.delivers(click("code.show:0", "0" * 32, trigger=trigger))).expect_ok()
    await s.w.settle()
    assert "do not know that code" in s.modal("sam")


@pytest.mark.parametrize("metadata", ["", "drop", "guest_code", "reveal", "{}"])
async def test_a_form_for_an_act_that_it_cannot_ask_for_is_refused_in_the_form(s: Stage, metadata: str) -> None:
    await s.types("sam", "/unlock")
    view = s.w.slack.top("sam")
    answer = await s.delivers(
        {
            "type": "view_submission",
            "user": {"id": "U0SAM", "team_id": "T0LATCH"},
            "trigger_id": "6.6.a",
            "view": {
                "id": view.id,
                "type": "modal",
                "callback_id": "door.form",
                "private_metadata": metadata,
                "blocks": view.blocks,
                "state": {"values": {"door": {"door.search": {"selected_option": {"value": s.device("Garage")}}}}},
            },
        }
    )
    assert "nothing" in str(answer.json)
    assert len(s.w.seam.truth) == 0


async def test_a_form_without_a_field_says_it_in_its_place(s: Stage) -> None:
    await s.types("sam", "/unlock")
    view = {"id": s.w.slack.top("sam").id, "type": "modal", "callback_id": "door.form", "private_metadata": "drop"}
    payload = {
        "type": "view_submission",
        "user": {"id": "U0SAM", "team_id": "T0LATCH"},
        "trigger_id": "6.6.c",
        "view": view | {"blocks": []},
    }
    answer = (await s.delivers(payload)).json
    assert "update" in str(answer)
    assert "did nothing" in str(answer)


async def test_an_option_that_was_not_offered_is_refused_in_its_field_and_audited(s: Stage) -> None:
    await s.types("sam", "/unlock")
    view = s.w.slack.top("sam")
    answer = await s.delivers(
        {
            "type": "view_submission",
            "user": {"id": "U0SAM", "team_id": "T0LATCH"},
            "trigger_id": "6.6.b",
            "view": {
                "id": view.id,
                "type": "modal",
                "callback_id": "door.form",
                "private_metadata": "unlock",
                "blocks": view.blocks,
                "state": {"values": {"door": {"door.search": {"selected_option": {"value": "not-offered"}}}}},
            },
        }
    )
    assert "no longer known" in str(answer.json)
    assert ("request.refused", "note", "denied", "U0SAM") in await s.audited()


async def test_a_form_whose_answer_takes_too_long_says_so_in_time(s: Stage) -> None:
    await s.types("sam", "/unlock")
    await s.finds("sam", "door.search", "")
    s.w.bot.handlers.people.forget_user("U0SAM")
    s.w.slack.conditions.fail_next("users.info", Failure.hang())
    await s.submits("sam", {"door.search": "Garage"})
    assert "too long" in str(s.errors("sam"))
    assert s.unlocks() == 0
