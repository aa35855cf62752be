"""The files of docs/deploy and the Procfile: what they start is there, and starts."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from handlers.json_types import Json, mapping_at

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "docs" / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
UNIT = (DEPLOY / "latchkey.service").read_text()


def described() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE))


def started(command: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A command line of one of these files, with this Python for its `python`."""
    words = shlex.split(command)
    assert Path(words[0]).name == "python"
    return subprocess.run(
        [sys.executable, *words[1:]],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def says_what_is_missing(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode == 1 and "SLACK_BOT_TOKEN is not set" in done.stderr and "Traceback" not in done.stderr


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line.strip())


def test_the_procfile_migrates_for_real_and_its_processes_start(tmp_path: Path) -> None:
    assert set(procfile()) == {"release", "web", "worker"}
    done = started(procfile()["release"], ROOT, DATABASE_URL=f"sqlite:///{tmp_path}/latchkey.db")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "latchkey.db").exists()
    for name in ("web", "worker"):
        assert says_what_is_missing(started(procfile()[name], ROOT)), name


def test_what_the_image_copies_is_enough_to_run(tmp_path: Path) -> None:
    image = tmp_path / "app"
    image.mkdir()
    for source, target in re.findall(r"^COPY (?!--from)(\S+) /app/(\S*)$", DOCKERFILE, re.MULTILINE):
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, image / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, image / (target or source))
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/latchkey.db", "PYTHONDONTWRITEBYTECODE": "1"}
    done = started("python -m bot migrate", image, **env)
    assert done.returncode == 0, done.stderr
    command = re.findall(r"^CMD \[(.*)\]$", DOCKERFILE, re.MULTILINE)[-1].replace(",", " ")
    assert says_what_is_missing(started(command, image, **env))
    told = started("python -m bot demo --terminal", image, PYTHONDONTWRITEBYTECODE="1", PATH=os.environ["PATH"])
    assert told.returncode == 0, told.stderr
    assert not (image / "var").exists()


def test_the_image_is_not_root_pinned_and_has_a_health_check() -> None:
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["latchkey"]
    assert DOCKERFILE.index("USER latchkey") < DOCKERFILE.index("\nCMD ")
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert images
    assert all(":" in image and not image.endswith(":latest") for image in images)
    assert "--require-hashes" in DOCKERFILE
    assert "\nADD " not in DOCKERFILE
    assert "://" not in DOCKERFILE.replace("http://127.0.0.1", "")
    (check,) = re.findall(r'^HEALTHCHECK .*CMD \["python", "-c", "(.*)"\]$', DOCKERFILE, re.MULTILINE)
    compile(check, "healthcheck", "exec")

    def asked(**env: str) -> int:
        done = subprocess.run([sys.executable, "-c", check], env=env, check=False, timeout=30, capture_output=True)
        return done.returncode

    assert asked(SLACK_APP_TOKEN="xapp-1", PORT="1") == 0, "in Socket Mode nothing listens, whatever PORT says"
    assert asked(SLACK_APP_TOKEN="", PORT="1") != 0, "over HTTP somebody has to answer"


def test_compose_sets_only_what_is_described_and_keeps_the_root_shut() -> None:
    compose: Json = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    bot = mapping_at(compose, "services", "latchkey")
    environment = mapping_at(bot, "environment")
    assert set(environment) <= described()
    assert {"SLACK_BOT_TOKEN", "SEAM_API_KEY", "DATABASE_URL"} <= set(environment)
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert (ROOT / "docs" / "deploy" / str(mapping_at(bot, "build")["context"])).resolve() == ROOT
    assert (ROOT / str(mapping_at(bot, "build")["dockerfile"])).exists()


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(UNIT)
    assert set(unit.sections()) == {"Unit", "Service", "Install"}
    service = unit["Service"]
    assert service["DynamicUser"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert int(service["TimeoutStopSec"]) > 35, "longer than the bot drains"
    assert set(re.findall(r"^Environment=([A-Z_]+)=", UNIT, re.MULTILINE)) - {"PYTHONDONTWRITEBYTECODE"} <= described()
    assert says_what_is_missing(started(service["ExecStart"], ROOT))
    if shutil.which("systemd-analyze") is None:
        print("systemd-analyze is not here: the unit was read, and not judged by systemd")  # noqa: T201 - a check left out is said
        return
    here = tmp_path / "latchkey.service"
    here.write_text(UNIT.replace("/opt/latchkey/.venv/bin/python", sys.executable))
    seen = subprocess.run(
        ["systemd-analyze", "verify", str(here)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert seen.returncode == 0, seen.stderr
    assert "latchkey.service" not in seen.stderr


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yml", "latchkey.service"])
def test_operations_tells_of_each_file(name: str) -> None:
    assert f"deploy/{name}" in (ROOT / "docs" / "operations.md").read_text()
