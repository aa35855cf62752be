"""Notices: whoever must hear something hears it, and once (I8).

A notice may come twice where nobody can know that it arrived: Slack took it and its answer was lost, or the bot was
killed before it could write that down. Those are counted in `unknowable` and excused.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta

from tests.chaos.acts import moment
from tests.chaos.books import Row, rows

GUEST = re.compile(r"Dana\d{5}")
# What is said on the way to an end, and is none.
NO_END = ("Still working", "Is this the code you want", "I asked for an approval", "is waiting for a decision")
WRITES_DOWN_BY = timedelta(seconds=3)  # real time between a post and the mark that it was told


def check(books: Mapping[str, object]) -> list[tuple[str, str]]:
    posts = rows(books, "slack", "posts")
    return _lost(books, posts) + _doubled(books, posts)


def _lost(books: Mapping[str, object], posts: list[Row]) -> list[tuple[str, str]]:
    """Looked at once everything is settled: until then, what is not told may still be on its way."""
    if not books.get("settled"):
        return []
    heard: dict[object, list[str]] = defaultdict(list)
    for post in posts:
        if not any(words in str(post["text"]) for words in NO_END):
            heard[post["reader"]].append(str(post["text"]))
    asked = Counter(
        (o["user_id"], o["door_name"]) for o in rows(books, "bot", "operations") if o["surface"] != "scheduler"
    )
    told = {(user, door): sum(str(door) in text for text in heard[user]) for user, door in asked}
    return (
        [
            ("nothing_lost", f"{task['kind']} {task['key']} was never told")
            for task in rows(books, "bot", "tasks")
            if task["state"] == "waiting" and _is_late(task, books)
        ]
        + [
            ("nothing_lost", f"{user} worked {door} {times} times and heard of it {told[user, door]} times")
            for (user, door), times in asked.items()
            if told[user, door] < times
        ]
        + [
            ("nothing_lost", f"{code['user_id']} never heard of the code of {code['guest']}")
            for code in rows(books, "bot", "guest_codes")
            if not any(str(code["guest"]) in text for text in heard[code["user_id"]])
        ]
    )


def _is_late(task: Row, books: Mapping[str, object]) -> bool:
    is_notice = str(task["kind"]).startswith(("tell_", "remind"))
    return is_notice and moment(task["due_at"]) <= moment(books["now"])


def _doubled(books: Mapping[str, object], posts: list[Row]) -> list[tuple[str, str]]:
    groups: dict[tuple[object, str], list[Row]] = defaultdict(list)
    for post in posts:
        if post["edit"]:
            continue
        # Guests have names of their own, so two equal texts about one of them are one notice, told twice.
        if GUEST.search(str(post["text"])):
            groups[post["reader"], str(post["text"])].append(post)
    kills = sorted(moment(k) for k in rows(books, "kills"))
    return [
        ("nothing_doubled", f"{reader} was told {len(same)} times: {text[:120]!r}")
        for (reader, text), same in groups.items()
        if len(same) - 1 > sum(unknowable(post, kills) for post in same)
    ]


def unknowable(post: Row, kills: list[object]) -> bool:
    """Whether the bot could not know that this post had arrived."""
    at = moment(post["real"])
    return bool(post["answer_lost"]) or any(timedelta() <= kill - at <= WRITES_DOWN_BY for kill in kills)  # type: ignore[operator]
