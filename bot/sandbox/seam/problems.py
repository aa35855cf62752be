"""What goes wrong, in Seam's error envelope (seam-api.md 1.6 and 1.7)."""

from __future__ import annotations

from bot.sandbox.seam.json_types import Json


class SeamProblem(Exception):
    """An answer other than 200, raised by an endpoint. `message` may hold a PIN (as Seam's does): never log it."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        data: Json | None = None,
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(kind)
        self.status, self.kind, self.message = status, kind, message
        self.data, self.field, self.headers = data, field, headers or {}

    def envelope(self) -> Json:
        error: Json = {"type": self.kind, "message": self.message}
        if self.data is not None:
            error["data"] = self.data
        if self.kind == "invalid_input":
            errors: Json = {"_errors": [] if self.field else [self.message]}
            if self.field:
                errors[self.field] = {"_errors": [self.message]}
            error["validation_errors"] = errors
        return {"error": error, "ok": False}


def invalid(message: str, field: str | None = None) -> SeamProblem:
    """400: the schema, or a rule across fields, or a rule of the lock, is broken."""
    return SeamProblem(400, "invalid_input", message, field=field)


def not_found(resource: str, name: str = "", value: str = "") -> SeamProblem:
    """404 `<resource>_not_found`."""
    words = resource.replace("_", " ").capitalize()
    return SeamProblem(404, f"{resource}_not_found", f"{words} not found", data={name: value} if name else None)
