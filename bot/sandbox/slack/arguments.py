"""The arguments of a Web API call, from a query, a form or JSON."""

from __future__ import annotations

from urllib.parse import parse_qsl

from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.wire import Json, objs, parse, truthy

_JSON_ARGUMENTS = ("blocks", "view", "attachments", "metadata", "files")


class Arguments:
    """Reads what a method needs and refuses what is missing or has the wrong shape."""

    def __init__(self, given: Json) -> None:
        self.given = given

    @classmethod
    def read(cls, query: bytes, body: bytes, content_type: str) -> Arguments:
        """Form values are strings; blocks, views and the like are JSON inside them."""
        given: Json = dict(parse_qsl(query.decode(), keep_blank_values=True))
        if content_type.startswith("application/json"):
            parsed = parse(body)
            if body and not isinstance(parsed, dict):
                raise Refused("invalid_json")
            given |= parsed if isinstance(parsed, dict) else {}
        else:
            given |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        for key in _JSON_ARGUMENTS:
            value = given.get(key)
            if isinstance(value, str):
                parsed = parse(value)
                if parsed is None:
                    raise Refused("invalid_blocks_format" if key == "blocks" else "invalid_arguments")
                given[key] = parsed
        return cls(given)

    def has(self, key: str) -> bool:
        return self.given.get(key) not in (None, "")

    def optional(self, key: str) -> str:
        """A string, empty when it is not there; numbers are taken as Slack takes them."""
        value = self.given.get(key)
        return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""

    def required(self, key: str) -> str:
        value = self.optional(key)
        if not value:
            raise Refused.because("invalid_arguments", f"[ERROR] missing required field: {key}")
        return value

    def flag(self, key: str) -> bool:
        return truthy(self.given.get(key))

    def integer(self, key: str, default: int) -> int:
        try:
            return int(self.optional(key) or default)
        except ValueError:
            raise Refused.because("invalid_arguments", f"[ERROR] must be an integer: {key}") from None

    def ids(self, key: str) -> list[str]:
        """A list of ids, separated by commas or a JSON array."""
        value = self.given.get(key)
        parts = [str(item) for item in value] if isinstance(value, list) else self.optional(key).split(",")
        return [part.strip() for part in parts if part.strip()]

    def blocks(self) -> list[Json] | None:
        """The blocks as given, None when there are none; their shape is checked elsewhere."""
        value = self.given.get("blocks")
        if value is None:
            return None
        if not isinstance(value, list):
            raise Refused("invalid_blocks_format")
        return objs(value)
