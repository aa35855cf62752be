"""Asking the reader in a test, and its answers as short texts that a table can hold."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.when import Reading, Unclear, read_window

LOCALES = {
    "en": "en-US",
    "de": "de-DE",
    "fr": "fr-FR",
    "es": "es-ES",
    "pt": "pt-BR",
    "it": "it-IT",
    "nl": "nl-NL",
    "ja": "ja-JP",
}
NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
# Tuesday, in the middle of the morning.
TUESDAY = datetime(2026, 11, 24, 10, 15)


def ask(
    text: str,
    *,
    lang: str = "en",
    locale: str | None = None,
    now: datetime = TUESDAY,
    tz: ZoneInfo = NEW_YORK,
) -> Reading | Unclear:
    """The reader's answer; `now` is wall time in `tz`."""
    return read_window(text, now=now.replace(tzinfo=tz), tz=tz, locale=locale or LOCALES[lang], lang=lang)


def said(found: Reading | Unclear) -> str:
    """A reading as "2026-11-25 09:00 > 2026-11-25 17:00", or the code.

    An open end is "> ...", an instant has no ">".
    """
    if isinstance(found, Unclear):
        return str(found.code)
    start = f"{found.starts_at:%Y-%m-%d %H:%M}"
    if found.ends_at is None:
        return f"{start} > ..." if found.kind == "open" else start
    return f"{start} > {found.ends_at:%Y-%m-%d %H:%M}"
