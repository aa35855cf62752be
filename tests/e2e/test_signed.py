"""What local-slack cannot play: searchable lists, echoes while typing, other people's accounts, repeats, forgeries.

slackpost signs the requests and holds the bot to Slack's rules (3 s, one use of a trigger, hashes, Block Kit).
"""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

import pytest

from tests.counterparts import ALICE, GENERAL
from tests.e2e.stage import EAST_GATE, OFFICE, WEST_GATE, Wire, moment, until
from tests.e2e.test_main_job import tomorrow

pytestmark = pytest.mark.counterpart

DM = f"D{ALICE[1:]}"


async def test_the_code_form_searches_doors_and_echoes_the_time(wire: Wire) -> None:
    (await wire.slack.command(wire.ann, GENERAL, "/guest-code")).ok()
    view = await wire.view("code.form")
    options = (await wire.slack.options(wire.ann, view, "code.doors", "offi")).ok().json["options"]
    assert [o["value"] for o in options] == [OFFICE]

    (await wire.slack.act(wire.ann, view, "code.when", value="tomorrow 9-17")).ok()
    echoed = await until(lambda: _with(wire, "9:00 AM – 5:00 PM · Berlin time"), "the echo")
    (await wire.slack.act(wire.ann, echoed, "code.doors", selected_options=options)).ok()

    answer = await wire.slack.submit(wire.ann, wire.slack.top(wire.ann), {"guest.value": "Ada <!channel> & *co*"})
    answer.ok()
    assert answer.json == {"response_action": "clear"}
    code = await until(lambda: _code(wire), "the code at Seam")
    assert (moment(code["starts_at"]), moment(code["ends_at"])) == (tomorrow(9), tomorrow(17))
    card = await wire.said("Ada", to="", channel=DM)
    assert "<!channel>" not in json.dumps([b.get("text", {}) for b in card["blocks"]])
    assert str(code["code"]) not in json.dumps(wire.slack.messages)


async def test_a_wrong_field_is_marked_and_nothing_typed_is_lost(wire: Wire) -> None:
    (await wire.slack.command(wire.ann, GENERAL, "/guest-code", "Ada at Office Lock")).ok()
    view = await wire.view("code.form")
    view["state"]["values"]["when"]["code.when"]["value"] = "next blursday"
    answer = (await wire.slack.submit(wire.ann, view)).ok()
    assert set(answer.json["errors"]) == {"when"}
    assert wire.slack.top(wire.ann)["state"]["values"]["guest"]["value"]["value"] == "Ada"
    assert not await wire.seam.codes(OFFICE)


async def test_the_door_form_opens_the_chosen_door(wire: Wire) -> None:
    (await wire.slack.command(wire.ann, GENERAL, "/unlock")).ok()
    view = await wire.view("door.form")
    options = (await wire.slack.options(wire.ann, view, "door.search", "office")).ok().json["options"]
    view["state"]["values"]["door"]["door.search"]["selected_option"] = options[0]
    (await wire.slack.submit(wire.ann, view)).ok()
    await wire.said("Office Lock", to="", channel=DM)
    assert await wire.seam.locked(OFFICE) is False


async def test_two_doors_that_fit_become_two_buttons(wire: Wire) -> None:
    (await wire.slack.command(wire.ann, GENERAL, "/unlock", "gate")).ok()
    question = await wire.said("West Gate", to=ALICE)
    assert not [r for r in await wire.bot.audit() if r["action"] == "door.unlock"]
    (await wire.slack.click(wire.ann, question, "door.unlock:1")).ok()
    await wire.said("took the command", to=ALICE)
    rows = [r for r in await wire.bot.audit() if r["action"] == "door.unlock"]
    assert {r["device_id"] for r in rows} == {WEST_GATE}
    assert {r["surface"] for r in rows} == {"button"}
    assert [await wire.seam.locked(gate) for gate in (EAST_GATE, WEST_GATE)] == [True, False]


async def test_a_message_becomes_a_filled_form(wire: Wire) -> None:
    text = "Dana the plumber needs to get in at Office Lock tomorrow 9-17, can you help?"
    (await wire.slack.message_shortcut(wire.ann, "guest_code_from_message", GENERAL, text)).ok()
    view = await wire.view("code.form")
    state = view["state"]["values"]
    assert "Dana" in state["guest"]["value"]["value"]
    assert [o["value"] for o in state["doors"]["code.doors"]["selected_options"]] == [OFFICE]
    assert "tomorrow 9-17" in state["when"]["code.when"]["value"]


@pytest.mark.parametrize("kind", ["guest", "stranger", "deactivated"])
async def test_who_is_not_a_member_is_refused_and_recorded(wire: Wire, kind: str) -> None:
    flags = {"guest": {"is_restricted": True}, "stranger": {"team": "T9OTHER"}, "deactivated": {"deleted": True}}
    eve = wire.slack.user("U09EVE", "eve", **flags[kind])
    (await wire.slack.command(wire.ann, GENERAL, "/doors")).ok()
    listed = await wire.said("Office Lock", to=ALICE)
    (await wire.slack.click(eve, {**listed, "ephemeral_to": "U09EVE"}, "door.unlock", team="T9OTHER")).ok()
    row = await until(lambda: _denied(wire), "the refusal in the audit log")
    assert row["actor"] == "U09EVE"
    assert not [r for r in await wire.bot.audit() if r["phase"] == "intent"]


async def test_a_repeated_delivery_is_one_act(wire: Wire) -> None:
    form = {
        "team_id": wire.ann["team_id"],
        "user_id": ALICE,
        "channel_id": GENERAL,
        "command": "/unlock",
        "text": "office lock",
        "response_url": wire.slack.response_url(GENERAL, wire.ann),
        "trigger_id": wire.slack.trigger(wire.ann),
    }
    now = int(time.time())
    answers = [await wire.slack.post(urlencode(form), ts=now - n) for n in range(3)]
    assert [a.status for a in answers] == [200, 200, 200]
    await wire.said("took the command", to=ALICE)
    rows = await wire.bot.audit()
    assert len([r for r in rows if r["action"] == "door.unlock" and r["phase"] == "intent"]) == 1


async def test_forged_stale_and_replayed_requests_get_401_and_do_nothing(wire: Wire) -> None:
    body = urlencode({"command": "/unlock", "text": "office lock", "user_id": ALICE, "team_id": wire.ann["team_id"]})
    now = int(time.time())
    assert (await wire.slack.post(body, secret="wrong")).status == 401
    assert (await wire.slack.post(body, ts=now - 301)).status == 401
    assert (await wire.slack.post(body, headers={"X-Slack-Signature": "v0=" + "0" * 64})).status == 401
    assert (await wire.slack.post(body, "application/json", secret="wrong")).status == 401
    assert await wire.seam.locked(OFFICE) is True

    ping = urlencode({"ssl_check": "1"})
    assert (await wire.slack.post(ping, ts=now)).status == 200
    assert (await wire.slack.post(ping, ts=now)).status == 401  # the same signature again
    assert not [r for r in await wire.bot.audit() if r["action"].startswith("door.")]


async def _with(wire: Wire, words: str) -> dict[str, object] | None:
    view: dict[str, object] = wire.slack.top(wire.ann)
    return view if words in json.dumps(view["blocks"], ensure_ascii=False) else None


async def _code(wire: Wire) -> dict[str, object] | None:
    codes = await wire.seam.codes(OFFICE)
    assert len(codes) < 2
    return codes[0] if codes else None


async def _denied(wire: Wire) -> dict[str, object] | None:
    return next((r for r in await wire.bot.audit() if r["outcome"] == "denied"), None)
