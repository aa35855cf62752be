"""What the package may know: it is the other end of the wire."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KNOWS_THE_BOT = """
import importlib, pkgutil, sys
import bot.sandbox.slack as package
for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(sorted(name for name in sys.modules if name.split(".")[0] in {"slack_bolt", "slack_sdk", "handlers", "storage"}))
"""


def test_it_imports_nothing_of_the_bot_and_needs_no_environment() -> None:
    run = subprocess.run(
        [sys.executable, "-c", KNOWS_THE_BOT], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )

    assert (run.stdout.strip(), run.stderr) == ("[]", "")
