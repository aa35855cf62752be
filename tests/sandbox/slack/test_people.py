"""Who is who, who is where: users.*, usergroups.*, conversations.*."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.slack import VirtualSlack
from bot.sandbox.slack.wire import Json, obj

from .conftest import TOKEN, Api, Bot, client


async def described(api: Api, user: str, **args: object) -> Json:
    return obj((await api("users.info", user=user, **args))["user"])


async def test_the_cast(api: Api) -> None:
    mia, sam, gus, eve = [await described(api, f"U0{name}") for name in ("MIA", "SAM", "GUS", "EVE")]

    assert (mia["is_admin"], sam["is_admin"]) == (True, False)
    assert (gus["is_restricted"], gus["is_ultra_restricted"]) == (True, False)
    assert (eve["team_id"], eve["is_stranger"]) == ("T0OTHER", False)
    assert "is_stranger" not in sam


async def test_a_single_channel_guest_is_restricted_too(slack: VirtualSlack, api: Api) -> None:
    user = await described(api, slack.add_user("pat", ultra_restricted=True).id)

    assert (user["is_restricted"], user["is_ultra_restricted"]) == (True, True)


async def test_the_locale_comes_on_request_and_never_for_external_people(slack: VirtualSlack, api: Api) -> None:
    slack.add_user("uta", user_id="U0UTA", locale="de-DE")

    assert "locale" not in await described(api, "U0UTA")
    assert (await described(api, "U0UTA", include_locale=True))["locale"] == "de-DE"
    assert "locale" not in await described(api, "U0EVE", include_locale=True)


async def test_the_offset_follows_daylight_saving(slack: VirtualSlack, api: Api) -> None:
    winter = (await described(api, "U0BEN"))["tz_offset"]
    slack.clock.turn(timedelta(days=60))

    assert (winter, (await described(api, "U0BEN"))["tz_offset"]) == (-5 * 3600, -4 * 3600)


async def test_a_zone_can_be_missing_and_slackbot_is_not_called_a_bot(slack: VirtualSlack, api: Api) -> None:
    nowhere = await described(api, slack.add_user("nil", tz=None).id)
    slackbot = await described(api, "USLACKBOT")

    assert nowhere["tz"] is None
    assert slackbot["is_bot"] is False
    assert (await described(api, "U0LATCHKEY"))["is_bot"] is True


async def test_an_external_person_without_a_shared_channel_is_a_stranger(slack: VirtualSlack, api: Api) -> None:
    await slack.leave("eve", "#facilities")

    assert (await described(api, "U0EVE"))["is_stranger"] is True


async def test_email_needs_its_own_scope_and_is_hidden_for_external_people(clock: Clock, bot: Bot, api: Api) -> None:
    assert obj((await described(api, "U0SAM"))["profile"])["email"] == "sam@example.com"
    assert "email" not in obj((await described(api, "U0EVE"))["profile"])

    manifest: Json = {"oauth_config": {"scopes": {"bot": ["users:read"]}}}
    async with client(VirtualSlack(clock, "s", TOKEN, deliver=bot, manifest=manifest)) as http:
        assert "email" not in obj((await described(Api(http), "U0SAM"))["profile"])


async def test_users_come_in_pages(api: Api) -> None:
    seen: list[object] = []
    cursor = ""
    while True:
        answer = await api("users.list", limit=3, cursor=cursor)
        members = answer["members"]
        assert isinstance(members, list)
        seen += [member["id"] for member in members]
        cursor = str(obj(answer["response_metadata"])["next_cursor"])
        if not cursor:
            break

    assert len(seen) == len(set(seen)) == 8
    assert (await api("users.list", cursor="???"))["error"] == "invalid_cursor"


async def test_user_groups(slack: VirtualSlack, api: Api) -> None:
    assert (await api("usergroups.users.list", usergroup="S0APPROVERS"))["users"] == ["U0ANA", "U0BEN"]
    assert (await api("usergroups.users.list", usergroup="S0NONE"))["error"] == "no_such_subteam"
    listed = (await api("usergroups.list", include_users=True))["usergroups"]
    assert isinstance(listed, list)
    assert (listed[0]["handle"], listed[0]["users"]) == ("approvers", ["U0ANA", "U0BEN"])

    slack.workspace.people.groups["S0APPROVERS"].disabled = True
    assert (await api("usergroups.users.list", usergroup="S0APPROVERS"))["error"] == "no_such_subteam"
    assert (await api("usergroups.list"))["usergroups"] == []


async def test_opening_a_dm_tells_errors_apart(slack: VirtualSlack, api: Api) -> None:
    gone = slack.add_user("gone", deactivated=True)

    assert obj((await api("conversations.open", users="U0SAM"))["channel"])["id"] == "D0SAM"
    assert (await api("conversations.open", users="U0NOBODY"))["error"] == "user_not_found"
    assert (await api("conversations.open", users=gone.id))["error"] == "user_disabled"
    assert (await api("conversations.open", users="USLACKBOT"))["error"] == "cannot_dm_bot"


async def test_several_people_get_a_group_dm_once(api: Api) -> None:
    first = obj((await api("conversations.open", users="U0SAM,U0ANA"))["channel"])["id"]
    second = obj((await api("conversations.open", users="U0ANA,U0SAM"))["channel"])["id"]

    assert first == second
    assert (await api("chat.postMessage", channel=first, text="x"))["ok"]


async def test_a_channel_says_whether_it_is_shared_and_whether_the_bot_is_in(slack: VirtualSlack, api: Api) -> None:
    slack.add_channel("lobby", with_bot=False)
    shared = obj((await api("conversations.info", channel="C0FACILITIES"))["channel"])
    lobby = obj((await api("conversations.info", channel=slack.channel("lobby").id))["channel"])

    assert (shared["is_ext_shared"], shared["is_member"]) == (True, True)
    assert (lobby["is_ext_shared"], lobby["is_member"]) == (False, False)


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(slack: VirtualSlack, api: Api) -> None:
    vault = slack.add_channel("vault", kind="private", members=("mia",), with_bot=False)

    assert (await api("conversations.info", channel=vault.id))["error"] == "channel_not_found"
    listed = (await api("conversations.list", types="public_channel,private_channel"))["channels"]
    assert vault.id not in str(listed)


async def test_members_and_channels_come_in_pages(api: Api) -> None:
    members = await api("conversations.members", channel="C0REQUESTS", limit=2)
    channels = await api("conversations.list", limit=2)

    assert members["members"] == ["U0MIA", "U0SAM"]
    assert obj(members["response_metadata"])["next_cursor"]
    assert isinstance(channels["channels"], list)
    assert len(channels["channels"]) == 2
    assert (await api("conversations.list", types="nonsense"))["error"] == "invalid_types"


async def test_reading_a_private_channel_needs_its_own_scope(clock: Clock, bot: Bot) -> None:
    manifest: Json = {"oauth_config": {"scopes": {"bot": ["channels:read"]}}}
    slack = VirtualSlack(clock, "s", TOKEN, deliver=bot, manifest=manifest)
    vault = slack.add_channel("vault", kind="private", members=("mia",))
    async with client(slack) as http:
        answer = await Api(http)("conversations.info", channel=vault.id)

    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")


async def test_auth_test_names_bot_and_team(api: Api) -> None:
    answer = await api("auth.test")

    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0LATCH", "U0LATCHKEY", "B0LATCHKEY")


def test_somebody_who_is_not_here(clock: Clock, bot: Bot) -> None:
    slack = VirtualSlack(clock, "s", TOKEN, deliver=bot)

    with pytest.raises(LookupError, match="nobody here is called 'zoe'"):
        slack.user("zoe")


def test_an_empty_signing_secret_is_refused(clock: Clock, bot: Bot) -> None:
    with pytest.raises(ValueError, match="signing secret"):
        VirtualSlack(clock, "", TOKEN, deliver=bot)
