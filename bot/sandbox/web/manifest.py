"""manifest.yml as the page needs it, without a YAML library: the demo runs on the bot's own dependencies.

It reads the plain subset that the manifest is written in (maps, lists, one-line scalars, comments); a test holds it
to what a YAML library makes of the same file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from handlers.json_types import Json

MANIFEST = Path(__file__).resolve().parents[3] / "manifest.yml"
_PAIR = re.compile(r"([\w-]+):(?:\s+(.*))?$")


@dataclass(frozen=True, slots=True)
class _Line:
    indent: int
    text: str


def read_manifest(path: Path = MANIFEST) -> Json | None:
    """The manifest, or None where the bot runs without its repository (Slack then allows everything)."""
    if not path.exists():
        return None
    lines = [_Line(len(raw) - len(raw.lstrip()), _bare(raw)) for raw in path.read_text("utf-8").splitlines()]
    value, _ = _block([line for line in lines if line.text], 0, 0)
    return value if isinstance(value, dict) else None


def _bare(raw: str) -> str:
    """A line without its comment and the space around it."""
    return re.sub(r"(^|\s)#(?=\s|$)[^\"]*$", "", raw).strip()


def _block(lines: list[_Line], at: int, indent: int) -> tuple[object, int]:
    """The map or list that begins at line `at`, and the line after it."""
    if lines[at].text.startswith("- "):
        return _list(lines, at, indent)
    found: Json = {}
    while at < len(lines) and lines[at].indent == indent and not lines[at].text.startswith("- "):
        match = _PAIR.match(lines[at].text)
        if match is None:
            raise ValueError(f"manifest.yml: cannot read {lines[at].text!r}")
        key, rest = match.groups()
        at += 1
        if rest:
            found[key] = _scalar(rest)
        elif at < len(lines) and (lines[at].indent > indent or lines[at].text.startswith("- ")):
            found[key], at = _block(lines, at, lines[at].indent)
        else:
            found[key] = None
    return found, at


def _list(lines: list[_Line], at: int, indent: int) -> tuple[list[object], int]:
    found: list[object] = []
    while at < len(lines) and lines[at].indent == indent and lines[at].text.startswith("- "):
        inner = lines[at].text[2:].strip()
        if _PAIR.match(inner):
            # `- key: value` opens a map whose other keys stand two further in.
            lines[at] = _Line(indent + 2, inner)
            item, at = _block(lines, at, indent + 2)
        else:
            item, at = _scalar(inner), at + 1
        found.append(item)
    return found, at


def _scalar(text: str) -> object:
    if text[:1] == '"':
        return json.loads(text)
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if text.isdigit() else text
