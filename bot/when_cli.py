"""`python -m bot when "TEXT"`: what a text means, on the terminal or as JSON lines."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.when import Reading, Unclear, echo, read_recurrence, read_window
from bot.domain.when.reading import Code
from bot.domain.when.recurrence import Recurrence

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def main(argv: Sequence[str] | None = None) -> int:
    """Reads one text, or with `--jsonl` one JSON object a line from stdin. Returns 0, or 1 for an unclear
    text.
    """
    parser = argparse.ArgumentParser(prog="python -m bot when", description="What a time window means.")
    parser.add_argument("text", nargs="?", help='such as "fri 3pm till mon 11am"')
    parser.add_argument("--tz", default="UTC", help="the door's zone (default UTC)")
    parser.add_argument("--locale", default="en-US", help="decides 3/12 and, without --lang, the language")
    parser.add_argument("--lang", help="en de fr es pt it nl ja")
    parser.add_argument("--now", help="the moment of typing, ISO 8601 (default: now)")
    parser.add_argument("--jsonl", action="store_true", help="read JSON lines with text now tz locale lang from stdin")
    args = parser.parse_args(argv)
    if args.jsonl:
        for line in answers(sys.stdin):
            _say(line)
        return 0
    if args.text is None:
        parser.error("a text, or --jsonl")
    try:
        tz = ZoneInfo(args.tz)
        now = _moment(args.now, tz) if args.now else datetime.now(UTC)
    except (ValueError, ZoneInfoNotFoundError) as error:
        parser.error(str(error))
    lines, code = explain(args.text, now=now, tz=tz, locale=args.locale, lang=args.lang)
    for line in lines:
        _say(line)
    return code


def explain(text: str, *, now: datetime, tz: ZoneInfo, locale: str, lang: str | None) -> tuple[list[str], int]:
    """The lines to print for one text, and the exit code. Parameters as in `read_window`."""
    found = read_window(text, now=now, tz=tz, locale=locale, lang=lang)
    language = lang or locale.split("-")[0]
    if isinstance(found, Reading):
        lines = [echo(found.starts_at, found.ends_at, tz=tz, lang=language, locale=locale)]
        lines.append(f"  {found.kind}, {found.confidence}")
        lines += [f"  {assumption}" for assumption in found.assumptions]
        for other in found.alternatives:
            lines.append(f"  or: {echo(other.starts_at, other.ends_at, tz=tz, lang=language, locale=locale)}")
        return lines, 0
    if found.code is Code.RECURRING:
        repeated = read_recurrence(text, now=now, tz=tz, locale=locale, lang=lang)
        if isinstance(repeated, Recurrence):
            return [found.reason, *_repeated(repeated)], 1
    return [found.reason, f"  for example: {found.example}"], 1


def _repeated(found: Recurrence) -> list[str]:
    days = ", ".join(_DAYS[day] for day in found.weekdays)
    hours = f"{_clock(found.start_minute)} to {_clock(found.end_minute)}"
    ends = f"to {found.last}" if found.last is not None else "without end"
    return [
        f"  as a pass: {days}, {hours}, from {found.first} {ends}",
        *(f"  {note}" for note in found.assumptions),
    ]


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def answers(lines: Iterable[str]) -> Iterator[str]:
    """One JSON line for each: `start` and `end`, or `error`; with an `id` also the `id` and the `ms` it
    took.
    """
    for line in lines:
        if line.strip():
            yield json.dumps(_answer(line), ensure_ascii=False)


def _answer(line: str) -> dict[str, object]:
    result: dict[str, object] = {}
    try:
        asked = json.loads(line)
        if "id" in asked:
            result["id"] = asked["id"]
        tz = ZoneInfo(asked.get("tz", "UTC"))
        now = _moment(asked["now"], tz)
        text, locale, lang = str(asked["text"]), asked.get("locale", "en-US"), asked.get("lang")
    except (ValueError, KeyError, TypeError, AttributeError, ZoneInfoNotFoundError) as error:
        return {**result, "error": f"bad request: {error}"}
    began = time.perf_counter()
    found = read_window(text, now=now, tz=tz, locale=locale, lang=lang)
    ms = (time.perf_counter() - began) * 1000
    if isinstance(found, Unclear):
        result["error"] = str(found.code)
    else:
        result["start"] = found.starts_at.isoformat(timespec="minutes")
        result["end"] = found.ends_at.isoformat(timespec="minutes") if found.ends_at is not None else None
    if "id" in result:
        result["ms"] = round(ms, 3)
    return result


def _moment(text: str, tz: ZoneInfo) -> datetime:
    """An ISO moment; without an offset it is in `tz`."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=tz)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
