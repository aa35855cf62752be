"""Every view and message: inside Slack's limits, and dead to whatever others put into names."""

from __future__ import annotations

import inspect
import json
import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handlers.views
from handlers.json_types import Json, list_at
from handlers.views import inputs, kit
from tests.handlers.views.every import every
from tests.handlers.views.nasty import NASTY
from tests.handlers.views.reading import HIDDEN, TOKEN, is_verbatim, mrkdwn, size, texts

Check = Callable[[object], list[str]]

# Right for a programmer's own words, and not for a name that somebody gave: one who is called "&lt;" or "***".
# And 150 characters are Slack's own limit for a value today (slack-platform.md A6): a site's name may have 80.
FALSE_ALARMS = ("escaped_plain", "markdown_in_mrkdwn", "option_value_75")


def test_every_function_that_gives_blocks_is_tried_here() -> None:
    tried = {f"{f.__module__}.{f.__qualname__}" for _, f, _ in every("Dana")}
    there = set()
    for info in pkgutil.iter_modules(handlers.views.__path__, "handlers.views."):
        module = import_module(info.name)
        if module in (kit, inputs):
            continue
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != info.name or name.startswith("_"):
                continue
            gives = get_type_hints(function).get("return")
            if gives in (Json, Json | None):
                there.add(f"{info.name}.{name}")
    # Parts of a view that is below.
    parts = {"doors.door_option", "rule_form.door_choice", "rule_form.channel_field", "guest_codes.end_button"}
    assert there - {f"handlers.views.{part}" for part in parts} == tried


@pytest.mark.parametrize("text", NASTY, ids=lambda t: repr(t[:18]))
def test_slack_takes_it_without_a_complaint(text: str, check: Check) -> None:
    for name, _, shown in every(text):
        alarms = [said for said in check(shown) if not any(word in said for word in FALSE_ALARMS)]
        if set(text) <= set("<&"):  # five characters for each of theirs: the one case that comes near a soft limit
            alarms = [said for said in alarms if said.startswith("ERROR")]
        assert alarms == [], name


@pytest.mark.parametrize("text", NASTY, ids=lambda t: repr(t[:18]))
def test_no_mention_and_no_link_comes_of_a_name(text: str) -> None:
    for name, _, shown in every(text):
        for words in mrkdwn(shown):
            assert not TOKEN.search(words), (name, words)
        assert is_verbatim(shown), name


@pytest.mark.parametrize("text", NASTY, ids=lambda t: repr(t[:18]))
def test_nothing_invisible_is_passed_on(text: str) -> None:
    for name, _, shown in every(text):
        for _, words in texts(shown):
            assert not HIDDEN.search(words), (name, words)


@pytest.mark.parametrize("text", NASTY, ids=lambda t: repr(t[:18]))
def test_a_name_adds_no_line(text: str) -> None:
    plain = {n: [w.count("\n") for _, w in texts(s)] for n, (_, _, s) in enumerate(every("Dana"))}
    for n, (name, _, shown) in enumerate(every(text)):
        lines = [w.count("\n") for _, w in texts(shown)]
        assert sum(lines) <= sum(plain[n]), (name, shown)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_random_text_stays_dead_and_inside_the_limits(text: str) -> None:
    for name, _, shown in every(text):
        for kind, words in texts(shown):
            assert not HIDDEN.search(words), (name, words)
            if kind == "mrkdwn":
                assert not TOKEN.search(words), (name, words)
                assert len(words) <= 3000, name
        assert len(list_at(shown, "blocks")) <= 50, name
        json.dumps(shown).encode()


def test_a_message_of_the_longest_names_is_not_too_long_for_slack() -> None:
    for name, _, shown in every("x" * 3100):
        most = 100_000 if shown.get("type") in {"modal", "home"} else 12_000  # a view may have 250 kB
        assert size(shown) < most, name


def test_no_pin_stands_outside_the_one_view_that_shows_it() -> None:
    for name, _, shown in every("Dana"):
        if name != "reveal":
            assert "123456" not in json.dumps(shown), name
