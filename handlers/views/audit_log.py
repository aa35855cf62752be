"""The audit log in Slack."""

from __future__ import annotations

from handlers.json_types import Json
from handlers.views import kit


def anchor_notice(line: str) -> Json:
    """An anchor as it stands in the file, so that it can be compared and verified from here."""
    return kit.message("The audit log's anchor", kit.section(f"Audit log: {kit.escape(line)}"))
