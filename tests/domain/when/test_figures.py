"""What the reader must reach on the half of the corpus that lies in ../shared/when (not copied here)."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.when import Reading, read_window

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "when"


@pytest.fixture(scope="module")
def score() -> ModuleType:
    """The corpus' own scorer."""
    path = CORPUS / "peers" / "score.py"
    if not path.exists():
        pytest.skip(f"{CORPUS} is not here: the corpus is kept beside the repository")
    spec = importlib.util.spec_from_file_location("when_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(case: dict[str, Any]) -> dict[str, Any]:
    now = datetime.fromisoformat(case["now"])
    found = read_window(case["text"], now=now, tz=ZoneInfo(case["tz"]), locale=case["locale"], lang=case["lang"])
    if not isinstance(found, Reading):
        return {"error": str(found.code)}
    return {"start": found.starts_at.isoformat(), "end": found.ends_at and found.ends_at.isoformat()}


def test_the_corpus_is_read(score: ModuleType) -> None:
    cases = [json.loads(line) for line in (CORPUS / "dev.jsonl").read_text("utf-8").splitlines()]
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    quietly_wrong = 0
    wrong = []
    for case in cases:
        given = answer(case)
        good = score.correct(case, given)
        kinds = ["all", f"language {case['lang']}"]
        kinds += ["own"] if case["source"] == "own" else []
        kinds += ["rejects"] if case["kind"] == "reject" else []
        for kind in kinds:
            total[kind] += 1
            right[kind] += good
        if not good:
            wrong.append((case["lang"], case["text"], given))
            quietly_wrong += "error" not in given
    share = {kind: right[kind] / total[kind] for kind in total}
    assert share["all"] >= 0.97, wrong
    assert share["own"] >= 0.98, wrong
    assert share["rejects"] >= 0.98, wrong
    assert all(value >= 0.94 for kind, value in share.items() if kind.startswith("language")), share
    assert quietly_wrong / total["all"] <= 0.015, wrong
