"""A database that cannot be used is refused in one sentence with the fix: no traceback, no password."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.config import Settings, database_url
from bot.database_url import database_problem
from bot.domain.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("url", "environ", "words"),
    [
        ("nonsense", {}, "not a database's address"),
        ("postgres://host:port/x", {}, "not a database's address"),
        ("mysql://u:hunter2@h/x", {}, "mysql"),
        ("sqlite:///var/latchkey.db", {"DYNO": "web.1"}, "heroku-postgresql"),
    ],
)
def test_what_is_wrong_and_its_fix(url: str, environ: dict[str, str], words: str) -> None:
    said = database_problem(url, environ)
    assert said
    assert words in said
    assert "hunter2" not in said
    with pytest.raises(ConfigError, match=words):
        database_url({**environ, "DATABASE_URL": url})
    with pytest.raises(ConfigError, match=words):
        Settings.from_env({**environ, "DATABASE_URL": url})


@pytest.mark.parametrize(
    ("url", "environ"),
    [
        ("sqlite:///var/latchkey.db", {}),
        ("postgres://u:p@h/x", {"DYNO": "web.1"}),
        ("postgresql://u:p@h:5432/x?sslmode=require", {}),
    ],
)
def test_nothing_is_wrong(url: str, environ: dict[str, str]) -> None:
    assert database_problem(url, environ) is None


def test_the_default_is_refused_on_heroku_too() -> None:
    with pytest.raises(ConfigError, match="Heroku deletes files"):
        database_url({"DYNO": "worker.1"})


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/latchkey.db", "postgres://u:hunter2@127.0.0.1:1/x"])
def test_the_command_line_says_it_in_one_line(url: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "migrate"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr
    assert "cannot be opened" in ran.stderr
    assert ": check that" in ran.stderr
    assert "hunter2" not in ran.stderr


def test_a_folder_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/file/latchkey.db")
    assert main(["migrate"]) == 1
    assert f"{tmp_path}/file/latchkey.db cannot be opened" in capsys.readouterr().err


def test_heroku_gets_the_driver() -> None:
    assert "\npsycopg==" in (ROOT / "requirements.txt").read_text()
