"""Which door is meant: slips are forgiven, guessing is not."""

from __future__ import annotations

import pytest

from bot.domain.door_names import find_door_in, match_door
from bot.domain.model import Door


def door(name: str, *aliases: str) -> Door:
    return Door(
        device_id=name.lower().replace(" ", "-"), name=name, brand="TTLock", provider="ttlock", online=True,
        locked=True, aliases=aliases,
    )  # fmt: skip


HOUSE = [
    door("Front Door", "Main Entrance"),
    door("Back Door"),
    door("Garage"),
    door("Garage 1"),
    door("Garage 2"),
    door("Café"),
    door("Door 9"),
    door("Meeting Room"),
    door("Server Room"),
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Front Door", "Front Door"),
        ("front door", "Front Door"),
        ("FRONT-DOOR", "Front Door"),
        ("frontdoor", "Front Door"),
        ("door front", "Front Door"),
        ("the front door please", "Front Door"),
        ("front", "Front Door"),
        ("frnt door", "Front Door"),
        ("main entrance", "Front Door"),
        ("entrance", "Front Door"),
        ("garage", "Garage"),
        ("garage 2", "Garage 2"),
        ("cafe", "Café"),
        ("door 9", "Door 9"),
        ("meting room", "Meeting Room"),
    ],
)
def test_one_door_is_meant(typed: str, meant: str) -> None:
    assert [d.name for d in match_door(typed, HOUSE).doors] == [meant]


@pytest.mark.parametrize("typed", ["room", "door"])
def test_several_that_fit_are_candidates_and_none_is_picked(typed: str) -> None:
    assert len(match_door(typed, HOUSE).doors) > 1


@pytest.mark.parametrize("typed", ["garage 3", "door 8", "swimming pool", "", "!!", "lab"])
def test_what_fits_no_door_is_not_guessed(typed: str) -> None:
    assert match_door(typed, HOUSE).doors == ()


def test_near_names_are_offered() -> None:
    assert "Garage" in match_door("garge 7", HOUSE).near or "Garage 1" in match_door("garge 7", HOUSE).near


def test_digits_must_be_right() -> None:
    assert [d.name for d in match_door("garage 1", HOUSE).doors] == ["Garage 1"]


def test_the_longest_name_in_a_sentence_wins() -> None:
    found, span = find_door_in("let Dana into garage 2 tomorrow", HOUSE)
    assert [d.name for d in found] == ["Garage 2"]
    assert span is not None
    assert "let Dana into garage 2 tomorrow"[slice(*span)] == "garage 2"


def test_two_doors_of_one_name_are_both_found() -> None:
    twins = [door("Lab"), Door(device_id="lab2", name="Lab", brand="x", provider="x", online=True, locked=None)]
    assert len(find_door_in("open the lab", twins)[0]) == 2
    assert len(match_door("lab", twins).doors) == 2
