"""What came back over HTTP, before anyone asks what it means: an Answer, a Refusal, or something Unreadable.

Pure: status, headers and bytes in; a value out. Source of the rules: seam-api.md 1.5 to 1.7.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.seam import fields
from bot.seam.fields import JsonObject
from bot.seam.masking import masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A 2xx with JSON. `body` is the whole envelope."""

    body: JsonObject
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A status that is not 2xx.

    `type` is Seam's `error.type`, or `http_<status>` when the body is not Seam's error envelope (a proxy, an outage,
    an unknown route); `is_seams` tells the two apart. `message` is masked and includes field errors.
    """

    status: int
    type: str
    message: str = ""
    request_id: str = ""
    retry_after: str = ""
    is_seams: bool = True

    @property
    def is_too_fast(self) -> bool:
        return self.status == 429

    @property
    def is_definite(self) -> bool:
        """True where Seam says no and nothing was done; a 5xx says nothing about a change (seam-api.md 1.9)."""
        return 400 <= self.status < 500 and self.status != 408


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A 2xx that is not what was promised: no JSON, or without the key that the endpoint always has."""

    status: int
    reason: str
    request_id: str = ""


Reply = Answer | Refusal | Unreadable


def read_reply(status: int, headers: Mapping[str, str], content: bytes, key: str | None) -> Reply:
    """Sort a response. `key` is the response key that must be there with an object or a list, or None if only `ok` is.

    `headers` must find names in any case (httpx.Headers does). Keeps no PIN: messages are masked here.
    """
    request_id = headers.get("seam-request-id", "")
    body = _json_object(content)
    if 200 <= status < 300:
        if body is None:
            return Unreadable(status=status, reason="the answer is not a JSON object", request_id=request_id)
        if key is not None and not isinstance(body.get(key), Mapping | list):
            return Unreadable(status=status, reason=f"the answer has no {key}", request_id=request_id)
        return Answer(body=body, request_id=request_id)

    retry_after = headers.get("retry-after", "")
    error = fields.nested(body or {}, "error")
    kind, message = fields.text(error, "type"), error.get("message")
    # The SDKs' rule for "this is Seam speaking": both are strings. All else is a plain HTTP error (seam-api.md 1.6).
    if kind is None or not isinstance(message, str):
        return Refusal(
            status=status, type=f"http_{status}", request_id=request_id, retry_after=retry_after, is_seams=False
        )
    details = _field_errors(fields.nested(error, "validation_errors"))
    # Often the message is the field's error, word for word.
    more = [f"{path}: {text}" if path else text for path, text in details if text not in message]
    said = " ".join([message.strip(), *more])
    return Refusal(
        status=status,
        type=masked(kind),
        message=masked(said).strip(),
        request_id=request_id,
        retry_after=retry_after,
    )


def seconds_to_wait(retry_after: str, now: datetime) -> float | None:
    """`Retry-After` (seconds, or an HTTP date) as seconds from `now`, at least 0; None if it says nothing readable."""
    value = retry_after.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())


def _json_object(content: bytes) -> JsonObject | None:
    # The content type is not asked: what parses as an object is one, and what does not is not, whatever it is called.
    try:
        value: object = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _field_errors(errors: JsonObject, path: str = "") -> list[tuple[str, str]]:
    """`{"device_id": {"_errors": ["Required"]}}` as `[("device_id", "Required")]`, to any depth."""
    found: list[tuple[str, str]] = []
    for key, value in errors.items():
        if key == "_errors":
            found += [(path, text) for text in fields.texts(errors, key)]
        elif isinstance(value, Mapping):
            found += _field_errors(value, f"{path}.{key}" if path else key)
    return found
