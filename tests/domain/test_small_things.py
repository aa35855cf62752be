"""Windows, names on locks, text of others, and the chain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import GENESIS, AuditAction, AuditEvent, Phase, canonical, commitment, link
from bot.domain.clean_text import one_line
from bot.domain.code_names import carries_marker, name_on_lock, new_marker
from bot.domain.model import PersonRef
from bot.domain.tasks import LONGEST_RETRY, retry_delay
from bot.domain.window import Window

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def test_a_window_is_aware_and_runs_forward() -> None:
    with pytest.raises(ValueError):
        Window(starts_at=NOW.replace(tzinfo=None), ends_at=None)
    with pytest.raises(ValueError):
        Window(starts_at=NOW, ends_at=NOW)
    assert Window(starts_at=NOW, ends_at=NOW + timedelta(hours=1)).length == timedelta(hours=1)


@given(st.text(max_size=80), st.integers(min_value=2, max_value=40))
def test_a_name_on_a_lock_fits_and_is_found_again(guest: str, limit: int) -> None:
    marker = new_marker()
    name = name_on_lock(guest, marker, limit)
    assert len(name) <= max(limit, len(marker))
    assert carries_marker(name, marker)


def test_kwikset_shows_fourteen_characters() -> None:
    assert name_on_lock("Dana Plumberson", "7F3K", 14) == "Dana Plum 7F3K"


def test_markers_are_no_words_and_not_given_twice() -> None:
    seen: set[str] = set()
    for _ in range(2_000):
        marker = new_marker(seen)
        assert any(c.isdigit() for c in marker)
        seen.add(marker)
    assert len(seen) == 2_000


@given(st.text(max_size=300))
def test_text_of_others_becomes_one_visible_line(text: str) -> None:
    line = one_line(text, 60)
    assert len(line) <= 60
    assert "\n" not in line
    assert not any(0x200B <= ord(c) <= 0x200F or 0x202A <= ord(c) <= 0x202E for c in line)


def test_retries_double_up_to_a_minute() -> None:
    assert [retry_delay(n).total_seconds() for n in (1, 2, 3, 4, 5, 6, 50)] == [2, 4, 8, 16, 32, 60, 60]
    assert retry_delay(10**9) == LONGEST_RETRY


def event(**changes: object) -> AuditEvent:
    whole = {
        "at": NOW,
        "action": AuditAction.DOOR_UNLOCK,
        "phase": Phase.INTENT,
        "actor": PersonRef(team_id="T1", user_id="U1"),
        "surface": "command",
        "request_id": "r1",
        "detail": {"door": "Café"},
    }
    return AuditEvent(**(whole | changes))  # type: ignore[arg-type]


def test_the_canonical_form_is_ascii_sorted_and_the_same_in_every_zone() -> None:
    here = canonical(event(), seq=1, event_id="e", commitments={})
    there = canonical(event(at=NOW.astimezone(datetime.now().astimezone().tzinfo)), seq=1, event_id="e", commitments={})
    assert here == there
    assert here.isascii()
    assert here.startswith('{"action":"door.unlock"')


def test_a_changed_byte_a_changed_predecessor_or_another_key_changes_the_hash() -> None:
    payload = canonical(event(), seq=1, event_id="e", commitments={})
    whole = link(b"k" * 32, GENESIS, payload)
    assert whole != link(b"k" * 32, GENESIS, payload.replace("r1", "r2"))
    assert whole != link(b"k" * 32, "1" * 64, payload)
    assert whole != link(b"x" * 32, GENESIS, payload)


def test_a_commitment_hides_the_name_and_binds_to_it() -> None:
    made = commitment(b"s" * 16, "Dana")
    assert "Dana" not in made
    assert made == commitment(b"s" * 16, "Dana") != commitment(b"t" * 16, "Dana")
