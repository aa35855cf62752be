"""Which door is meant: slips are forgiven, and nothing is ever guessed between two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.door_names import find_door_in, match_door
from bot.domain.model import Door


def door(name: str, *aliases: str) -> Door:
    return Door(device_id=name, name=name, brand="TTLock", provider="ttlock", online=True, locked=True, aliases=aliases)


DOORS = (
    door("Front Door", "main entrance"),
    door("Back Door"),
    door("Garage 1"),
    door("Garage 2"),
    door("Door 9"),
    door("Café Küche"),
    door("Meeting Room Berlin"),
    door("Lab"),
    door("大門"),
)


def found(typed: str) -> list[str]:
    return [d.name for d in match_door(typed, DOORS).doors]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Front Door", "Front Door"),
        ("front door", "Front Door"),
        ("FRONT  DOOR", "Front Door"),
        ("door front", "Front Door"),
        ("the front door please", "Front Door"),
        ("frontdoor", "Front Door"),
        ("front-door", "Front Door"),
        ("front", "Front Door"),
        ("frnt door", "Front Door"),
        ("fornt door", "Front Door"),
        ("main entrance", "Front Door"),
        ("Main Entrnce", "Front Door"),
        ("cafe kuche", "Café Küche"),
        ("CAFÉ KÜCHE", "Café Küche"),
        ("berlin meeting", "Meeting Room Berlin"),
        ("garage 1", "Garage 1"),
        ("Garage2", "Garage 2"),
        ("door 9", "Door 9"),
        ("lab", "Lab"),
        ("大門", "大門"),
    ],
)
def test_the_door_that_was_meant_is_found(typed: str, name: str) -> None:
    assert found(typed) == [name]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("garage", ["Garage 1", "Garage 2"]),
        ("garge", ["Garage 1", "Garage 2"]),
        ("door", ["Front Door", "Back Door", "Door 9"]),
    ],
)
def test_two_candidates_are_both_offered(typed: str, names: list[str]) -> None:
    assert found(typed) == names


@pytest.mark.parametrize("typed", ["garage 3", "door 8", "lap", "cellar", "front door 2", "", "   ", "!!"])
def test_digits_and_short_words_must_be_right_and_nothing_is_guessed(typed: str) -> None:
    assert found(typed) == []


def test_near_names_are_offered_when_none_is_known() -> None:
    assert match_door("garage 3", DOORS).near[:2] == ("Garage 1", "Garage 2")
    assert match_door("xyzzy", DOORS).near == ()


def test_a_whole_name_wins_over_longer_names_with_its_words() -> None:
    doors = (door("Lab"), door("Lab 2"), door("Old Lab"))
    assert [d.name for d in match_door("lab", doors).doors] == ["Lab"]


def test_two_doors_of_one_name_are_candidates() -> None:
    twins = (
        door("Front Door"),
        Door(device_id="2", name="front door", brand="x", provider="x", online=True, locked=True),
    )
    assert len(match_door("front door", twins).doors) == 2


def test_the_longest_name_in_a_text_is_the_door() -> None:
    doors, span = find_door_in("Dana at the Meeting Room Berlin tomorrow", (*DOORS, door("Meeting Room")))
    assert [d.name for d in doors] == ["Meeting Room Berlin"]
    assert span == (12, 31)


@given(st.sampled_from(DOORS), st.randoms(use_true_random=False))
def test_case_and_order_of_words_never_matter(meant: Door, chance: object) -> None:
    words = [w.upper() if chance.random() < 0.5 else w.lower() for w in meant.name.split()]  # type: ignore[attr-defined]
    chance.shuffle(words)  # type: ignore[attr-defined]
    assert meant in match_door(" ".join(words), DOORS).doors


@given(st.text(max_size=200))
def test_whatever_is_typed_it_answers(text: str) -> None:
    match = match_door(text, DOORS)
    assert len(match.doors) <= 5
    assert not (match.doors and match.near)
