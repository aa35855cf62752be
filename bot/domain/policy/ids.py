"""Slack's ids as the rules write them, and whether a list of them names a person.

A person is written `U024BE7LH` (of this workspace) or `T061EG9R6/U024BE7LH` (of the workspace named first).
Somebody from another workspace is named only by the second form: the same user id may belong to another
person there (reliability.md A10).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.domain.model import Person, PersonKind, PersonRef

_PERSON = re.compile(r"(?:[TE][A-Z0-9]+/)?[UW][A-Z0-9]+")
_USER_GROUP = re.compile(r"S[A-Z0-9]+")
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")  # not D: a direct message has no approvers in it


def is_person_id(text: str) -> bool:
    """True for `U…`, `W…` (enterprise) and `T…/U…`."""
    return _PERSON.fullmatch(text) is not None


def is_user_group_id(text: str) -> bool:
    """True for `S…`, Slack's user groups (@front-desk)."""
    return _USER_GROUP.fullmatch(text) is not None


def is_channel_id(text: str) -> bool:
    """True for `C…` and `G…`; a channel's name can be changed, so it is never taken (reliability.md T11)."""
    return _CHANNEL.fullmatch(text) is not None


def full_id(ref: PersonRef) -> str:
    """`T…/U…`: the one way to write a person that means the same everywhere."""
    return f"{ref.team_id}/{ref.user_id}"


def named(person: Person, ids: Collection[str]) -> bool:
    """Whether this list names this person, not merely a group the person is in."""
    if full_id(person.ref) in ids:
        return True
    return person.kind is not PersonKind.EXTERNAL and person.user_id in ids


def may_be(ref: PersonRef, ids: Collection[str]) -> frozenset[str]:
    """Those of the ids that can mean this person, whatever the account's kind: for taking somebody out of a list."""
    return frozenset(i for i in ids if i in (ref.user_id, full_id(ref)))
