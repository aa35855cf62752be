"""Names on locks, text that people typed, windows, and the chain of the audit log."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import GENESIS, AuditAction, AuditEvent, Phase, canonical, commitment, link
from bot.domain.clean_text import one_line
from bot.domain.code_names import MARKER_LENGTH, carries_marker, name_on_lock, new_marker
from bot.domain.model import PersonRef
from bot.domain.window import Window

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)

# -- names on a lock ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guest", "limit", "name"),
    [
        ("Dana P", None, "Dana P 7F3K"),
        ("Dana Papadopoulos", 14, "Dana Papa 7F3K"),
        ("Dana (plumber)", None, "Dana plumber 7F3K"),
        ("José 🔧 O'Neill", None, "José O Neill 7F3K"),
        ("🔧🔧", None, "7F3K"),
        ("Dana", 4, "7F3K"),
        ("A very long name that no lock would take as it is", None, "A very long name that no 7F3K"),
    ],
)
def test_a_name_is_cut_to_the_lock_and_keeps_its_marker(guest: str, limit: int | None, name: str) -> None:
    assert name_on_lock(guest, "7F3K", limit) == name


@given(guest=st.text(max_size=80), limit=st.none() | st.integers(MARKER_LENGTH, 60))
def test_whatever_the_guest_is_called_the_code_is_found_again_and_fits(guest: str, limit: int | None) -> None:
    name = name_on_lock(guest, "7F3K", limit)
    assert carries_marker(name, "7F3K")
    assert len(name) <= (limit or 30)
    assert name == name.strip()


@pytest.mark.parametrize("name", ["Dana P", "Dana 7F3KX", "Dana X7F3K", "7F3K Dana", ""])
def test_a_name_that_is_not_ours_is_not_taken_for_ours(name: str) -> None:
    assert not carries_marker(name, "7F3K")


def test_markers_are_never_words_and_never_misheard() -> None:
    markers = {new_marker() for _ in range(2000)}
    assert all(any(c.isdigit() for c in m) and not set(m) & set("01OILU") and len(m) == 4 for m in markers)


def test_a_marker_that_is_taken_is_not_given_again() -> None:
    class AllButOne:
        def __init__(self) -> None:
            self.asked = 0

        def __contains__(self, marker: object) -> bool:
            self.asked += 1
            return self.asked < 50

    taken = AllButOne()
    new_marker(taken)
    assert taken.asked == 50


# -- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Dana   P \n", "Dana P"),
        ("Dana\nsecond line", "Dana second line"),
        ("Da\u202ena", "Dana"),
        ("Da\u200bna", "Dana"),
        ("Ｄａｎａ", "Dana"),
        ("Dana\x00\x07", "Dana"),
        ("שלום", "שלום"),
        ("", ""),
    ],
)
def test_text_becomes_one_line_without_hidden_marks(typed: str, kept: str) -> None:
    assert one_line(typed, 60) == kept


def test_what_is_too_long_is_cut_with_a_mark() -> None:
    assert one_line("a" * 61, 60) == "a" * 59 + "…"
    assert one_line("a" * 60, 60) == "a" * 60


def test_text_that_was_cut_stays_as_it_is_when_it_is_cleaned_again() -> None:
    cut = one_line("000000 00", 8)
    assert cut == "000000…"
    assert one_line(cut, 8) == cut


@given(st.text(max_size=300), st.integers(1, 80))
def test_whatever_is_typed_it_is_one_short_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == one_line(line, limit)
    assert line.isprintable() or not line


# -- windows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [timedelta(), timedelta(seconds=-1)])
def test_a_window_ends_after_it_starts(length: timedelta) -> None:
    with pytest.raises(ValueError, match="end after"):
        Window(starts_at=NOON, ends_at=NOON + length)


def test_a_window_needs_aware_times() -> None:
    naive = datetime(2026, 12, 1, 12, 0)
    for start, end in ((naive, None), (NOON, naive)):
        with pytest.raises(ValueError, match="aware"):
            Window(starts_at=start, ends_at=end)


def test_length_is_elapsed_time_through_a_clock_change() -> None:
    night = Window(
        starts_at=datetime(2026, 10, 24, 22, 0, tzinfo=BERLIN), ends_at=datetime(2026, 10, 25, 8, 0, tzinfo=BERLIN)
    )
    assert night.length == timedelta(hours=11)
    assert Window(starts_at=NOON, ends_at=None).length is None


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    assert Window(starts_at=first, ends_at=first.replace(fold=1)).length == timedelta(hours=1)


# -- the chain ----------------------------------------------------------------------------------------------------

EVENT = AuditEvent(
    at=datetime(2026, 12, 1, 13, 0, 0, 123456, tzinfo=BERLIN),
    action=AuditAction.DOOR_UNLOCK,
    phase=Phase.INTENT,
    actor=PersonRef(team_id="T1", user_id="U1"),
    surface="command",
    request_id="r1",
    device_id="d1",
    detail={"door": "Haustür"},
)
BYTES = (
    '{"action":"door.unlock","actor":{"team":"T1","user":"U1"},"at":"2026-12-01T12:00:00.123+00:00","detail":'
    '{"door":"Haust\\u00fcr"},"device_id":"d1","id":"e1","outcome":null,"personal":{},"phase":"intent","reason":null,'
    '"request_id":"r1","seam":{},"seq":1,"subject_id":null,"surface":"command","v":1}'
)


def test_the_bytes_that_are_hashed_are_these_and_no_others() -> None:
    assert canonical(EVENT, seq=1, event_id="e1", commitments={}) == BYTES
    assert json.loads(BYTES)["detail"] == {"door": "Haustür"}


def test_the_link_is_an_hmac_over_the_row_before_and_the_bytes() -> None:
    expected = hmac.new(b"key", f"{GENESIS}\n{BYTES}".encode(), hashlib.sha256).hexdigest()
    assert link(b"key", GENESIS, BYTES) == expected


@pytest.mark.parametrize(
    ("key", "previous", "payload"),
    [(b"other", GENESIS, BYTES), (b"key", "1" * 64, BYTES), (b"key", GENESIS, BYTES.replace("U1", "U2"))],
)
def test_any_change_changes_the_link(key: bytes, previous: str, payload: str) -> None:
    assert link(key, previous, payload) != link(b"key", GENESIS, BYTES)


def test_a_commitment_hides_the_text_and_holds_it() -> None:
    assert commitment(b"s1", "Dana") == hashlib.sha256(b"s1Dana").hexdigest()
    assert len({commitment(b"s1", "Dana"), commitment(b"s2", "Dana"), commitment(b"s1", "Dan")}) == 3
