"""The stage without a browser: its clock, its manifest, and its start on the command line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from bot.sandbox.clock import Clock
from bot.sandbox.web.manifest import MANIFEST, read_manifest
from bot.sandbox.web.stage import Stage
from bot.sandbox.web.turning import turn_by, turn_to_next
from handlers.json_types import at, text_at
from tests.web.conftest import MORNING

ROOT = Path(__file__).resolve().parents[2]


def test_the_manifest_reads_as_a_yaml_library_reads_it() -> None:
    assert read_manifest() == yaml.safe_load(MANIFEST.read_text("utf-8"))


def test_without_a_manifest_there_is_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "manifest.yml") is None


async def test_on_the_way_of_a_turn_everything_happens_at_its_own_time() -> None:
    stage = Stage(clock=lambda: Clock(fixed_at=MORNING), manifest=read_manifest())
    async with stage.running():
        w = stage.world
        await w.slack.command("sam", "general", "/unlock Garage for 30 min")
        await w.slack.until(lambda: not w.seam.door("Garage").locked, what="the garage to open")
        await w.bot.handlers.desk.drain(5)
        await turn_by(stage, timedelta(days=1))
        assert w.seam.door("Garage").locked
        rows = await w.bot.db.read(lambda tx: tx.audit.after(0))
        relocked = next(row for row in rows if row.content["action"] == "door.relock")
        assert timedelta(minutes=29) < relocked.at - MORNING < timedelta(minutes=31)
        assert w.clock.now() - MORNING >= timedelta(days=1)


async def test_where_nothing_is_planned_there_is_no_next_event() -> None:
    stage = Stage(clock=lambda: Clock(fixed_at=MORNING), manifest=read_manifest())
    async with stage.running():
        assert not await turn_to_next(stage)
        with pytest.raises(ValueError, match="forward"):
            await turn_by(stage, timedelta(days=-1))


async def test_a_reset_brings_an_empty_world_with_its_clock_set_back() -> None:
    stage = Stage(clock=lambda: Clock(fixed_at=MORNING), manifest=read_manifest())
    async with stage.running():
        await turn_by(stage, timedelta(hours=1))
        before = stage.world
        await stage.reset()
        assert stage.world is not before
        assert stage.world.clock.now() == MORNING
        assert stage.number == 2


def test_the_manifest_offers_what_the_page_completes() -> None:
    commands = at(read_manifest(), "features", "slash_commands")
    assert isinstance(commands, list)
    assert "/unlock" in [text_at(command, "command") for command in commands]


def test_the_page_starts_in_three_seconds_and_ends_at_ctrl_c() -> None:
    began = time.monotonic()
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        assert demo.stdout is not None
        line = demo.stdout.readline()
        took = time.monotonic() - began
        match = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert match, line
        assert "Latchkey" in httpx.get(match.group()).text
        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate(timeout=20)
    finally:
        demo.kill()
    assert demo.returncode == 0, err
    assert "Traceback" not in err
    assert "over" in out
    # Alone on a machine it takes half of this; beside a whole test run it may take longer than it does for a person.
    assert took < 3 * (1 if os.getloadavg()[0] < (os.cpu_count() or 1) else 3)


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", port],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip() == f"The page cannot be served on port {port}: Address already in use."
