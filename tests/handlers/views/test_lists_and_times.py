"""Long lists stay usable; times say the door's zone, and the reader's where it differs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import AmbiguousDoor
from bot.domain.model import Trouble
from bot.domain.window import Window
from handlers.ids import ActionId
from handlers.json_types import Json, list_at, text_at
from handlers.views import doors, problems, times
from tests.handlers.views.nasty import BERLIN, NEW_YORK, door

FIVE_HUNDRED = [door(f"Room {n:04}", n, troubles=()) for n in range(500)]


def buttons(message: Json) -> list[str]:
    found = []
    for block in list_at(message, "blocks"):
        found += [text_at(e, "text", "text") for e in list_at(block, "elements") if text_at(e, "type") == "button"]
    return found


def test_every_one_of_500_doors_stands_on_exactly_one_page() -> None:
    seen: list[str] = []
    for page in range(50):
        shown = doors.door_list(FIVE_HUNDRED, page)
        seen += [d.name for d in FIVE_HUNDRED if f"*{d.name}*" in str(shown)]
    assert seen == [d.name for d in FIVE_HUNDRED]


def test_the_first_page_only_goes_on_and_the_last_only_back() -> None:
    assert buttons(doors.door_list(FIVE_HUNDRED, 0))[-1] == "More ›"
    assert "‹ Back" not in buttons(doors.door_list(FIVE_HUNDRED, 0))
    assert buttons(doors.door_list(FIVE_HUNDRED, 49))[-1] == "‹ Back"


def test_a_searchable_list_has_at_most_a_hundred_options() -> None:
    assert len(doors.door_options(FIVE_HUNDRED)) == 100


def test_a_door_shows_what_its_trouble_means_not_only_the_makers_words() -> None:
    trouble = Trouble(code="x", message="E42", is_error=True, advice="{door} has no gateway. Plug it in.")
    assert "Front Door has no gateway. Plug it in." in str(
        doors.door_list([door("Front Door", troubles=(trouble,))], 0)
    )


@pytest.mark.parametrize("names", [("Lab", "Lap"), ("The long room at the end of the hall", "Lab")])
def test_each_candidate_has_its_own_button_also_with_a_long_name(names: tuple[str, ...]) -> None:
    candidates = [door(name, n) for n, name in enumerate(names)]
    error = AmbiguousDoor("x", candidates)
    shown = problems.choose_door(error, ActionId.UNLOCK, "Unlock", {d.device_id: d.device_id for d in candidates})
    for candidate in candidates:
        assert candidate.device_id in str(shown)
        assert candidate.name in str(shown)


def test_a_window_says_the_doors_zone_its_length_and_the_readers_own_time() -> None:
    start = datetime(2026, 11, 25, 8, tzinfo=UTC)
    span = Window(starts_at=start, ends_at=start + timedelta(hours=8))
    assert times.window(span, BERLIN) == "Wed 25 Nov 2026, 09:00 to 17:00, Berlin time (8 h)"
    assert times.window(span, BERLIN, BERLIN) == times.window(span, BERLIN)
    assert times.window(span, BERLIN, NEW_YORK).endswith("· for you Wed 25 Nov 2026, 03:00 to 11:00")


@pytest.mark.parametrize("hours", [1, 30, 24 * 300, None])
def test_two_windows_are_told_apart_on_a_button_of_thirty_characters(hours: int | None) -> None:
    start = datetime(2026, 11, 25, 8, tzinfo=UTC)
    span = Window(starts_at=start, ends_at=start + timedelta(hours=hours) if hours else None)
    assert len(times.short(span, BERLIN)) <= 30


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (timedelta(hours=8), "8 h"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=3, minutes=5), "2 days 3 h 5 min"),
        (timedelta(seconds=10), "0 min"),
    ],
)
def test_a_length_reads_naturally(elapsed: timedelta, words: str) -> None:
    assert times.length(elapsed) == words
