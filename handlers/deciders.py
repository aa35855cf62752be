"""Who can decide, in words: mentions where they are to be pinged, names where they are not."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.model import PersonRef
from bot.domain.requests import AccessRequest
from bot.services import Services
from handlers.people import People
from handlers.views import kit

MOST_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Looks up names; a person whom Slack does not know any more is left out."""

    services: Services
    people: People

    async def deciders(self, request: AccessRequest, *, ping: bool = True) -> str:
        """mrkdwn for “Can decide: …”: people, not a role's name."""
        found = await self.services.requests.who_decides(request)
        people = found.people or (() if found.user_groups else found.admins)
        words = [await self._person(ref, request.requester.team_id, ping=ping) for ref in people[:MOST_NAMED]]
        groups = [f"somebody in <!subteam^{group}>" if ping else "somebody in the group" for group in found.user_groups]
        named = [w for w in words if w] + groups
        if len(people) > MOST_NAMED:
            named.append(f"{len(people) - MOST_NAMED} more")
        if not named:
            return "an admin"
        return named[0] if len(named) == 1 else ", ".join(named[:-1]) + f" or {named[-1]}"

    async def _person(self, ref: str, home_team: str, *, ping: bool) -> str:
        team, _, user = ref.rpartition("/")
        if ping:
            return f"<@{user}>"
        try:
            person = await self.people.person(PersonRef(team_id=team or home_team, user_id=user))
        except Refused:
            return ""
        return kit.name(person.name or user)
