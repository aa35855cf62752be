"""What the reader touches: dateparser only guarded, nothing heavy at import, and the command line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from bot import when_cli
from bot.domain.when.fallback import keeps_numbers, read_moment, worth_trying
from tests.domain.when.asking import ask, said

NOW = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)


class TestDateparser:
    """The traps of ../shared/peers.md section 5."""

    @pytest.mark.parametrize("text", ["tomorrow at 9", "friday at 9", "March 12th at 10"])
    def test_a_dropped_number_is_no_answer(self, text: str) -> None:
        assert read_moment(text, now=NOW, zone=UTC, lang="en", order="mdy") is None

    def test_numbers_are_counted_once(self) -> None:
        moment = datetime(2026, 12, 24, 15, 30)
        assert keeps_numbers("24 Dec 2026 15:30", moment)
        assert keeps_numbers("12/24/26 3:30", moment)
        assert not keeps_numbers("24 Dec 2026 15:30 7", moment)
        assert not keeps_numbers("24 24 Dec", moment)

    def test_sentences_are_not_tried(self) -> None:
        assert not worth_trying("x" * 100 + " 1 2")
        assert not worth_trying("room 5")
        assert worth_trying("24 dezember 2026 15:30")

    def test_the_past_is_no_answer(self) -> None:
        assert read_moment("20 November 2026 10:00", now=NOW, zone=UTC, lang="en", order="mdy") is None

    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("tomorrow at 9", "2026-11-25 09:00"), ("friday at 9", "2026-11-27 09:00"), ("monday at 14", "2026-11-30 14:00"),
            ("March 12th at 10", "2027-03-12 10:00"), ("1700", "2026-11-24 17:00"), ("2026-13-01", "impossible"),
            ("eod", "2026-11-24 10:15 > 2026-11-25 00:00"), ("tmrw 9am", "2026-11-25 09:00"), ("half an hour", "2026-11-24 10:15 > 2026-11-24 10:45"),
        ],
    )  # fmt: skip
    def test_its_traps_are_read_by_our_grammar(self, text: str, answer: str) -> None:
        assert said(ask(text)) == answer


def test_importing_leaves_dateparser_alone() -> None:
    """What the import costs is in benchmarks/when_bench.py: a timed test would fail on a busy machine."""
    code = "import sys, bot.domain.when; sys.exit('dateparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestCommandLine:
    def test_a_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        args = ["tomorrow 9-5", "--tz", "Europe/Berlin", "--locale", "en-GB", "--now", "2026-11-24T10:15"]
        assert when_cli.main(args) == 0
        out = capsys.readouterr().out
        assert "Wednesday, 25 November 2026, 09:00 – 17:00 · Berlin time · 8 h" in out
        assert "9-5 read as 9:00 to 17:00" in out

    def test_an_unclear_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert when_cli.main(["banana", "--now", "2026-11-24T10:15"]) == 1
        assert "for example" in capsys.readouterr().out

    def test_a_repeating_text_is_shown_as_a_pass(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert when_cli.main(["every Tue and Thu 8-11 until June", "--now", "2026-11-24T10:15"]) == 1
        assert "as a pass: Tuesday, Thursday, 08:00 to 11:00, from 2026-11-24 to 2027-06-30" in capsys.readouterr().out

    def test_lines(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        base = {"now": "2026-11-24T10:15-05:00", "tz": "America/New_York", "locale": "en-US", "lang": "en"}
        asked = [
            base | {"text": "tomorrow 9-5"}, base | {"id": "a", "text": "from 3pm"}, base | {"text": "banana"},
            {"text": "no now"}, base | {"tz": "Nowhere/Atall", "text": "x"}, base | {"now": 5, "text": "x"},
        ]  # fmt: skip
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(map(json.dumps, asked)) + "\n\nnot json\n"))
        assert when_cli.main(["--jsonl"]) == 0
        got = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert got[0] == {"start": "2026-11-25T09:00-05:00", "end": "2026-11-25T17:00-05:00"}
        assert got[1]["id"] == "a"
        assert got[1]["start"] == "2026-11-24T15:00-05:00"
        assert got[1]["end"] is None
        assert "ms" in got[1]
        assert got[2] == {"error": "nothing_found"}
        assert all("error" in answer for answer in got[3:])

    def test_bad_arguments(self) -> None:
        with pytest.raises(SystemExit):
            when_cli.main([])
        with pytest.raises(SystemExit):
            when_cli.main(["x", "--tz", "Nowhere/Atall"])
