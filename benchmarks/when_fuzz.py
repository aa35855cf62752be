"""200,000 texts of any script and any word order: nothing raises, no window is over or empty, and none takes long
(processor time, so that a busy machine fails nothing).

.venv/bin/python benchmarks/when_fuzz.py [count] [seed]
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.domain.when import Reading, read_past, read_recurrence, read_window, warm_up
from bot.domain.when.lexicon import LANGUAGES, lexicon

LIMIT_MS = 50
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")]
# The evening before Berlin's clocks fall back.
NOW = datetime(2026, 10, 24, 19, 15, tzinfo=UTC)


def salad(rng: random.Random, words: list[str]) -> str:
    """Words of the grammar and numbers in any order: the likeliest to find a hole."""
    pieces = [rng.choice(words) if rng.random() < 0.7 else number(rng) for _ in range(rng.randrange(1, 9))]
    return rng.choice([" ", " ", " ", ""]).join(pieces)


def number(rng: random.Random) -> str:
    kinds = [
        str(rng.randrange(32)), str(rng.randrange(2500)), f"{rng.randrange(27)}:{rng.randrange(62):02d}",
        f"{rng.randrange(33)}.{rng.randrange(14)}.", f"{rng.randrange(14)}/{rng.randrange(33)}", "-", ",",
        f"{rng.randrange(24)}h",
    ]  # fmt: skip
    return rng.choice(kinds)


def noise(rng: random.Random) -> str:
    """Characters of any script, up to 10,000 of them."""
    ranges = [(32, 127), (32, 0x600), (0x600, 0x1000), (0x3000, 0x9FFF), (0x20, 0xDFFF), (0x1F300, 0x1F6FF)]
    size = rng.choice([3, 20, 80, 300, rng.randrange(10_001)])
    return "".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(size))


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    rng = random.Random(seed)
    warm_up()
    words = {
        lang: [" ".join(phrase) for group in lexicon(lang).phrases.values() for phrase, _ in group]
        for lang in LANGUAGES
    }
    failures = slow = 0
    worst = 0.0
    for index in range(count):
        lang = LANGUAGES[index % len(LANGUAGES)]
        text = salad(rng, words[lang]) if rng.random() < 0.8 else noise(rng)
        zone = rng.choice(ZONES)
        locale = "en-US" if lang == "en" else f"{lang}-{lang.upper()}"
        read = (read_window, read_window, read_past, read_recurrence)[index % 4]
        began = time.process_time()
        try:
            found = read(text, now=NOW, tz=zone, locale=locale, lang=lang)
        except Exception as error:
            failures += 1
            print("raised", type(error).__name__, error, lang, ascii(text[:200]))
            continue
        ms = (time.process_time() - began) * 1000
        if ms > LIMIT_MS:
            # The collector may have run in between: what counts is whether it is slow again.
            began = time.process_time()
            read(text, now=NOW, tz=zone, locale=locale, lang=lang)
            ms = min(ms, (time.process_time() - began) * 1000)
            if ms > LIMIT_MS:
                slow += 1
                print(f"{ms:.0f} ms", lang, repr(text[:200]))
        worst = max(worst, ms)
        if isinstance(found, Reading) and read is read_window:
            start, end = found.starts_at.astimezone(UTC), found.ends_at and found.ends_at.astimezone(UTC)
            if start < NOW or (end is not None and end <= start):
                failures += 1
                print("over or empty", lang, repr(text), found.starts_at, found.ends_at)
    print(f"{count} texts, seed {seed}: {failures} failures, {slow} over {LIMIT_MS} ms, worst {worst:.1f} ms")
    return 1 if failures or slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
