"""JSON as Seam sends it, and its two small conventions: ids and moments."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

Json = dict[str, object]


def new_id() -> str:
    """A random UUID, as every id of Seam is."""
    return str(uuid.uuid4())


def stable_id(*words: str) -> str:
    """The same UUID for the same words, in every run: a sandbox door keeps its id when the demo starts again."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "latchkey-sandbox:" + "/".join(words)))


def iso(moment: datetime) -> str:
    """An aware moment in Seam's form: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
