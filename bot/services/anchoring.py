"""Anchors leave the database: every 100 rows or 5 minutes, and at the stop, to a file, the log and a Slack channel."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import SYSTEM, AuditAction, AuditEvent, Outcome, Phase
from bot.domain.audit_anchors import Anchor, is_genuine, make_anchor, standing
from bot.domain.errors import ConfigError, StorageTrouble
from bot.domain.tasks import NewTask, TaskKind
from bot.services.alarms import Alarms
from bot.services.context import Context
from storage.anchor_file import AnchorFile
from storage.audit_rows import AuditKey
from storage.transaction import Transaction

log = logging.getLogger(__name__)

EVERY_ROWS = 100  # reliability.md T26
EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorPlaces:
    """Where anchors go, and the keys they are sealed and read with. `channel` is a Slack channel's id, or None."""

    file: AnchorFile
    key: AuditKey
    channel: str | None = None


class Anchoring:
    """Says the chain's end outside the database, and compares the two at the start."""

    def __init__(self, context: Context, alarms: Alarms, places: AnchorPlaces) -> None:
        self._context, self._alarms, self._places = context, alarms, places
        self._last_seq = 0
        self._last_at: datetime | None = None

    async def compare(self, *, accept_rollback: bool = False) -> None:
        """At the start: is the database as new as the newest anchor? Raises `ConfigError` when it is not and that is
        not accepted; accepted, it is written down in the log and in the file."""
        try:
            anchors, unreadable = await asyncio.to_thread(self._places.file.read)
        except OSError as problem:
            raise ConfigError(
                [f"the anchors' file {self._places.file.path} cannot be read ({problem.strerror}): check its rights"]
            ) from None
        keys = self._places.key.all
        forged = next((a for a in anchors if not is_genuine(a, keys)), None)
        if unreadable or forged:
            which = f"line {unreadable.number}" if unreadable else f"the anchor of row {forged.seq if forged else 0}"
            raise ConfigError(
                [f"the anchors' file {self._places.file.path} was changed ({which}): run `python -m bot audit verify`"]
            )
        newest = max(standing(anchors), key=lambda a: a.seq, default=None)
        if newest is None:
            return
        found = await self._context.db.read(lambda tx: tx.audit.hash_of(newest.seq))
        if found != newest.hash:
            if not accept_rollback:
                raise ConfigError([_older(newest, gone=found is None)])
            await self._accept(newest)
            return
        self._last_seq, self._last_at = newest.seq, self._context.now()

    async def look(self) -> None:
        """Anchor if it is time. Never raises: a full disk must not stop a door, but the admins hear of it."""
        try:
            seq, _, _ = await self._context.db.read(lambda tx: tx.audit.end())
            now = self._context.now()
            self._last_at = self._last_at or now
            if seq > self._last_seq and (seq - self._last_seq >= EVERY_ROWS or now - self._last_at >= EVERY):
                await self.anchor()
        except (OSError, StorageTrouble) as problem:
            log.error("audit.not_anchored", extra={"error": type(problem).__name__})
            await self._ring()

    async def anchor(self) -> None:
        """Anchor the end of the chain now, if it has grown. Raises `OSError`, `StorageTrouble`."""
        seq, row_hash, key_id = await self._context.db.read(lambda tx: tx.audit.end())
        secret = self._places.key.all.get(key_id)
        if seq <= self._last_seq or secret is None:
            return
        now = self._context.now()
        await self._publish(make_anchor(seq, row_hash, now, key_id, secret))
        self._last_seq, self._last_at = seq, now

    async def _publish(self, anchor: Anchor) -> None:
        log.info("audit.anchor", extra={"anchor": anchor.line()})
        await asyncio.to_thread(self._places.file.add, anchor)
        channel = self._places.channel
        if channel:
            task = NewTask(
                kind=TaskKind.TELL_ANCHOR,
                subject_id=str(anchor.seq),
                key=f"anchor:{anchor.seq}:{anchor.hash[:16]}",
                due_at=self._context.now(),
                payload={"channel": channel, "line": anchor.line()},
            )
            await self._context.db.write(lambda tx: tx.tasks.plan(task))

    async def _accept(self, newest: Anchor) -> None:
        def write(tx: Transaction) -> tuple[int, str, str]:
            seq, row_hash, key_id = tx.audit.end()
            tx.audit.record(
                AuditEvent(
                    at=self._context.now(),
                    action=AuditAction.ROLLBACK_ACCEPTED,
                    phase=Phase.NOTE,
                    outcome=Outcome.OK,
                    actor=SYSTEM,
                    surface="start",
                    request_id="",
                    detail={"last_row": str(seq), "anchored_row": str(newest.seq), "anchored_hash": newest.hash},
                )
            )
            return seq, row_hash, key_id

        seq, row_hash, key_id = await self._context.db.write(write)
        secret = self._places.key.all.get(key_id, self._places.key.secret)
        name = key_id if key_id in self._places.key.all else self._places.key.key_id
        await self._publish(make_anchor(seq, row_hash, self._context.now(), name, secret, rollback=True))
        self._last_seq = seq
        await self.anchor()
        log.warning("audit.rollback_accepted", extra={"last_row": seq, "anchored_row": newest.seq})

    async def _ring(self) -> None:
        late = self._last_at is not None and self._context.now() - self._last_at >= EVERY
        if late:
            try:
                await self._alarms.tell_admins(
                    "I cannot write the audit log's anchors outside the database (the disk may be full or its rights "
                    "wrong). Until that works again, a change to the newest records might not be noticed."
                )
            except StorageTrouble:
                log.error("audit.alarm_not_planned")


def _older(newest: Anchor, *, gone: bool) -> str:
    what = "is older than" if gone else "contradicts"
    return (
        f"the database {what} the newest anchor (row {newest.seq} of {newest.at}): an old backup was restored, or rows "
        "were removed or rewritten. Look with `python -m bot audit verify`. If you restored a backup on purpose, start "
        "once with `python -m bot run --accept-rollback`: that is written down in the log"
    )
