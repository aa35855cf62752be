"""A line that only tries the rules: who, what, which door, when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Unclear
from bot.domain.model import Action, Door
from bot.domain.trial import Question, at_time, read_question
from bot.domain.when import Reading
from tests.domain.policy.world import ask

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Berlin


def door(name: str) -> Door:
    return Door(device_id=name, name=name, brand="", provider="", online=True, locked=True, timezone=BERLIN)


DOORS = [door(name) for name in ("Back Door", "Front Door", "Lock Room", "End Hall")]


def read(text: str) -> Question:
    return read_question(text, DOORS, now=NOW, fallback_zone=BERLIN, locale="en-US")


@pytest.mark.parametrize(
    ("text", "user_id", "action", "device_id", "timed"),
    [
        ("@U0ANA Back Door tomorrow 7am", "U0ANA", None, "Back Door", True),
        ("Back Door tomorrow 7am @U0ANA", "U0ANA", None, "Back Door", True),
        ("Back Door", None, None, "Back Door", False),
        ("unlock Back Door", None, Action.UNLOCK, "Back Door", False),
        ("@U0ANA guest code Back Door tomorrow 9-17", "U0ANA", Action.GUEST_CODE, "Back Door", True),
        ("guest-code Front Door tomorrow 9-17", None, Action.GUEST_CODE, "Front Door", True),
        ("Lock Room", None, None, "Lock Room", False),
        ("lock Lock Room", None, Action.LOCK, "Lock Room", False),
        ("End Hall at 18:00", None, None, "End Hall", True),
    ],
)
def test_person_act_door_and_time_are_told_apart(
    text: str, user_id: str | None, action: Action | None, device_id: str, timed: bool
) -> None:
    question = read(text)
    assert (question.user_id, question.action) == (user_id, action)
    assert [d.device_id for d in question.wish.match.doors] == [device_id]
    assert isinstance(question.wish.time, Reading) is timed


def test_somebody_who_was_typed_and_not_picked_is_nobody() -> None:
    with pytest.raises(Unclear, match="@ana"):
        read("@ana Back Door")


def _time(text: str) -> Reading:
    time = read(f"Back Door {text}").wish.time
    assert isinstance(time, Reading)
    return time


def test_a_moment_is_an_unlock_at_that_moment() -> None:
    asked = at_time(ask(now=NOW), None, _time("tomorrow 7am"))
    assert (asked.action, asked.window) == (Action.UNLOCK, None)
    assert asked.now == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_a_window_is_a_code_that_is_asked_for_now() -> None:
    asked = at_time(ask(now=NOW), None, _time("tomorrow 9-17"))
    assert asked.action is Action.GUEST_CODE
    assert asked.now == NOW
    assert asked.window is not None
    assert asked.window.length == timedelta(hours=8)


def test_a_code_of_which_only_the_start_is_said_lasts_two_hours() -> None:
    asked = at_time(ask(now=NOW), Action.GUEST_CODE, _time("tomorrow 7am"))
    assert asked.window is not None
    assert asked.window.length == timedelta(hours=2)


def test_an_unlock_for_a_time_that_starts_now_stays_an_unlock() -> None:
    asked = at_time(ask(now=NOW), None, _time("for 30 min"))
    assert asked.action is Action.UNLOCK
    assert asked.window is not None


def test_without_a_time_it_is_about_now() -> None:
    asked = at_time(ask(now=NOW), Action.LOCK, None)
    assert (asked.action, asked.now, asked.window) == (Action.LOCK, NOW, None)
