"""How a window is said back, in eight languages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.when import echo

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 27, 15, 0, tzinfo=BERLIN)
END = datetime(2026, 11, 30, 11, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("lang", "locale", "text"),
    [
        ("en", "en-US", "Friday, November 27, 2026, 3:00 PM – Monday, November 30, 2026, 11:00 AM · Berlin time · 2 d 20 h"),
        ("en", "en-GB", "Friday, 27 November 2026, 15:00 – Monday, 30 November 2026, 11:00 · Berlin time · 2 d 20 h"),
        ("de", "de-DE", "Freitag, 27. November 2026, 15:00 – Montag, 30. November 2026, 11:00 · Zeit in Berlin · 2 T 20 Std."),
        ("fr", "fr-FR", "vendredi 27 novembre 2026, 15:00 – lundi 30 novembre 2026, 11:00 · heure de Berlin · 2 j 20 h"),
        ("es", "es-ES", "viernes 27 de noviembre de 2026, 15:00 – lunes 30 de noviembre de 2026, 11:00 · hora de Berlin · 2 d 20 h"),
        ("pt", "pt-BR", "sexta-feira, 27 de novembro de 2026, 15:00 – segunda-feira, 30 de novembro de 2026, 11:00 · horário de Berlin · 2 d 20 h"),
        ("it", "it-IT", "venerdì 27 novembre 2026, 15:00 – lunedì 30 novembre 2026, 11:00 · ora di Berlin · 2 g 20 h"),
        ("nl", "nl-NL", "vrijdag 27 november 2026, 15:00 – maandag 30 november 2026, 11:00 · tijd in Berlin · 2 d 20 u"),
        ("ja", "ja-JP", "2026年11月27日(金) 15:00 – 2026年11月30日(月) 11:00 · Berlin時間 · 2日 20時間"),
    ],
)  # fmt: skip
def test_languages(lang: str, locale: str, text: str) -> None:
    assert echo(START, END, tz=BERLIN, lang=lang, locale=locale) == text


def test_whole_days_are_said_as_days() -> None:
    start, end = datetime(2026, 12, 24, tzinfo=BERLIN), datetime(2026, 12, 27, tzinfo=BERLIN)
    text = echo(start, end, tz=BERLIN)
    assert text == "Thursday, December 24, 2026 – Saturday, December 26, 2026 · Berlin time · 3 d"
    one = echo(start, datetime(2026, 12, 25, tzinfo=BERLIN), tz=BERLIN)
    assert one == "Thursday, December 24, 2026, all day · Berlin time · 1 d"


def test_one_day_is_named_once_and_the_length_is_elapsed() -> None:
    start, end = datetime(2026, 10, 25, 1, 0, tzinfo=BERLIN), datetime(2026, 10, 25, 5, 0, tzinfo=BERLIN)
    assert echo(start, end, tz=BERLIN, locale="en-GB") == "Sunday, 25 October 2026, 01:00 – 05:00 · Berlin time · 5 h"


def test_the_readers_own_zone_only_where_it_differs() -> None:
    text = echo(START, END, tz=BERLIN, reader_tz=ZoneInfo("America/New_York"))
    assert text.endswith(" · your time: Friday, November 27, 2026, 9:00 AM – Monday, November 30, 2026, 5:00 AM")
    assert "your time" not in echo(START, END, tz=BERLIN, reader_tz=ZoneInfo("Europe/Paris"))


def test_a_time_that_happens_twice_says_its_offset() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    text = echo(start, start.replace(hour=1), tz=BERLIN, locale="en-GB")
    assert "02:30 UTC+02:00 – Sunday, 25 October 2026, 02:30 UTC+01:00" in text


def test_an_open_end_and_a_running_window() -> None:
    assert echo(START, None, tz=BERLIN, locale="en-GB") == "from Friday, 27 November 2026, 15:00 · Berlin time"
    now = datetime(2026, 11, 28, tzinfo=UTC)
    assert echo(START, END, tz=BERLIN, now=now).endswith("✓")
