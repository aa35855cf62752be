"""Clicks in messages, and what may be done with the response_url that comes with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.slack import Delivered, NotPossible, VirtualSlack
from bot.sandbox.slack.wire import Json, obj

from .conftest import SECRET, TOKEN, Api, Bot, actions, button, option, section

CARD = [section("May Sam in?"), actions(button("approve", "Approve", value="42"), button("deny", "Deny"))]


async def post(api: Api, channel: str = "C0REQUESTS", blocks: list[Json] | None = None) -> str:
    answer = await api("chat.postMessage", channel=channel, text="card", blocks=blocks or CARD)
    assert answer["ok"], answer
    return str(answer["ts"])


async def test_a_click_carries_message_container_channel_and_value(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    ts = await post(api)
    (await slack.click("ana", slack.last("door-requests"), "approve")).expect_ok()

    payload = bot.last
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0REQUESTS",
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": "C0REQUESTS", "name": "door-requests"}
    assert obj(payload["message"])["ts"] == ts
    acted = payload["actions"]
    assert isinstance(acted, list)
    assert (acted[0]["action_id"], acted[0]["value"], acted[0]["block_id"]) == ("approve", "42", "row")
    assert "view" not in payload


async def test_an_ephemeral_message_is_not_carried_and_only_its_reader_can_click(
    slack: VirtualSlack, bot: Bot, api: Api
) -> None:
    await api("chat.postEphemeral", channel="C0GENERAL", user="U0SAM", text="card", blocks=CARD)
    message = slack.last("general", seen_by="sam")
    await slack.click("sam", message, "approve")

    assert "message" not in bot.last
    assert obj(bot.last["container"])["is_ephemeral"] is True
    with pytest.raises(NotPossible, match="does not see"):
        await slack.click("ana", message, "approve")


async def test_who_is_not_in_the_channel_cannot_click(slack: VirtualSlack, api: Api) -> None:
    await post(api)

    with pytest.raises(NotPossible):
        await slack.click("gus", slack.last("door-requests"), "approve")


async def test_a_deactivated_person_can_do_nothing(slack: VirtualSlack, api: Api) -> None:
    await post(api)
    await slack.change_user("ana", deactivated=True)

    with pytest.raises(NotPossible, match="deactivated"):
        await slack.click("ana", slack.last("door-requests"), "approve")


async def test_an_old_screen_still_has_the_old_button(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    ts = await post(api)
    seen = slack.screen("ben").channel("door-requests").last
    await api("chat.update", channel="C0REQUESTS", ts=ts, text="Approved by Ana")

    with pytest.raises(LookupError):
        await slack.click("ben", slack.last("door-requests"), "approve")
    (await slack.click("ben", seen, "approve")).expect_ok()
    assert obj(bot.last["message"])["text"] == "Approved by Ana"


async def test_a_dismissed_dialog_sends_nothing(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    words = {key: {"type": "plain_text", "text": key} for key in ("title", "text", "confirm", "deny")}
    await post(api, blocks=[actions(button("end", confirm=words))])

    assert not (await slack.click("ana", slack.last("door-requests"), "end", confirms=False)).sent
    assert bot.got == []


async def test_choices_in_a_message_stay_and_come_with_the_next_click(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    menu: Json = {"type": "static_select", "action_id": "door", "options": [option("front"), option("back")]}
    await post(api, blocks=[actions(menu, button())])
    await slack.click("ana", slack.last("door-requests"), "door", "back")
    acted = bot.last["actions"]
    assert isinstance(acted, list)
    assert acted[0]["selected_option"] == option("back")

    await slack.click("ana", slack.last("door-requests"), "go")
    values = obj(obj(bot.last["state"])["values"])
    assert obj(obj(values["row"])["door"])["selected_option"] == option("back")
    await slack.click("ben", slack.last("door-requests"), "go")
    values = obj(obj(bot.last["state"])["values"])
    assert obj(obj(values["row"])["door"])["selected_option"] is None


async def test_an_overflow_menu_sends_the_option(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await post(api, blocks=[actions({"type": "overflow", "action_id": "more", "options": [option("log")]})])
    await slack.click("ana", slack.last("door-requests"), "more", "log")

    acted = bot.last["actions"]
    assert isinstance(acted, list)
    assert acted[0]["selected_option"] == option("log")
    assert bot.last["state"] == {"values": {}}


async def test_a_click_that_the_bot_does_not_answer_leaves_a_notice(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await post(api)
    bot.answers(Delivered(status=500))
    outcome = await slack.click("ana", slack.last("door-requests"), "approve")

    assert outcome.failure == "http_service_error"
    assert slack.screen("ana").notices == ["The app did not answer to approve: http_service_error"]
    assert slack.screen("ben").notices == []


async def test_a_response_url_is_good_for_five_uses(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.command("sam", "#general", "/doors")
    url = bot.got[0].fields["response_url"]
    answers = [await api.respond(url, text=str(number)) for number in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[-1].json()["error"] == "used_url"
    assert answers[0].text == "ok"


async def test_a_response_url_dies_after_30_minutes(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.command("sam", "#general", "/doors")
    url = bot.got[0].fields["response_url"]
    slack.clock.turn(timedelta(minutes=30))
    assert (await api.respond(url, text="x")).status_code == 200
    slack.clock.turn(timedelta(seconds=1))

    assert (await api.respond(url, text="x")).json()["error"] == "expired_url"


async def test_a_response_is_ephemeral_by_default(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.command("sam", "#general", "/doors")
    url = bot.got[0].fields["response_url"]
    await api.respond(url, text="for you")
    await api.respond(url, text="for all", response_type="in_channel")

    assert [message.rendered for message in slack.screen("ana").channel("general").messages] == ["for all"]
    assert len(slack.screen("sam").channel("general").messages) == 2


async def test_a_response_can_replace_and_delete_an_ephemeral_original(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await api("chat.postEphemeral", channel="C0GENERAL", user="U0SAM", text="card", blocks=CARD)
    await slack.click("sam", slack.last("general", seen_by="sam"), "approve")
    url = str(bot.last["response_url"])
    await api.respond(url, replace_original=True, text="Done")
    assert [m.rendered for m in slack.screen("sam").channel("general").messages] == ["Done"]

    await api.respond(url, delete_original=True)
    assert slack.screen("sam").channel("general").messages == []
    assert (await api.respond(url, replace_original=True, text="x")).status_code == 404


async def test_without_replace_original_the_card_stays(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await post(api)
    await slack.click("ana", slack.last("door-requests"), "approve")
    await api.respond(str(bot.last["response_url"]), text="You approved")

    assert [m.text for m in slack.screen("ana").channel("door-requests").messages] == ["card", "You approved"]
    assert [m.text for m in slack.screen("ben").channel("door-requests").messages] == ["card"]


async def test_what_a_person_typed_cannot_be_replaced(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.command("sam", "#general", "/doors")
    await api.respond(bot.got[0].fields["response_url"], replace_original=True, text="x")

    assert "replace_original" in slack.faults[0]


async def test_a_message_cannot_turn_from_ephemeral_into_public(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await api("chat.postEphemeral", channel="C0GENERAL", user="U0SAM", text="card", blocks=CARD)
    await slack.click("sam", slack.last("general", seen_by="sam"), "approve")
    await api.respond(
        str(bot.last["response_url"]), replace_original=True, response_type="in_channel", text="All see this?"
    )

    assert slack.screen("ana").channel("general").messages == []
    assert "cannot turn" in slack.faults[0]


async def test_a_response_with_bad_blocks_is_refused(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.command("sam", "#general", "/doors")
    answer = await api.respond(bot.got[0].fields["response_url"], text="x", blocks=[{"type": "nonsense"}])

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_blocks")


async def test_options_can_be_asked_for_from_a_message(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    menu: Json = {"type": "external_select", "action_id": "door", "min_query_length": 0}
    await post(api, channel="C0FACILITIES", blocks=[actions(menu)])
    bot.answers({"options": [option("front")]})
    offered = await slack.options("eve", slack.last("facilities"), "door")
    await slack.click("eve", slack.last("facilities"), "door", "front", offered=offered.options)

    acted = bot.last["actions"]
    assert isinstance(acted, list)
    assert acted[0]["selected_option"] == option("front")
    assert obj(bot.last["user"])["team_id"] == "T0OTHER"


async def test_without_interactivity_in_the_manifest_clicks_go_nowhere(clock: Clock, bot: Bot) -> None:
    manifest: Json = {"settings": {"interactivity": {"is_enabled": False}}}
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot, manifest=manifest)
    slack.workspace.messages.post("C0GENERAL", "U0LATCHKEY", "x", blocks=CARD, by_app=True)

    outcome = await slack.click("sam", slack.last("general"), "approve")
    assert (outcome.sent, outcome.failure, bot.got) == (False, "not_interactive", [])


async def test_without_an_options_url_a_searchable_menu_stays_empty(clock: Clock, bot: Bot) -> None:
    manifest: Json = {"settings": {"interactivity": {"is_enabled": True}}}
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot, manifest=manifest)
    menu: Json = {"type": "external_select", "action_id": "door", "min_query_length": 0}
    slack.workspace.messages.post("C0GENERAL", "U0LATCHKEY", "x", blocks=[actions(menu)], by_app=True)

    outcome = await slack.options("sam", slack.last("general"), "door")
    assert (outcome.failure, outcome.options, bot.got) == ("not_interactive", [], [])
