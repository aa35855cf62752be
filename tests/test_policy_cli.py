"""`python -m bot policy export | apply | test`, through the command line."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.policy_file import load
from bot.sandbox.clock import Clock
from bot.sandbox.seam import VirtualSeam
from bot.sandbox.serving import serve
from storage.file_lock import FileLock

ROOT = Path(__file__).parents[1]
RULE = """
[[rule]]
id = "nights"
name = "Nights"
outcome = "refuse"
everything = true
who = ["everyone"]
hours = ["22:00-06:00"]
"""


class Shell:
    """A terminal in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys = folder, capsys
        for name in ("SEAM_API_KEY", "LATCHKEY_ADMINS", "LATCHKEY_APPROVALS_CHANNEL", "LATCHKEY_AUDIT_KEY"):
            patch.delenv(name, raising=False)
        patch.setenv("DATABASE_URL", f"sqlite:///{folder / 'latchkey.db'}")
        patch.setenv("LATCHKEY_AUDIT_KEY_FILE", str(folder / "audit.key"))
        patch.setenv("LATCHKEY_TIMEZONE", "Europe/Berlin")

    def runs(self, *words: str) -> tuple[int, str, str]:
        """(exit code, what it said, what it complained about)."""
        code = main(words)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def file(self, content: str) -> str:
        path = self.folder / "policy.toml"
        path.write_text(content, encoding="utf-8")
        return str(path)

    def exported(self) -> str:
        code, said, _ = self.runs("policy", "export")
        assert code == 0
        return said

    def audit(self) -> list[dict[str, object]]:
        """The audit log but for its own exports, which are written down, too."""
        _, said, _ = self.runs("audit", "export")
        rows: list[dict[str, object]] = [json.loads(line) for line in said.splitlines()]
        return [row for row in rows if row["action"] != "records.exported"]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path, capsys, monkeypatch)


def test_what_is_exported_can_be_applied_and_changes_nothing(shell: Shell) -> None:
    before = shell.exported()
    assert load(before).version == 0
    code, said, _ = shell.runs("policy", "apply", shell.file(before), "--yes")
    assert (code, said) == (0, "The rules say all of this already; there is nothing to change.\n")
    assert shell.exported() == before


def test_export_writes_a_file(shell: Shell) -> None:
    out = shell.folder / "out.toml"
    code, said, _ = shell.runs("policy", "export", "--out", str(out))
    assert (code, said) == (0, "")
    assert out.read_text(encoding="utf-8") == shell.exported()


def test_a_place_that_cannot_be_written_is_said(shell: Shell) -> None:
    code, _, error = shell.runs("policy", "export", "--out", str(shell.folder / "no" / "such" / "place"))
    assert code == 1
    assert "could not write" in error


def test_apply_shows_the_difference_and_applies_it_and_it_is_audited(shell: Shell) -> None:
    code, said, _ = shell.runs("policy", "apply", shell.file(shell.exported() + RULE), "--yes")
    assert code == 0
    assert "New rule “Nights”" in said
    assert "version 1" in said
    after = load(shell.exported())
    assert [rule.rule_id for rule in after.rules] == ["start", "nights"]
    (row,) = shell.audit()
    assert (row["action"], row["actor"], row["surface"]) == ("rules.changed", "command-line", "command_line")
    detail = row["detail"]
    assert isinstance(detail, dict)
    assert detail["before"] == "null"
    assert json.loads(detail["after"])["id"] == "nights"


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("yes\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_apply_asks_first(shell: Shell, typed: str, code: int) -> None:
    file = shell.file(shell.exported() + RULE)
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "policy", "apply", file],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code
    assert "Apply this change? [y/N]" in ran.stdout
    assert len(load(shell.exported()).rules) == (2 if code == 0 else 1)


MISTAKES = """version = "three"
admins = ["mia", "U024BE7LH", "U024BE7LH"]
colour = "blue"
[defaults]
approvers = ["@ana"]
channel = "#general"
[[rule]]
id = "One Rule"
name = ""
outcome = "maybe"
everything = true
sites = ["HQ"]
who = ["everybody"]
[[rule]]
id = "two"
name = "Two"
outcome = "refuse"
everything = true
who = []
actions = ["unlok"]
hours = ["8-18", "mon-fri 08:00-08:00"]
max_length = "4 parsecs"
[[rule]]
id = "two"
name = "Three"
outcome = "ask"
doors = ["d1"]
who = ["everyone"]
approvers = ["U024BE7LH"]
approvals_needed = 2
remind_after = "-5m"
daily_cap = 3
break_glass = 30
[[rule]]
name = "Four
outcome = "allow"
"""


def test_apply_reports_every_mistake_with_its_line_and_changes_nothing(shell: Shell) -> None:
    before = shell.exported()
    code, said, error = shell.runs("policy", "apply", shell.file(MISTAKES), "--yes")
    assert code == 1
    assert said == ""
    assert "nothing was changed" in error
    lines = [int(n) for n in re.findall(r"^ +line (\d+): ", error, re.MULTILINE)]
    assert len(lines) >= 18
    assert lines == sorted(lines)
    wrong = {1, 2, 3, 5, 6, 8, 9, 10, 13, 19, 20, 21, 22, 24, 31, 33}
    assert wrong <= set(lines) | {23, 11, 12, 30, 32}, sorted(wrong - set(lines))
    assert all(" – " in line for line in error.splitlines()[1:]), "each has a fix"
    assert shell.exported() == before
    assert shell.audit() == []


def test_a_file_from_an_older_version_is_not_applied_over_a_newer_one(shell: Shell) -> None:
    old = shell.exported()
    shell.runs("policy", "apply", shell.file(old + RULE), "--yes")
    code, said, error = shell.runs("policy", "apply", shell.file(old), "--yes")
    assert code == 1
    assert said == ""
    assert "made from version 0" in error
    assert "New rule “Nights”" in error
    assert len(load(shell.exported()).rules) == 2
    assert [(r["action"], r["reason"]) for r in shell.audit()][1:] == [("rules.refused", "overtaken")]


def test_a_file_from_the_future_is_not_applied(shell: Shell) -> None:
    code, _, error = shell.runs("policy", "apply", shell.file("version = 7\n"), "--yes")
    assert code == 1
    assert "version = 7" in error
    assert load(shell.exported()).version == 0


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe\x00", "not UTF-8"), (b"#" * 2_000_001, "too big")], ids=["binary", "huge"]
)
def test_what_is_no_policy_file_is_said(shell: Shell, content: bytes, words: str) -> None:
    path = shell.folder / "x.toml"
    path.write_bytes(content)
    code, _, error = shell.runs("policy", "apply", str(path), "--yes")
    assert code == 1
    assert words in error


def test_a_file_that_is_not_there_is_said(shell: Shell) -> None:
    code, _, error = shell.runs("policy", "apply", str(shell.folder / "nowhere.toml"))
    assert code == 1
    assert "could not read" in error


def test_rules_are_applied_beside_a_running_bot(shell: Shell) -> None:
    file = shell.file(shell.exported() + RULE)
    held = FileLock(shell.folder / "latchkey.db.lock")
    code, _, _ = shell.runs("policy", "apply", file, "--yes")
    held.release()
    assert code == 0
    assert len(load(shell.exported()).rules) == 2


def test_a_channel_of_the_settings_is_no_part_of_the_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATCHKEY_APPROVALS_CHANNEL", "C0SET")
    exported = shell.exported()
    assert "C0SET" not in exported
    assert shell.runs("policy", "apply", shell.file(exported), "--yes")[0] == 0
    assert load(shell.exported()).version == 0


def test_trying_answers_with_the_reason_and_changes_nothing(shell: Shell) -> None:
    shell.runs("policy", "apply", shell.file(shell.exported() + RULE), "--yes")
    ask = ("policy", "test", "--person", "U0ANA", "--door", "d1", "--action", "unlock")
    code, said, _ = shell.runs(*ask, "--when", "tomorrow 23:00")
    assert code == 0
    assert said.startswith("refuse: The rule “Nights”")
    code, said, _ = shell.runs(*ask, "--when", "tomorrow 10:00")
    assert said.startswith("allow: ")
    assert "taken for granted: U0ANA is a member of the workspace, in no user group" in said
    assert load(shell.exported()).version == 1
    assert len(shell.audit()) == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--guest",), "Guests of the workspace get in only where a rule names them"),
        (("--person", "T9/U0EVE"), "People from other workspaces get in only where a rule names them"),
        (("--group", "S0DESK"), "S0DESK"),
    ],
)
def test_trying_for_other_kinds_of_people(shell: Shell, more: tuple[str, ...], words: str) -> None:
    _, said, _ = shell.runs("policy", "test", "--person", "U0ANA", "--door", "d1", "--action", "unlock", *more)
    assert words in said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("--person", "ana"), "not a person's id"),
        (("--group", "desk"), "not a user group's id"),
        (("--when", "blue"), "For example"),
    ],
)
def test_what_cannot_be_tried_is_said(shell: Shell, wrong: tuple[str, ...], words: str) -> None:
    code, _, error = shell.runs("policy", "test", "--person", "U0ANA", "--door", "d1", "--action", "unlock", *wrong)
    assert code == 1
    assert words in error


async def test_a_door_is_known_by_its_name_through_seam(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    seam = VirtualSeam(Clock())
    async with serve(seam.app) as address:
        monkeypatch.setenv("SEAM_API_KEY", seam.api_key)
        monkeypatch.setenv("SEAM_ENDPOINT", address)
        for door in ("front door", seam.door("Front Door").device_id):
            words = ("policy", "test", "--person", "U0ANA", "--door", door, "--action", "lock")
            code, said, _ = await asyncio.to_thread(shell.runs, *words)
            assert (code, said[:6]) == (0, "allow:")
        words = ("policy", "test", "--person", "U0ANA", "--door", "Narnia", "--action", "lock")
        code, _, error = await asyncio.to_thread(shell.runs, *words)
        assert code == 1
        assert "no door called “Narnia”" in error


def test_wrong_settings_are_all_said_at_once(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATCHKEY_ADMINS", "mia")
    monkeypatch.setenv("LATCHKEY_APPROVALS_CHANNEL", "#general")
    code, _, error = shell.runs("policy", "export")
    assert code == 1
    assert "LATCHKEY_ADMINS" in error
    assert "LATCHKEY_APPROVALS_CHANNEL" in error


@pytest.mark.parametrize("words", [("policy",), ("policy", "apply"), ("policy", "test", "--person", "U1")])
def test_wrong_usage_is_two(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
