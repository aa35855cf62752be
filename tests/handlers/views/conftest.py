from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def check(shared_dir: Path) -> Callable[[object], list[str]]:
    """The project's checker of Slack's limits. Gives both what Slack refuses and what would surprise somebody."""
    module = _loaded(shared_dir / "check_blocks.py")

    def problems(payload: object) -> list[str]:
        return [f"{p.level} {p.path} {p.code}: {p.message}" for p in module.check(payload)]

    return problems


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_blocks", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_blocks"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module
