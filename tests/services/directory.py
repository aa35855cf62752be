"""Who people are, without Slack: everybody is a member in no group, until a test says otherwise."""

from __future__ import annotations

from bot.domain.model import Person, PersonKind, PersonRef
from bot.domain.policy.ask import Actor


class Townsfolk:
    """A `Directory`. `know` says who somebody is now; the next question gets the new answer, as in life."""

    def __init__(self) -> None:
        self._known: dict[PersonRef, Actor] = {}

    def know(self, person: Person, groups: frozenset[str] | None = frozenset()) -> Actor:
        """From now on this is who they are."""
        actor = Actor(person=person, groups=groups)
        self._known[person.ref] = actor
        return actor

    async def actor(self, ref: PersonRef) -> Actor:
        unknown = Person(team_id=ref.team_id, user_id=ref.user_id, name=ref.user_id.title(), kind=PersonKind.MEMBER)
        return self._known.get(ref) or Actor(person=unknown, groups=frozenset())
