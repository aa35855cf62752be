"""What lies at the edges: entries of every kind, odd calls, and what nobody can do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot.sandbox.slack import NotPossible, Outcome, VirtualSlack
from bot.sandbox.slack.entries import entered
from bot.sandbox.slack.wire import Json

from .conftest import Api, Bot, Seconds, actions, button, field_, modal, open_modal, option, section, text_input

OPTIONS = [option("front", "Front Door"), option("back", "Back Door")]


@pytest.mark.parametrize(
    ("element", "value", "kept"),
    [
        ({"type": "plain_text_input"}, "x", {"value": "x"}),
        ({"type": "plain_text_input"}, "", {"value": None}),
        ({"type": "number_input"}, 7, {"value": "7"}),
        ({"type": "static_select", "options": OPTIONS}, "Back Door", {"selected_option": OPTIONS[1]}),
        ({"type": "static_select", "options": OPTIONS}, None, {"selected_option": None}),
        ({"type": "checkboxes", "options": OPTIONS}, ["front"], {"selected_options": OPTIONS[:1]}),
        ({"type": "checkboxes", "options": OPTIONS}, None, {"selected_options": []}),
        ({"type": "multi_users_select"}, "U0SAM", {"selected_users": ["U0SAM"]}),
        ({"type": "datepicker"}, date(2026, 3, 2), {"selected_date": "2026-03-02"}),
        ({"type": "timepicker"}, time(9, 5), {"selected_time": "09:05"}),
        ({"type": "datetimepicker"}, datetime(2026, 3, 2, 9, tzinfo=UTC), {"selected_date_time": 1772442000}),
        ({"type": "users_select"}, {"selected_user": "U1"}, {"selected_user": "U1"}),
    ],
)
def test_an_entry_has_slacks_shape(element: Json, value: object, kept: Json) -> None:
    assert entered(element, value, []) == {"type": element["type"], **kept}


def test_more_than_the_most_cannot_be_chosen() -> None:
    with pytest.raises(NotPossible, match="1 at most"):
        entered({"type": "multi_users_select", "max_selected_items": 1}, ["U1", "U2"], [])


def test_a_person_can_be_given_as_an_account(slack: VirtualSlack) -> None:
    assert entered({"type": "users_select"}, slack.user("ana"), [])["selected_user"] == "U0ANA"


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "#general", "text": "x"}, None),
        ("chat.postMessage", {"channel": "C0GENERAL", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
        ("chat.getPermalink", {"channel": "C0GENERAL", "message_ts": "1.2"}, "message_not_found"),
        ("chat.update", {"channel": "C0GENERAL", "ts": "1.2", "text": "x"}, "message_not_found"),
        ("reactions.add", {"channel": "C0GENERAL", "timestamp": "1.2", "name": "x"}, "message_not_found"),
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("users.list", {"limit": "many"}, "invalid_arguments"),
        ("users.list", {"limit": 5000}, "invalid_limit"),
        ("conversations.open", {"channel": "D0SAM"}, None),
        ("conversations.open", {"users": "U0SAM", "return_im": True}, None),
        ("conversations.open", {"users": ",".join(f"U{n}" for n in range(9))}, "too_many_users"),
        ("conversations.members", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("views.open", {"trigger_id": "x"}, "invalid_arguments"),
        ("views.open", {"trigger_id": "x", "view": "nonsense"}, "invalid_arguments"),
        ("views.update", {"view": modal()}, "invalid_arguments"),
        ("views.publish", {"user_id": "U0LATCHKEY", "view": {"type": "home", "blocks": []}}, "user_not_found"),
        ("files.completeUploadExternal", {}, "invalid_arguments"),
        ("team.info", {}, None),
        ("api.test", {}, None),
    ],
)
async def test_odd_calls_get_slacks_word(api: Api, method: str, args: Json, error: str | None) -> None:
    assert (await api(method, **args)).get("error") == error


async def test_a_view_of_more_than_250_kb_is_too_large(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.shortcut("sam", "x")
    view = modal(*[section("ö" * 2900) for _ in range(50)])

    assert (await api("views.open", trigger_id=bot.last["trigger_id"], view=view))["error"] == "view_too_large"


async def test_json_that_is_none(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.token}", "Content-Type": "application/json"}
    answer = await api.http.post("/api/auth.test", content=b"{", headers=headers)

    assert answer.json()["error"] == "invalid_json"
    assert (await api.http.post("/respond/R1", content=b"{", headers=headers)).status_code == 400


async def test_arguments_can_stand_in_the_query_and_the_token_in_the_form(api: Api) -> None:
    answer = await api.http.get("/api/users.info?user=U0SAM", headers={"Authorization": f"Bearer {api.token}"})
    assert answer.json()["user"]["id"] == "U0SAM"

    answer = await api.http.post("/api/auth.test", data={"token": api.token})
    assert answer.json()["ok"]


async def test_a_response_url_is_limited_too(slack: VirtualSlack, bot: Bot, api: Api, seconds: Seconds) -> None:
    await slack.command("sam", "#general", "/doors")
    slack.conditions.limits_on = True
    url = bot.got[0].fields["response_url"]

    assert [(await api.respond(url, text="x")).status_code for _ in range(4)] == [200, 200, 200, 429]


async def test_home_and_messages_share_no_button_of_a_gone_message(slack: VirtualSlack, api: Api) -> None:
    posted = await api("chat.postMessage", channel="C0GENERAL", text="x", blocks=[actions(button())])
    message = slack.last("general")
    await api("chat.delete", channel="C0GENERAL", ts=posted["ts"])

    with pytest.raises(NotPossible, match="gone"):
        await slack.click("sam", message, "go")


async def test_a_view_without_submit_cannot_be_submitted_and_home_not_closed(slack: VirtualSlack, api: Api) -> None:
    view = modal(section("x"))
    del view["submit"]
    await open_modal(slack, api, "sam", view)
    await api("views.publish", user_id="U0ANA", view={"type": "home", "blocks": [section("x")]})

    with pytest.raises(NotPossible, match="no submit"):
        await slack.submit("sam")
    with pytest.raises(NotPossible, match="Home"):
        await slack.close("ana", slack.home("ana"))


async def test_an_ambiguous_or_unknown_element_is_named(slack: VirtualSlack, api: Api) -> None:
    await open_modal(slack, api, "sam", modal(field_("a", text_input()), field_("b", text_input())))

    with pytest.raises(LookupError, match="fits 2"):
        slack.fill("sam", None, {"v": "x"})
    with pytest.raises(LookupError, match=r"there are: a\.v, b\.v"):
        slack.fill("sam", None, {"c": "x"})
    slack.fill("sam", None, {"b.v": "x"})
    assert slack.top("sam").state["b"]["v"]["value"] == "x"


async def test_an_archived_channel_takes_no_commands(slack: VirtualSlack) -> None:
    slack.add_channel("old", members=("sam",), archived=True)

    with pytest.raises(NotPossible, match="archived"):
        await slack.command("sam", "old", "/doors")


async def test_a_click_in_a_modal_that_fails_is_trouble(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", modal(actions(button())))

    async def refuse(_: object) -> object:
        raise ConnectionResetError

    bot.handler = refuse
    await slack.act_in_view("sam", None, "go")
    assert "⚠ We had some trouble connecting" in str(slack.screen("sam").modal)


def test_an_outcome_that_is_not_ok_says_what_happened() -> None:
    with pytest.raises(AssertionError, match="http_service_error: HTTP 500"):
        Outcome(status=500, failure="http_service_error").expect_ok()


async def test_a_group_of_our_own(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    group = slack.add_group("night", ("sam", "mia"))
    await slack.command("sam", "#general", "/latchkey test @night")

    assert bot.got[0].fields["text"] == f"test <!subteam^{group.id}|@night>"
    assert (await api("usergroups.users.list", usergroup=group.id))["users"] == ["U0SAM", "U0MIA"]


async def test_a_choice_that_an_update_takes_away_is_forgotten(slack: VirtualSlack, api: Api) -> None:
    select: Json = {"type": "static_select", "action_id": "v", "options": OPTIONS}
    await open_modal(slack, api, "sam", modal(field_("door", select)))
    view = slack.fill("sam", None, {"door": "back"})
    await api("views.update", view_id=view.id, view=modal(field_("door", select | {"options": OPTIONS[:1]})))

    assert view.state["door"]["v"]["selected_option"] is None
