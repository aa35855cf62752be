"""Modals and Home: triggers, the stack, hashes, typed values, and every answer to a submission."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest

from bot.sandbox.slack import Delivered, NotPossible, VirtualSlack
from bot.sandbox.slack.wire import Json, obj

from .conftest import (
    Api,
    Bot,
    Seconds,
    actions,
    button,
    field_,
    modal,
    open_modal,
    option,
    section,
    text_input,
)

FORM = modal(field_("who", text_input(initial_value="Dana")))


def trigger_of(bot: Bot) -> object:
    return bot.last["trigger_id"]


async def test_a_trigger_opens_one_modal_and_no_second(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.shortcut("sam", "x")

    assert (await api("views.open", trigger_id=trigger_of(bot), view=FORM))["ok"]
    assert (await api("views.open", trigger_id=trigger_of(bot), view=FORM))["error"] == "exchanged_trigger_id"
    assert (await api("views.open", trigger_id="1.2.x", view=FORM))["error"] == "invalid_trigger_id"


async def test_a_trigger_dies_after_three_seconds(slack: VirtualSlack, bot: Bot, api: Api, seconds: Seconds) -> None:
    await slack.shortcut("sam", "x")
    seconds.now += 3.1

    assert (await api("views.open", trigger_id=trigger_of(bot), view=FORM))["error"] == "expired_trigger_id"


async def test_turning_the_sandbox_clock_kills_no_trigger(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.shortcut("sam", "x")
    slack.clock.turn(timedelta(days=1))

    assert (await api("views.open", trigger_id=trigger_of(bot), view=FORM))["ok"]


async def test_three_modals_fit_on_a_stack_for_each_person(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    form = modal(actions(button("more")))
    await open_modal(slack, api, "sam", form)
    await open_modal(slack, api, "ana", form)
    errors = []
    for _ in range(3):
        await slack.act_in_view("sam", None, "more")
        errors.append((await api("views.push", trigger_id=trigger_of(bot), view=form)).get("error"))

    assert errors == [None, None, "push_limit_reached"]
    assert (len(slack.screen("sam").modals), len(slack.screen("ana").modals)) == (3, 1)
    stack = slack.workspace.views.stack("U0SAM")
    assert [view.root_view_id for view in stack] == [stack[0].id] * 3
    assert [view.previous_view_id for view in stack] == [None, stack[0].id, stack[1].id]


async def test_a_push_needs_a_modal_beneath(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await slack.shortcut("sam", "x")

    assert (await api("views.push", trigger_id=trigger_of(bot), view=FORM))["error"] == "invalid_trigger_id"


async def test_an_update_with_an_old_hash_loses(slack: VirtualSlack, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM)
    view = slack.top("sam")
    first = view.hash

    assert (await api("views.update", view_id=view.id, hash=first, view=FORM))["ok"]
    assert slack.top("sam").id == view.id
    assert (await api("views.update", view_id=view.id, hash=first, view=FORM))["error"] == "hash_conflict"


async def test_a_closed_view_cannot_be_updated(slack: VirtualSlack, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM)
    view = slack.top("sam")
    await slack.close("sam")

    assert (await api("views.update", view_id=view.id, view=FORM))["error"] == "not_found"


async def test_what_was_typed_survives_an_update_while_its_ids_stay(slack: VirtualSlack, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM)
    view = slack.fill("sam", None, {"who": "Bob"})
    await api("views.update", view_id=view.id, view=modal(field_("who", text_input(initial_value="Zoe"))))
    assert view.state["who"]["v"]["value"] == "Bob"

    await api("views.update", view_id=view.id, view=modal(field_("who2", text_input(initial_value="Zoe"))))
    assert view.state == {"who2": {"v": {"type": "plain_text_input", "value": "Zoe"}}}


async def test_the_bot_cannot_send_a_view_back_as_it_got_it(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", modal(actions(button())))
    await slack.act_in_view("sam", None, "go")
    answer = await api("views.update", view_id=slack.top("sam").id, view=bot.last["view"])

    assert answer["error"] == "invalid_arguments"
    assert "invalid additional property: hash" in str(answer["response_metadata"])


async def test_an_external_id_is_unique_while_its_view_is_open(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM | {"external_id": "mine"})
    await slack.shortcut("ana", "x")
    assert (await api("views.open", trigger_id=trigger_of(bot), view=FORM | {"external_id": "mine"}))[
        "error"
    ] == "duplicate_external_id"
    assert (await api("views.update", external_id="mine", view=FORM))["ok"]


@pytest.mark.parametrize("kind", ["home", "nonsense"])
async def test_only_a_modal_can_be_opened(slack: VirtualSlack, bot: Bot, api: Api, kind: str) -> None:
    await slack.shortcut("sam", "x")

    answer = await api("views.open", trigger_id=trigger_of(bot), view={"type": kind, "blocks": []})
    assert answer["error"] == "invalid_arguments"


async def test_untouched_fields_are_sent_with_their_initial_value_or_null(
    slack: VirtualSlack, bot: Bot, api: Api
) -> None:
    options = [option("a"), option("b")]
    await open_modal(
        slack,
        api,
        "sam",
        modal(
            field_("name", text_input(initial_value="Dana")),
            field_("note", text_input(), optional=True),
            field_(
                "one", {"type": "static_select", "action_id": "v", "options": options, "initial_option": options[1]}
            ),
            field_("some", {"type": "checkboxes", "action_id": "v", "options": options}, optional=True),
            field_("when", {"type": "datetimepicker", "action_id": "v", "initial_date_time": 1772442000}),
            section("pick", accessory={"type": "users_select", "action_id": "who"}, block_id="free"),
        ),
    )
    (await slack.submit("sam")).expect_ok()

    values = obj(obj(obj(bot.last["view"])["state"])["values"])
    assert values == {
        "name": {"v": {"type": "plain_text_input", "value": "Dana"}},
        "note": {"v": {"type": "plain_text_input", "value": None}},
        "one": {"v": {"type": "static_select", "selected_option": options[1]}},
        "some": {"v": {"type": "checkboxes", "selected_options": []}},
        "when": {"v": {"type": "datetimepicker", "selected_date_time": 1772442000}},
        "free": {"who": {"type": "users_select", "selected_user": None}},
    }


async def test_slacks_client_holds_back_what_is_empty_or_too_long(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    number: Json = {"type": "number_input", "action_id": "v", "is_decimal_allowed": False, "max_value": "9"}
    mail: Json = {"type": "email_text_input", "action_id": "v"}
    await open_modal(
        slack,
        api,
        "sam",
        modal(
            field_("empty", text_input()),
            field_("short", text_input(min_length=4)),
            field_("long", text_input(max_length=3)),
            field_("number", number),
            field_("mail", mail),
        ),
    )
    before = len(bot.got)
    outcome = await slack.submit("sam", None, {"short": "abc", "long": "abcd", "number": "12", "mail": "x"})

    assert not outcome.sent
    assert len(bot.got) == before
    assert slack.top("sam").errors == {
        "empty": "Please complete this required field.",
        "short": "Must be at least 4 characters",
        "long": "Must be no more than 3 characters",
        "number": "Must be no more than 9",
        "mail": "Please enter a valid email address.",
    }
    assert "⚠ Must be at least 4 characters" in str(slack.screen("sam"))


async def test_an_empty_answer_closes_this_view_and_shows_the_one_beneath(
    slack: VirtualSlack, bot: Bot, api: Api
) -> None:
    await open_modal(slack, api, "sam", modal(actions(button("more")), callback_id="below"))
    await slack.act_in_view("sam", None, "more")
    await api("views.push", trigger_id=trigger_of(bot), view=FORM)
    await slack.submit("sam")

    assert [view.callback_id for view in slack.screen("sam").modals] == ["below"]


async def test_errors_keep_the_view_and_stand_at_their_field(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM)
    bot.answers({"response_action": "errors", "errors": {"who": "Nobody is called that"}})
    (await slack.submit("sam", None, {"who": "Xx"})).expect_ok()

    modal_seen = slack.screen("sam").modal
    assert modal_seen is not None
    assert modal_seen.errors == {"who": "Nobody is called that"}
    assert "[Xx]\n  ⚠ Nobody is called that" in modal_seen.rendered


@pytest.mark.parametrize(
    "answer",
    [
        "text",
        {"text": "no response_action"},
        {"response_action": "errors", "errors": {"elsewhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "explode"},
        Delivered(status=500),
    ],
)
async def test_any_other_answer_is_trouble_connecting(slack: VirtualSlack, bot: Bot, api: Api, answer: object) -> None:
    await open_modal(slack, api, "sam", FORM)
    bot.answers(answer)
    outcome = await slack.submit("sam")

    assert outcome.failure
    assert slack.top("sam").trouble == "We had some trouble connecting. Try again?"
    assert slack.faults


async def test_update_push_and_clear_answers(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM)
    first = slack.top("sam").id
    bot.answers({"response_action": "update", "view": FORM | {"callback_id": "updated"}})
    await slack.submit("sam")
    assert (slack.top("sam").callback_id, slack.top("sam").id) == ("updated", first)

    bot.answers({"response_action": "push", "view": FORM | {"callback_id": "pushed"}})
    await slack.submit("sam")
    assert [view.callback_id for view in slack.screen("sam").modals] == ["updated", "pushed"]

    bot.answers({"response_action": "clear"})
    await slack.submit("sam")
    assert slack.screen("sam").modals == []


async def test_a_fourth_modal_by_answer_is_trouble(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM)
    bot.answers({"response_action": "push", "view": FORM})
    outcomes = [await slack.submit("sam") for _ in range(3)]

    assert [outcome.ok for outcome in outcomes] == [True, True, False]
    assert outcomes[-1].problems == ["push_limit_reached"]


async def test_closing_is_told_only_where_the_view_asks_for_it(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM)
    assert not (await slack.close("sam")).sent

    await open_modal(slack, api, "sam", FORM | {"notify_on_close": True})
    assert (await slack.close("sam")).ok
    view = obj(bot.last["view"])
    assert (bot.last["type"], bot.last["is_cleared"], view["blocks"]) == ("view_closed", False, [])
    assert "trigger_id" not in bot.last


async def test_the_cross_closes_all_and_reports_the_root(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    root = modal(actions(button("more")), callback_id="root", notify_on_close=True)
    await open_modal(slack, api, "sam", root)
    await slack.act_in_view("sam", None, "more")
    await api("views.push", trigger_id=trigger_of(bot), view=FORM)
    await slack.close("sam", everything=True)

    assert (obj(bot.last["view"])["callback_id"], bot.last["is_cleared"]) == ("root", True)
    assert slack.screen("sam").modals == []


async def test_a_view_can_ask_for_all_to_be_closed(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", modal(actions(button("more"))))
    await slack.act_in_view("sam", None, "more")
    await api("views.push", trigger_id=trigger_of(bot), view=FORM | {"clear_on_close": True})
    await slack.close("sam")

    assert slack.screen("sam").modals == []


async def test_an_update_takes_the_errors_away(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", FORM)
    bot.answers({"response_action": "errors", "errors": {"who": "Who is that?"}})
    await slack.submit("sam")
    await api("views.update", view_id=slack.top("sam").id, view=FORM)

    assert slack.top("sam").errors == {}


async def test_a_click_in_a_modal_has_view_and_hash_and_neither_channel_nor_response_url(
    slack: VirtualSlack, bot: Bot, api: Api
) -> None:
    await open_modal(slack, api, "sam", modal(actions(button(value="7")), field_("who", text_input())))
    slack.fill("sam", None, {"who": "half typ"})
    await slack.act_in_view("sam", None, "go")

    payload = bot.last
    assert payload["container"] == {"type": "view", "view_id": slack.top("sam").id}
    assert payload["hash"] == slack.top("sam").hash
    assert not {"channel", "message", "response_url"} & set(payload)
    values = obj(obj(obj(payload["view"])["state"])["values"])
    assert obj(obj(values["who"])["v"])["value"] == "half typ"


async def test_typing_is_sent_only_where_and_when_the_field_dispatches(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    live = {"trigger_actions_on": ["on_character_entered"]}
    await open_modal(
        slack,
        api,
        "sam",
        modal(
            field_("silent", text_input("a")),
            field_("enter", text_input("b"), dispatch_action=True),
            field_("live", text_input("c", dispatch_action_config=live), dispatch_action=True),
        ),
    )
    tries: list[tuple[str, Literal["enter", "typing"]]] = [
        ("silent", "enter"),
        ("enter", "typing"),
        ("enter", "enter"),
        ("live", "typing"),
        ("live", "enter"),
    ]
    sent = [(await slack.act_in_view("sam", None, key, "9-5", by=by)).sent for key, by in tries]

    assert sent == [False, False, True, True, False]
    assert slack.top("sam").state["silent"]["a"]["value"] == "9-5"


async def test_a_searchable_menu_asks_the_bot_and_only_its_options_can_be_chosen(
    slack: VirtualSlack, bot: Bot, api: Api
) -> None:
    menu = {"type": "external_select", "action_id": "door", "min_query_length": 0}
    await open_modal(slack, api, "sam", modal(field_("d", menu)))
    bot.answers({"option_groups": [{"label": {"type": "plain_text", "text": "Near"}, "options": [option("front")]}]})
    offered = (await slack.options("sam", slack.top("sam"), "door", "fr")).expect_ok()
    assert [one["value"] for one in offered.options] == ["front"]
    asked = bot.last
    assert (asked["type"], asked["value"], asked["block_id"]) == ("block_suggestion", "fr", "d")
    assert not {"trigger_id", "actions"} & set(asked)

    with pytest.raises(NotPossible, match="not offered"):
        slack.fill("sam", None, {"door": "back"})
    slack.fill("sam", None, {"door": "front"})
    assert slack.top("sam").state["d"]["door"]["selected_option"] == option("front")


async def test_a_short_query_is_not_sent(slack: VirtualSlack, api: Api) -> None:
    await open_modal(slack, api, "sam", modal(field_("d", {"type": "external_select", "action_id": "door"})))

    assert not (await slack.options("sam", slack.top("sam"), "door", "ab")).sent
    assert (await slack.options("sam", slack.top("sam"), "door", "abc")).failure == "invalid_options"


@pytest.mark.parametrize("answer", [{"options": [option("x")] * 101}, {"options": [option("x" * 151)]}, None])
async def test_bad_options_are_not_shown(slack: VirtualSlack, bot: Bot, api: Api, answer: object) -> None:
    menu = {"type": "external_select", "action_id": "door", "min_query_length": 0}
    await open_modal(slack, api, "sam", modal(field_("d", menu)))
    bot.answers(answer)

    outcome = await slack.options("sam", slack.top("sam"), "door")
    assert (outcome.failure, outcome.options) == ("invalid_options", [])


async def test_nobody_acts_in_the_modal_of_another_or_beneath_the_top(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await open_modal(slack, api, "sam", modal(actions(button("more"))))
    below = slack.top("sam")
    await slack.act_in_view("sam", None, "more")
    await api("views.push", trigger_id=trigger_of(bot), view=FORM)

    with pytest.raises(NotPossible):
        await slack.submit("ana", slack.top("sam"))
    with pytest.raises(NotPossible):
        await slack.act_in_view("sam", below, "more")


async def test_the_submitters_team_stands_in_a_submission(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    posted = await api("chat.postMessage", channel="C0FACILITIES", text="x", blocks=[actions(button())])
    assert posted["ok"]
    await slack.click("eve", slack.last("facilities"), "go")
    clicked = bot.last
    await api("views.open", trigger_id=clicked["trigger_id"], view=FORM)
    await slack.submit("eve")

    assert (obj(clicked["team"])["id"], obj(clicked["user"])["team_id"]) == ("T0LATCH", "T0OTHER")
    assert obj(bot.last["team"])["id"] == "T0OTHER"
    assert obj(bot.last["view"])["app_installed_team_id"] == "T0LATCH"


async def test_home_is_published_for_one_person_and_guarded_by_its_hash(slack: VirtualSlack, api: Api) -> None:
    home: Json = {"type": "home", "blocks": [section("Your doors"), actions(button())]}
    first = await api("views.publish", user_id="U0SAM", view=home)
    stale = obj(first["view"])["hash"]
    assert (await api("views.publish", user_id="U0SAM", view=home, hash=stale))["ok"]

    assert (await api("views.publish", user_id="U0SAM", view=home, hash=stale))["error"] == "hash_conflict"
    assert (await api("views.publish", user_id="U0NOBODY", view=home))["error"] == "user_not_found"
    assert "Your doors\n[Go]" in str(slack.screen("sam").home)
    assert slack.screen("ana").home is None


async def test_a_click_in_home(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await api("views.publish", user_id="U0SAM", view={"type": "home", "blocks": [actions(button())]})
    (await slack.act_in_view("sam", slack.home("sam"), "go")).expect_ok()

    assert obj(bot.last["view"])["type"] == "home"
    assert "response_url" not in bot.last


async def test_a_view_from_a_home_click_opens_and_is_not_pushed(slack: VirtualSlack, bot: Bot, api: Api) -> None:
    await api("views.publish", user_id="U0SAM", view={"type": "home", "blocks": [actions(button())]})
    await slack.act_in_view("sam", slack.home("sam"), "go")

    assert (await api("views.push", trigger_id=trigger_of(bot), view=FORM))["error"] == "invalid_trigger_id"


async def test_a_conversation_chosen_with_response_url_enabled_gives_one(
    slack: VirtualSlack, bot: Bot, api: Api
) -> None:
    select: Json = {"type": "conversations_select", "action_id": "v", "response_url_enabled": True}
    await open_modal(slack, api, "sam", modal(field_("where", select)))
    await slack.submit("sam", None, {"where": "C0GENERAL"})

    urls = bot.last["response_urls"]
    assert isinstance(urls, list)
    assert urls[0]["channel_id"] == "C0GENERAL"
