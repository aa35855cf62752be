"""A23: ten kinds of tampering, a thousand times each, are found and the first wrong row is named; clean logs are not
blamed; and the test has teeth, since it fails without the key check or the anchors."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from bot.domain.audit import GENESIS, canonical, link
from bot.domain.audit_anchors import Anchor, make_anchor
from bot.domain.audit_verify import Fault, StoredRow, Verifier, Wrong
from tests.audit_chain import NOON, event

KEY, KEYS = b"k" * 32, {"k": b"k" * 32}
TIMES, EVERY = 1_000, 10
# With 40 rows a thousand tries are forty places, again and again; at full scale each is in a place of its own.
ROWS = 1_200 if os.environ.get("LATCHKEY_FULL") == "1" else 40
TYPED = ("event_id", "at", "action", "phase", "outcome", "actor_team", "actor_user", "device_id", "subject_id")


def row(seq: int, previous: str, payload: str, key: bytes = KEY) -> StoredRow:
    content = json.loads(payload)
    columns = {
        "event_id": content["id"],
        "at": content["at"].removesuffix("+00:00") + "000Z",
        "actor_team": content["actor"]["team"],
        "actor_user": content["actor"]["user"],
        **{name: content[name] for name in ("action", "phase", "outcome", "device_id", "subject_id")},
    }
    return StoredRow(
        seq=seq, payload=payload, previous=previous, hash=link(key, previous, payload), key_id="k", columns=columns
    )


def chain(rows: int = ROWS, salt: str = "") -> list[StoredRow]:
    made: list[StoredRow] = []
    for n in range(1, rows + 1):
        payload = canonical(event(n), seq=n, event_id=f"e{salt}{n}", commitments={})
        made.append(row(n, made[-1].hash if made else GENESIS, payload))
    return made


def relinked(rows: list[StoredRow], start: int, key: bytes) -> list[StoredRow]:
    """The rows with every hash from index `start` on made anew."""
    made = rows[:start]
    for old in rows[start:]:
        made.append(row(old.seq, made[-1].hash if made else GENESIS, old.payload, key))
    return made


@dataclass(slots=True)
class Log:
    rows: list[StoredRow]
    anchors: list[Anchor]


CLEAN = chain()
ANCHORS = [make_anchor(r.seq, r.hash, NOON, "k", KEY) for r in CLEAN if r.seq % EVERY == 0]


def edited(r: StoredRow) -> StoredRow:
    return replace(r, payload=r.payload.replace("U_SAM", "U_EVE"), columns={**r.columns, "actor_user": "U_EVE"})


def edit(log: Log, k: int) -> int:
    log.rows[k] = edited(log.rows[k])
    return k + 1


def delete(log: Log, k: int) -> int:
    del log.rows[k]
    return k + 1


def swap(log: Log, k: int) -> int:
    k = min(k, ROWS - 2)
    one, two = log.rows[k], log.rows[k + 1]
    log.rows[k], log.rows[k + 1] = replace(two, seq=one.seq), replace(one, seq=two.seq)
    return k + 1


def insert(log: Log, k: int) -> int:
    """A row of the tamperer's between two, all later ones moved by one."""
    before = log.rows[k - 1].hash if k else GENESIS
    payload = canonical(event(99), seq=k + 1, event_id="forged", commitments={})
    later = [replace(r, seq=r.seq + 1) for r in log.rows[k:]]
    log.rows[k:] = [row(k + 1, before, payload, b"x" * 32), *later]
    return k + 1


def truncate(log: Log, k: int) -> int:
    del log.rows[k:]
    return k + 1


def rehash_without_key(log: Log, k: int) -> int:
    log.rows[k] = edited(log.rows[k])
    log.rows = relinked(log.rows, k, b"x" * 32)
    return k + 1


def rehash_with_stolen_key(log: Log, k: int) -> int:
    log.rows[k] = edited(log.rows[k])
    log.rows = relinked(log.rows, k, KEY)
    return k // EVERY * EVERY + 1  # no more can be known than: after the last anchor that agrees


def replace_database(log: Log, k: int) -> int:
    log.rows = chain(salt=f"other{k}")
    return 1


def edit_column(log: Log, k: int) -> int:
    name = TYPED[k % len(TYPED)]
    log.rows[k] = replace(log.rows[k], columns={**log.rows[k].columns, name: "door9"})
    return k + 1


def edit_anchor(log: Log, k: int) -> int:
    n = k // EVERY
    log.anchors[n] = replace(log.anchors[n], hash="f" * 64)
    return log.anchors[n].seq


TAMPERINGS: tuple[Callable[[Log, int], int], ...] = (
    edit,
    delete,
    swap,
    insert,
    truncate,
    rehash_without_key,
    rehash_with_stolen_key,
    replace_database,
    edit_column,
    edit_anchor,
)
EXPECTED = {
    edit: {Wrong.CHANGED},
    delete: {Wrong.MISSING, Wrong.CUT_OFF},
    swap: {Wrong.CHANGED, Wrong.INSERTED},
    insert: {Wrong.INSERTED, Wrong.CHANGED},
    truncate: {Wrong.CUT_OFF},
    rehash_without_key: {Wrong.CHANGED},
    rehash_with_stolen_key: {Wrong.CONTRADICTS_ANCHOR},
    replace_database: {Wrong.CONTRADICTS_ANCHOR},
    edit_column: {Wrong.CHANGED},
    edit_anchor: {Wrong.ANCHOR_CHANGED},
}


def verdict(log: Log, *, check_keys: bool = True, anchors: bool = True) -> Fault | None:
    verifier = Verifier(KEYS, log.anchors if anchors else [], check_keys=check_keys)
    for stored in log.rows:
        if verifier.feed(stored):
            break
    return verifier.finish()


def found(tamper: Callable[[Log, int], int], k: int, *, check_keys: bool = True, anchors: bool = True) -> bool:
    log = Log(list(CLEAN), list(ANCHORS))
    first_wrong = tamper(log, k)
    fault = verdict(log, check_keys=check_keys, anchors=anchors)
    return fault is not None and fault.seq == first_wrong and fault.wrong in EXPECTED[tamper]


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda t: t.__name__)
def test_every_tampering_before_an_anchor_is_found_and_its_first_row_named(
    tamper: Callable[[Log, int], int],
) -> None:
    chance = random.Random(tamper.__name__)
    places = chance.sample(range(ROWS), TIMES) if ROWS >= TIMES else chance.choices(range(ROWS), k=TIMES)
    missed = [k for k in places if not found(tamper, k)]
    assert not missed


def test_clean_logs_raise_no_false_alarm() -> None:
    for n in range(TIMES):
        rows = chain(1 + n % ROWS, salt=str(n))
        anchors = [make_anchor(r.seq, r.hash, NOON, "k", KEY) for r in rows if r.seq % EVERY == n % EVERY]
        assert verdict(Log(rows, anchors)) is None


def test_of_the_test_without_the_key_check_it_fails() -> None:
    assert not found(edit, 5, check_keys=False)
    assert not found(rehash_without_key, 5, check_keys=False, anchors=False)


def test_of_the_test_without_the_anchors_it_fails() -> None:
    for tamper in (truncate, rehash_with_stolen_key, replace_database, edit_anchor):
        assert not found(tamper, 5, anchors=False)


def test_a_key_that_is_not_ours_is_named_as_such() -> None:
    log = Log(list(CLEAN), [])
    log.rows[3] = replace(log.rows[3], key_id="stranger")
    fault = verdict(log)
    assert fault is not None
    assert (fault.seq, fault.wrong) == (4, Wrong.KEY_UNKNOWN)
