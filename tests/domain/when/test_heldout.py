"""The reader on phrases written without looking at it (heldout.jsonl; HELDOUT.md says where they come from)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from types import ModuleType

from tests.domain.when.test_figures import answer, score

__all__ = ["score"]

HELD_OUT = Path(__file__).with_name("heldout.jsonl")


def test_the_held_out_phrases_are_read(score: ModuleType) -> None:
    cases = [json.loads(line) for line in HELD_OUT.read_text("utf-8").splitlines()]
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    quietly_wrong = 0
    wrong = []
    for case in cases:
        given = answer(case)
        good = score.correct(case, given)
        for kind in ("all", f"language {case['lang']}", "rejects" if case["kind"] == "reject" else "windows"):
            total[kind] += 1
            right[kind] += good
        if not good:
            wrong.append((case["lang"], case["text"], given))
            quietly_wrong += "error" not in given
    share = {kind: right[kind] / total[kind] for kind in total}
    assert share["all"] >= 0.97, wrong
    assert share["rejects"] >= 0.98, wrong
    assert all(value >= 0.94 for kind, value in share.items() if kind.startswith("language")), share
    assert quietly_wrong / total["all"] <= 0.015, wrong
