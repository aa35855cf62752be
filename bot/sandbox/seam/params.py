"""The parameters of one request, read with the checks that Seam's schema makes.

JSON bodies arrive typed; query strings (GET, DELETE) arrive as text, with repeated keys for arrays and dotted
names for objects (seam-api.md 1.4). Both are read through the same methods. A value of the wrong type, and
`null` where it is not allowed, is a 400.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bot.sandbox.seam.json_types import Json
from bot.sandbox.seam.problems import invalid


class Params:
    def __init__(self, values: Mapping[str, object], *, is_query: bool = False) -> None:
        self._values, self._is_query = values, is_query

    @classmethod
    def from_query(cls, pairs: Iterable[tuple[str, str]]) -> Params:
        values: Json = {}
        for key, value in pairs:
            name, dot, inner = key.partition(".")
            if dot:
                nested = values.setdefault(name, {})
                if isinstance(nested, dict):
                    nested[inner] = value
            elif name in values:
                before = values[name]
                values[name] = [*before, value] if isinstance(before, list) else [before, value]
            else:
                values[name] = value
        return cls(values, is_query=True)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def as_json(self) -> Json:
        return dict(self._values)

    def text(self, name: str) -> str | None:
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, str):
            raise invalid(f"Expected string, received {_kind(value)}", name)
        return value

    def need(self, name: str) -> str:
        """A text that must be there."""
        value = self.text(name)
        if value is None:
            raise invalid("Required", name)
        return value

    def nullable_text(self, name: str) -> str | None:
        """A text that `null` clears; ask `in` first whether it was sent at all."""
        return None if self._values.get(name) is None else self.text(name)

    def flag(self, name: str) -> bool | None:
        if name not in self._values:
            return None
        value = self._values[name]
        if self._is_query and value in ("true", "false"):
            return value == "true"
        if not isinstance(value, bool):
            raise invalid(f"Expected boolean, received {_kind(value)}", name)
        return value

    def number(self, name: str) -> float | None:
        if name not in self._values:
            return None
        value = self._values[name]
        if self._is_query and isinstance(value, str):
            try:
                return float(value)
            except ValueError:
                raise invalid("Expected number, received string", name) from None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(f"Expected number, received {_kind(value)}", name)
        return value

    def texts(self, name: str) -> list[str] | None:
        if name not in self._values:
            return None
        value = self._values[name]
        if self._is_query and isinstance(value, str):
            value = [value] if value else []
        if not isinstance(value, list):
            raise invalid(f"Expected array, received {_kind(value)}", name)
        texts: list[str] = []
        for entry in value:
            if not isinstance(entry, str):
                raise invalid(f"Expected string, received {_kind(entry)}", name)
            texts.append(entry)
        return texts

    def mapping(self, name: str) -> Json | None:
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, dict):
            raise invalid(f"Expected object, received {_kind(value)}", name)
        return value

    def items(self, name: str) -> list[Params]:
        """A list of objects, each read like a request."""
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise invalid("Expected array of objects", name)
        return [Params(entry) for entry in value]

    def moment(self, name: str) -> datetime | None:
        """An ISO 8601 time, in UTC. One without an offset is taken (as Seam does) and read as UTC."""
        value = self.text(name)
        return None if value is None else read_moment(value, name)

    def choice(self, name: str, allowed: Iterable[str]) -> str | None:
        value = self.text(name)
        if value is not None and value not in allowed:
            raise invalid(f"Invalid enum value, received '{value}'", name)
        return value


def read_moment(value: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise invalid("Invalid date", name) from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", str: "string", int: "number", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "unknown")
