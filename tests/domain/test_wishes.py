"""What a typed line asks for: door, guest and time told apart, in any order; what is missing stays empty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.when import Reading
from bot.domain.wishes import length_of, read_code_wish, read_door_wish
from tests.domain.test_door_names import HOUSE

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "door", "minutes"),
    [
        ("Front Door", "Front Door", None),
        ("front door for 30 min", "Front Door", 30),
        ("for 30 min front door", "Front Door", 30),
        ("frnt door for 2 hours", "Front Door", 120),
        ("garage until 18:00", "Garage", 7 * 60),
        ("door 9", "Door 9", None),
        ("Garage 2 for 1 hour", "Garage 2", 60),
        ("main entrance for 5 minutes please", "Front Door", 5),
    ],
)
def test_a_line_for_a_door(text: str, door: str, minutes: int | None) -> None:
    wish = read_door_wish(text, HOUSE, now=NOW, fallback_zone=BERLIN, locale="en-US")
    assert [d.name for d in wish.match.doors] == [door]
    if minutes is None:
        assert wish.time is None
    else:
        assert isinstance(wish.time, Reading)
        assert wish.time.ends_at == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
        "Dana (plumber) at Front Door tomorrow 9-5",
        "tomorrow 9-5 Dana (plumber) at the front door",
        "Front Door for Dana (plumber) tomorrow 9-5",
        "Dana (plumber) tomorrow 9-5 front door",
        "for Dana (plumber) at main entrance tomorrow 9-5",
    ],
)
def test_a_line_for_a_guest_code_in_any_order(text: str) -> None:
    wish = read_code_wish(text, HOUSE, now=NOW, fallback_zone=BERLIN, locale="en-US")
    assert wish.guest == "Dana (plumber)"
    assert [d.name for d in wish.doors] == ["Front Door"]
    assert isinstance(wish.time, Reading)
    assert wish.time.starts_at.astimezone(BERLIN).isoformat() == "2026-12-02T09:00:00+01:00"
    assert wish.time_typed == "tomorrow 9-5"


@pytest.mark.parametrize(
    ("text", "guest", "doors"),
    [
        ("Dana at Front Door and Garage tomorrow 9-5", "Dana", ["Front Door", "Garage"]),
        ("Dana (plumber) at Front Door, Garage tomorrow 9-5", "Dana (plumber)", ["Front Door", "Garage"]),
        ("tomorrow 9-5 Garage, Front Door and the Back Door for Dana", "Dana", ["Garage", "Front Door", "Back Door"]),
        ("Dana at Garage & Garage tomorrow 9-5", "Dana", ["Garage"]),
        ("Garage at Front Door tomorrow 9-5", "Garage", ["Front Door"]),
        ("Dana (Garage Co) at Front Door tomorrow 9-5", "Dana (Garage Co)", ["Front Door"]),
    ],
)
def test_several_doors_named_in_a_row_are_all_meant(text: str, guest: str, doors: list[str]) -> None:
    wish = read_code_wish(text, HOUSE, now=NOW, fallback_zone=BERLIN, locale="en-US")
    assert (wish.guest, [d.name for d in wish.doors], wish.which) == (guest, doors, False)
    assert isinstance(wish.time, Reading)


@pytest.mark.parametrize(
    ("text", "guest", "doors", "has_time"),
    [
        ("Dana", "Dana", [], False),
        ("Dana at Narnia tomorrow 9-5", "Dana", [], True),
        ("at Front Door tomorrow 9-5", "", ["Front Door"], True),
        ("Dana at Front Door", "Dana", ["Front Door"], False),
    ],
)
def test_what_is_missing_stays_empty(text: str, guest: str, doors: list[str], has_time: bool) -> None:
    wish = read_code_wish(text, HOUSE, now=NOW, fallback_zone=BERLIN, locale="en-US")
    assert (wish.guest, [d.name for d in wish.doors], isinstance(wish.time, Reading)) == (guest, doors, has_time)


def test_a_door_that_is_not_known_is_named_and_not_made_part_of_the_guest() -> None:
    wish = read_code_wish("Dana at Narnia tomorrow 9-5", HOUSE, now=NOW, fallback_zone=BERLIN, locale="en-US")
    assert (wish.guest, wish.door_typed) == ("Dana", "Narnia")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("for 2 hours", 120), ("90 minutes", 90), ("until 18:00", None), ("tomorrow 9-5", None), ("banana", None)],
)
def test_a_length_is_told_from_a_fixed_end(text: str, minutes: int | None) -> None:
    length = length_of(text, now=NOW, tz=BERLIN, locale="en-US")
    assert length == (None if minutes is None else timedelta(minutes=minutes))
