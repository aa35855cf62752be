"""The main job against counterparts nobody here wrote: what is typed in Slack happens at Seam, is told, is recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.counterparts import ALICE, TEAM
from tests.e2e.stage import OFFICE, Stage, input_values, moment, until

pytestmark = pytest.mark.counterpart

BERLIN = ZoneInfo("Europe/Berlin")


def tomorrow(hour: int) -> datetime:
    day = datetime.now(BERLIN).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN)


async def test_unlock_then_lock(stage: Stage) -> None:
    await stage.type(ALICE, "/unlock office lock")
    await stage.said("took the command")  # the fake's attempts never say that the lock itself confirmed
    assert await stage.seam.locked(OFFICE) is False
    _, opened = await stage.recorded("door.unlock")
    assert (opened["actor"], opened["team"], opened["device_id"]) == (ALICE, TEAM, OFFICE)
    assert opened["seam"]["action_attempt_id"]

    await stage.type(ALICE, "/lock office")
    await stage.said("to lock. This lock does not confirm")
    assert await stage.seam.locked(OFFICE) is True
    _, closed = await stage.recorded("door.lock")
    assert closed["request_id"] != opened["request_id"]


async def test_a_door_that_cannot_is_explained_and_recorded(stage: Stage) -> None:
    await stage.type(ALICE, "/unlock store room")
    said = await stage.said("Remote Unlock")
    assert "is unlocked" not in json.dumps(said)
    row = await until(lambda: _refusal(stage), "the refusal in the audit log")
    assert row["actor"] == ALICE


async def _refusal(stage: Stage) -> dict[str, object] | None:
    rows = await stage.bot.audit()
    return next((r for r in rows if r["outcome"] in {"failed", "denied"}), None)


async def test_a_door_that_is_not_there_gets_near_names(stage: Stage) -> None:
    await stage.type(ALICE, "/unlock ofice lock")
    await stage.said("took the command")  # a typo is forgiven
    await stage.type(ALICE, "/unlock swimming pool")
    await stage.said("swimming pool")


async def test_a_guest_code_from_text(stage: Stage) -> None:
    await stage.type(ALICE, "/guest-code Dana (plumber) at Office Lock tomorrow 9-17")
    question = await stage.said("Is this the code you want?")
    assert not await stage.seam.codes(OFFICE)  # nothing is made before the button

    await stage.slack.click(ALICE, "C01GEN", question, "code.create")
    code = await until(lambda: _code(stage), "the code at Seam")
    assert code["name"].startswith("Dana")
    assert (moment(code["starts_at"]), moment(code["ends_at"])) == (tomorrow(9), tomorrow(17))

    intent, row = await stage.recorded("code.create")
    assert (row["actor"], row["device_id"]) == (ALICE, OFFICE)
    assert row["seam"]["access_code_id"] == code["access_code_id"]
    assert intent["personal"]["guest"] == "Dana (plumber)"
    card = await stage.said("Dana (plumber)", await stage.dm(ALICE))
    assert code["code"] not in json.dumps(card)

    again = await stage.slack.click(ALICE, "C01GEN", question, "code.create")
    assert again
    await _nothing_new(stage)


async def test_a_guest_code_through_the_modal(stage: Stage) -> None:
    await stage.type(ALICE, "/guest-code")
    view = await stage.slack.wait_view(10, "code.form")
    values = input_values(
        guest__value={"type": "plain_text_input", "value": "Ada"},
        doors__code_dot_doors={
            "type": "multi_external_select",
            "selected_options": [{"text": {"type": "plain_text", "text": "Office Lock"}, "value": OFFICE}],
        },
        when__code_dot_when={"type": "plain_text_input", "value": "tomorrow 14:00-16:00"},
        pin__value={"type": "plain_text_input", "value": "4711"},
        note__value={"type": "plain_text_input", "value": "meter reading"},
    )
    wrong = values | input_values(when__code_dot_when={"type": "plain_text_input", "value": "yesterday 9-17"})
    await stage.slack.submit(view, ALICE, wrong)
    errors = await until(lambda: _view_errors(stage), "an error at the field")
    assert set(errors) == {"when"}
    assert not await stage.seam.codes(OFFICE)

    await stage.slack.submit(view, ALICE, values)
    await stage.slack.wait_no_view(10)
    code = await until(lambda: _code(stage), "the code at Seam")
    assert (code["code"], code["name"][:3]) == ("4711", "Ada")
    assert (moment(code["starts_at"]), moment(code["ends_at"])) == (tomorrow(14), tomorrow(16))
    intent, row = await stage.recorded("code.create")
    assert (intent["surface"], row["surface"]) == ("modal", "modal")
    card = await stage.said("Ada", await stage.dm(ALICE))
    assert "4711" not in json.dumps(card)

    await stage.slack.click(ALICE, await stage.dm(ALICE), card, "code.show:0")
    shown = await until(lambda: _revealed(stage), "the code in a modal")
    assert "4711" in json.dumps(shown)
    rows = await stage.bot.audit()
    assert [r["actor"] for r in rows if r["action"] == "code.reveal"] == [ALICE]
    assert not any("4711" in json.dumps(r["detail"]) for r in rows)
    assert not any("4711" in json.dumps(line) for line in stage.bot.log())


async def test_unlock_for_a_time_says_when_it_locks_again(stage: Stage) -> None:
    before = datetime.now(UTC)
    await stage.type(ALICE, "/unlock Office Lock for 30 min")
    said = await stage.said("I will lock it again at")
    assert f"{(before + timedelta(minutes=30)).astimezone(BERLIN):%H}:" in json.dumps(said) or before.minute >= 29
    assert await stage.seam.locked(OFFICE) is False
    await stage.recorded("door.unlock")


async def test_doors_and_help_are_shown(stage: Stage) -> None:
    await stage.type(ALICE, "/doors")
    await stage.said("Store Room")
    await stage.type(ALICE, "/latchkey help")
    await stage.said("What I can do")


async def _code(stage: Stage) -> dict[str, object] | None:
    codes = await stage.seam.codes(OFFICE)
    assert len(codes) < 2, "one order made two codes"
    return codes[0] if codes else None


async def _nothing_new(stage: Stage) -> None:
    await stage.said("used", "C01GEN")
    assert len(await stage.seam.codes(OFFICE)) == 1


async def _view_errors(stage: Stage) -> dict[str, object] | None:
    return stage.slack.view_errors[-1] if stage.slack.view_errors else None


async def _revealed(stage: Stage) -> dict[str, object] | None:
    top = stage.slack.views[-1] if stage.slack.views else {}
    return top if any(block["type"] == "header" for block in top.get("blocks", ())) else None
