"""The checker is tested with planted faults: what it cannot see, it cannot vouch for (A44)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.books import Books, Row, rows
from tests.chaos.checker import check
from tests.chaos.whole import ANA, DOOR, OTHER, SAM, at, effect, post, row, send, sign, whole

HERE = Path(__file__).parent
CHECKER = ("checker.py", "acts.py", "chain.py", "codes.py", "decisions.py", "notices.py", "books.py")


def audit(books: Books) -> list[Row]:
    return rows(books, "bot", "audit")


def drop_intent(books: Books) -> None:
    audit(books).pop(0)


def send_twice(books: Books) -> None:
    rows(books, "seam", "sends").insert(1, send(1.4, "/locks/unlock_door", DOOR, "r1b"))


def send_late(books: Books) -> None:
    rows(books, "seam", "sends")[0]["at"] = at(40)


def begin_late(books: Books) -> None:
    rows(books, "slack", "deliveries")[0]["at"] = at(-60)


def two_codes(books: Books) -> None:
    rows(books, "seam", "names").append({"access_code_id": "ac9", "name": "Dana00001 AB2C", "device_id": OTHER})


def order_without_record(books: Books) -> None:
    rows(books, "seam", "sends").append(send(80, "/access_codes/create", OTHER, "r9"))


def unknown_code(books: Books) -> None:
    rows(books, "seam", "names").append({"access_code_id": "ac9", "name": "Nobody QQ22", "device_id": OTHER})


def outlives_its_end(books: Books) -> None:
    rows(books, "bot", "audit").pop()


def stuck_in_silence(books: Books) -> None:
    rows(books, "slack", "posts").pop()


def trusts_a_delete(books: Books) -> None:
    rows(books, "seam", "effects").pop()


def lost_answer(books: Books) -> None:
    rows(books, "slack", "posts").pop(0)


def lost_task(books: Books) -> None:
    rows(books, "bot", "tasks")[1]["state"] = "waiting"


def told_twice(books: Books) -> None:
    rows(books, "slack", "posts").append(post(3930, SAM, str(rows(books, "slack", "posts")[-1]["text"])))


def never_ends(books: Books) -> None:
    audit(books).pop(1)


def ends_twice(books: Books) -> None:
    audit(books).insert(2, row(2, "door.unlock", "outcome", "unknown", "op1", DOOR, SAM))


def says_done_and_is_not(books: Books) -> None:
    rows(books, "seam", "sends").pop(0)
    rows(books, "seam", "effects").pop(0)


def says_failed_and_is_done(books: Books) -> None:
    audit(books)[1]["outcome"] = "failed"


def approves_own(books: Books) -> None:
    rows(books, "bot", "reviews")[0]["user_id"] = SAM


def decides_without_right(books: Books) -> None:
    rows(books, "bot", "reviews")[0]["user_id"] = "U0GUS"


def carries_out_what_was_denied(books: Books) -> None:
    rows(books, "bot", "requests")[0]["state"] = "denied"


def decides_twice(books: Books) -> None:
    audit(books).append(row(90, "request.denied", "note", "ok", "req1", OTHER, ANA))


def comes_back_from_its_end(books: Books) -> None:
    audit(books).append(row(4000, "code.followed", "note", "ok", "code1", OTHER, "latchkey", "on_lock"))


PLANTED: dict[str, tuple[Callable[[Books], None], str]] = {
    "an act without an audit row": (drop_intent, "record_before_act"),
    "an unlock sent twice": (send_twice, "at_most_once"),
    "an unlock sent long after its intent": (send_late, "never_late"),
    "an unlock begun long after the click": (begin_late, "never_late"),
    "two codes for one order": (two_codes, "one_code"),
    "a code ordered without a record": (order_without_record, "record_before_act"),
    "a code that nobody knows": (unknown_code, "no_unknown_code"),
    "a code alive after its end, and no alarm": (outlives_its_end, "gone_or_alarmed"),
    "a stuck code that nobody was told of": (stuck_in_silence, "gone_or_alarmed"),
    "a code called ended that is on the lock": (trusts_a_delete, "gone_or_alarmed"),
    "an answer that never came": (lost_answer, "nothing_lost"),
    "a notice that still waits": (lost_task, "nothing_lost"),
    "a notice told twice": (told_twice, "nothing_doubled"),
    "an intent without an outcome": (never_ends, "one_outcome"),
    "two outcomes": (ends_twice, "one_outcome"),
    "done is said, and nothing was": (says_done_and_is_not, "honest"),
    "failed is said, and the door opened": (says_failed_and_is_done, "honest"),
    "an approval by whoever asked": (approves_own, "never_by_oneself"),
    "a decision by somebody who may not": (decides_without_right, "decided_by_right"),
    "a denied request that was carried out": (carries_out_what_was_denied, "decided_by_right"),
    "a request decided twice": (decides_twice, "decided_once"),
    "a code that came back from its end": (comes_back_from_its_end, "legal_states"),
}


def test_books_that_agree_are_called_so() -> None:
    assert check(whole()) == []


@pytest.mark.parametrize(("plant", "promise"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found(plant: Callable[[Books], None], promise: str) -> None:
    books = whole()
    plant(books)
    if promise != "chain_whole":
        sign(books)  # whoever did it had the key: the chain alone does not give them away
    assert promise in {finding.promise for finding in check(books)}


@pytest.mark.parametrize("n", [0, 7, 14])
def test_an_edited_row_is_found(n: int) -> None:
    books = whole()
    audit(books)[n]["payload"] = str(audit(books)[n]["payload"]).replace("+00:00", "+01:00")
    assert "chain_whole" in {f.promise for f in check(books)}


@pytest.mark.parametrize("n", [0, 7, 14])
def test_a_changed_column_is_found(n: int) -> None:
    books = whole()
    audit(books)[n]["device_id"] = "elsewhere"
    assert "chain_whole" in {f.promise for f in check(books)}


def test_a_row_cut_out_or_cut_off_behind_an_anchor_is_found() -> None:
    books = whole()
    books["anchors"] = [{"seq": 15, "hash": audit(books)[14]["hash"]}]
    assert check(books) == []
    audit(books).pop()
    assert "chain_whole" in {f.promise for f in check(books)}
    books = whole()
    audit(books).pop(5)
    assert "chain_whole" in {f.promise for f in check(books)}


def test_what_nobody_can_know_is_no_fault() -> None:
    """Slack took it and its answer was lost, or the bot was killed at that moment: it may be told twice."""
    books = whole()
    told_twice(books)
    rows(books, "slack", "posts")[-2]["answer_lost"] = True
    assert check(books) == []
    books = whole()
    told_twice(books)
    books["kills"] = [at(3921.5)]
    assert check(books) == []


def test_a_code_may_outlive_its_end_while_no_bot_runs() -> None:
    books = whole()
    rows(books, "bot", "audit").pop()
    rows(books, "bot", "guest_codes")[1]["state"] = "ended"
    rows(books, "seam", "effects").append(effect(6000, "code_off", DOOR, "hand", "ac2"))
    books["awake"] = [{"from": at(0), "to": at(3630)}, {"from": at(5900), "to": at(7200)}]
    assert check(sign(books)) == []


@pytest.mark.parametrize("name", CHECKER)
def test_the_checker_knows_nothing_of_the_bots_code(name: str) -> None:
    tree = ast.parse((HERE / name).read_text())
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not {n for n in names if n.split(".")[0] in {"bot", "handlers", "storage"}}
    assert all(n.startswith("tests.chaos") or not n.startswith("tests") for n in names)
