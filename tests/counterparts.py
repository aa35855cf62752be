"""Start what nobody here wrote (Seam's own fake, local-slack) and the real bot, each as a process on a free port."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
NODE_MODULES = ROOT / ".counterparts" / "node_modules"
START_S = 20.0  # a process that does not answer by then will not

TEAM, BOT_USER, BOT_TOKEN, APP_TOKEN = "T01HOME", "U0BOT", "xoxb-e2e", "xapp-e2e"
SIGNING_SECRET = "e2e-signing-secret"
ALICE, BOB = "U01ALICE", "U02BOB"
GENERAL = "C01GEN"


def shared_module(name: str) -> ModuleType:
    """A tool from `../shared` (lsdrive, slackpost, check_blocks, check_manifest). Skips when it is not there."""
    if not (SHARED / f"{name}.py").exists():
        pytest.skip(f"{SHARED / name}.py is not here: this tool is kept beside the repository")
    if str(SHARED) not in sys.path:
        sys.path.insert(0, str(SHARED))
    return importlib.import_module(name)


def free_port() -> int:
    """A port that nobody has, never the same twice, and below those that the system gives to outgoing connections."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe:
            if port not in _given and probe.connect_ex(("127.0.0.1", port)) != 0:
                _given.add(port)
                return port


_given: set[int] = set()


# -- Seam's own fake


@contextmanager
def fake_seam() -> Iterator[tuple[str, str]]:
    """Seam's own fake, seeded, with TTLock doors: its URL and key. Ends with us: its stdin closes."""
    if not (NODE_MODULES / "@seamapi" / "fake-seam-connect").exists():
        pytest.skip("Seam's fake is not installed: run .ci/counterparts.sh")
    node = shutil.which("node")
    if node is None:
        pytest.skip("Seam's fake needs Node.js")
    script = ROOT / "tests" / "contract" / "fake_seam.mjs"
    with subprocess.Popen(
        [node, str(script), str(NODE_MODULES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        started = json.loads(process.stdout.readline())
        yield started["url"], started["key"]
        process.stdin.close()
        process.wait(timeout=10)


# -- local-slack


def _local_slack_config(request_url: str | None) -> dict[str, object]:
    app = {
        "appId": "A01",
        "botUserId": BOT_USER,
        "botName": "latchkey",
        "botToken": BOT_TOKEN,
        "appToken": APP_TOKEN,
        "signingSecret": SIGNING_SECRET,
        "mode": "events" if request_url else "socket",
    }
    if request_url:
        app["requestUrl"] = request_url
    return {
        "workspace": {"name": "Home", "domain": "home", "teamId": TEAM},
        "apps": [app],
        "users": [
            {"id": ALICE, "name": "alice", "real_name": "Alice A", "email": "a@example.com", "tz": "Europe/Berlin"},
            {"id": BOB, "name": "bob", "real_name": "Bob B", "email": "b@example.com", "tz": "Asia/Kolkata"},
        ],
        "channels": [{"id": GENERAL, "name": "general", "members": [ALICE, BOB, BOT_USER]}],
    }


@contextmanager
def local_slack(folder: Path, *, request_url: str | None = None) -> Iterator[str]:
    """local-slack on a free port, with one app: Socket Mode, or signed HTTP to `request_url`. Yields its address."""
    binary = NODE_MODULES / "local-slack-linux-x64" / "bin" / "local-slack"
    if not binary.exists():
        pytest.skip("local-slack is not installed: run .ci/counterparts.sh")
    port = free_port()
    config = folder / "local-slack.yaml"
    config.write_text(yaml.safe_dump(_local_slack_config(request_url)))
    command = [str(binary), "--config", str(config), "--port", str(port), "--files-dir", str(folder / "files")]
    address = f"http://127.0.0.1:{port}"
    with running(command, folder / "local-slack.log", dict(os.environ)) as process:
        wait_until(lambda: answers(f"{address}/_control/state"), process, "local-slack")
        yield address


# -- the bot


@dataclass(frozen=True, slots=True, kw_only=True)
class BotProcess:
    """The bot as an operator runs it: `python -m bot run`, with settings in the environment."""

    environment: Mapping[str, str]
    folder: Path
    process: subprocess.Popen[bytes]
    url: str  # its HTTP side; nothing listens there in Socket Mode

    def log(self) -> list[dict[str, object]]:
        """What it logged: one JSON object a line."""
        return [json.loads(line) for line in (self.folder / "bot.log").read_text().splitlines()]

    def faults(self) -> list[dict[str, object]]:
        return [line for line in self.log() if line["level"] in {"ERROR", "CRITICAL"} or "trace" in line]

    async def command(self, *arguments: str) -> str:
        """Another command of the bot, run beside it with the same settings. Returns what it printed."""
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", *arguments),
            cwd=self.folder,
            env=dict(self.environment),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await running.communicate()
        assert running.returncode == 0, err.decode()
        return out.decode()

    async def audit(self) -> list[dict[str, object]]:
        """The audit log as `python -m bot audit export` prints it."""
        return [json.loads(line) for line in (await self.command("audit", "export", "--format", "jsonl")).splitlines()]


def bot_environment(folder: Path, **settings: str) -> dict[str, str]:
    """What an operator sets, and nothing else from our own environment but where Python is."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"sqlite:///{folder}/latchkey.db",
        "LATCHKEY_AUDIT_KEY_FILE": f"{folder}/audit.key",
        "LATCHKEY_AUDIT_ANCHORS_FILE": f"{folder}/audit.anchors",
        "LATCHKEY_TIMEZONE": "Europe/Berlin",  # the fake's doors have no zone
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        **settings,
    }


@asynccontextmanager
async def bot(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[BotProcess]:
    """The bot, ready for Slack. Asked to stop at the end (SIGTERM), and it must do so with exit code 0."""
    url = f"http://127.0.0.1:{environment.get('PORT', '3000')}"
    command = [sys.executable, "-m", "bot", "run"]
    with running(command, folder / "bot.log", environment, cwd=folder) as process:
        started = BotProcess(environment=environment, folder=folder, process=process, url=url)
        if "SLACK_APP_TOKEN" in environment:
            ready: Callable[[], bool] = lambda: '"slack.connected"' in (folder / "bot.log").read_text()  # noqa: E731
        else:
            ready = lambda: answers(f"{url}/readyz")  # noqa: E731
        await asyncio.to_thread(wait_until, ready, process, "the bot")
        yield started
        process.terminate()
        assert await asyncio.to_thread(process.wait, 15) == 0, (folder / "bot.log").read_text()


# -- processes


@contextmanager
def running(
    command: list[str], log: Path, environment: Mapping[str, str], *, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose output goes to `log`; ended at the latest here."""
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(environment), cwd=cwd
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=10)


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes], what: str) -> None:
    end = time.monotonic() + START_S
    while not condition():
        assert process.poll() is None, f"{what} ended with {process.returncode} before it was ready"
        assert time.monotonic() < end, f"{what} was not ready within {START_S:.0f} s"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
