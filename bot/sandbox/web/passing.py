"""What passes between Slack, the bot, Seam and the audit log, in order, for the "how it works" drawer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime

from bot.audit_export import as_record
from bot.audit_keys import load_audit_keys
from bot.domain.audit import GENESIS, link
from bot.sandbox.seam import Exchange as SeamExchange
from bot.sandbox.slack import Direction
from bot.sandbox.slack import Exchange as SlackExchange
from bot.sandbox.world import World
from handlers.ids import CallbackId, Field
from handlers.json_types import Json

MOST_KEPT = 600
HIDDEN = "•••• (a PIN: never written down)"


class Passing:
    """The last requests and the whole audit chain. Each entry has a `rev`: what a page has not seen yet is above it."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=MOST_KEPT)
        self._open: dict[int, Json] = {}
        self._rev = 0
        self._slack_seen = 0
        self.chain: list[Json] = []
        self._key: bytes | None = None

    def since(self, rev: int) -> list[Json]:
        """Entries that are newer than `rev`, or were completed since."""
        return [entry for entry in self._entries if _number(entry["rev"]) > rev]

    @property
    def rev(self) -> int:
        """The newest entry's."""
        return self._rev

    def _add(self, at: datetime, lane: str, what: str, **more: object) -> Json:
        self._rev += 1
        entry: Json = {"n": self._rev, "rev": self._rev, "at": at.isoformat(), "lane": lane, "what": what, **more}
        self._entries.append(entry)
        return entry

    def seam(self, exchange: SeamExchange, door: str) -> None:
        """A request of the bot's to Seam. It comes without a body: those hold PINs."""
        self._add(
            exchange.at,
            "seam",
            f"{exchange.method} {exchange.path}" + (f" · {door}" if door else ""),
            status=exchange.status,
            trouble=exchange.error_type or ("no answer" if not exchange.status else None),
            payload={"device_id": exchange.device_id, "seam-request-id": exchange.request_id},
        )

    def slack(self, w: World) -> None:
        """Take in what went to and from Slack since the last look."""
        for exchange in _newer(w.slack.traffic.exchanges, self._slack_seen):
            self._slack_seen = exchange.number
            to_bot = exchange.direction is Direction.TO_BOT
            entry = self._add(
                exchange.at,
                "to_bot" if to_bot else "from_bot",
                f"{exchange.kind} · {exchange.summary}" if to_bot else exchange.summary,
                payload=without_pins(exchange.payload),
            )
            self._open[exchange.number] = entry
        for exchange in w.slack.traffic.exchanges:
            if exchange.number in self._open and exchange.seconds is not None:
                self._rev += 1
                self._open.pop(exchange.number).update(
                    rev=self._rev,
                    status=exchange.status,
                    seconds=round(exchange.seconds, 3),
                    trouble=exchange.trouble,
                )

    async def audited(self, w: World) -> bool:
        """Take in the audit rows that were written since the last look. True when there were some."""
        last = _number(self.chain[-1]["seq"]) if self.chain else 0
        rows = await w.bot.db.read(lambda tx: tx.audit.after(last))
        if rows and self._key is None:
            held = load_audit_keys(w.settings.audit_key, w.settings.audit_keys_old, w.settings.audit_key_file)
            self._key = held[0]
        names = w.slack.workspace.people.names()
        for row in rows:
            record = as_record(row)
            detail = record["detail"]
            previous = str(self.chain[-1]["hash"]) if self.chain else GENESIS
            holds = row.previous == previous and link(self._key or b"", row.previous, row.payload) == row.hash
            shown: Json = {
                "seq": row.seq,
                "at": row.at.isoformat(),
                "action": record["action"],
                "phase": record["phase"],
                "outcome": record["outcome"],
                "reason": record["reason"],
                "who": names.get(str(record["actor"]), "Latchkey"),
                "door": detail.get("door", "") if isinstance(detail, dict) else "",
                "hash": row.hash,
                "previous": row.previous,
                "holds": holds,
            }
            self.chain.append(shown)
            words = f"#{row.seq} {record['action']} {record['phase']} {record['outcome'] or ''}".rstrip()
            self._add(row.at, "audit", words, payload=without_pins({k: v for k, v in record.items() if v}))
        return bool(rows)


def _newer(exchanges: list[SlackExchange], number: int) -> Iterable[SlackExchange]:
    """The exchanges after `number`; they are in order, so we look from the end."""
    fresh = []
    for exchange in reversed(exchanges):
        if exchange.number <= number:
            break
        fresh.append(exchange)
    return reversed(fresh)


def without_pins(value: Json) -> Json:
    """A payload as it may be shown: the one view that reveals a PIN, and the PIN that somebody typed, are left out."""
    cleaned = _clean(value)
    return cleaned if isinstance(cleaned, dict) else {}


def _clean(value: object) -> object:
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("callback_id") == CallbackId.REVEAL:
        return {**{k: v for k, v in value.items() if k in {"type", "callback_id", "id"}}, "blocks": HIDDEN}
    return {k: HIDDEN if k == Field.PIN and isinstance(v, dict) else _clean(v) for k, v in value.items()}


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
