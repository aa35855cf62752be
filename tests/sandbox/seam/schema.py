"""Seam's OpenAPI document as validators of replies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

# The schema promises a whole access code here; the documentation and Seam's own fake give two fields (seam-api.md 6.8).
KNOWN_DIFFERENCES = {"/access_codes/generate_code"}


class ReplySchemas:
    def __init__(self, document: Path) -> None:
        spec: dict[str, Any] = json.loads(document.read_text())
        self._components = _modern(spec["components"])
        self._paths: dict[str, Any] = spec["paths"]
        self._validators: dict[str, Draft202012Validator] = {}
        self._errors: dict[str, Any] = {
            "type": "object",
            "required": ["error", "ok"],
            "properties": {
                "ok": {"const": False},
                "error": {
                    "type": "object",
                    "required": ["type", "message"],
                    "properties": {"type": {"type": "string"}, "message": {"type": "string"}},
                },
            },
        }

    def check(self, path: str, status: int, reply: object) -> None:
        """Raises AssertionError with the place where the reply leaves the schema."""
        validator = self._validator(path) if status == 200 else Draft202012Validator(self._errors)
        for error in validator.iter_errors(reply):
            raise AssertionError(f"{path}: {_deepest(error)}")

    def _validator(self, path: str) -> Draft202012Validator:
        if path not in self._validators:
            self._validators[path] = Draft202012Validator(self._schema(path))
        return self._validators[path]

    def _schema(self, path: str) -> dict[str, Any]:
        if path == "/health" or path in KNOWN_DIFFERENCES:
            return {"type": "object", "required": ["ok"]}
        operation = self._paths[path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        return {**_modern(operation), "components": self._components}

    def event_validator(self) -> Draft202012Validator:
        return Draft202012Validator({"$ref": "#/components/schemas/event", "components": self._components})


def _modern(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a type."""
    if isinstance(schema, list):
        return [_modern(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _modern(value) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") is True:
        return {"anyOf": [{"type": "null"}, plain]} if plain else {}
    return plain


def _deepest(error: Any) -> str:
    """The most telling of the alternatives that failed."""
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return f"at {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
