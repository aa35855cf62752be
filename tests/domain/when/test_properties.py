"""What holds for every window, zone and text."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.domain.when import Reading, Recurrence, echo, read_past, read_recurrence, read_window, warm_up
from bot.domain.when.lexicon import LANGUAGES, lexicon
from tests.domain.when.asking import LOCALES

# Zones of the machine, without the copies under posix/ and right/.
ZONES = sorted(zone for zone in available_timezones() if zone[0].isupper())
READERS = [(lang, locale) for lang, locale in LOCALES.items()] + [("en", "en-GB"), ("pt", "pt-PT")]
START = datetime(2005, 1, 1, tzinfo=UTC)

zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(0, 50 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    warm_up()


def whole_minutes(moment: datetime, zone: ZoneInfo) -> bool:
    """Some old offsets have seconds, which no clock face shows."""
    return (moment.astimezone(zone).utcoffset() or timedelta()).total_seconds() % 60 == 0


def clock_changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """The hours of a year (UTC) at which the zone's clock changes."""
    hour = datetime(year, 1, 1, tzinfo=UTC)
    found = []
    while hour.year == year:
        later = hour + timedelta(hours=1)
        if hour.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            found.append(later)
        hour = later
    return found


class TestTheEchoIsReadBack:
    @given(
        start=moments,
        length=st.one_of(st.none(), st.integers(1, 60 * 24 * 60), st.integers(1, 60).map(lambda d: d * 1440)),
        zone=zones,
        reader=st.sampled_from(READERS),
        other=zones,
        ahead=st.integers(1, 60 * 24 * 300),
        midnight=st.booleans(),
    )
    @settings(max_examples=600, deadline=None)
    def test_any_window(
        self,
        start: datetime,
        length: int | None,
        zone: ZoneInfo,
        reader: tuple[str, str],
        other: ZoneInfo,
        ahead: int,
        midnight: bool,
    ) -> None:
        lang, locale = reader
        if midnight:
            start = start.astimezone(zone).replace(hour=0, minute=0, fold=0).astimezone(UTC)
        end = None if length is None else start + timedelta(minutes=length)
        assume(whole_minutes(start, zone) and (end is None or whole_minutes(end, zone)))
        text = echo(start, end, tz=zone, lang=lang, locale=locale, reader_tz=other)
        found = read_window(text, now=start - timedelta(minutes=ahead), tz=zone, locale=locale, lang=lang)
        assert isinstance(found, Reading), text
        assert found.starts_at.astimezone(UTC) == start, text
        assert (found.ends_at and found.ends_at.astimezone(UTC)) == end, text

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_both_hours_of_the_long_night(self, lang: str) -> None:
        zone = ZoneInfo("Europe/Berlin")
        for minute in range(-120, 180, 15):
            start = datetime(2026, 10, 25, 0, 0, tzinfo=UTC) + timedelta(minutes=minute)
            end = start + timedelta(minutes=45)
            text = echo(start, end, tz=zone, lang=lang, locale=LOCALES[lang])
            found = read_window(text, now=start - timedelta(days=1), tz=zone, locale=LOCALES[lang], lang=lang)
            assert isinstance(found, Reading), text
            assert found.starts_at.astimezone(UTC) == start, text
            assert found.ends_at is not None
            assert found.ends_at.astimezone(UTC) == end, text


class TestZones:
    @given(now=moments, zone=zones, hours=st.integers(1, 24 * 30))
    @settings(max_examples=200, deadline=None)
    def test_hours_are_elapsed_time(self, now: datetime, zone: ZoneInfo, hours: int) -> None:
        found = read_window(f"for {hours} hours", now=now, tz=zone)
        assert isinstance(found, Reading)
        assert found.window is not None
        assert found.window.length == timedelta(hours=hours)

    @given(now=moments, zone=zones, days=st.integers(0, 400))
    @settings(max_examples=300, deadline=None)
    def test_a_day_ends_where_the_next_begins(self, now: datetime, zone: ZoneInfo, days: int) -> None:
        assume(whole_minutes(now, zone))
        day = now.astimezone(zone).date() + timedelta(days=days)
        found = read_window(day.isoformat(), now=now, tz=zone)
        if not isinstance(found, Reading):
            # A zone that jumped over the date line never had that day.
            assert found.code == "backwards" or found.code == "over"
            return
        assert found.ends_at is not None
        last = (found.ends_at.astimezone(UTC) - timedelta(minutes=1)).astimezone(zone)
        assert last.date() <= day < found.ends_at.date()

    @pytest.mark.parametrize("slice_", range(8))
    def test_nothing_lies_in_a_gap(self, slice_: int) -> None:
        """At every clock change of 2026 in all zones: a time in the gap moves out of it, to a time that exists."""
        for name in ZONES[slice_::8]:
            zone = ZoneInfo(name)
            for change in clock_changes(zone, 2026):
                before = (change - timedelta(hours=1)).astimezone(zone)
                for minutes in (0, 15, 30, 45, 60, 90):
                    wall = before.replace(tzinfo=None) + timedelta(minutes=minutes)
                    found = read_window(f"{wall:%Y-%m-%d %H:%M}", now=change - timedelta(days=9), tz=zone)
                    assert isinstance(found, Reading)
                    there_and_back = found.starts_at.astimezone(UTC).astimezone(zone)
                    assert there_and_back.replace(tzinfo=None) == found.starts_at.replace(tzinfo=None)
                    assert found.starts_at.replace(tzinfo=None) >= wall


def all_readers(text: str, lang: str, now: datetime, zone: ZoneInfo) -> list[object]:
    locale = LOCALES[lang]
    return [
        read_window(text, now=now, tz=zone, locale=locale, lang=lang),
        read_past(text, now=now, tz=zone, locale=locale, lang=lang),
        read_recurrence(text, now=now, tz=zone, locale=locale, lang=lang),
    ]


def check(found: object, text: str, now: datetime) -> None:
    """What holds for every answer that is a window."""
    if isinstance(found, Recurrence):
        assert 0 <= found.start_minute < found.end_minute
        return
    if not isinstance(found, Reading):
        return
    assert found.starts_at.tzinfo is not None
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    if found.ends_at is not None:
        assert found.ends_at.astimezone(UTC) > found.starts_at.astimezone(UTC)
        assert found.ends_at.astimezone(UTC) > now - timedelta(days=365 * 40)


class TestAnyText:
    @given(text=st.text(max_size=400), lang=st.sampled_from(LANGUAGES), now=moments, zone=zones)
    @settings(max_examples=400, deadline=None)
    @example(text="\ud800", lang="en", now=START, zone=ZoneInfo("UTC"))
    @example(text="2.五時間", lang="de", now=START, zone=ZoneInfo("UTC"))
    @example(text="3.十.十", lang="ja", now=START, zone=ZoneInfo("UTC"))
    @example(text="٣ pm", lang="en", now=START, zone=ZoneInfo("UTC"))
    @example(text="3²-4½", lang="de", now=START, zone=ZoneInfo("UTC"))
    def test_never_raises(self, text: str, lang: str, now: datetime, zone: ZoneInfo) -> None:
        for found in all_readers(text, lang, now, zone):
            check(found, text, now)

    @given(data=st.data(), lang=st.sampled_from(LANGUAGES), now=moments, zone=zones)
    @settings(max_examples=600, deadline=None)
    def test_words_of_the_grammar_in_any_order(
        self, data: st.DataObject, lang: str, now: datetime, zone: ZoneInfo
    ) -> None:
        """Salad of words that mean something: the likeliest to find a hole in the grammar."""
        words = sorted(" ".join(phrase) for group in lexicon(lang).phrases.values() for phrase, _ in group)
        numbers = [
            "3",
            "9",
            "15",
            "31",
            "2026",
            "9:30",
            "24.12.",
            "12/24",
            "1730",
            "8h30",
            "3pm",
            "-",
            ",",
            "2.5",
        ]
        parts = data.draw(st.lists(st.one_of(st.sampled_from(words), st.sampled_from(numbers)), max_size=9))
        text = " ".join(parts)
        for found in all_readers(text, lang, now, zone):
            check(found, text, now)

    @pytest.mark.parametrize("size", [300, 301, 10_000])
    def test_long_texts_answer_at_once(self, size: int) -> None:
        rng = random.Random(7)
        now = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
        alphabets = [
            "9",
            " -",
            "1.",
            "a",
            "12:",
            "月",
            "到から",
            "tomorrow 9-5 ",
            "🎉",
            "((((",
            "first of the ",
        ]
        texts = [(piece * size)[:size] for piece in alphabets]
        texts += ["".join(chr(rng.randrange(32, 0xD7FF)) for _ in range(size)) for _ in range(5)]
        for text in texts:
            for lang in LANGUAGES:
                best = min(_seconds(text, lang, now) for _ in range(3))
                assert best < 0.05, (lang, text[:40])


def _seconds(text: str, lang: str, now: datetime) -> float:
    """Processor time: a busy machine must not fail the test."""
    began = time.process_time()
    read_window(text, now=now, tz=ZoneInfo("Europe/Berlin"), locale=LOCALES[lang], lang=lang)
    return time.process_time() - began
