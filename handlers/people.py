"""Slack's user to our `Person`: asked of Slack at most a minute ago, and refused when Slack cannot say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import Refused
from bot.domain.model import Person, PersonKind, PersonRef
from bot.domain.policy.ask import Actor
from handlers.json_types import flag_at, text_at
from handlers.slack_out import SlackFailed, SlackOut

FRESH_FOR_S = 60.0  # reliability.md D12
MOST_KEPT = 5_000
NO_GROUP = frozenset({"no_such_subteam", "subteam_not_found"})


GroupsOfRules = Callable[[], Awaitable[frozenset[str]]]


async def _none_yet() -> frozenset[str]:
    return frozenset()


class Unrecognised(Refused):
    """Slack did not tell who somebody is."""

    def __init__(self) -> None:
        super().__init__("I could not check with Slack who you are, so I did nothing. Please try again in a minute.")


class People:
    """Who somebody is, by Slack user id and team id; never by name or e-mail."""

    def __init__(self, slack: SlackOut, team_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._slack, self._team_id, self._clock = slack, team_id, clock
        self._known: dict[PersonRef, tuple[float, Person]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}
        self._groups_of_rules: GroupsOfRules = _none_yet

    async def person(self, ref: PersonRef) -> Person:
        """The person as Slack describes them now (at most 60 s old).

        Raises `Unrecognised` when Slack does not answer or does not know them: who is not known is not let in.
        """
        if ref.team_id != self._team_id:
            # Somebody of another workspace: nothing that Slack says of them would make them one of us.
            return Person(team_id=ref.team_id, user_id=ref.user_id, name="", kind=PersonKind.EXTERNAL)
        kept = self._known.get(ref)
        if kept and self._clock() - kept[0] < FRESH_FOR_S:
            return kept[1]
        try:
            user = await self._slack.user(ref.user_id)
        except SlackFailed:
            raise Unrecognised from None
        person = _person(ref, user, self._team_id)
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[ref] = (self._clock(), person)
        return person

    async def actor(self, ref: PersonRef) -> Actor:
        """The person with the Slack user groups they are in, among those that the rules name; `groups` is None when
        Slack cannot tell (no permission, no answer): rules that rest on a group then fail closed."""
        person = await self.person(ref)
        wanted = await self._groups_of_rules()
        if not wanted or person.kind is PersonKind.EXTERNAL:
            return Actor(person=person, groups=frozenset())
        found = set()
        for group in sorted(wanted):
            members = await self._members(group)
            if members is None:
                return Actor(person=person, groups=None)
            if ref.user_id in members:
                found.add(group)
        return Actor(person=person, groups=frozenset(found))

    async def actors(self, refs: Collection[PersonRef], *, within_s: float) -> Mapping[PersonRef, Actor]:
        """Those of them whom Slack describes in this time, all asked at once; the others are left out."""
        asking = {asyncio.create_task(self._actor_or_none(ref)) for ref in refs}
        if not asking:
            return {}
        done, late = await asyncio.wait(asking, timeout=within_s)
        for task in late:
            task.cancel()
        return {actor.person.ref: actor for task in done if (actor := task.result()) is not None}

    async def _actor_or_none(self, ref: PersonRef) -> Actor | None:
        try:
            return await self.actor(ref)
        except Refused:
            return None

    async def group_members(self, group: str) -> frozenset[str] | None:
        """User ids of everybody in a Slack user group; empty when there is no such group (any more), None when Slack
        does not say."""
        return await self._members(group)

    async def is_no_group(self, group: str) -> bool:
        """True when Slack says that there is no such user group; False also when it says nothing."""
        try:
            await self._slack.group_members(group)
        except SlackFailed as failed:
            return failed.error in NO_GROUP
        return False

    async def is_member(self, ref: PersonRef) -> bool:
        """True for a full member of the workspace; False also when Slack cannot say."""
        try:
            return (await self.person(ref)).kind is PersonKind.MEMBER
        except Refused:
            return False

    def ask_rules_for_groups(self, groups: GroupsOfRules) -> None:
        """Where to learn which user groups the rules name (the rules need us first, and we them)."""
        self._groups_of_rules = groups

    def forget_group(self, group: str) -> None:
        """Slack says that this group has other members now."""
        self._groups.pop(group, None)

    async def _members(self, group: str) -> frozenset[str] | None:
        kept = self._groups.get(group)
        if kept and self._clock() - kept[0] < FRESH_FOR_S:
            return kept[1]
        try:
            members = await self._slack.group_members(group)
        except SlackFailed as failed:
            # A group that is gone has nobody in it; anything else is not known.
            return frozenset() if failed.error in NO_GROUP else None
        self._groups[group] = (self._clock(), members)
        return members

    def forget_user(self, user_id: str) -> None:
        """Slack says that this person changed (a deactivated one must lose access at once)."""
        for ref in [ref for ref in self._known if ref.user_id == user_id]:
            del self._known[ref]


def _person(ref: PersonRef, user: object, home_team: str) -> Person:
    team = text_at(user, "team_id")
    if flag_at(user, "deleted"):
        kind = PersonKind.DEACTIVATED
    elif flag_at(user, "is_bot") or ref.user_id == "USLACKBOT":  # Slack calls its own bot no bot (A11)
        kind = PersonKind.BOT
    elif flag_at(user, "is_stranger") or (team and team != home_team):
        kind = PersonKind.EXTERNAL
    elif flag_at(user, "is_restricted") or flag_at(user, "is_ultra_restricted"):
        kind = PersonKind.GUEST
    else:
        kind = PersonKind.MEMBER
    name = text_at(user, "profile", "display_name") or text_at(user, "real_name") or text_at(user, "name")
    return Person(
        team_id=ref.team_id,
        user_id=ref.user_id,
        name=name,
        kind=kind,
        timezone=_zone(text_at(user, "tz")),
        locale=text_at(user, "locale") or "en-US",
    )


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
