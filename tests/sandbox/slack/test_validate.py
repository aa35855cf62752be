"""The validator against the project's own checker, on good and bad views and messages."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.slack.validate import ack_problems, block_problems, options_problems, view_is_too_large, view_problems
from bot.sandbox.slack.wire import Json

from .conftest import actions, button, field_, modal, option, section, text_input

Check = Callable[..., list[Any]]


@pytest.fixture
def check(shared_dir: Path) -> Check:
    """`check` of ../shared/check_blocks.py."""
    spec = importlib.util.spec_from_file_location("check_blocks", shared_dir / "check_blocks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_blocks"] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    checker: Check = module.check
    return checker


def words(length: int, kind: str = "plain_text") -> Json:
    return {"type": kind, "text": "x" * length}


def menu(kind: str = "static_select", **more: object) -> Json:
    return {"type": kind, "action_id": "m", **more}


DIVIDER: Json = {"type": "divider"}
FRONT, BACK = option("front"), option("back")
TWO = [FRONT, BACK]
CONFIRM: Json = {"title": words(100), "text": words(300), "confirm": words(30), "deny": words(30)}

GOOD_BLOCKS: dict[str, list[Json]] = {
    "section at its limit": [section("x" * 3000)],
    "ten fields": [{"type": "section", "fields": [words(2000)] * 10}],
    "header": [{"type": "header", "text": words(150)}],
    "divider": [{"type": "divider"}],
    "context": [{"type": "context", "elements": [words(10, "mrkdwn")] * 10}],
    "context with image": [
        {"type": "context", "elements": [{"type": "image", "image_url": "https://x", "alt_text": ""}]}
    ],
    "button with everything": [
        actions(button("a" * 255, "x" * 75, value="v" * 2000, style="danger", url="https://x", confirm=CONFIRM))
    ],
    "25 buttons": [actions(*[button(str(number)) for number in range(25)])],
    "select": [actions(menu(options=TWO, initial_option=BACK, placeholder=words(150)))],
    "select with groups": [actions(menu(option_groups=[{"label": words(75), "options": TWO}], initial_option=BACK))],
    "long options": [actions(menu(options=[{"text": words(75), "value": "v" * 150, "description": words(75)}]))],
    "overflow": [actions({"type": "overflow", "action_id": "o", "options": [FRONT] * 5})],
    "datetimepicker": [actions({"type": "datetimepicker", "action_id": "d", "initial_date_time": 1772442000})],
    "pickers": [
        actions(
            {"type": "datepicker", "action_id": "d", "initial_date": "2026-02-28"},
            {"type": "timepicker", "action_id": "t", "initial_time": "23:59", "timezone": "Europe/Berlin"},
        )
    ],
    "users": [section("x", accessory=menu("multi_users_select", initial_users=["U1"], max_selected_items=1))],
    "external": [section("x", accessory=menu("external_select", min_query_length=0, initial_option=FRONT))],
    "image": [{"type": "image", "image_url": "https://x", "alt_text": "x", "title": words(10)}],
    "50 blocks": [{"type": "divider"}] * 50,
    "rich text": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
    "mrkdwn in radio": [
        actions({"type": "radio_buttons", "action_id": "r", "options": [{"text": words(5, "mrkdwn"), "value": "1"}]})
    ],
}
BAD_BLOCKS: dict[str, list[Json]] = {
    "section too long": [section("x" * 3001)],
    "empty text": [section("")],
    "section of nothing": [{"type": "section"}],
    "eleven fields": [{"type": "section", "fields": [words(1)] * 11}],
    "mrkdwn header": [{"type": "header", "text": words(5, "mrkdwn")}],
    "long header": [{"type": "header", "text": words(151)}],
    "eleven in context": [{"type": "context", "elements": [words(1)] * 11}],
    "button in context": [{"type": "context", "elements": [button()]}],
    "long button": [actions(button(text="x" * 76))],
    "mrkdwn button": [actions({"type": "button", "action_id": "a", "text": words(3, "mrkdwn")})],
    "button value": [actions(button(value="v" * 2001))],
    "button value of another kind": [actions(button(value=7))],
    "button style": [actions(button(style="warning"))],
    "unknown field": [actions(button(colour="red"))],
    "26 buttons": [actions(*[button(str(number)) for number in range(26)])],
    "no elements": [actions()],
    "same action twice": [actions(button(), button())],
    "same block twice": [actions(button()), actions(button())],
    "option text": [actions(menu(options=[option("v", "x" * 76)]))],
    "option value": [actions(menu(options=[option("v" * 151)]))],
    "no options": [actions(menu(options=[]))],
    "101 options": [actions(menu(options=[option(str(number)) for number in range(101)]))],
    "options and groups": [actions(menu(options=TWO, option_groups=[{"label": words(5), "options": TWO}]))],
    "neither": [actions(menu())],
    "initial not offered": [actions(menu(options=[FRONT], initial_option=BACK))],
    "initial of another description": [actions(menu(options=TWO, initial_option=FRONT | {"description": words(3)}))],
    "external with options": [actions(menu("external_select", options=TWO))],
    "six in overflow": [actions({"type": "overflow", "action_id": "o", "options": [FRONT] * 6})],
    "datetimepicker in section": [section("x", accessory={"type": "datetimepicker", "action_id": "d"})],
    "text input in actions": [actions(text_input())],
    "milliseconds": [actions({"type": "datetimepicker", "action_id": "d", "initial_date_time": 1772442000000})],
    "no such day": [actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-30"})],
    "no such time": [actions({"type": "timepicker", "action_id": "d", "initial_time": "24:00"})],
    "no such zone": [actions({"type": "timepicker", "action_id": "d", "timezone": "Mars/Base"})],
    "eleven boxes": [actions({"type": "checkboxes", "action_id": "c", "options": [FRONT] * 11})],
    "empty initial boxes": [actions({"type": "checkboxes", "action_id": "c", "options": TWO, "initial_options": []})],
    "too many chosen": [
        section("x", accessory=menu("multi_users_select", initial_users=["1", "2"], max_selected_items=1))
    ],
    "placeholder": [actions(menu(options=TWO, placeholder=words(151)))],
    "confirm": [actions(button(confirm=CONFIRM | {"confirm": words(31)}))],
    "confirm in part": [actions(button(confirm={"title": words(5)}))],
    "51 blocks": [{"type": "divider"}] * 51,
    "long block_id": [{"type": "divider", "block_id": "x" * 256}],
    "unknown block": [{"type": "nonsense"}],
    "image without text": [{"type": "image", "image_url": "https://x"}],
    "image of nothing": [{"type": "image", "alt_text": "x"}],
    "emoji in mrkdwn": [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
    "bare string": [{"type": "section", "text": "x"}],
}
PLAIN_INPUT = field_("f", text_input())
GOOD_VIEWS: dict[str, Json] = {
    "modal": modal(PLAIN_INPUT),
    "modal at its limits": modal(*[DIVIDER] * 100, private_metadata="x" * 3000, callback_id="x" * 255, title=words(24)),
    "without submit": {key: value for key, value in modal(section("x")).items() if key != "submit"},
    "home": {"type": "home", "blocks": [PLAIN_INPUT, actions(button())], "private_metadata": "x"},
    "typed": modal(
        field_("a", text_input(min_length=0, max_length=3000, multiline=True, initial_value="x")),
        field_(
            "b",
            text_input("b", dispatch_action_config={"trigger_actions_on": ["on_character_entered"]}),
            dispatch_action=True,
        ),
        field_("c", {"type": "number_input", "action_id": "n", "is_decimal_allowed": True, "min_value": "-1.5"}),
        field_("d", {"type": "email_text_input", "action_id": "e"}, hint=words(2000), optional=True),
    ),
}
BAD_VIEWS: dict[str, Json] = {
    "inputs without submit": {key: value for key, value in modal(PLAIN_INPUT).items() if key != "submit"},
    "no title": {key: value for key, value in modal(section("x")).items() if key != "title"},
    "long title": modal(section("x"), title=words(25)),
    "long submit": modal(section("x"), submit=words(25)),
    "101 blocks": modal(*[DIVIDER] * 101),
    "metadata": modal(section("x"), private_metadata="x" * 3001),
    "callback_id": modal(section("x"), callback_id="x" * 256),
    "sent back": modal(section("x"), hash="1.2", state={"values": {}}),
    "title in home": {"type": "home", "blocks": [], "title": words(5)},
    "label missing": modal({"type": "input", "block_id": "x", "element": text_input()}),
    "mrkdwn label": modal(PLAIN_INPUT | {"label": words(3, "mrkdwn")}),
    "button in input": modal(field_("x", button())),
    "max_length": modal(field_("x", text_input(max_length=3001))),
    "max_length of none": modal(field_("x", text_input(max_length=0))),
    "min over max": modal(field_("x", text_input(min_length=5, max_length=4))),
    "initial too long": modal(field_("x", text_input(max_length=3, initial_value="abcd"))),
    "number": modal(field_("x", {"type": "number_input", "action_id": "n"})),
    "number as number": modal(
        field_("x", {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": 3})
    ),
    "two in focus": modal(field_("x", text_input(focus_on_load=True)), field_("y", text_input(focus_on_load=True))),
    "markdown in a modal": modal({"type": "markdown", "text": "x"}),
    "dispatch of files": modal(field_("x", {"type": "file_input", "action_id": "f"}, dispatch_action=True)),
    "blocks missing": {key: value for key, value in modal().items() if key != "blocks"},
}


def refused_by(check: Check, view: Json) -> bool:
    """The checker stumbles over a type that is a list; Slack would refuse it."""
    try:
        return bool(errors(check(view)))
    except (TypeError, AttributeError):
        return True


def errors(found: list[Any]) -> list[str]:
    return [str(problem) for problem in found if problem.level == "ERROR"]


@pytest.mark.parametrize("name", GOOD_BLOCKS)
def test_good_blocks_are_taken(name: str) -> None:
    assert block_problems(GOOD_BLOCKS[name]) == []


@pytest.mark.parametrize("name", BAD_BLOCKS)
def test_bad_blocks_are_refused(name: str) -> None:
    assert block_problems(BAD_BLOCKS[name])


@pytest.mark.parametrize("name", GOOD_VIEWS)
def test_good_views_are_taken(name: str) -> None:
    assert view_problems(GOOD_VIEWS[name]) == []


@pytest.mark.parametrize("name", BAD_VIEWS)
def test_bad_views_are_refused(name: str) -> None:
    assert view_problems(BAD_VIEWS[name])


def test_the_checker_of_the_project_judges_all_of_them_alike(check: Check) -> None:
    taken = [{"text": "x", "blocks": blocks} for blocks in GOOD_BLOCKS.values()] + list(GOOD_VIEWS.values())
    refused = [{"text": "x", "blocks": blocks} for blocks in BAD_BLOCKS.values()] + list(BAD_VIEWS.values())

    assert [errors(check(payload)) for payload in taken if errors(check(payload))] == []
    assert [payload for payload in refused if not errors(check(payload))] == []


@pytest.mark.parametrize(
    "answer",
    [
        {"options": TWO},
        {"options": []},
        {"option_groups": [{"label": words(75), "options": TWO}]},
        {"options": TWO, "option_groups": []},
        {"options": [option("x" * 151)]},
        {"options": [option(str(number)) for number in range(101)]},
        {"option_groups": [{"label": words(76), "options": TWO}]},
    ],
)
def test_options_are_judged_alike(answer: Json, check: Check) -> None:
    assert bool(options_problems(answer)) == bool(errors(check(answer, surface="options")))


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"f": "wrong"}},
        {"response_action": "errors", "errors": {"f": ""}},
        {"response_action": "errors", "errors": {"other": "wrong"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": GOOD_VIEWS["modal"]},
        {"response_action": "push", "view": BAD_VIEWS["long title"]},
        {"response_action": "clear"},
        {"response_action": "close"},
    ],
)
def test_answers_to_a_submission_are_judged_alike(answer: Json, check: Check) -> None:
    form = modal(PLAIN_INPUT, section("x", block_id="s"))
    blocks = form["blocks"]
    assert isinstance(blocks, list)

    assert bool(ack_problems(answer, blocks)) == bool(errors(check(answer, ack_for=form)))


@st.composite
def mutations(draw: st.DrawFn, good: list[Json]) -> Json:
    """A good view with one thing changed somewhere in it."""
    view = json.loads(json.dumps(draw(st.sampled_from(good))))
    place: Any = view
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return dict(view)
        key = draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
            place = place[key]
            continue
        match draw(st.integers(0, 5)):
            case 0 if isinstance(place, dict):
                del place[key]
            case 1:
                place[key] = draw(st.sampled_from(["", "x" * 80, "x" * 3500, None, True, 7, -1, [], {}, "button"]))
            case 2 if isinstance(place, dict):
                place["surprise"] = 1
            case 3 if isinstance(place[key], list):
                place[key] = place[key] * draw(st.integers(2, 120))
            case 4 if isinstance(place[key], str):
                place[key] = place[key] * draw(st.integers(2, 200))
            case _:
                place[key] = draw(st.sampled_from(["mrkdwn", "plain_text", "input", "static_select", 1772442000]))
        return dict(view)


BLOCKS_AS_VIEWS = [modal(*blocks) for name, blocks in GOOD_BLOCKS.items()]


@given(view=mutations([*GOOD_VIEWS.values(), *BLOCKS_AS_VIEWS]))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_checker_refuses_we_refuse(view: Json, check: Check) -> None:
    if view.get("type") not in ("modal", "home"):
        assert view_problems(view)
    elif refused_by(check, view):
        assert view_problems(view) or view_is_too_large(view)
    else:
        view_problems(view)  # says something or nothing, and never breaks


def test_a_reason_names_the_place() -> None:
    reasons = block_problems([section("x"), actions(button(text="x" * 76))])

    assert reasons == ["[ERROR] must be no more than 75 characters [json-pointer:/blocks/1/elements/0/text/text]"]
