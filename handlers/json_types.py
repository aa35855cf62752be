"""Slack's JSON at the border: read with care, one value at a time, into plain types."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Json = dict[str, object]


def text_at(data: object, *path: str) -> str:
    """The text at this path, or "" when anything on the way is missing or is not what it should be."""
    found = at(data, *path)
    return found if isinstance(found, str) else ""


def mapping_at(data: object, *path: str) -> Mapping[str, object]:
    """The object at this path, or an empty one."""
    found = at(data, *path)
    return found if isinstance(found, Mapping) else {}


def list_at(data: object, *path: str) -> Sequence[object]:
    """The list at this path, or an empty one."""
    found = at(data, *path)
    return found if isinstance(found, list) else ()


def flag_at(data: object, *path: str) -> bool:
    """True only for JSON's true: anything else is no."""
    return at(data, *path) is True


def json_object(text: str) -> Mapping[str, object]:
    """The JSON object in this text, or an empty one when it is something else."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def at(data: object, *path: str) -> object:
    for key in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(key)
    return data
