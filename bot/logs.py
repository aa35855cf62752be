"""Logging: one JSON object a line, static event names with ids as fields."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

# These print whole requests and payloads at DEBUG: response_urls, trigger ids, PINs (reliability.md T14).
_LOUD = (
    *("slack_sdk", "slack_bolt", "aiohttp", "httpx", "httpcore", "asyncio", "sqlalchemy", "alembic", "uvicorn"),
    "dateparser",
)


def set_up(level: str) -> None:
    """Send our log to standard error at `level`; libraries speak only from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLog())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLog(logging.Formatter):
    """One JSON object a line, ASCII only, so that nothing in it can forge another line (reliability.md T27)."""

    _KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": record.getMessage(),
            "from": record.name,
        }
        line |= {k: v for k, v in vars(record).items() if k not in self._KNOWN}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)
