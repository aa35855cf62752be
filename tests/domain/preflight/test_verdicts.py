"""Pre-flight by table: what each door says to a code, and the traps of the makers, each under its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import AccessCode, AccessCodeState, Door, GuestCode, GuestCodeState, PersonRef, Trouble
from bot.domain.pin import CodeRules, Pin
from bot.domain.preflight import (
    AlreadyThere,
    CannotBecause,
    ChangeKind,
    Verdict,
    Wanted,
    Works,
    WorksWithChanges,
    one_pin_for_all,
    preflight,
)
from bot.domain.time_frames import TimeFrame
from bot.domain.window import Window

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)  # 13:00 in Berlin
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def door(**changes: object) -> Door:
    made: dict[str, object] = {
        "device_id": "d1",
        "name": "Front Door",
        "brand": "TTLock",
        "provider": "ttlock",
        "online": True,
        "locked": True,
        "can_program_codes": True,
        "timezone": BERLIN,
    }
    return Door(**(made | changes))  # type: ignore[arg-type]


def trouble(code: str, *, is_error: bool = False) -> Trouble:
    return Trouble(code=code, message="what Seam says", is_error=is_error, advice="{door}: do something")


def held(pin: str = "482915", state: AccessCodeState = AccessCodeState.SCHEDULED, n: int = 0) -> AccessCode:
    """A code that is on the lock, or will be next week."""
    return AccessCode(
        access_code_id=f"ac{n}",
        device_id="d1",
        name="Eve 3B7K",
        state=state,
        starts_at=NOW + timedelta(days=7),
        ends_at=NOW + timedelta(days=8),
        pin=Pin(pin),
    )


def wanted(starts_in: timedelta = HOUR, lasts: timedelta = 2 * HOUR, guest: str = "Dana", pin: str = "") -> Wanted:
    window = Window(starts_at=NOW + starts_in, ends_at=NOW + starts_in + lasts)
    return Wanted(guest=guest, window=window, pin=Pin(pin) if pin else None)


def works_with(verdict: Verdict) -> WorksWithChanges:
    assert isinstance(verdict, WorksWithChanges), verdict
    return verdict


def cannot(verdict: Verdict) -> str:
    assert isinstance(verdict, CannotBecause), verdict
    return verdict.reason


def notes(verdict: Verdict) -> str:
    assert isinstance(verdict, Works), verdict
    return "; ".join(verdict.notes)


def test_an_ordinary_door_takes_an_ordinary_code_and_nothing_is_noted() -> None:
    verdict = preflight(door(), wanted(), NOW, AlreadyThere(at_seam=(held(),)))
    assert verdict == Works(door=door(), window=wanted().window)


# -- the makers' traps (seam-api.md 3 and 6, peers.md 4) -----------------------------------------------------------


def kwikset(**changes: object) -> Door:
    rules = CodeRules(constraints=frozenset({"start_date_in_future", "name_length"}), name_min=2, name_max=14)
    return door(name="Guest Flat", provider="kwikset", rules=rules, **changes)


def test_trap_kwikset_refuses_a_start_in_the_past_and_wants_a_quarter_of_an_hour() -> None:
    verdict = works_with(preflight(kwikset(), wanted(starts_in=timedelta()), NOW))
    assert verdict.kinds == {ChangeKind.LATER_START}
    assert verdict.window.starts_at == NOW + timedelta(minutes=15)
    assert verdict.window.ends_at == wanted(starts_in=timedelta()).window.ends_at
    assert "1 Dec 13:15" in verdict.changes[0].words
    assert isinstance(preflight(kwikset(), wanted(starts_in=timedelta(minutes=15)), NOW), Works)


def test_trap_kwikset_a_code_that_ends_within_the_lead_is_refused_and_not_shifted_past_its_end() -> None:
    assert "15 minutes" in cannot(preflight(kwikset(), wanted(timedelta(), timedelta(minutes=10)), NOW))


def test_trap_kwikset_cuts_names_to_14_characters() -> None:
    said = notes(preflight(kwikset(), wanted(guest="Alexandra von Humboldt"), NOW))
    assert "“Alexandra”" in said
    assert preflight(kwikset(), wanted(guest="Dana"), NOW) == Works(door=kwikset(), window=wanted().window)


def test_trap_a_lock_takes_a_pin_once_even_if_the_windows_do_not_overlap() -> None:
    verdict = works_with(preflight(door(), wanted(pin="482915"), NOW, AlreadyThere(at_seam=(held("482915"),))))
    assert verdict.kinds == {ChangeKind.OTHER_PIN}
    assert "482915" not in repr(verdict)
    assert isinstance(preflight(door(), wanted(pin="482916"), NOW, AlreadyThere(at_seam=(held("482915"),))), Works)


def test_trap_scheduled_codes_count_against_the_slots() -> None:
    full = AlreadyThere(at_seam=tuple(held(state=AccessCodeState.SCHEDULED, n=n) for n in range(10)))
    rules = CodeRules(max_active=10)
    assert "All 10 are taken" in cannot(preflight(door(rules=rules), wanted(), NOW, full))
    leaving = AlreadyThere(at_seam=(*full.at_seam[:9], held(state=AccessCodeState.REMOVING, n=9)))  # type: ignore[index]
    assert "10 of 10" in notes(preflight(door(rules=rules), wanted(), NOW, leaving))


def test_trap_a_lock_that_reports_itself_full_is_full_whatever_we_counted() -> None:
    full = door(troubles=(trouble("max_access_codes_reached"),))
    assert "no room" in cannot(preflight(full, wanted(), NOW, AlreadyThere(at_seam=())))


IGLOO: dict[str, object] = {
    "name": "Garden Gate",
    "provider": "igloohome",
    "can_program_codes": False,
    "can_program_offline_codes": True,
}


def test_trap_an_offline_code_is_rounded_outward_to_whole_hours_and_cannot_be_ended() -> None:
    verdict = works_with(preflight(door(**IGLOO), wanted(timedelta(minutes=80), timedelta(minutes=100)), NOW))
    assert verdict.is_offline
    assert verdict.kinds == {ChangeKind.OFFLINE_CODE, ChangeKind.WHOLE_HOURS}
    assert (verdict.window.starts_at, verdict.window.ends_at) == (NOW + HOUR, NOW + 3 * HOUR)
    assert "cannot be changed or ended early" in verdict.changes[0].words


@pytest.mark.parametrize(
    ("provider", "lasts", "first_use"),
    [
        ("igloohome", timedelta(hours=24), False),
        ("igloohome", timedelta(hours=25), True),
        ("igloohome", timedelta(days=30), True),
        ("ttlock", timedelta(hours=2), True),
    ],
)
def test_trap_an_offline_code_must_be_used_within_a_day_of_its_start(
    provider: str, lasts: timedelta, first_use: bool
) -> None:
    verdict = works_with(preflight(door(**IGLOO | {"provider": provider}), wanted(lasts=lasts), NOW))
    assert ("within 24 hours" in verdict.changes[0].words) is first_use


@pytest.mark.parametrize(
    ("lasts", "takes"),
    [
        (timedelta(days=28), True),
        (timedelta(days=28, hours=1), True),  # as 29 days, and that is shown
        (timedelta(days=29), True),
        (timedelta(days=367), True),
        (timedelta(days=368), False),
    ],
)
def test_trap_igloohome_computes_hours_up_to_28_days_and_days_from_29(lasts: timedelta, takes: bool) -> None:
    verdict = preflight(door(**IGLOO), wanted(lasts=lasts), NOW)
    assert isinstance(verdict, WorksWithChanges) is takes


def test_trap_igloohome_has_nothing_between_28_days_and_29() -> None:
    """28 days over the end of summer time are 673 hours: too long for hours, too short for days."""
    window = Window(starts_at=datetime(2026, 10, 1, 9, tzinfo=BERLIN), ends_at=datetime(2026, 10, 29, 9, tzinfo=BERLIN))
    said = cannot(preflight(door(**IGLOO), Wanted(guest="Dana", window=window), window.starts_at))
    assert "up to 28 days, or 29 days" in said


def test_trap_offline_pins_cannot_be_chosen() -> None:
    verdict = works_with(preflight(door(**IGLOO), wanted(pin="482915"), NOW))
    assert ChangeKind.OTHER_PIN in verdict.kinds


def test_trap_a_clock_change_inside_the_window_is_said() -> None:
    window = Window(starts_at=datetime(2027, 3, 27, 9, tzinfo=BERLIN), ends_at=datetime(2027, 3, 29, 9, tzinfo=BERLIN))
    said = notes(preflight(door(), Wanted(guest="Dana", window=window), NOW))
    assert "clocks go forward" in said
    assert "Schlage" in notes(preflight(door(provider="schlage"), Wanted(guest="Dana", window=window), NOW))
    back = Window(starts_at=datetime(2026, 10, 24, 9, tzinfo=BERLIN), ends_at=datetime(2026, 10, 26, 9, tzinfo=BERLIN))
    assert "clocks go back" in notes(preflight(door(), Wanted(guest="D", window=back), back.starts_at))


def test_trap_the_capability_flag_is_three_valued() -> None:
    """`true` works, `false` is hindered now (say by what), absent the model cannot (seam-api.md 3.3)."""
    assert "set from afar" in cannot(preflight(door(can_program_codes=None), wanted(), NOW))
    hindered = door(can_program_codes=False, troubles=(trouble("hub_disconnected", is_error=True),))
    assert "right now: Front Door: do something" in cannot(preflight(hindered, wanted(), NOW))


def test_trap_an_offline_lock_keeps_its_flag_and_the_code_waits_for_it() -> None:
    away = door(online=False, locked=None)
    assert "may come too late" in notes(preflight(away, wanted(timedelta(minutes=30)), NOW))
    assert "too late" not in notes(preflight(away, wanted(timedelta(days=2)), NOW))


def test_trap_power_saving_keeps_new_codes_away() -> None:
    assert "power-saving" in notes(preflight(door(troubles=(trouble("power_saving_mode"),)), wanted(), NOW))


def test_trap_a_lost_account_means_that_nothing_reaches_the_lock() -> None:
    lost = door(troubles=(trouble("account_disconnected", is_error=True),))
    assert cannot(preflight(lost, wanted(), NOW)) == "Front Door: do something"


def test_a_time_that_the_lock_does_not_take_is_said_before_anything_is_asked_for() -> None:
    short = door(time_frames=(TimeFrame(max_length=HOUR),))
    assert "does not take this time: it takes at most 1 hours" in cannot(preflight(short, wanted(), NOW))
    assert isinstance(preflight(short, wanted(lasts=HOUR), NOW), Works)
    assert "cannot check" in notes(preflight(door(time_frames=(TimeFrame(has_more=True),)), wanted(), NOW))


# -- the rest ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"troubles": (trouble("device_has_flaky_connection"),)}, "comes and goes"),
        ({"troubles": (trouble("time_zone_mismatch"),)}, "wrong hour"),
    ],
)
def test_notes(changes: dict[str, object], said: str) -> None:
    assert said in notes(preflight(door(**changes), wanted(), NOW))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"timezone": None}, "no time zone"),
        ({"rules": CodeRules(name_max=3)}, "too few"),
        (IGLOO | {"provider": "dormakaba_oracode"}, "do not know this maker's rules"),
    ],
)
def test_refusals(changes: dict[str, object], said: str) -> None:
    assert said in cannot(preflight(door(**changes), wanted(), NOW))


def test_a_twin_in_the_same_time_is_noted_and_one_of_another_day_is_not() -> None:
    def ours(starts_in: timedelta) -> AlreadyThere:
        window = Window(starts_at=NOW + starts_in, ends_at=NOW + starts_in + HOUR)
        code = GuestCode(
            code_id="c",
            order_id="o",
            marker="7F3K",
            device_id="d1",
            door_name="Front Door",
            timezone=BERLIN,
            guest="DANA",
            note="",
            host=PersonRef(team_id="T", user_id="U"),
            window=window,
            state=GuestCodeState.SCHEDULED,
            access_code_id="ac",
            created_at=NOW,
        )
        return AlreadyThere(ours=(code,))

    assert "already has a code" in notes(preflight(door(), wanted(), NOW, ours(2 * HOUR)))
    assert notes(preflight(door(), wanted(), NOW, ours(timedelta(days=1)))) == ""
    assert notes(preflight(door(), wanted(), NOW, ours(3 * HOUR))) == ""  # one ends as the other starts


def test_one_pin_where_all_doors_can_take_it() -> None:
    def verdicts(*doors: Door) -> list[Verdict]:
        return [preflight(d, wanted(), NOW) for d in doors]

    four, six = door(rules=CodeRules(lengths=(4,))), door(rules=CodeRules(lengths=(6, 8)))
    assert one_pin_for_all(verdicts(door(), six)) is None
    assert "different lengths" in (one_pin_for_all(verdicts(four, six)) or "")
    assert "picks its own" in (one_pin_for_all(verdicts(door(), door(**IGLOO))) or "")
    assert one_pin_for_all(verdicts(four, door(can_program_codes=None))) is None


@given(
    starts_in=st.integers(-120, 5000),
    lasts=st.integers(1, 60 * 24 * 400),
    provider=st.sampled_from(["kwikset", "ttlock", "igloohome", "schlage"]),
    online=st.booleans(),
)
def test_whatever_is_asked_the_window_that_is_given_holds(
    starts_in: int, lasts: int, provider: str, online: bool
) -> None:
    """A code that must start later never gives more; one that is rounded never gives less; none is upside down."""
    asked = wanted(timedelta(minutes=starts_in), timedelta(minutes=lasts))
    facts = {"provider": provider} if online else IGLOO | {"provider": provider}
    verdict = preflight(door(**facts), asked, NOW)
    if isinstance(verdict, CannotBecause):
        assert verdict.reason
        return
    given_window, ends_at = verdict.window, asked.window.ends_at
    assert given_window.ends_at is not None
    assert ends_at is not None
    assert given_window.ends_at > NOW
    if online:
        assert given_window.starts_at >= asked.window.starts_at
        assert given_window.ends_at == ends_at
    else:
        assert given_window.starts_at <= asked.window.starts_at
        assert given_window.ends_at >= ends_at
        assert given_window.starts_at.minute == given_window.ends_at.minute == 0
