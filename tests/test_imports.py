"""Nothing happens at import: no setting is read, no thread, no file, no socket, no process."""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Alembic runs these; they are scripts with the database open before them.
SCRIPTS = ("storage.migrations.env", "storage.migrations.versions")

MODULES = sorted(
    module.name
    for package in ("bot", "handlers", "storage")
    for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
    if not module.name.startswith(SCRIPTS)
)

WATCH = """
import json, os, sys, threading
done = []
def watch(event, args):
    if event == "open":
        path, mode, flags = args
        if (isinstance(mode, str) and set(mode) & set("wax+")) or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            done.append(f"open {path} {mode} {flags}")
    elif event in ("socket.bind", "socket.connect", "subprocess.Popen", "os.mkdir", "os.system", "os.posix_spawn"):
        done.append(f"{event} {args}")
names = json.loads(sys.argv[1])
for library in json.loads(sys.argv[2]):  # what other people's libraries do at import is not ours to answer for
    __import__(library)
sys.addaudithook(watch)
for name in names:
    __import__(name)
print(json.dumps({"done": done, "threads": threading.active_count(), "modules": sorted(sys.modules)}))
"""


def imported(names: list[str], folder: Path, libraries: tuple[str, ...] = ()) -> dict[str, object]:
    """Import these in a process of their own, in an empty folder with an empty environment."""
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ.get("PATH", "")}
    arguments = [json.dumps(names), json.dumps(libraries)]
    result = subprocess.run(
        [sys.executable, "-c", WATCH, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


def test_there_is_something_to_import() -> None:
    assert {"bot.app", "bot.__main__", "handlers.doors", "storage.database"} <= set(MODULES)


def test_importing_everything_does_nothing(tmp_path: Path) -> None:
    seen = imported(MODULES, tmp_path, ("slack_bolt.async_app", "uvicorn", "httpx", "alembic.command"))
    assert seen["done"] == []
    assert seen["threads"] == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["bot.config", "bot.domain.model", "handlers.views.doors", "storage.tables"])
def test_a_module_can_be_imported_alone(name: str, tmp_path: Path) -> None:
    imported([name], tmp_path)


def test_the_domain_does_without_dateparser_until_it_is_asked(tmp_path: Path) -> None:
    domain = [name for name in MODULES if name.startswith("bot.domain")]
    modules = imported(domain, tmp_path)["modules"]
    assert isinstance(modules, list)
    assert "bot.domain.when.reader" in modules
    assert not {"dateparser", "slack_bolt", "sqlalchemy", "httpx", "aiohttp"} & set(modules)
