"""The documents say what is so: every command, variable, module and state in them is held against the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot import audit_keys, config
from bot.__main__ import _parser
from bot.domain.audit import AuditEvent, canonical
from bot.domain.model import GUEST_CODE_MOVES
from handlers.ids import CommandId

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def command_lines() -> list[str]:
    """`audit export`, `run` ...: every command of the parser, as its own usage line names them."""
    found = []
    for name in _names(_parser().format_usage() + _parser().format_help()):
        shown = subprocess.run(
            [sys.executable, "-m", "bot", name, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout
        inner = [] if name == "when" else _names(shown)
        found += [f"{name} {sub}" for sub in inner] or [name]
    return found


def _names(helped: str) -> list[str]:
    """The commands in argparse's help: indented by four, with a description after them."""
    return re.findall(r"^    ([a-z-]+)\s{2,}\S", helped, re.MULTILINE)


def test_readme_knows_every_slash_command() -> None:
    assert [command for command in CommandId if f"`{command}" not in README] == []


def test_every_command_line_is_described() -> None:
    described = README + page("operations.md")
    commands = command_lines()
    assert {"run", "demo", "audit export"} <= set(commands)
    assert [c for c in commands if f"python -m bot {c}" not in described] == []


def test_readme_names_no_command_line_that_is_not_there() -> None:
    known = command_lines()
    for text in (README, page("operations.md"), page("audit.md")):
        for named in re.findall(r"python -m bot ([a-z-]+(?: [a-z][a-z-]*)?)", text):
            assert any(named == c or named.split()[0] == c for c in known), named


def test_every_variable_is_described_and_no_other() -> None:
    source = Path(config.__file__).read_text() + Path(audit_keys.__file__).read_text()
    read = set(re.findall(r'(?:environ\.get|needed|_channel)\(\s*"([A-Z_]+)"', source))
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", page("configuration.md"), re.MULTILINE))
    assert len(read) > 10
    assert described == read


def test_every_place_in_the_architecture_exists() -> None:
    tree = page("architecture.md").split("## The tree")[1].split("```")[1]
    places = [line.split()[0] for line in tree.strip().splitlines()]
    assert len(places) > 20
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_the_ladder_is_the_one_that_is_checked() -> None:
    ladder = page("architecture.md").split("## The ladder")[1].split("```")[1]
    drawn = [re.split(r"\s{2,}", line)[0] for line in ladder.strip().splitlines()]
    contract = (ROOT / "pyproject.toml").read_text().split("layers = [")[1].split("]")[0]
    assert drawn == re.findall(r'"([^"]+)"', contract)


def test_the_diagram_of_guest_codes_is_true() -> None:
    drawn = set(re.findall(r"^\s+([a-z_]+) --> ([a-z_]+)$", page("architecture.md"), re.MULTILINE))
    moves = {(state.value, to.value) for state, allowed in GUEST_CODE_MOVES.items() for to in allowed}
    assert drawn == moves


def test_make_targets_in_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^\s*make ([a-z]+)|`make ([a-z]+)", README, re.MULTILINE))
    named = {target for pair in named for target in pair if target}
    assert {"demo", "test", "run"} <= named
    assert named - targets == set()


def test_the_audit_page_names_every_field() -> None:
    described = re.findall(r"^\| `([a-z_]+)` \|", page("audit.md"), re.MULTILINE)
    source = Path(sys.modules[AuditEvent.__module__].__file__ or "").read_text()
    written = re.findall(r'^        "([a-z_]+)":', source.split("def canonical")[1], re.MULTILINE)
    assert described == written
    assert canonical.__doc__


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        assert target.startswith("https://") or (path.parent / target).exists(), target
