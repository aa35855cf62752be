"""docs/reliability.md names only tests that are there, and leaves no line of the plan out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "reliability.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)(?:::(\w+))?`", TEXT)))


@pytest.mark.parametrize(("path", "test"), NAMED, ids=lambda part: part or "-")
def test_what_it_names_is_there(path: str, test: str) -> None:
    assert (ROOT / path).is_file()
    if test:
        assert re.search(rf"^(async )?def {test}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_every_line_of_the_plan_has_an_answer() -> None:
    lines = {int(n): rest for n, rest in re.findall(r"^\| A(\d+) \|(.*)\|$", TEXT, re.MULTILINE)}
    assert sorted(lines) == list(range(1, 46))
    for number, line in lines.items():
        result = line.split("|")[-1].strip()
        assert result.startswith(("held", "partly: ", "partly", "left out", "see ")), f"A{number}: {result}"
        assert "left out:" not in result or ": " in result, f"A{number} is left out without a reason"
