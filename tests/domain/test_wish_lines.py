"""What a typed line asks for: the door, the time and the guest in it, told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Door
from bot.domain.when import Reading
from bot.domain.wishes import CodeWish, DoorWish, read_code_wish, read_door_wish

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)  # 13:00 in Berlin
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def door(name: str, zone: ZoneInfo = BERLIN) -> Door:
    return Door(device_id=name, name=name, brand="TTLock", provider="ttlock", online=True, locked=True, timezone=zone)


DOORS = (
    door("Front Door"),
    door("Back Door"),
    door("Garage 1"),
    door("Garage 2"),
    door("Door 9"),
    door("NYC", NEW_YORK),
)


def door_wish(text: str) -> DoorWish:
    return read_door_wish(text, DOORS, now=NOW, fallback_zone=BERLIN, locale="en-US")


def code_wish(text: str) -> CodeWish:
    return read_code_wish(text, DOORS, now=NOW, fallback_zone=BERLIN, locale="en-US")


def end_of(time: object) -> str | None:
    return time.ends_at.astimezone(UTC).strftime("%d %H:%M") if isinstance(time, Reading) and time.ends_at else None


@pytest.mark.parametrize(
    ("text", "names", "end"),
    [
        ("Front Door", ["Front Door"], None),
        ("front door for 30 min", ["Front Door"], "01 12:30"),
        ("for 30 min front door", ["Front Door"], "01 12:30"),
        ("Front Door until 18:00", ["Front Door"], "01 17:00"),
        ("frnt door for 30 min", ["Front Door"], "01 12:30"),
        ("the front door please", ["Front Door"], None),
        ("Door 9", ["Door 9"], None),
        ("Door 9 for 30 min", ["Door 9"], "01 12:30"),
        ("Garage 1 until 18:00", ["Garage 1"], "01 17:00"),
        ("garage for 30 min", ["Garage 1", "Garage 2"], "01 12:30"),
        ("NYC until 18:00", ["NYC"], "01 23:00"),
        ("cellar", [], None),
        ("cellar for 30 min", [], "01 12:30"),
    ],
)
def test_a_line_for_unlock(text: str, names: list[str], end: str | None) -> None:
    wish = door_wish(text)
    assert [d.name for d in wish.match.doors] == names
    assert end_of(wish.time) == end


def test_a_door_that_is_not_known_is_named_as_it_was_typed() -> None:
    assert door_wish("cellar for 30 min").typed == "cellar"


@pytest.mark.parametrize(
    ("text", "guest", "names", "typed", "end"),
    [
        ("Dana at Front Door tomorrow 9-5", "Dana", ["Front Door"], "", "02 16:00"),
        ("Dana (plumber) at Front Door tomorrow 9-5", "Dana (plumber)", ["Front Door"], "", "02 16:00"),
        ("tomorrow 9-5 Dana at Front Door", "Dana", ["Front Door"], "", "02 16:00"),
        ("Front Door for Dana tomorrow 9-5", "Dana", ["Front Door"], "", "02 16:00"),
        ("Dana P at Back Door until 18:00", "Dana P", ["Back Door"], "", "01 17:00"),
        ("Dana at Door 9 until 18:00", "Dana", ["Door 9"], "", "01 17:00"),
        ("Dana at Garage 2 until 18:00", "Dana", ["Garage 2"], "", "01 17:00"),
        ("Dana at garage until 18:00", "Dana", ["Garage 1", "Garage 2"], "", "01 17:00"),
        ("Dana at frnt door until 18:00", "Dana", ["Front Door"], "", "01 17:00"),
        ("Dana at the cellar until 18:00", "Dana", [], "cellar", "01 17:00"),
        ("Dana at NYC until 18:00", "Dana", ["NYC"], "", "01 23:00"),
        ("Dana", "Dana", [], "", None),
        ("Dana at Front Door", "Dana", ["Front Door"], "", None),
        ("a code for Dana at Front Door until 18:00", "Dana", ["Front Door"], "", "01 17:00"),
        ("José Müller at Front Door until 18:00", "José Müller", ["Front Door"], "", "01 17:00"),
    ],
)
def test_a_line_for_guest_code(text: str, guest: str, names: list[str], typed: str, end: str | None) -> None:
    wish = code_wish(text)
    assert (wish.guest, [d.name for d in wish.doors], wish.door_typed) == (guest, names, typed)
    assert end_of(wish.time) == end


@given(st.text(max_size=80))
def test_whatever_is_typed_it_answers(text: str) -> None:
    door_wish(text)
    code_wish(text)
