"""The way from text to reading: fold, scan, find the phrase in the sentence, frame, resolve."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.when.clusters import candidates
from bot.domain.when.fallback import read_moment, warm, worth_trying
from bot.domain.when.frame import Dangling, Negated, Recurring, Several
from bot.domain.when.framing import build
from bot.domain.when.lexicon import LANGUAGES, Lexicon, lexicon
from bot.domain.when.normalise import fold
from bot.domain.when.pieces import Contradiction, Impossible, Item
from bot.domain.when.reading import Code, Confidence, Kind, Reading, Unclear, unclear
from bot.domain.when.resolve import Resolver
from bot.domain.when.said import SEPARATOR, echo
from bot.domain.when.scan import Scanner
from bot.domain.when.settling import Answer, Choice, Rejected
from bot.domain.when.tokens import tokenize

MAX_CHARACTERS = 300
# More tokens than this in 300 characters is no phrase.
_MAX_TOKENS = 120


def read_window(
    text: str, *, now: datetime, tz: ZoneInfo, locale: str = "en-US", lang: str | None = None
) -> Reading | Unclear:
    """The access window that `text` means.

    `now` is aware; `tz` is the door's zone, in which the answer comes; `locale` decides 3/12 (en-US: month
    first, ja: year first, else day first); `lang` is the language of the words, by default the locale's.
    """
    return _read(text, now=now, tz=tz, locale=locale, lang=lang, past=False)


def read_past(
    text: str, *, now: datetime, tz: ZoneInfo, locale: str = "en-US", lang: str | None = None
) -> Reading | Unclear:
    """The stretch of the past that `text` means, for the door log: "last friday evening", "past 3 days".

    Parameters as in `read_window`. The end is never after `now`.
    """
    return _read(text, now=now, tz=tz, locale=locale, lang=lang, past=True)


def date_order(locale: str) -> str:
    """The order of day, month and year in numeric dates of a locale."""
    lowered = locale.replace("_", "-").lower()
    if lowered in ("en-us", "en", "en-ph", "es-us", "en-ca"):
        return "mdy"
    return "ymd" if lowered.startswith(("ja", "zh", "ko", "hu", "lt")) else "dmy"


def _read(text: str, *, now: datetime, tz: ZoneInfo, locale: str, lang: str | None, past: bool) -> Reading | Unclear:
    language = lang if lang is not None else locale.replace("_", "-").split("-")[0].lower()
    lex = lexicon(language)
    example = lex.examples["window"]
    if len(text) > MAX_CHARACTERS:
        return unclear(Code.TOO_LONG, example)
    local = now.astimezone(tz).replace(second=0, microsecond=0)
    if SEPARATOR in text and not past:
        said = _own_echo(text, local, tz, lex, locale)
        if said is not None:
            return said
    found = _in_language(text, local, tz, lex, date_order(locale), past)
    telling = [lex.foreign[token.text] for token in tokenize(fold(text)) if token.text in lex.foreign]
    if telling:
        return _in_other_language(text, found, telling, local, tz, date_order(locale), past)
    if isinstance(found, Unclear) and found.code in (Code.NOTHING_FOUND, Code.UNREAD) and lex.lang != "en":
        # People mix English into every language: "Sep 7th, 9am". It counts only if English reads all of it.
        english = _in_language(text, local, tz, lexicon("en"), date_order(locale), past)
        if isinstance(english, Reading) and _covers(english, text):
            return english
    if isinstance(found, Unclear) and found.code is Code.NOTHING_FOUND and not past:
        return _by_dateparser(text, local, tz, lex, date_order(locale)) or found
    return found


def _covers(reading: Reading, text: str) -> bool:
    """Whether every letter and digit of the text was read."""
    inside = {index for start, end in reading.spans for index in range(start, end)}
    return all(index in inside for index, char in enumerate(text) if char.isalnum())


def _in_other_language(
    text: str,
    found: Reading | Unclear,
    telling: list[tuple[str, bool]],
    now: datetime,
    tz: ZoneInfo,
    order: str,
    past: bool,
) -> Reading | Unclear:
    """A text with words of another language: read in that one if more of it can be read so.

    If not, a foreign word for a day makes the text unclear, since the window would be on another day; a foreign
    weekday may be a name and makes it a guess.
    """
    other_lex = lexicon(telling[0][0])
    other = _in_language(text, now, tz, other_lex, order, past)
    covered = sum(end - start for start, end in found.spans) if isinstance(found, Reading) else 0
    if isinstance(other, Reading) and sum(end - start for start, end in other.spans) > covered:
        note = f"read in the language {other_lex.lang}"
        confidence = Confidence.LIKELY if other.confidence is Confidence.SURE else other.confidence
        return replace(other, assumptions=(*other.assumptions, note), confidence=confidence)
    if isinstance(found, Unclear):
        return found
    if any(day for _, day in telling):
        return unclear(Code.UNREAD, other_lex.examples["window"])
    return replace(found, confidence=Confidence.GUESS)


def _own_echo(text: str, now: datetime, tz: ZoneInfo, lex: Lexicon, locale: str) -> Reading | None:
    """An echo of ours pasted back: its first part, if writing that again gives the same text."""
    core = text.split(SEPARATOR, 1)[0]
    read = _in_language(core, now, tz, lex, date_order(locale), False)
    if not isinstance(read, Reading):
        return None
    again = echo(read.starts_at, read.ends_at, tz=tz, lang=lex.lang, locale=locale)
    rest = text.removeprefix(again)
    if rest == text or not (rest.strip(" ✓") == "" or rest.startswith(f"{SEPARATOR}{lex.names['yours']}: ")):
        return None
    return replace(read, spans=((0, len(text)),))


def _by_dateparser(text: str, now: datetime, tz: ZoneInfo, lex: Lexicon, order: str) -> Reading | None:
    """dateparser's reading of a single moment, as a guess that the person must confirm."""
    if not worth_trying(text):
        return None
    moment = read_moment(text, now=now, zone=tz, lang=lex.lang, order=order)
    if moment is None:
        return None
    start, end = moment
    weekdays = {a.means["weekday"] for a in lex.atoms(tokenize(fold(text))) if a.has("weekday") and not a.digits}
    if weekdays - {start.weekday()}:
        # dateparser ignores a weekday that does not fit its date.
        return None
    return Reading(
        starts_at=start if start.astimezone(UTC) > now.astimezone(UTC) else now,
        ends_at=end,
        kind=Kind.INSTANT if end is None else Kind.WINDOW,
        confidence=Confidence.GUESS,
        assumptions=(f"read as {start:%A} {start.day} {start:%B %Y}", zone_note(tz)),
        spans=((0, len(text)),),
    )


def zone_note(tz: ZoneInfo) -> str:
    """Which zone the times are in, in words."""
    return f"door's zone: {tz.key.rsplit('/', 1)[-1].replace('_', ' ')}"


def scan_text(text: str, lex: Lexicon, order: str) -> list[Item]:
    """The items of a text. Raises `Impossible` for a date or time that cannot be."""
    tokens = tokenize(fold(text))
    return Scanner(lex.atoms(tokens[:_MAX_TOKENS]), lex, order).scan()


def _in_language(text: str, now: datetime, tz: ZoneInfo, lex: Lexicon, order: str, past: bool) -> Reading | Unclear:
    example = lex.examples["window"]
    try:
        items = scan_text(text, lex, order)
    except Impossible:
        return unclear(Code.IMPOSSIBLE, example)
    problem: Code | None = None
    for chosen, doubtful in candidates(items):
        try:
            reading = _resolved(chosen, now, tz, lex, past)
        except (Impossible, Contradiction, Recurring, Several, Negated, Dangling, Rejected) as error:
            problem = problem or _code(error)
            continue
        except (OverflowError, ValueError):
            problem = problem or Code.TOO_FAR
            continue
        return _confident(reading, chosen, doubtful)
    return unclear(problem or Code.NOTHING_FOUND, example)


def _code(error: Exception) -> Code:
    match error:
        case Rejected():
            return error.code
        case Impossible():
            return Code.IMPOSSIBLE
        case Recurring():
            return Code.RECURRING
        case Several():
            return Code.SEVERAL_DAYS
        case Negated():
            return Code.NEGATED
        case Contradiction():
            return Code.CONTRADICTION
        case _:
            return Code.UNREAD


def _resolved(items: list[Item], now: datetime, tz: ZoneInfo, lex: Lexicon, past: bool) -> Reading:
    answer = Resolver(build(items), now.astimezone(UTC), tz, lex, past=past).resolve()
    alternatives = []
    for choice in answer.open_choices[:2]:
        try:
            other = Resolver(build(items), now.astimezone(UTC), tz, lex, choice, past=past).resolve()
        except (Impossible, Contradiction, Recurring, Several, Negated, Dangling, Rejected, StopIteration):
            continue
        if (other.start, other.end) != (answer.start, answer.end):
            alternatives.append(_reading(other, items, tz, choice))
    return _reading(answer, items, tz, Choice(), tuple(alternatives))


def _reading(
    answer: Answer, items: list[Item], tz: ZoneInfo, choice: Choice, alternatives: tuple[Reading, ...] = ()
) -> Reading:
    confidence = Confidence.SURE
    if answer.guess or choice != Choice():
        confidence = Confidence.GUESS
    elif alternatives or answer.notes:
        decided = any("read as" in note or "taken as" in note for note in answer.notes)
        confidence = Confidence.LIKELY if alternatives or decided else Confidence.SURE
    return Reading(
        starts_at=answer.start,
        ends_at=answer.end,
        kind=answer.kind,
        confidence=confidence,
        assumptions=(*answer.notes, zone_note(tz)),
        alternatives=alternatives,
        spans=_merged_spans(items),
    )


def _merged_spans(items: list[Item]) -> tuple[tuple[int, int], ...]:
    """The characters read as time, neighbours joined over the space between them."""
    merged: list[tuple[int, int]] = []
    for item in sorted(items, key=lambda item: item.start):
        if merged and item.start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], item.end))
        else:
            merged.append((item.start, item.end))
    return tuple(merged)


def _confident(reading: Reading, chosen: list[Item], doubtful: bool) -> Reading:
    if not doubtful:
        return reading
    note = "other words that could be times were taken as names"
    return replace(reading, confidence=Confidence.GUESS, assumptions=(*reading.assumptions, note))


def warm_up() -> None:
    """Loads every word table and dateparser. Slow (0.3 s): for a background thread at the start."""
    for lang in LANGUAGES:
        lexicon(lang)
    warm()


__all__ = ["Kind", "date_order", "read_past", "read_window", "warm_up"]
