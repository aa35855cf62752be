"""chat.*: where the bot may post, what it may change, and what the limits are."""

from __future__ import annotations

import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.slack import Failure, VirtualSlack

from .conftest import TOKEN, Api, Bot, Seconds, actions, button, client, section


async def test_a_user_id_opens_the_dm_and_the_answer_names_it(slack: VirtualSlack, api: Api) -> None:
    answer = await api("chat.postMessage", channel="U0SAM", text="Hello")

    assert answer["channel"] == "D0SAM"
    assert slack.screen("sam").dm.last.rendered == "Hello"


async def test_an_update_needs_the_dm_id_and_not_the_user_id(slack: VirtualSlack, api: Api) -> None:
    posted = await api("chat.postMessage", channel="U0SAM", text="Hello")

    refused = await api("chat.update", channel="U0SAM", ts=posted["ts"], text="x")
    assert refused["error"] == "channel_not_found"
    assert len(slack.faults) == 1
    assert (await api("chat.update", channel="D0SAM", ts=posted["ts"], text="Bye"))["ok"]


async def test_text_alone_removes_blocks_and_blocks_alone_keep_text(slack: VirtualSlack, api: Api) -> None:
    posted = await api("chat.postMessage", channel="C0GENERAL", text="a", blocks=[section("b")])

    await api("chat.update", channel="C0GENERAL", ts=posted["ts"], blocks=[section("c")])
    seen = slack.screen("sam").channel("general").last
    assert (seen.rendered, seen.text, seen.edited) == ("c", "a", False)

    await api("chat.update", channel="C0GENERAL", ts=posted["ts"], text="d")
    seen = slack.screen("sam").channel("general").last
    assert (seen.rendered, seen.blocks, seen.edited) == ("d", [], True)


async def test_nobody_else_can_have_their_message_changed(slack: VirtualSlack, api: Api) -> None:
    message = await slack.say("sam", "#general", "mine")

    assert (await api("chat.update", channel="C0GENERAL", ts=message.ts, text="x"))["error"] == "cant_update_message"
    assert (await api("chat.delete", channel="C0GENERAL", ts=message.ts))["error"] == "cant_delete_message"


async def test_an_ephemeral_message_is_for_one_person_and_out_of_reach_by_its_ts(slack: VirtualSlack, api: Api) -> None:
    posted = await api("chat.postEphemeral", channel="C0GENERAL", user="U0SAM", text="psst")

    for method in ("chat.update", "chat.delete"):
        assert (await api(method, channel="C0GENERAL", ts=posted["message_ts"], text="x"))[
            "error"
        ] == "message_not_found"
    assert slack.screen("sam").channel("general").last.ephemeral
    assert slack.screen("mia").channel("general").messages == []


async def test_an_ephemeral_message_is_gone_after_a_reload(slack: VirtualSlack, api: Api) -> None:
    await api("chat.postEphemeral", channel="C0GENERAL", user="U0SAM", text="psst")
    slack.reload("sam")

    assert slack.screen("sam").channel("general").messages == []


async def test_an_ephemeral_message_needs_its_reader_in_the_channel(api: Api) -> None:
    answer = await api("chat.postEphemeral", channel="C0REQUESTS", user="U0GUS", text="psst")

    assert answer["error"] == "user_not_in_channel"


async def test_where_the_bot_is_not_it_cannot_post(slack: VirtualSlack, api: Api) -> None:
    public = slack.add_channel("lobby", with_bot=False)
    private = slack.add_channel("vault", kind="private", with_bot=False)
    archived = slack.add_channel("old", archived=True)
    stranger = slack.add_user("zoe", team_id="T0FAR")
    gone = slack.add_user("gone", deactivated=True)

    wanted = {
        public.id: "not_in_channel",
        private.id: "channel_not_found",
        archived.id: "is_archived",
        "C0NOWHERE": "channel_not_found",
        "U0NOBODY": "channel_not_found",
        stranger.id: "channel_not_found",
        gone.id: "channel_not_found",
        "USLACKBOT": "cannot_dm_bot",
    }
    assert {where: (await api("chat.postMessage", channel=where, text="x"))["error"] for where in wanted} == wanted


async def test_an_external_person_can_be_written_to_while_a_channel_is_shared(slack: VirtualSlack, api: Api) -> None:
    assert (await api("chat.postMessage", channel="U0EVE", text="x"))["ok"]
    await slack.leave("eve", "#facilities")
    assert (await api("chat.postMessage", channel="U0EVE", text="x"))["error"] == "channel_not_found"
    assert (await api("chat.postMessage", channel="D0EVE", text="x"))["error"] == "channel_not_found"


async def test_a_message_says_something(api: Api) -> None:
    assert (await api("chat.postMessage", channel="C0GENERAL"))["error"] == "no_text"
    assert (await api("chat.postMessage", channel="C0GENERAL", blocks=[]))["error"] == "no_text"


async def test_bad_blocks_are_refused_with_the_place(slack: VirtualSlack, api: Api) -> None:
    answer = await api(
        "chat.postMessage", channel="C0GENERAL", text="x", blocks=[section("x"), actions(button("x" * 256))]
    )

    assert answer["error"] == "invalid_blocks"
    assert "json-pointer:/blocks/1/elements/0/action_id" in str(answer["response_metadata"])
    assert len(slack.faults) == 1


async def test_more_than_50_blocks_and_too_much_text_are_refused(api: Api) -> None:
    many = [section("x")] * 51
    long = [section("x" * 2700)] * 5

    assert (await api("chat.postMessage", channel="C0GENERAL", text="x", blocks=many))["error"] == "invalid_blocks"
    assert (await api("chat.postMessage", channel="C0GENERAL", text="x", blocks=long))["error"] == "msg_blocks_too_long"


async def test_long_text_is_cut_in_a_post_and_refused_in_an_update(slack: VirtualSlack, api: Api) -> None:
    posted = await api("chat.postMessage", channel="C0GENERAL", text="x" * 40_100)
    assert len(slack.last("general").text) == 40_000

    refused = await api("chat.update", channel="C0GENERAL", ts=posted["ts"], text="x" * 4001)
    assert refused["error"] == "msg_too_long"


async def test_a_reply_names_the_parent_and_not_a_reply(slack: VirtualSlack, api: Api) -> None:
    parent = await api("chat.postMessage", channel="C0GENERAL", text="parent")
    reply = await api("chat.postMessage", channel="C0GENERAL", text="reply", thread_ts=parent["ts"])
    again = await api("chat.postMessage", channel="C0GENERAL", text="again", thread_ts=reply["ts"])

    assert slack.screen("sam").channel("general").last.thread_ts == parent["ts"]
    assert not again["ok"]


async def test_metadata_comes_back_with_the_message(slack: VirtualSlack, api: Api) -> None:
    metadata = {"event_type": "latchkey", "event_payload": {"id": "1"}}
    answer = await api("chat.postMessage", channel="C0GENERAL", text="x", metadata=metadata)
    bad = await api("chat.postMessage", channel="C0GENERAL", text="x", metadata={"event_type": "x"})

    assert slack.last("general").metadata == metadata
    assert answer["ok"]
    assert bad["error"] == "invalid_metadata_format"


async def test_a_permalink_and_a_reaction(slack: VirtualSlack, api: Api) -> None:
    posted = await api("chat.postMessage", channel="C0GENERAL", text="x")
    link = await api("chat.getPermalink", channel="C0GENERAL", message_ts=posted["ts"])
    first = await api("reactions.add", channel="C0GENERAL", timestamp=posted["ts"], name="white_check_mark")
    second = await api("reactions.add", channel="C0GENERAL", timestamp=posted["ts"], name="white_check_mark")

    assert str(link["permalink"]).endswith(f"/archives/C0GENERAL/p{str(posted['ts']).replace('.', '')}")
    assert (first["ok"], second.get("error")) == (True, "already_reacted")


async def test_timestamps_rise_and_never_repeat_even_when_time_stands_still(api: Api) -> None:
    stamps = [str((await api("chat.postMessage", channel="C0GENERAL", text="x"))["ts"]) for _ in range(5)]

    assert sorted(set(stamps)) == stamps


async def test_forms_carry_json_inside(slack: VirtualSlack, api: Api) -> None:
    await api.form("chat.postMessage", channel="C0GENERAL", text="x", blocks='[{"type": "divider"}]')
    broken = await api.form("chat.postMessage", channel="C0GENERAL", text="x", blocks="[")

    assert slack.last("general").blocks[0]["type"] == "divider"
    assert broken.json()["error"] == "invalid_blocks_format"


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_every_call_needs_the_token(slack: VirtualSlack, token: str, error: str) -> None:
    async with client(slack) as http:
        assert (await Api(http, token)("auth.test"))["error"] == error


async def test_after_an_uninstall_the_token_is_dead(slack: VirtualSlack, api: Api, bot: Bot) -> None:
    await slack.uninstall()

    assert (await api("auth.test"))["error"] == "token_revoked"
    assert len(bot.got) == 2


async def test_a_method_that_does_not_exist(api: Api) -> None:
    assert (await api("chat.postMassage"))["error"] == "unknown_method"


async def test_a_scope_that_the_manifest_lacks(clock: Clock, bot: Bot) -> None:
    manifest: dict[str, object] = {"oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}}}
    slack = VirtualSlack(clock, "s", TOKEN, deliver=bot, manifest=manifest)
    async with client(slack) as http:
        api = Api(http)
        answer = await api("users.info", user="U0SAM")
        assert (answer["error"], answer["needed"], answer["provided"]) == (
            "missing_scope",
            "users:read",
            "chat:write,commands",
        )
        assert (await api.form("auth.test")).headers["x-oauth-scopes"] == "chat:write,commands"


async def test_a_burst_in_one_channel_is_limited_and_other_channels_are_not(
    slack: VirtualSlack, api: Api, seconds: Seconds
) -> None:
    slack.conditions.limits_on = True
    statuses = [(await api.form("chat.postMessage", channel="C0GENERAL", text="x")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    limited = await api.form("chat.postMessage", channel="C0GENERAL", text="x")
    assert (limited.json()["error"], int(limited.headers["Retry-After"]) > 0) == ("ratelimited", True)
    assert (await api("chat.postMessage", channel="C0REQUESTS", text="x"))["ok"]

    seconds.now += 3
    assert (await api("chat.postMessage", channel="C0GENERAL", text="x"))["ok"]


async def test_a_tier_has_its_calls_a_minute(slack: VirtualSlack, api: Api, seconds: Seconds) -> None:
    slack.conditions.limits_on = True
    statuses = [(await api.form("users.list")).status_code for _ in range(21)]

    assert statuses == [200] * 20 + [429]
    seconds.now += 60
    assert (await api.form("users.list")).status_code == 200


async def test_an_outage_ends_when_it_is_switched_off(slack: VirtualSlack, api: Api) -> None:
    slack.conditions.outage = Failure.error("service_unavailable")
    assert (await api("auth.test"))["error"] == "service_unavailable"

    slack.conditions.clear()
    assert (await api("auth.test"))["ok"]
