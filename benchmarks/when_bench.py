"""The reader of time windows, measured: accuracy beside its peers, milliseconds, import, and ratios in the same run.

    .venv/bin/python benchmarks/when_bench.py

The corpus and the scorer lie in ../shared/when and are not copied here; without them only the import is measured.
chrono-node is measured where CHRONO_HOME names a folder with it and luxon installed (npm i chrono-node luxon).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
CORPUS = ROOT.parent / "shared" / "when"
# What ../shared/when/README.md publishes for the whole set: all %, windows %, rejects %, median ms, p99 ms, import ms.
PEERS = {
    "chrono-node 2.10.3": (52.7, 50.3, 83.7, 0.15, 3.8, 108),
    "recognizers-text 1.0.2a2": (43.4, 41.9, 63.7, 9.8, 35, 180),
    "dateparser + 40 lines": (39.0, 35.5, 85.3, 0.71, 9.3, 67),
    "ctparse 0.3.6": (36.9, 37.2, 33.7, 5.9, 158, 121),
    "dateparser.search 1.5.0": (35.8, 32.7, 76.8, 1.9, 10, 135),
    "parsedatetime 2.6": (27.1, 23.8, 70.0, 0.08, 0.35, 27),
    "dateparser.parse 1.5.0": (26.8, 21.8, 92.1, 0.35, 2.4, 80),
    "timefhuman 0.1.5": (23.2, 20.4, 60.0, 0.13, 4.0, 231),
}
ROUNDS = 3


def import_ms(module: str) -> float:
    """The best of five fresh imports, over a bare interpreter that has the standard library's share loaded."""
    code = f"import sys, time; sys.path.insert(0, {str(ROOT)!r}); import zoneinfo, dataclasses; "
    code += f"began = time.perf_counter(); import {module}; print((time.perf_counter() - began) * 1000)"
    run = [sys.executable, "-c", code]
    return min(float(subprocess.run(run, check=True, capture_output=True, text=True).stdout) for _ in range(5))


def load_scorer() -> Any:
    spec = importlib.util.spec_from_file_location("score", CORPUS / "peers" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prepare(case: dict[str, Any]) -> tuple[str, datetime, ZoneInfo, str, str]:
    return (case["text"], datetime.fromisoformat(case["now"]), ZoneInfo(case["tz"]), case["locale"], case["lang"])


def timed(read: Callable[..., Any], cases: list[Any]) -> tuple[list[Any], list[float]]:
    """Answers, and for each case its best milliseconds of `ROUNDS`."""
    answers: list[Any] = []
    best = [float("inf")] * len(cases)
    for _ in range(ROUNDS):
        answers = []
        for index, case in enumerate(cases):
            began = time.perf_counter()
            answers.append(read(*case))
            best[index] = min(best[index], (time.perf_counter() - began) * 1000)
    return answers, best


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ours(text: str, now: datetime, tz: ZoneInfo, locale: str, lang: str) -> dict[str, Any]:
    from bot.domain.when import Reading, read_window

    found = read_window(text, now=now, tz=tz, locale=locale, lang=lang)
    if not isinstance(found, Reading):
        return {"error": str(found.code)}
    return {"start": found.starts_at.isoformat(), "end": found.ends_at and found.ends_at.isoformat()}


def dateparser_parse(text: str, now: datetime, tz: ZoneInfo, locale: str, lang: str) -> object:
    import dateparser

    base = now.astimezone(tz).replace(tzinfo=None)
    return dateparser.parse(text, languages=[lang], settings={"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future"})


def chrono_ms(cases: list[dict[str, Any]]) -> list[float] | None:
    """chrono-node's milliseconds through the corpus' own adapter; None where it is not installed."""
    home = os.environ.get("CHRONO_HOME")
    if not home or not shutil.which("node") or not (Path(home) / "node_modules" / "chrono-node").exists():
        return None
    keys = ("id", "lang", "locale", "tz", "now", "text")
    asked = "\n".join(json.dumps({key: case[key] for key in keys}) for case in cases)
    adapter = ["node", str(CORPUS / "peers" / "chrono.mjs")]
    run = subprocess.run(adapter, check=True, capture_output=True, text=True, input=asked)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    return [answer["ms"] for answer in answers if "ms" in answer]


def main() -> int:
    start_ms = import_ms("bot.domain.when")
    print(f"import bot.domain.when: {start_ms:.1f} ms (the grammar comes with the first text or warm_up)")
    if not (CORPUS / "dev.jsonl").exists():
        print(f"{CORPUS} is not here: accuracy and time per phrase were not measured")
        return 0
    from bot.domain.when import warm_up

    score = load_scorer()
    rows = [json.loads(line) for line in (CORPUS / "dev.jsonl").read_text("utf-8").splitlines()]
    cases = [prepare(row) for row in rows]
    began = time.perf_counter()
    warm_up()
    print(f"warm_up (8 languages, dateparser): {(time.perf_counter() - began) * 1000:.0f} ms")
    given, milliseconds = timed(ours, cases)
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    quietly_wrong = 0
    for row, answer in zip(rows, given, strict=True):
        good = score.correct(row, answer)
        side = "rejects" if row["kind"] == "reject" else "windows"
        for group in ("all", side, f"kind {row['kind']}", f"language {row['lang']}", f"source {row['source']}"):
            total[group] += 1
            right[group] += good
        quietly_wrong += not good and "error" not in answer
    share = {group: 100 * right[group] / total[group] for group in total}
    median, p99 = statistics.median(milliseconds), quantile(milliseconds, 0.99)

    print(
        f"\n{'reader':28}{'all %':>8}{'windows %':>11}{'rejects %':>11}{'median ms':>11}{'p99 ms':>9}{'import ms':>11}"
    )
    everything, windows, rejects = share["all"], share["windows"], share["rejects"]
    times = f"{median:11.2f}{p99:9.2f}{start_ms:11.0f}"
    print(f"{'ours (dev half)':28}{everything:8.1f}{windows:11.1f}{rejects:11.1f}{times}")
    for name, (all_, wins, refused, mid, tail, start) in PEERS.items():
        print(f"{name:28}{all_:8.1f}{wins:11.1f}{refused:11.1f}{mid:11.2f}{tail:9.2f}{start:11.0f}")
    print("peers: published for the whole set in ../shared/when/README.md, measured on another day")
    print(f"\nconfidently wrong: {quietly_wrong} of {total['all']} ({100 * quietly_wrong / total['all']:.2f} %)")
    for group in sorted(total, key=lambda name: (name.split()[0], -total[name])):
        if " " in group:
            print(f"  {group:26}{total[group]:6}{share[group]:8.1f} %")

    _, theirs = timed(dateparser_parse, cases)
    their_median, their_p99 = statistics.median(theirs), quantile(theirs, 0.99)
    print(f"\nsame run, dateparser.parse: median {their_median:.2f} ms, p99 {their_p99:.2f} ms")
    print(f"  ours / dateparser.parse: median {median / their_median:.2f}, p99 {p99 / their_p99:.2f}")
    chrono = chrono_ms(rows)
    if chrono is None:
        print("chrono-node was not measured: CHRONO_HOME names no folder that has it")
    else:
        mid, tail = statistics.median(chrono), quantile(chrono, 0.99)
        print(f"same run, chrono-node: median {mid:.2f} ms, p99 {tail:.2f} ms")
        print(f"  ours / chrono-node: median {median / mid:.2f}, p99 {p99 / tail:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
