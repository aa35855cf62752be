"""Rules S1 to S17 of ../shared/when/README.md, each with phrases of our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.when import Confidence, Kind, Reading, Unclear, read_window
from tests.domain.when.asking import BERLIN, NEW_YORK, TUESDAY, ask, said

NOW = "2026-11-24 10:15"
# (rule, text, answer), typed on Tuesday 24 November 2026 at 10:15 in New York.
ENGLISH = [
    ("S1", "Dec 1 9am to 5pm", "2026-12-01 09:00 > 2026-12-01 17:00"),
    ("S2", "today", f"{NOW} > 2026-11-25 00:00"),
    ("S2", "from now to 4pm", f"{NOW} > 2026-11-24 16:00"),
    ("S3", "Jan 10", "2027-01-10 00:00 > 2027-01-11 00:00"),
    ("S3", "8am", "2026-11-25 08:00"),
    ("S3", "yesterday 3pm", "over"),
    ("S3", "November 3, 2026", "over"),
    ("S4", "Thursday", "2026-11-26 00:00 > 2026-11-27 00:00"),
    ("S4", "Dec 5 until Dec 7", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S4", "Dec 5 8am to Dec 7", "2026-12-05 08:00 > 2026-12-08 00:00"),
    ("S4", "January to March", "2027-01-01 00:00 > 2027-04-01 00:00"),
    ("S5", "Friday at 4:45pm", "2026-11-27 16:45"),
    ("S5", "in 40 minutes", "2026-11-24 10:55"),
    ("S5", "right now", NOW),
    ("S6", "from 6pm", "2026-11-24 18:00 > ..."),
    ("S6", "starting Saturday", "2026-11-28 00:00 > ..."),
    ("S6", "after 7:30pm tomorrow", "2026-11-25 19:30 > ..."),
    ("S7", "until Saturday", f"{NOW} > 2026-11-29 00:00"),
    ("S7", "before Saturday", f"{NOW} > 2026-11-28 00:00"),
    ("S7", "till Saturday noon", f"{NOW} > 2026-11-28 12:00"),
    ("S7", "until the end of the week", f"{NOW} > 2026-11-30 00:00"),
    ("S7", "until midnight", f"{NOW} > 2026-11-25 00:00"),
    ("S8", "for 3 hours", f"{NOW} > 2026-11-24 13:15"),
    ("S8", "45 min", f"{NOW} > 2026-11-24 11:00"),
    ("S8", "for two and a half hours", f"{NOW} > 2026-11-24 12:45"),
    ("S8", "next 6 hours", f"{NOW} > 2026-11-24 16:15"),
    ("S8", "Friday 2pm for 3 hours", "2026-11-27 14:00 > 2026-11-27 17:00"),
    ("S8", "for 4 days from Monday 8am", "2026-11-30 08:00 > 2026-12-04 08:00"),
    ("S9", "this Thursday", "2026-11-26 00:00 > 2026-11-27 00:00"),
    ("S9", "next Thursday", "2026-12-03 00:00 > 2026-12-04 00:00"),
    ("S9", "Thursday of next week", "2026-12-03 00:00 > 2026-12-04 00:00"),
    ("S9", "this weekend", "2026-11-28 00:00 > 2026-11-30 00:00"),
    ("S9", "next week", "2026-11-30 00:00 > 2026-12-07 00:00"),
    ("S9", "this week", f"{NOW} > 2026-11-30 00:00"),
    ("S10", "2pm to 3:30pm", "2026-11-24 14:00 > 2026-11-24 15:30"),
    ("S10", "7am to 8am", "2026-11-25 07:00 > 2026-11-25 08:00"),
    ("S10", "9am to 6pm", f"{NOW} > 2026-11-24 18:00"),
    ("S10", "10pm to 6am", "2026-11-24 22:00 > 2026-11-25 06:00"),
    ("S11", "tomorrow 8-6", "2026-11-25 08:00 > 2026-11-25 18:00"),
    ("S11", "tomorrow 12-3", "2026-11-25 12:00 > 2026-11-25 15:00"),
    ("S11", "tomorrow 1-4", "2026-11-25 13:00 > 2026-11-25 16:00"),
    ("S11", "tomorrow 10-1pm", "2026-11-25 10:00 > 2026-11-25 13:00"),
    ("S11", "tomorrow 9pm-1", "2026-11-25 21:00 > 2026-11-26 01:00"),
    ("S11", "tonight 8-11", "2026-11-24 20:00 > 2026-11-24 23:00"),
    ("S11", "tonight until 11", "2026-11-24 18:00 > 2026-11-24 23:00"),
    ("S11", "today 8 to 9", "2026-11-24 20:00 > 2026-11-24 21:00"),
    ("S11", "tomorrow 00:30-12:15", "2026-11-25 00:30 > 2026-11-25 12:15"),
    ("S11", "tomorrow 08:00-09:30", "2026-11-25 08:00 > 2026-11-25 09:30"),
    ("S11", "tomorrow 0730 to 1600", "2026-11-25 07:30 > 2026-11-25 16:00"),
    ("S11", "tomorrow 7 to 20:00", "2026-11-25 07:00 > 2026-11-25 20:00"),
    ("S12", "tomorrow afternoon", "2026-11-25 12:00 > 2026-11-25 18:00"),
    ("S12", "Friday evening", "2026-11-27 18:00 > 2026-11-27 23:00"),
    ("S12", "tonight", "2026-11-24 18:00 > 2026-11-25 00:00"),
    ("S12", "lunchtime on Friday", "2026-11-27 12:00 > 2026-11-27 14:00"),
    ("S13", "tomorrow 9am to 10am PT", "2026-11-25 12:00 > 2026-11-25 13:00"),
    ("S13", "tomorrow 15:00 UTC+1", "2026-11-25 09:00"),
    ("S13", "tomorrow 3pm London time", "2026-11-25 10:00"),
    ("S13", "2026-12-01T08:00-08:00/2026-12-01T10:00-08:00", "2026-12-01 11:00 > 2026-12-01 13:00"),
    ("S15", "2 nights from Dec 5", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S15", "for 3 nights", f"{NOW} > 2026-11-28 00:00"),
    ("S16", "perhaps later", "nothing_found"),
    ("S16", "30 February", "impossible"),
    ("S16", "14/14", "impossible"),
    ("S16", "tomorrow 26:00", "impossible"),
    ("S16", "tomorrow 4pm to tomorrow 2pm", "backwards"),
    ("S16", "tomorrow, Dec 12", "contradiction"),
    ("S16", "Wednesday, December 1, 2026", "contradiction"),
    ("S16", "each Tuesday 9-11", "recurring"),
    ("S16", "Monday and Thursday", "several_days"),
    ("S16", "for 0 minutes", "impossible"),
    ("S16", "for 500 years", "too_far"),
    ("S16", "not on Friday", "negated"),
    ("S16", "for -3 hours", "negated"),
    ("S16", "until", "nothing_found"),
    ("S16", "x" * 301, "too_long"),
    ("S16", "Tue, Jan 5", "2027-01-05 00:00 > 2027-01-06 00:00"),
    ("S17", "for April Summers at May Street tomorrow 2-4pm", "2026-11-25 14:00 > 2026-11-25 16:00"),
    ("S17", "June Park, Unit 12, Friday 9am to noon", "2026-11-27 09:00 > 2026-11-27 12:00"),
    ("S17", "let Sunday Reed into Gate 4 on Friday from 1 to 2", "2026-11-27 13:00 > 2026-11-27 14:00"),
    ("S17", "plumber at 12th Street door today until 5pm", f"{NOW} > 2026-11-24 17:00"),
]


@pytest.mark.parametrize(("rule", "text", "answer"), ENGLISH, ids=[f"{r} {t[:40]}" for r, t, _ in ENGLISH])
def test_english(rule: str, text: str, answer: str) -> None:
    assert said(ask(text)) == answer


# (rule, language, text, answer), typed at the same wall time in Berlin.
OTHERS = [
    ("S4", "de", "5. bis 7. Dezember", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S6", "de", "ab Donnerstag 8 Uhr", "2026-11-26 08:00 > ..."),
    ("S7", "de", "bis einschließlich Samstag", f"{NOW} > 2026-11-29 00:00"),
    ("S8", "de", "für anderthalb Stunden", f"{NOW} > 2026-11-24 11:45"),
    ("S11", "de", "morgen 8-18", "2026-11-25 08:00 > 2026-11-25 18:00"),
    ("S11", "de", "morgen von 8 Uhr 30 bis halb elf", "2026-11-25 08:30 > 2026-11-25 10:30"),
    ("S11", "de", "heute Abend 7 bis 9", "2026-11-24 19:00 > 2026-11-24 21:00"),
    ("S12", "de", "Freitagabend", "2026-11-27 18:00 > 2026-11-27 23:00"),
    ("S16", "de", "montags 9-11 Uhr", "recurring"),
    ("S16", "de", "32.12.", "impossible"),
    ("S4", "fr", "du 5 au 7 décembre", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S7", "fr", "jusqu'à samedi midi", f"{NOW} > 2026-11-28 12:00"),
    ("S8", "fr", "dans 20 minutes", "2026-11-24 10:35"),
    ("S11", "fr", "demain de 9h30 à 11h", "2026-11-25 09:30 > 2026-11-25 11:00"),
    ("S11", "fr", "à sept heures dix", "2026-11-25 07:10"),
    ("S16", "fr", "tous les lundis", "recurring"),
    ("S4", "es", "del 5 al 7 de diciembre", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S11", "es", "mañana de 9 a 2 de la tarde", "2026-11-25 09:00 > 2026-11-25 14:00"),
    ("S12", "es", "mañana por la tarde", "2026-11-25 13:00 > 2026-11-25 19:00"),
    ("S7", "es", "hasta el sábado a las 5 de la tarde", f"{NOW} > 2026-11-28 17:00"),
    ("S4", "pt", "de 5 a 7 de dezembro", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S11", "pt", "amanhã das 9h às 11h30", "2026-11-25 09:00 > 2026-11-25 11:30"),
    ("S16", "pt", "toda segunda", "recurring"),
    ("S4", "it", "dal 5 al 7 dicembre", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S11", "it", "domani dalle 9 alle 17", "2026-11-25 09:00 > 2026-11-25 17:00"),
    ("S5", "it", "venerdì alle tre e mezza del pomeriggio", "2026-11-27 15:30"),
    ("S4", "nl", "5 t/m 7 december", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S11", "nl", "morgen van half negen tot kwart over tien", "2026-11-25 08:30 > 2026-11-25 10:15"),
    ("S12", "nl", "vrijdagmiddag", "2026-11-27 12:00 > 2026-11-27 18:00"),
    ("S4", "ja", "12月5日から7日まで", "2026-12-05 00:00 > 2026-12-08 00:00"),
    ("S11", "ja", "明日の午前9時半から午後5時まで", "2026-11-25 09:30 > 2026-11-25 17:00"),
    ("S7", "ja", "土曜日まで", f"{NOW} > 2026-11-29 00:00"),
    ("S8", "ja", "2時間半", f"{NOW} > 2026-11-24 12:45"),
    ("S16", "ja", "毎週月曜日", "recurring"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "lang", "text", "answer"), OTHERS, ids=[f"{r} {g} {t}" for r, g, t, _ in OTHERS])
def test_other_languages(rule: str, lang: str, text: str, answer: str) -> None:
    assert said(ask(text, lang=lang, tz=BERLIN)) == answer


@pytest.mark.parametrize(
    ("locale", "lang", "month", "day"),
    [("en-US", "en", 3, 12), ("en-GB", "en", 12, 3), ("de-DE", "de", 12, 3), ("ja-JP", "ja", 3, 12)],
)
def test_the_locale_decides_three_slash_twelve(locale: str, lang: str, month: int, day: int) -> None:
    found = ask("3/12", lang=lang, locale=locale)
    assert isinstance(found, Reading)
    assert (found.starts_at.month, found.starts_at.day) == (month, day)
    # Both are dates, so the other is offered.
    other = found.alternatives[0].starts_at
    assert (other.month, other.day) == (day, month)


class TestClockChanges:
    """S4, S8 and S14, where Berlin springs forward on 28 March 2027 and falls back on 25 October 2026."""

    def test_the_short_day_has_23_hours(self) -> None:
        found = ask("28 March 2027", now=datetime(2027, 3, 1, 9), tz=BERLIN, locale="en-GB")
        assert isinstance(found, Reading)
        assert found.window is not None
        assert found.window.length == timedelta(hours=23)

    def test_hours_are_elapsed_time(self) -> None:
        found = ask("for 24 hours", now=datetime(2026, 10, 24, 12), tz=BERLIN)
        assert said(found) == "2026-10-24 12:00 > 2026-10-25 11:00"

    def test_days_are_wall_clock(self) -> None:
        found = ask("for 2 days", now=datetime(2026, 10, 24, 12), tz=BERLIN)
        assert said(found) == "2026-10-24 12:00 > 2026-10-26 12:00"

    def test_a_skipped_time_moves_forward(self) -> None:
        found = ask("28 March 2027 2:15am", now=datetime(2027, 3, 1, 9), tz=BERLIN, locale="en-GB")
        assert said(found) == "2027-03-28 03:15"

    def test_tomorrow_has_tomorrows_offset(self) -> None:
        found = ask("tomorrow 10am", now=datetime(2026, 10, 24, 15), tz=BERLIN)
        assert isinstance(found, Reading)
        assert found.starts_at.astimezone(UTC) == datetime(2026, 10, 25, 9, tzinfo=UTC)

    def test_now_in_the_second_of_two_equal_hours(self) -> None:
        now = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)
        found = read_window("for 1 hour", now=now, tz=BERLIN)
        assert isinstance(found, Reading)
        assert found.starts_at.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        assert found.ends_at is not None
        assert found.ends_at.astimezone(UTC) == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)


class TestNeverQuietlyWrong:
    """A word about time that was not read makes the text unclear, and open choices are said and offered."""

    @pytest.mark.parametrize(
        "text",
        [
            "mid May", "early March", "14 April 15", "tomorrow 9am next to month", "Tuesday at 3 and 5pm",
            "tomorrow 3pm 5pm", "Dec 24 2027 10:00 Dec 26", "Mon-Fri 9-5", "24/7", "9-5 until Friday",
        ],
    )  # fmt: skip
    def test_refused(self, text: str) -> None:
        assert isinstance(ask(text), Unclear)

    def test_the_year_after_the_time_counts(self) -> None:
        assert said(ask("Thu Dec 24 10:00:00 2026")) == "2026-12-24 10:00"

    def test_bare_hours_are_said(self) -> None:
        found = ask("tomorrow 9-5")
        assert isinstance(found, Reading)
        assert "9-5 read as 9:00 to 17:00" in found.assumptions
        assert found.confidence is Confidence.LIKELY

    def test_which_day_is_said(self) -> None:
        found = ask("Friday 3pm", tz=BERLIN)
        assert isinstance(found, Reading)
        assert "the day is Friday 27 November" in found.assumptions
        assert "door's zone: Berlin" in found.assumptions

    def test_both_next_fridays_are_offered(self) -> None:
        found = ask("next Friday")
        assert isinstance(found, Reading)
        assert said(found) == "2026-12-04 00:00 > 2026-12-05 00:00"
        assert [said(other) for other in found.alternatives] == ["2026-11-27 00:00 > 2026-11-28 00:00"]

    def test_a_weekday_that_is_today_may_be_in_a_week(self) -> None:
        found = ask("Tuesday")
        assert isinstance(found, Reading)
        assert [said(other) for other in found.alternatives] == ["2026-12-01 00:00 > 2026-12-02 00:00"]

    def test_a_lone_hour_count_may_be_a_time(self) -> None:
        found = ask("3 heures", lang="fr", tz=BERLIN)
        assert isinstance(found, Reading)
        assert found.confidence is Confidence.GUESS
        assert [said(other) for other in found.alternatives] == ["2026-11-25 03:00"]

    def test_every_refusal_has_words_and_an_example_that_works(self) -> None:
        for lang in ("en", "de", "fr", "es", "pt", "it", "nl", "ja"):
            found = ask("???", lang=lang, tz=BERLIN)
            assert isinstance(found, Unclear)
            assert found.reason
            assert isinstance(ask(found.example, lang=lang, tz=BERLIN), Reading)


class TestTypography:
    @pytest.mark.parametrize("dash", ["-", "–", "—", "−", " - ", " – ", "~", "→", "->", "..", " to "])
    def test_every_dash_is_a_dash(self, dash: str) -> None:
        assert said(ask(f"tomorrow 9am{dash}5pm")) == "2026-11-25 09:00 > 2026-11-25 17:00"

    def test_curly_quotes_and_hard_spaces(self) -> None:
        assert said(ask("New Year’s\u00a0Eve 8\u202fpm to 2\u00a0am")) == "2026-12-31 20:00 > 2027-01-01 02:00"

    def test_full_width_digits(self) -> None:
        assert said(ask("１２月２４日１５：００", lang="ja", tz=BERLIN)) == "2026-12-24 15:00"

    def test_accents_may_be_missing(self) -> None:
        assert said(ask("manana de 9 a 17", lang="es", tz=BERLIN)) == "2026-11-25 09:00 > 2026-11-25 17:00"


def test_spans_leave_the_guest_and_the_door() -> None:
    text = "for Ana Ruiz at Annex door tomorrow 2-4pm"
    found = ask(text)
    assert isinstance(found, Reading)
    rest = list(text)
    for start, end in found.spans:
        rest[start:end] = " " * (end - start)
    assert " ".join("".join(rest).split()) == "for Ana Ruiz at Annex door"


def test_an_instant_has_no_window_and_a_window_has_one() -> None:
    instant, window = ask("tomorrow at 3pm"), ask("tomorrow 3pm-4pm")
    assert isinstance(instant, Reading)
    assert isinstance(window, Reading)
    assert instant.kind is Kind.INSTANT
    assert instant.window is None
    assert window.window is not None
    assert window.window.length == timedelta(hours=1)


def test_now_may_come_in_any_zone() -> None:
    now = TUESDAY.replace(tzinfo=NEW_YORK).astimezone(ZoneInfo("Asia/Tokyo"))
    found = read_window("tomorrow 9am", now=now, tz=NEW_YORK)
    assert said(found) == "2026-11-25 09:00"


def test_english_inside_another_language() -> None:
    assert said(ask("tomorrow 9am to 5pm", lang="de", tz=BERLIN)) == "2026-11-25 09:00 > 2026-11-25 17:00"
