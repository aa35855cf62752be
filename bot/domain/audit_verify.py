"""The verifier of the audit log: rows and anchors in, the first row that does not fit out. Pure, one row at a time."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.audit import GENESIS, AuditAction, commitment, link, rotation_mac
from bot.domain.audit_anchors import Anchor, is_genuine, standing


class Wrong(StrEnum):
    """What is wrong with a row."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    CUT_OFF = "cut off"
    CONTRADICTS_ANCHOR = "contradicts an anchor"
    ANCHOR_CHANGED = "the anchor was changed"
    KEY_UNKNOWN = "key unknown"


BY_ANCHOR = frozenset({Wrong.CUT_OFF, Wrong.CONTRADICTS_ANCHOR, Wrong.ANCHOR_CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first row that does not fit. `words` is a sentence for the operator."""

    seq: int
    wrong: Wrong
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """A row exactly as it lies in the database: `columns` are the typed ones, by their names, as text.

    `personal`: the names and texts that are still kept, by field: (salt as hex, text).
    """

    seq: int
    payload: str
    previous: str
    hash: str
    key_id: str
    columns: Mapping[str, str | None]
    personal: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class Verifier:
    """Feed it every row in the order of `seq`, then ask `finish`. Stops at the first fault.

    `since`: the anchor after which the rows begin (None: from the first row). `check_keys=False` and empty `anchors`
    are for the test of the test alone.
    """

    def __init__(
        self,
        keys: Mapping[str, bytes],
        anchors: Sequence[Anchor],
        *,
        since: Anchor | None = None,
        check_keys: bool = True,
    ) -> None:
        self._keys, self._check_keys = keys, check_keys
        self._forged = next((a for a in anchors if check_keys and not is_genuine(a, keys)), None)
        self._newest = max((a.seq for a in standing(anchors)), default=0)
        self._anchors: dict[int, list[Anchor]] = {}
        for anchor in standing(anchors):
            self._anchors.setdefault(anchor.seq, []).append(anchor)
        self._seq, self._hash = (since.seq, since.hash) if since else (0, GENESIS)
        self._key_id: str | None = None
        self._agreed = self._seq
        self._waiting: StoredRow | None = None
        self.rows = 0
        self.fault: Fault | None = self._anchor_fault()

    def feed(self, row: StoredRow) -> Fault | None:
        """The next row. Returns the fault as soon as there is one."""
        waiting, self._waiting = self._waiting, row
        if self.fault is None and waiting is not None:
            self.fault = self._judge(waiting, row)
        return self.fault

    def finish(self) -> Fault | None:
        """After the last row: whether everything that the anchors know of is there."""
        if self.fault is None and self._waiting is not None:
            self.fault = self._judge(self._waiting, None)
            self._waiting = None
        if self.fault is None and self._newest > self._seq:
            self.fault = Fault(
                seq=self._seq + 1,
                wrong=Wrong.CUT_OFF,
                words=f"the rows from {self._seq + 1} on are gone: an anchor has seen row {self._newest}",
            )
        return self.fault

    # -- one row ----------------------------------------------------------------------------------------------------

    def _judge(self, row: StoredRow, following: StoredRow | None) -> Fault | None:
        place = self._seq + 1
        if row.seq > place:
            upto = row.seq - 1
            return Fault(
                seq=place,
                wrong=Wrong.MISSING,
                words=f"row {place} is not there" if upto == place else f"rows {place} to {upto} are not there",
            )
        if row.seq < place:
            return _fault(row, Wrong.INSERTED, "its number is there twice")
        content = _parsed(row.payload)
        fault = self._check(row, content, following)
        if fault:
            return fault
        self._seq, self._hash, self._key_id = row.seq, row.hash, row.key_id
        self.rows += 1
        return self._against_anchors(row)

    def _check(self, row: StoredRow, content: Mapping[str, object] | None, following: StoredRow | None) -> Fault | None:
        if row.key_id not in self._keys:
            return _fault(row, Wrong.KEY_UNKNOWN, f"it names the key {row.key_id}, which is not among your keys")
        genuine = not self._check_keys or hmac.compare_digest(
            link(self._keys[row.key_id], row.previous, row.payload), row.hash
        )
        if not genuine:
            if _stands_between(row, following):
                return _fault(row, Wrong.INSERTED, "nobody with the key wrote it, and the next row does not follow it")
            return _fault(row, Wrong.CHANGED, "its content, its hash or what it follows is not what was written")
        if content is None or content.get("seq") != row.seq:
            other = content.get("seq") if content else None
            return _fault(row, Wrong.CHANGED, f"it holds what was written as row {other}")
        if row.previous != self._hash:
            return _fault(row, Wrong.CHANGED, "it does not follow the row before it, which was put in another's place")
        if self._check_keys and self._key_id is not None and row.key_id != self._key_id:
            fault = self._rotation(row, content)
            if fault:
                return fault
        different = _differing(row, content)
        if different:
            return _fault(row, Wrong.CHANGED, f"its column “{different}” is not what was written")
        return _texts(row, content)

    def _rotation(self, row: StoredRow, content: Mapping[str, object]) -> Fault | None:
        """A new key may begin only with a row that the old key has signed, too."""
        detail = content.get("detail")
        told = detail if isinstance(detail, dict) else {}
        old = self._keys[self._key_id or ""]
        expected = rotation_mac(old, row.previous, row.key_id)
        good = (
            content.get("action") == AuditAction.AUDIT_KEY_ROTATED.value
            and told.get("new_key") == row.key_id
            and told.get("old_key") == self._key_id
            and hmac.compare_digest(str(told.get("signed_by_old")), expected)
        )
        return (
            None if good else _fault(row, Wrong.CHANGED, "it uses another key without a change signed by the old one")
        )

    # -- anchors ----------------------------------------------------------------------------------------------------

    def _anchor_fault(self) -> Fault | None:
        if self._forged is None:
            return None
        return Fault(
            seq=self._forged.seq,
            wrong=Wrong.ANCHOR_CHANGED if self._forged.key_id in self._keys else Wrong.KEY_UNKNOWN,
            words=f"the anchor of row {self._forged.seq} was not written with a key of yours",
        )

    def _against_anchors(self, row: StoredRow) -> Fault | None:
        for anchor in self._anchors.get(row.seq, ()):
            if anchor.hash != row.hash:
                return Fault(
                    seq=self._agreed + 1,
                    wrong=Wrong.CONTRADICTS_ANCHOR,
                    words=f"the anchor of {anchor.at} saw another row {row.seq}: from a row of {self._agreed + 1} to "
                    f"{row.seq} on, the log was rewritten with the right key, or the database was exchanged",
                )
            self._agreed = row.seq
        return None


def _stands_between(row: StoredRow, following: StoredRow | None) -> bool:
    """True when the next row would rather stand here itself: then this one was pushed in."""
    if following is None:
        return False
    content = _parsed(following.payload)
    return following.previous == row.previous or (content is not None and content.get("seq") == row.seq)


def _differing(row: StoredRow, content: Mapping[str, object]) -> str | None:
    actor = content.get("actor")
    who = actor if isinstance(actor, dict) else {}
    written = {
        "event_id": content.get("id"),
        "at": _as_column(content.get("at")),
        "action": content.get("action"),
        "phase": content.get("phase"),
        "outcome": content.get("outcome"),
        "actor_team": who.get("team"),
        "actor_user": who.get("user"),
        "device_id": content.get("device_id"),
        "subject_id": content.get("subject_id"),
    }
    return next((name for name, value in row.columns.items() if written.get(name) != value), None)


def _texts(row: StoredRow, content: Mapping[str, object]) -> Fault | None:
    """A text beside the chain may be gone (erased), but not another one."""
    promised = content.get("personal")
    commitments = promised if isinstance(promised, dict) else {}
    for name, (salt, words) in row.personal.items():
        try:
            kept = commitments.get(name) == commitment(bytes.fromhex(salt), words)
        except ValueError:
            kept = False
        if not kept:
            return _fault(row, Wrong.CHANGED, f"the text kept beside it as “{name}” is not what was written")
    return None


def _as_column(at: object) -> str:
    """`2026-11-24T12:00:00.123+00:00` as the column has it: `2026-11-24T12:00:00.123000Z`."""
    return f"{str(at).removesuffix('+00:00')}000Z"


def _parsed(payload: str) -> Mapping[str, object] | None:
    try:
        content = json.loads(payload)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _fault(row: StoredRow, wrong: Wrong, words: str) -> Fault:
    return Fault(seq=row.seq, wrong=wrong, words=words)
