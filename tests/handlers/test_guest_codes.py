"""/guest-code and its shortcuts as people use them."""

from __future__ import annotations

import pytest

from bot.sandbox.seam.brands import TTLOCK
from bot.sandbox.seam.locks import VirtualLock
from tests.handlers.conftest import Raise
from tests.handlers.stage import Stage

LINE = "/guest-code Dana (plumber) at Front Door tomorrow 09:00-17:00"
READ = "Tuesday, November 24, 2026, 9:00 AM – 5:00 PM · Berlin time · 8 h"


async def test_a_line_is_read_asked_back_and_made(s: Stage) -> None:
    asked = await s.types("sam", LINE)
    assert "Dana (plumber)" in asked
    assert "Front Door" in asked
    assert READ in asked
    assert s.codes() == 0
    said = await s.clicks("sam", "code.create")
    assert "Tue 24 Nov 2026, 09:00 to 17:00, Berlin time (8 h)" in said
    assert "Dana (plumber)" in said
    assert s.codes() == 1
    rows = await s.audited()
    assert ("code.create", "intent", "", "U0SAM") in rows
    assert ("code.create", "outcome", "ok", "U0SAM") in rows
    await s.later(seconds=20)
    assert any("scheduled" in m for m in s.dm("sam"))


async def test_a_line_may_name_several_doors(s: Stage) -> None:
    asked = await s.types("sam", LINE.replace("Front Door", "Front Door and Garage"))
    assert "Front Door" in asked
    assert "Garage" in asked
    said = await s.clicks("sam", "code.create")
    assert "Dana (plumber)" in said
    assert "Dana (plumber) at" not in said
    assert s.codes() == 2


async def test_cancel_makes_nothing_also_when_the_old_button_is_pressed_after(s: Stage) -> None:
    await s.types("sam", LINE)
    asked = s.last("sam")
    assert "no code was made" in await s.clicks("sam", "code.cancel")
    assert "already used" in await s.clicks("sam", "code.create", asked)
    assert s.codes() == 0


async def test_change_opens_the_form_with_what_was_understood(s: Stage) -> None:
    await s.types("sam", LINE)
    await s.clicks("sam", "code.change")
    form = s.modal("sam")
    assert "Dana (plumber)" in form
    assert "Front Door" in form
    assert "tomorrow 09:00-17:00" in form
    assert READ in form
    await s.submits("sam", {"guest.value": "Dana Miller"})
    assert s.codes() == 1
    assert "Dana Miller" in s.dm("sam")[-1]


async def test_a_double_click_on_create_makes_one_code(s: Stage) -> None:
    await s.types("sam", LINE)
    asked = s.last("sam")
    for outcome in (
        await s.w.slack.click("sam", asked, "code.create"),
        await s.w.slack.click("sam", asked, "code.create"),
    ):
        outcome.expect_ok()
    await s.w.settle()
    assert s.codes() == 1


async def test_of_two_readings_only_one_becomes_a_code(s: Stage) -> None:
    asked = await s.types("sam", "/guest-code Dana at Front Door tomorrow 7-8")
    assert "two ways" in asked
    question = s.last("sam")
    await s.clicks("sam", "code.create:0", question)
    assert "already used" in await s.clicks("sam", "code.create:1", question)
    assert s.codes() == 1


@pytest.mark.parametrize(
    ("typed", "hint", "kept"),
    [
        ("/guest-code", "", ""),
        ("/guest-code Dana", "", "Dana"),
        ("/guest-code Dana at Front Door", "", "Front Door"),
        ("/guest-code Dana at Narnia tomorrow 09:00-17:00", "no door called “Narnia”", "tomorrow 09:00-17:00"),
        ("/guest-code at Front Door tomorrow 09:00-17:00", "", READ),
    ],
)
async def test_what_is_missing_is_asked_in_the_form(s: Stage, typed: str, hint: str, kept: str) -> None:
    await s.types("sam", typed)
    form = s.modal("sam")
    assert hint in form
    assert kept in form
    assert s.codes() == 0


async def fill(s: Stage, **more: str) -> dict[str, object]:
    await s.types("sam", "/guest-code")
    await s.finds("sam", "code.doors", "")
    values = {"guest": "Dana", "when": "tomorrow 09:00-17:00", **more}
    return {
        "code.doors": ["Front Door"],
        **{f"{k}.{'code.when' if k == 'when' else 'value'}": v for k, v in values.items()},
    }


async def test_the_form_makes_a_code_with_the_pin_of_ones_own(s: Stage) -> None:
    await s.submits("sam", await fill(s, pin="482915", note="Boiler"))
    assert s.codes() == 1
    await s.later(seconds=20)
    await s.w.slack.click("sam", s.w.slack.screen("sam").dm.last, "code.show:0")
    await s.w.settle()
    assert s.pin_shown("sam") == "482915"


async def test_one_order_may_be_for_several_doors_and_they_share_the_pin(s: Stage) -> None:
    values = await fill(s)
    await s.submits("sam", values | {"code.doors": ["Front Door", "Back Door"]})
    assert s.codes() == 2
    await s.later(days=1)
    shown = set()
    for n in 0, 1:
        await s.w.slack.click("sam", s.w.slack.screen("sam").dm.last, f"code.show:{n}")
        await s.w.settle()
        shown.add(s.pin_shown("sam"))
        await s.w.slack.close("sam")
    assert len(shown) == 1
    pin = shown.pop()
    assert all(s.w.seam.enter_pin(s.device(d), pin).opened for d in ("Front Door", "Back Door"))


async def test_the_preview_follows_the_typing_and_keeps_what_was_typed(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    await s.finds("sam", "code.doors", "")
    s.w.slack.fill("sam", None, {"guest.value": "Dana", "note.value": "Boiler", "pin.value": "482915"})
    await s.edits("sam", "code.doors", ["Front Door"])
    for typed, echo in (
        ("tomorrow 09:00-17:00", READ),
        ("tomorrow 09:00-18:00", "9:00 AM – 6:00 PM · Berlin time · 9 h"),
        ("banana", "For example"),
        ("friday 13:00-14:00", "Friday, November 27, 2026, 1:00 PM – 2:00 PM · Berlin time · 1 h"),
    ):
        form = await s.edits("sam", "code.when", typed)
        assert echo in form
        for kept in "Dana", "Boiler", "482915", "Front Door", typed:
            assert kept in form
    await s.submits("sam")
    assert not s.has_modal("sam"), s.errors("sam")
    assert s.codes() == 1


async def test_what_the_form_was_opened_with_survives_the_preview(s: Stage) -> None:
    await s.types("sam", "/guest-code Dana at Narnia tomorrow 09:00-17:00")
    await s.finds("sam", "code.doors", "")
    await s.edits("sam", "code.doors", ["Front Door"])
    form = await s.edits("sam", "code.when", "tomorrow 09:00-18:00")
    assert "Dana" in form
    await s.submits("sam")
    assert s.codes() == 1


async def test_a_stale_preview_loses(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    view = s.w.slack.top("sam")
    old = {
        "type": "block_actions",
        "user": {"id": "U0SAM", "team_id": "T0LATCH"},
        "trigger_id": "9.9.x",
        "view": {
            "id": view.id,
            "hash": "1.stale",
            "state": {"values": {"when": {"code.when": {"type": "plain_text_input", "value": "friday 10:00-11:00"}}}},
        },
        "actions": [{"type": "plain_text_input", "action_id": "code.when", "block_id": "when", "value": "x"}],
    }
    await s.edits("sam", "code.when", "tomorrow 09:00-17:00")
    (await s.delivers(old)).expect_ok()
    await s.w.settle()
    assert READ in s.modal("sam")
    assert "Fri 27 Nov" not in s.modal("sam")


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"when.code.when": "yesterday 09:00-17:00"}, "when", "over"),
        ({"when.code.when": "from friday 17:00 to friday 09:00 27 november 2026"}, "when", ""),
        ({"when.code.when": "banana"}, "when", "For example"),
        ({"pin.value": "12"}, "pin", "4 to 12 digits"),
        ({"pin.value": "12ab56"}, "pin", "4 to 12 digits"),
        ({"pin.value": "111111111111"}, "pin", "Front Door"),
        ({"guest.value": "\u200b \u2060"}, "guest", "Who is the code for"),
        ({"code.doors": ["Loading Dock"]}, "doors", None),
    ],
)
async def test_each_bad_field_is_marked_where_it_is_and_nothing_typed_is_lost(
    s: Stage, changed: dict[str, object], field: str, said: str | None
) -> None:
    values = await fill(s) | changed
    await s.submits("sam", values)
    if said is None:  # it takes the zone of LATCHKEY_TIMEZONE
        assert not s.has_modal("sam")
        return
    assert field in s.errors("sam")
    assert said in s.errors("sam")[field]
    form = s.modal("sam")
    for value in values.values():
        if isinstance(value, str) and value.isprintable():
            assert value in form
    assert s.codes() == 0


async def test_a_name_longer_than_the_field_is_refused_also_when_the_client_lets_it_through(s: Stage) -> None:
    await s.types("sam", "/guest-code")
    view = s.w.slack.top("sam")
    state = {
        "guest": {"value": {"type": "plain_text_input", "value": "x" * 200}},
        "doors": {"code.doors": {"selected_options": [{"value": s.device("Front Door")}]}},
        "when": {"code.when": {"value": "tomorrow 09:00-17:00"}},
    }
    answer = await s.delivers(submission(view.id, "code.form", state, view.blocks))
    assert "too long" in str(answer.json)
    for broken, said in (
        ({"doors": {"code.doors": {"selected_options": []}}}, "at least one door"),
        ({"doors": {"code.doors": {"selected_options": [{"value": "no-such-door"}]}}}, "no longer known"),
    ):
        good = state | {"guest": {"value": {"value": "Dana"}}} | broken
        answer = await s.delivers(submission(view.id, "code.form", good, view.blocks))
        assert said in str(answer.json)
    assert s.codes() == 0


def submission(view_id: str, callback_id: str, state: object, blocks: object, user: str = "U0SAM") -> dict[str, object]:
    return {
        "type": "view_submission",
        "user": {"id": user, "team_id": "T0LATCH"},
        "team": {"id": "T0LATCH"},
        "trigger_id": "7.7.y",
        "view": {
            "id": view_id,
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": "",
            "blocks": blocks,
            "state": {"values": state},
        },
    }


async def test_a_pin_that_is_in_use_is_refused_in_its_field(s: Stage) -> None:
    await s.submits("sam", await fill(s, pin="482915"))
    await s.submits("sam", await fill(s, pin="482915", guest="Eli"))
    assert "already in use" in s.errors("sam")["pin"]
    assert s.codes() == 1


async def test_a_pin_with_digits_that_the_pad_has_not_is_refused(s: Stage) -> None:
    values = await fill(s, pin="482915")
    await s.submits("sam", values | {"code.doors": ["Garage"]})
    assert "digits 1 to 6" in s.errors("sam")["pin"]


async def test_doors_in_different_zones_do_not_share_one_time(stage_with: Raise) -> None:
    doors = [
        VirtualLock(name="Front Door", brand=TTLOCK),
        VirtualLock(name="New York", brand=TTLOCK, time_zone="America/New_York"),
    ]
    async with stage_with(doors) as s:
        values = await fill(s)
        await s.submits("sam", values | {"code.doors": ["Front Door", "New York"]})
        assert "different time zones" in s.errors("sam")["doors"]


async def test_submit_pressed_twice_makes_one_code(s: Stage) -> None:
    values = await fill(s)
    view = s.w.slack.fill("sam", None, values)
    payload = submission(view.id, "code.form", view.state, view.blocks)
    for trigger in "7.7.y", "7.7.z":
        (await s.delivers(payload | {"trigger_id": trigger})).expect_ok()
    await s.w.settle()
    assert s.codes() == 1


async def test_the_global_shortcut_opens_the_empty_form(s: Stage) -> None:
    (await s.w.slack.shortcut("sam", "guest_code_new")).expect_ok()
    await s.w.settle()
    assert "Guest code" in s.modal("sam")


async def test_the_message_shortcut_reads_guest_door_and_time(s: Stage) -> None:
    message = await s.w.slack.say("ana", "general", "Dana Miller at the Front Door tomorrow 09:00-17:00")
    (await s.w.slack.message_shortcut("sam", message, "guest_code_from_message")).expect_ok()
    await s.w.settle()
    form = s.modal("sam")
    for read in "Dana Miller", "Front Door", READ:
        assert read in form


async def make(s: Stage) -> str:
    """Sam makes a code. Returns its id."""
    await s.types("sam", LINE)
    await s.clicks("sam", "code.create")
    await s.later(seconds=20)
    card = s.w.slack.screen("sam").dm.last
    return next(str(b["accessory"]["value"]) for b in card.blocks if "accessory" in b)  # type: ignore[index]


async def test_the_host_sees_the_pin_in_a_modal_and_that_is_audited(s: Stage) -> None:
    await make(s)
    await s.w.slack.click("sam", s.w.slack.screen("sam").dm.last, "code.show:0")
    await s.w.settle()
    pin = s.pin_shown("sam")
    assert pin.isdigit()
    assert f"your code for Front Door is {pin}" in s.modal("sam")
    assert ("code.reveal", "note", "ok", "U0SAM") in await s.audited()
    assert pin not in str([s.seen(who) for who in ("sam", "ana", "mia", "gus")])


@pytest.mark.parametrize(("who", "team"), [("U0ANA", "T0LATCH"), ("U0GUS", "T0LATCH"), ("U0EVE", "T0OTHER")])
async def test_nobody_else_sees_the_pin_and_the_attempt_is_audited(s: Stage, who: str, team: str) -> None:
    code_id = await make(s)
    trigger = s.w.slack.workspace.triggers.give(who)
    await s.delivers(
        {
            "type": "block_actions",
            "user": {"id": who, "team_id": team},
            "team": {"id": "T0LATCH"},
            "trigger_id": trigger,
            "actions": [{"type": "button", "action_id": "code.show:0", "block_id": "b", "value": code_id}],
        }
    )
    await s.w.settle()
    assert "cannot show you this code" in s.modal(who)
    assert ("code.reveal", "note", "denied", who) in await s.audited()
    assert s.w.seam.counts["/access_codes/get"] == 0 or "is your code" not in s.modal(who)
