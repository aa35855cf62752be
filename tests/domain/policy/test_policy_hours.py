"""Days and hours on the door's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.model import Action
from bot.domain.policy.ask import Allow
from bot.domain.policy.hours import (
    BadHours,
    Hours,
    edges,
    format_hours,
    parse_hours,
    say_hours,
    second_of_week,
    seconds_touched,
)
from bot.domain.policy.rule import Approvers
from bot.domain.window import Window
from tests.domain.policy.world import BERLIN, ZONES, all_hours, ask, door, policy, rule


def allowed(hours: tuple[str, ...], start: datetime, end: datetime | None, zone: ZoneInfo = BERLIN) -> bool:
    rules = policy(rule("r", "allow", hours=hours), default=Approvers())
    code = ask(
        Action.GUEST_CODE,
        door=door(timezone=zone),
        now=datetime(2026, 1, 1, tzinfo=UTC),
        window=Window(starts_at=start, ends_at=end),
    )
    return isinstance(rules.decide(code), Allow)


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 3, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN, fold=fold)


OFFICE, NIGHT = ("mon-fri 08:00-18:00",), ("fri 22:00-06:00",)
# March 2026: the 6th is a Friday; on Sunday the 29th 02:00-03:00 is missing. On 25 October it comes twice.


@pytest.mark.parametrize(
    ("hours", "start", "end", "fits"),
    [
        (OFFICE, berlin(6, 8), berlin(6, 18), True),
        (OFFICE, berlin(6, 7, 59), berlin(6, 18), False),
        (OFFICE, berlin(6, 8), berlin(6, 18, 1), False),
        (OFFICE, berlin(6, 17), berlin(6, 19), False),
        (OFFICE, berlin(7, 9), berlin(7, 10), False),
        (OFFICE, berlin(5, 9), berlin(6, 10), False),
        (OFFICE, berlin(6, 9), None, False),
        (NIGHT, berlin(6, 22), berlin(7, 6), True),
        (NIGHT, berlin(6, 23), berlin(7, 1), True),
        (NIGHT, berlin(7, 1), berlin(7, 2), True),  # the small hours belong to Friday's night
        (NIGHT, berlin(6, 1), berlin(6, 2), False),  # those belong to Thursday's
        (NIGHT, berlin(7, 23), berlin(8, 1), False),
        (NIGHT, berlin(6, 21, 59), berlin(7, 6), False),
        (NIGHT, berlin(6, 22), berlin(7, 6, 1), False),
        (("08:00-12:00", "12:00-18:00"), berlin(6, 9), berlin(6, 17), True),
        (("08:00-12:00", "13:00-18:00"), berlin(6, 9), berlin(6, 17), False),
        (("sun 20:00-04:00",), berlin(8, 21), berlin(9, 3), True),  # over the end of the week
        (("00:00-24:00",), berlin(6, 9), berlin(30, 9), True),
        (("00:00-24:00",), berlin(6, 9), None, True),
        (("mon-sat 00:00-24:00",), berlin(9, 0), berlin(15, 0), True),
        (("mon-sat 00:00-24:00",), berlin(9, 0), berlin(15, 0, 1), False),
        (("00:00-23:59",), berlin(6, 9), None, False),
        # Clocks forward: from 01:59 to 03:00 is one minute.
        (("01:00-02:00",), berlin(29, 1), berlin(29, 3), True),
        (("01:00-02:00",), berlin(29, 1), berlin(29, 3, 1), False),
        (("03:00-04:00",), berlin(29, 3), berlin(29, 4), True),
        (("02:00-02:30",), berlin(29, 3), berlin(29, 3, 15), False),  # hours that do not exist allow nothing
        (("22:00-06:00",), berlin(28, 22), berlin(29, 6), True),
        # Clocks back: 02:00-03:00 comes twice, and is inside both times.
        (("02:00-03:00",), berlin(25, 2, month=10), berlin(25, 3, month=10), True),
        (("02:00-02:30",), berlin(25, 2, month=10), berlin(25, 2, 30, month=10), True),
        (("02:00-02:30",), berlin(25, 2, month=10, fold=1), berlin(25, 2, 30, month=10, fold=1), True),
        (("02:00-02:30",), berlin(25, 2, month=10), berlin(25, 2, 30, month=10, fold=1), False),
        (("22:00-06:00",), berlin(24, 22, month=10), berlin(25, 6, month=10), True),
    ],
)
def test_a_window_fits_when_all_of_it_does(hours: tuple[str, ...], start: datetime, end: datetime, fits: bool) -> None:
    assert allowed(hours, start, end) is fits
    if end is not None:
        assert allowed(hours, start.astimezone(UTC), end.astimezone(ZoneInfo("Asia/Tokyo"))) is fits


def test_hours_are_the_doors_not_the_readers() -> None:
    start = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
    assert allowed(OFFICE, start, start + timedelta(hours=2), BERLIN)
    assert not allowed(OFFICE, start, start + timedelta(hours=2), ZoneInfo("Asia/Tokyo"))


def test_one_refused_minute_refuses_the_whole() -> None:
    rules = policy(rule("day", "allow"), rule("lunch", "refuse", hours=("12:00-12:01",)))
    whole = Window(starts_at=berlin(6, 9), ends_at=berlin(6, 17))
    assert rules.decide(ask(Action.GUEST_CODE, window=whole)).rule_id == "lunch"
    before = Window(starts_at=berlin(6, 9), ends_at=berlin(6, 12))
    assert rules.decide(ask(Action.GUEST_CODE, window=before)).rule_id == "day"


def test_what_has_passed_of_a_running_code_is_not_judged_again() -> None:
    rules = policy(rule("day", "allow", hours=OFFICE), default=Approvers())
    running = Window(starts_at=berlin(6, 6), ends_at=berlin(6, 17))
    assert isinstance(rules.decide(ask(Action.EXTEND, window=running, now=berlin(6, 9))), Allow)
    assert not isinstance(rules.decide(ask(Action.EXTEND, window=running, now=berlin(6, 7))), Allow)


@settings(max_examples=150, deadline=None, phases=set(Phase) - {Phase.explain})
@given(
    st.frozensets(all_hours, min_size=1, max_size=3),
    st.sampled_from(ZONES),
    st.sampled_from(
        [datetime(2026, m, d, tzinfo=UTC) for m, d in ((3, 7), (3, 28), (4, 4), (10, 3), (10, 24), (11, 1))]
    ),
    st.integers(0, 200),
    st.integers(1, 800),
)
def test_the_chosen_seconds_stand_for_every_quarter_of_an_hour(
    hours: frozenset[Hours], zone: ZoneInfo, day: datetime, first: int, count: int
) -> None:
    """Against a count of every quarter of an hour in the window, one by one, on the nights the clocks change."""
    start = day + timedelta(minutes=15 * first)
    seconds = seconds_touched(start, start + timedelta(minutes=15 * count), zone, edges(hours))
    quick = all(any(h.contains(second) for h in hours) for second in seconds)
    slow = all(
        any(h.contains(second_of_week(start + timedelta(minutes=15 * n), zone)) for h in hours) for n in range(count)
    )
    assert quick is slow


@given(all_hours)
def test_hours_read_back_as_they_were_written(hours: Hours) -> None:
    assert parse_hours(format_hours(hours)) == hours


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mon-fri 8:00-18:00", "mon-fri 08:00-18:00"),
        ("SAT, Sun 10:00 – 14:00", "sat,sun 10:00-14:00"),
        ("fri-mon 22:00-00:00", "mon,fri-sun 22:00-24:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("mon-sun 06:00-07:30", "06:00-07:30"),
    ],
)
def test_hours_are_read_generously(text: str, written: str) -> None:
    assert format_hours(parse_hours(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8-18",
        "mon",
        "mon-fri",
        "08:00-08:00",
        "25:00-26:00",
        "08:60-09:00",
        "24:00-08:00",
        "moo 08:00-09:00",
        "mon, 08:00-09:00",
    ],
)
def test_what_are_no_hours_is_said_with_a_fix(text: str) -> None:
    with pytest.raises(BadHours) as caught:
        parse_hours(text)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("days", "start", "end"), [((), 0, 60), ((7,), 0, 60), ((0,), 60, 60), ((0,), -1, 5), ((0,), 0, 1441)]
)
def test_impossible_hours_cannot_exist(days: tuple[int, ...], start: int, end: int) -> None:
    with pytest.raises(ValueError):
        Hours(days=frozenset(days), start=start, end=end)


def test_hours_in_words() -> None:
    hours = [parse_hours("sat 10:00-14:00"), parse_hours("mon-fri 08:00-18:00")]
    assert say_hours(hours) == "Mon-Fri 08:00-18:00 and Sat 10:00-14:00"
