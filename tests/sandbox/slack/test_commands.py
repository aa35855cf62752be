"""Slash commands: what the bot gets, what its answer does, and what Slack shows when it fails."""

from __future__ import annotations

import asyncio
import hashlib
import hmac

import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.slack import Delivered, NotPossible, VirtualSlack

from .conftest import SECRET, TOKEN, Bot, Request, Seconds, section


async def test_a_command_carries_strings_only_and_no_enterprise(slack: VirtualSlack, bot: Bot) -> None:
    (await slack.command("sam", "#general", "/unlock  front door ")).expect_ok()

    fields = bot.got[0].fields
    assert fields["is_enterprise_install"] == "false"
    assert (fields["command"], fields["text"]) == ("/unlock", "front door")
    assert (fields["user_id"], fields["channel_id"], fields["channel_name"]) == ("U0SAM", "C0GENERAL", "general")
    assert not [key for key in fields if key.startswith("enterprise")]
    assert "thread_ts" not in fields


async def test_a_delivery_is_signed_over_its_raw_body(slack: VirtualSlack, bot: Bot) -> None:
    await slack.command("sam", "#general", "/doors")

    request = bot.got[0]
    base = b"v0:" + request.headers["X-Slack-Request-Timestamp"].encode() + b":" + request.body
    assert request.headers["X-Slack-Signature"] == "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()


async def test_the_signature_is_of_the_machines_time_however_far_the_clock_is_turned(bot: Bot) -> None:
    slack = VirtualSlack(Clock(), SECRET, TOKEN, deliver=bot, signing_time=lambda: 1234.9)

    await slack.command("sam", "#general", "/doors")

    assert bot.got[0].headers["X-Slack-Request-Timestamp"] == "1234"


async def test_an_answer_is_ephemeral_unless_it_asks_for_the_channel(slack: VirtualSlack, bot: Bot) -> None:
    bot.answers("Unlocked.")
    await slack.command("sam", "#general", "/unlock front")

    assert slack.screen("sam").channel("general").last.rendered == "Unlocked."
    assert slack.screen("sam").channel("general").last.ephemeral
    assert slack.screen("ana").channel("general").messages == []


async def test_an_answer_in_the_channel_publishes_what_was_typed(slack: VirtualSlack, bot: Bot) -> None:
    bot.answers({"response_type": "in_channel", "text": "Done"})
    await slack.command("sam", "#general", "/guest-code Dana 4711")

    seen = [message.rendered for message in slack.screen("ana").channel("general").messages]
    assert seen == ["/guest-code Dana 4711", "Done"]


async def test_a_late_answer_is_not_shown_and_the_person_is_told(
    slack: VirtualSlack, bot: Bot, seconds: Seconds
) -> None:
    async def slow(_: Request) -> object:
        seconds.now += 3.5
        return "Unlocked."

    bot.handler = slow
    outcome = await slack.command("sam", "#general", "/unlock front")

    assert outcome.failure == "operation_timeout"
    shown = slack.screen("sam").channel("general").last
    assert shown.author == "Slackbot"
    assert shown.rendered == '/unlock failed with the error "operation_timeout"'
    assert len(slack.faults) == 1


async def test_slack_hangs_up_and_the_bot_works_on(clock: Clock, bot: Bot) -> None:
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot, ack_seconds=0.01)
    finish = asyncio.Event()

    async def slow(_: Request) -> object:
        await finish.wait()
        return "late"

    bot.handler = slow
    outcome = await slack.command("sam", "#general", "/unlock front")
    exchange = slack.traffic.exchanges[0]
    assert (outcome.failure, exchange.status) == ("operation_timeout", None)

    finish.set()
    await slack.until(lambda: exchange.status, what="the late answer")
    assert (exchange.status, exchange.answer, exchange.trouble) == (200, "late", "operation_timeout")


@pytest.mark.parametrize("status", [204, 302, 404, 500])
async def test_an_answer_that_is_not_200_is_a_failure(slack: VirtualSlack, bot: Bot, status: int) -> None:
    bot.answers(Delivered(status=status, body=b"oops"))

    assert (await slack.command("sam", "#general", "/unlock")).failure == "http_service_error"
    assert "http_service_error" in str(slack.screen("sam"))


async def test_a_bot_that_cannot_be_reached(slack: VirtualSlack, bot: Bot) -> None:
    async def refuse(_: Request) -> object:
        raise ConnectionRefusedError

    bot.handler = refuse

    assert (await slack.command("sam", "#general", "/unlock")).failure == "dispatch_failed"


async def test_an_answer_with_bad_blocks_is_not_shown(slack: VirtualSlack, bot: Bot) -> None:
    bot.answers({"text": "x", "blocks": [section("x" * 3001)]})
    outcome = await slack.command("sam", "#general", "/doors")

    assert outcome.failure == "invalid_command_response"
    assert "json-pointer:/blocks/0/text/text" in outcome.problems[0]
    assert "invalid_command_response" in slack.screen("sam").channel("general").last.rendered


async def test_names_channels_and_links_become_entities_and_the_rest_is_escaped(slack: VirtualSlack, bot: Bot) -> None:
    slack.add_channel("vault", kind="private", members=("sam",))
    await slack.command(
        "sam", "#general", "/guest-code @ana & @nobody <!channel> #general #vault https://x.example a@b.example @here"
    )

    private = slack.channel("vault").id
    assert bot.got[0].fields["text"] == (
        f"<@U0ANA> &amp; @nobody &lt;!channel&gt; <#C0GENERAL|general> <#{private}|> <https://x.example>"
        " <mailto:a@b.example|a@b.example> <!here>"
    )


async def test_older_workspaces_add_the_name(slack: VirtualSlack, bot: Bot) -> None:
    await slack.command("sam", "#general", "/guest-code @ana", labels=True)

    assert bot.got[0].fields["text"] == "<@U0ANA|ana>"


async def test_without_should_escape_names_stay_bare(clock: Clock, bot: Bot) -> None:
    manifest: dict[str, object] = {"features": {"slash_commands": [{"command": "/unlock", "should_escape": False}]}}
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot, manifest=manifest)
    await slack.command("sam", "#general", "/unlock @ana <x>")

    assert bot.got[0].fields["text"] == "@ana <x>"


async def test_an_iphone_changes_quotes_and_dashes(slack: VirtualSlack, bot: Bot) -> None:
    await slack.command("sam", "#general", """/guest-code "Dana's" 9-5 -- soon...""", smart_punctuation=True)

    assert bot.got[0].fields["text"] == "“Dana’s” 9–5 — soon…"


async def test_a_command_that_the_manifest_does_not_know_is_not_sent(clock: Clock, bot: Bot) -> None:
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot, manifest={"features": {"slash_commands": []}})
    outcome = await slack.command("sam", "#general", "/unlock")

    assert not outcome.sent
    assert bot.got == []
    assert "not a valid command" in str(slack.screen("sam"))


async def test_people_of_another_workspace_have_no_slash_commands(slack: VirtualSlack) -> None:
    with pytest.raises(NotPossible, match="another workspace"):
        await slack.command("eve", "#facilities", "/unlock")


async def test_nobody_types_where_they_are_not(slack: VirtualSlack) -> None:
    with pytest.raises(NotPossible, match="not in #door-requests"):
        await slack.command("gus", "#door-requests", "/unlock")


async def test_the_channel_is_named_by_its_kind_outside_public_ones(slack: VirtualSlack, bot: Bot) -> None:
    slack.add_channel("vault", kind="private", members=("sam",))
    await slack.command("sam", slack.dm_of("sam"), "/doors")
    await slack.command("sam", "vault", "/doors")

    assert [request.fields["channel_name"] for request in bot.got] == ["directmessage", "privategroup"]


async def test_shortcuts_have_a_trigger_and_no_channel(slack: VirtualSlack, bot: Bot) -> None:
    await slack.shortcut("sam", "new_code")

    assert bot.last["callback_id"] == "new_code"
    assert "trigger_id" in bot.last
    assert not {"channel", "response_url", "container"} & set(bot.last)


async def test_a_message_shortcut_carries_the_message_and_its_authors_team(slack: VirtualSlack, bot: Bot) -> None:
    message = await slack.say("eve", "#facilities", "let Dana in at 9")
    await slack.message_shortcut("sam", message, "code_from_message")

    carried = bot.last["message"]
    assert isinstance(carried, dict)
    assert (carried["text"], carried["user"], carried["team"]) == ("let Dana in at 9", "U0EVE", "T0OTHER")
    assert bot.last["message_ts"] == message.ts


async def test_a_guest_of_the_workspace_can_type_commands(slack: VirtualSlack, bot: Bot) -> None:
    (await slack.command("gus", "#general", "/unlock")).expect_ok()

    assert bot.got[0].fields["user_id"] == "U0GUS"


async def test_a_replay_is_the_same_bytes_with_the_same_signature_and_no_fault_of_the_bot(
    slack: VirtualSlack, bot: Bot
) -> None:
    await slack.command("sam", "#general", "/unlock front")
    bot.answers(Delivered(status=401))
    outcome = await slack.replay(slack.traffic.exchanges[0])

    assert outcome.status == 401
    assert (bot.got[0].body, bot.got[0].headers) == (bot.got[1].body, bot.got[1].headers)
    assert slack.faults == []


async def test_a_crash_that_comes_late_is_written_down(clock: Clock, bot: Bot) -> None:
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot, ack_seconds=0.01)
    finish = asyncio.Event()

    async def slow(_: Request) -> object:
        await finish.wait()
        raise RuntimeError("boom")

    bot.handler = slow
    await slack.command("sam", "#general", "/unlock front")
    finish.set()
    await slack.until(lambda: slack.traffic.exchanges[0].answer, what="the crash")

    assert slack.traffic.exchanges[0].answer == "RuntimeError('boom')"
