"""JSON as it crosses the wire, and how to read it without trusting it."""

from __future__ import annotations

import json
from collections.abc import Iterable

Json = dict[str, object]


def obj(value: object) -> Json:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def seq(value: object) -> list[object]:
    """`value` if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def objs(value: object) -> list[Json]:
    """The objects in `value`, if it is a JSON array."""
    return [item for item in seq(value) if isinstance(item, dict)]


def string(value: object, default: str = "") -> str:
    """`value` if it is a string, else `default`."""
    return value if isinstance(value, str) else default


def plain(value: object) -> str:
    """The text of a Block Kit text object, or of a bare string."""
    return string(obj(value).get("text")) if isinstance(value, dict) else string(value)


def truthy(value: object) -> bool:
    """A flag as the Web API accepts it: JSON true, or 1 or true in a form."""
    return value is True or (isinstance(value, str) and value.lower() in {"1", "true"})


def parse(body: bytes | str) -> object:
    """The JSON in `body`, or None if it is not JSON."""
    try:
        parsed: object = json.loads(body)
    except ValueError:
        return None
    return parsed


def copied(value: Json) -> Json:
    """A deep copy through JSON: what was sent, out of the sender's reach."""
    return obj(json.loads(json.dumps(value)))


def copied_all(values: Iterable[Json]) -> list[Json]:
    """Deep copies of all of `values`."""
    return [copied(value) for value in values]
