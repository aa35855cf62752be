"""Events: what they carry, when they are sent, and when they come again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.slack import Delivered, NotPossible, VirtualSlack
from bot.sandbox.slack.wire import Json, obj

from .conftest import SECRET, TOKEN, Api, Bot, Request, Seconds, section


def inner(bot: Bot) -> Json:
    return obj(bot.last["event"])


async def test_a_mention_in_a_shared_channel_says_whose_it_is(slack: VirtualSlack, bot: Bot) -> None:
    (await slack.mention("eve", "#facilities", "open <up> @sam")).expect_ok()

    assert bot.last["type"] == "event_callback"
    assert bot.last["is_ext_shared_channel"] is True
    assert inner(bot)["type"] == "app_mention"
    assert inner(bot)["text"] == "<@U0LATCHKEY> open &lt;up&gt; <@U0SAM>"
    assert (inner(bot)["user_team"], inner(bot)["team"]) == ("T0OTHER", "T0OTHER")
    authorizations = bot.last["authorizations"]
    assert isinstance(authorizations, list)
    assert authorizations[0]["team_id"] == "T0LATCH"


async def test_a_colleagues_mention_has_no_foreign_team(slack: VirtualSlack, bot: Bot) -> None:
    await slack.mention("sam", "#general", "hi")

    assert "user_team" not in inner(bot)
    assert bot.last["is_ext_shared_channel"] is False


async def test_a_dm_is_a_message_of_type_im(slack: VirtualSlack, bot: Bot) -> None:
    await slack.dm("sam", "which doors?")

    assert (inner(bot)["type"], inner(bot)["channel_type"], inner(bot)["channel"]) == ("message", "im", "D0SAM")
    assert "subtype" not in inner(bot)


async def test_an_edit_is_a_message_with_a_subtype(slack: VirtualSlack, bot: Bot) -> None:
    await slack.dm("sam", "unlock frnt")
    message = slack.last(slack.dm_of("sam"))
    await slack.edit("sam", message, "unlock front")

    assert (inner(bot)["subtype"], obj(inner(bot)["message"])["text"]) == ("message_changed", "unlock front")
    assert obj(inner(bot)["previous_message"])["text"] == "unlock frnt"
    with pytest.raises(NotPossible):
        await slack.edit("ana", message, "x")


async def test_ordinary_talk_in_a_channel_is_not_sent(slack: VirtualSlack, bot: Bot) -> None:
    await slack.say("sam", "#general", "lunch?")

    assert bot.got == []
    assert slack.screen("ana").channel("general").last.rendered == "lunch?"


async def test_home_is_opened_on_two_tabs_and_has_a_view_after_the_first_publish(
    slack: VirtualSlack, bot: Bot, api: Api
) -> None:
    await slack.open_home("sam")
    assert (inner(bot)["tab"], "view" in inner(bot)) == ("home", False)

    await api("views.publish", user_id="U0SAM", view={"type": "home", "blocks": [section("x")]})
    await slack.open_home("sam")
    assert obj(inner(bot)["view"])["type"] == "home"

    await slack.open_home("sam", tab="messages")
    assert (inner(bot)["tab"], "view" in inner(bot)) == ("messages", False)


async def test_a_changed_account_is_told_with_all_of_it(slack: VirtualSlack, bot: Bot) -> None:
    await slack.change_user("sam", deactivated=True)

    assert inner(bot)["type"] == "user_change"
    assert (obj(inner(bot)["user"])["id"], obj(inner(bot)["user"])["deleted"]) == ("U0SAM", True)


async def test_somebody_new_and_a_changed_group(slack: VirtualSlack, bot: Bot) -> None:
    slack.add_user("kim", channels=("#general",))
    await slack.arrive("kim")
    assert (inner(bot)["type"], obj(inner(bot)["user"])["name"]) == ("team_join", "kim")

    await slack.change_group("S0APPROVERS", ["ana", "kim"])
    assert inner(bot)["removed_users"] == ["U0BEN"]
    assert inner(bot)["added_users_count"] == 1


async def test_the_challenge_is_answered(slack: VirtualSlack, bot: Bot) -> None:
    assert not await slack.verify_url()

    async def echo(request: Request) -> object:
        return {"challenge": request.payload["challenge"]}

    bot.handler = echo
    assert await slack.verify_url()


async def test_only_events_of_the_manifest_are_sent(clock: Clock, bot: Bot) -> None:
    manifest: Json = {
        "features": {"app_home": {"home_tab_enabled": False, "messages_tab_enabled": True}},
        "settings": {"event_subscriptions": {"bot_events": ["member_joined_channel", "message.channels"]}},
    }
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot, manifest=manifest)

    assert not (await slack.dm("sam", "hi")).sent
    assert (await slack.join("gus", "#door-requests")).ok
    await slack.say("sam", "#general", "lunch?")
    assert [obj(request.payload["event"])["type"] for request in bot.got] == ["member_joined_channel", "message"]
    with pytest.raises(NotPossible, match="Home tab"):
        await slack.open_home("sam")


async def test_any_2xx_answers_an_event(slack: VirtualSlack, bot: Bot) -> None:
    bot.answers(Delivered(status=204))

    assert (await slack.mention("sam", "#general", "hi")).ok
    assert slack.retries.pending == []


async def test_a_failed_event_comes_again_at_once_after_a_minute_and_after_five(slack: VirtualSlack, bot: Bot) -> None:
    bot.answers(Delivered(status=500))
    await slack.mention("sam", "#general", "hi")
    numbers = [request.headers.get("X-Slack-Retry-Num") for request in bot.got]
    assert numbers == [None, "1"]

    for minutes in (1, 5, 60):
        slack.clock.turn(timedelta(minutes=minutes) - timedelta(seconds=1))
        await slack.retries.settled()
        seen = len(bot.got)
        slack.clock.turn(timedelta(seconds=1))
        await slack.retries.settled()
        numbers += [request.headers.get("X-Slack-Retry-Num") for request in bot.got[seen:]]

    assert numbers == [None, "1", "2", "3"]
    assert bot.got[-1].headers["X-Slack-Retry-Reason"] == "http_error"
    assert len({str(request.payload["event_id"]) for request in bot.got}) == 1


async def test_a_late_answer_brings_a_retry_for_timeout(slack: VirtualSlack, bot: Bot, seconds: Seconds) -> None:
    async def slow(request: Request) -> object:
        seconds.now += 0 if "X-Slack-Retry-Num" in request.headers else 4
        return None

    bot.handler = slow
    outcome = await slack.mention("sam", "#general", "hi")

    assert outcome.failure == "operation_timeout"
    assert bot.got[1].headers["X-Slack-Retry-Reason"] == "http_timeout"
    assert slack.retries.pending == []


async def test_the_bot_can_ask_for_no_retry(slack: VirtualSlack, bot: Bot) -> None:
    bot.answers(Delivered(status=500, headers={"x-slack-no-retry": "1"}))
    await slack.mention("sam", "#general", "hi")

    assert (len(bot.got), slack.retries.pending) == (1, [])


async def test_commands_and_clicks_never_come_again(slack: VirtualSlack, bot: Bot) -> None:
    bot.answers(Delivered(status=500))
    await slack.command("sam", "#general", "/unlock")
    slack.clock.turn(timedelta(hours=1))
    await slack.retries.settled()

    assert len(bot.got) == 1


async def test_a_reset_forgets_everything_but_who_listens(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    heard: list[str] = []
    stop = slack.on_change(lambda change: heard.append(change.what))
    bot.answers(Delivered(status=500))
    await slack.mention("sam", "#general", "hi")
    slack.add_user("kim")
    slack.reset()

    assert heard[-1] == "reset"
    assert (slack.retries.pending, slack.faults, slack.traffic.exchanges) == ([], [], [])
    assert slack.screen("sam").channel("general").messages == []
    with pytest.raises(LookupError):
        slack.user("kim")
    assert (await api("auth.test"))["ok"]
    stop()
    heard.clear()
    await slack.say("sam", "#general", "again")
    assert heard == []


async def test_waiting_ends_with_the_change_that_was_waited_for(slack: VirtualSlack, api: Api) -> None:
    waiting = asyncio.ensure_future(slack.until(lambda: slack.last("general"), what="a message"))
    await api("chat.postMessage", channel="C0GENERAL", text="here")

    assert (await waiting).text == "here"
    with pytest.raises(TimeoutError, match="a modal for Sam"):
        await slack.until(lambda: slack.top("sam"), timeout=0.01, what="a modal for Sam")


async def test_traffic_is_in_order_with_both_directions(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    bot.answers("ok")
    await slack.command("sam", "#general", "/doors")
    await api("chat.postMessage", channel="U0SAM", text="x")
    await api.respond(bot.got[0].fields["response_url"], text="y")

    kinds = [(e.number, e.direction.value, e.kind, e.status) for e in slack.traffic.exchanges]
    assert kinds == [
        (1, "to_bot", "command", 200),
        (2, "from_bot", "api", 200),
        (3, "from_bot", "response_url", 200),
    ]
    assert slack.traffic.exchanges[0].summary == "/doors by Sam Okafor"
    assert slack.traffic.exchanges[0].at == slack.clock.now()
    assert len(slack.traffic.calls("chat.postMessage")) == 1
