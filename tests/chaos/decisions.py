"""Requests: decided once, by somebody who may, never by whoever asked; and nothing is done without it (I7)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from tests.chaos.books import Row, rows

ENDS = {"request.denied", "request.expired", "request.cancelled", "request.ended"}


def check(books: Mapping[str, object]) -> list[tuple[str, str]]:
    approvers = {str(a) for a in rows(books, "approvers")}
    reviews: dict[object, list[Row]] = defaultdict(list)
    for review in rows(books, "bot", "reviews"):
        reviews[review["request_id"]].append(review)
    ends = Counter(r["subject_id"] for r in rows(books, "bot", "audit") if r["action"] in ENDS)
    acts = {o["op_id"] for o in rows(books, "bot", "operations")}
    acts |= {c["order_id"] for c in rows(books, "bot", "guest_codes")}
    found: list[tuple[str, str]] = []
    for request in rows(books, "bot", "requests"):
        found += _one(books, request, reviews[request["request_id"]], ends, acts, approvers)
    return found


def _one(
    books: Mapping[str, object],
    request: Row,
    reviews: list[Row],
    ends: Counter[object],
    acts: set[object],
    approvers: set[str],
) -> list[tuple[str, str]]:
    name, state = request["request_id"], request["state"]
    found: list[tuple[str, str]] = []
    approved = [r for r in reviews if r["verdict"] == "approve"]
    for review in reviews:
        if review["verdict"] == "approve" and review["user_id"] in {request["user_id"], request["beneficiary_user"]}:
            found.append(("never_by_oneself", f"request {name} was approved by whoever asked"))
        if review["user_id"] not in approvers:
            found.append(("decided_by_right", f"request {name} was decided by {review['user_id']}, who may not"))
    if state in {"approved", "done", "failed"} and not approved and not request["break_glass"]:
        found.append(("decided_by_right", f"request {name} is {state}, and nobody approved it"))
    if name in acts and state not in {"approved", "done", "failed"}:
        found.append(("decided_by_right", f"request {name} is {state}, and it was carried out"))
    if ends[name] > 1 or (ends[name] == 0 and state not in {"pending", "approved"}):
        found.append(("decided_once", f"request {name} is {state} and has {ends[name]} ends in the log"))
    if books.get("settled") and state in {"pending", "approved"}:
        found.append(("decided_once", f"request {name} is still {state}, after all its time"))
    return found
