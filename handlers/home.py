"""The Home tab: the doors somebody may use, the help, and for admins the rules."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.model import Action, Door, Person, PersonRef
from bot.domain.policy.ask import Actor, Allow, Ask, Refuse
from bot.domain.policy.policy import Policy
from bot.services import Services
from bot.services.policy_book import door_facts
from handlers.desk import Desk
from handlers.json_types import Json, text_at
from handlers.people import People
from handlers.rule_pages import RulePages
from handlers.slack_out import SlackOut
from handlers.views import home as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeHandlers:
    """Slack's side of the Home tab."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    pages: RulePages

    def opened(self, event: Json, team_id: str) -> None:
        """Somebody opened the app: put their Home before them. The Messages tab sends this event, too."""
        if text_at(event, "tab") != "home":
            return
        ref = PersonRef(team_id=team_id, user_id=text_at(event, "user"))

        async def job() -> None:
            await self.publish(await self.people.person(ref))

        self.desk.later(job)

    async def publish(self, person: Person, page: int = 0, *, codes_page: int = 0) -> None:
        """Write somebody's Home anew; `page` of the rules, for an admin, and `codes_page` of their own codes."""
        policy = await self.services.policy.current()
        actor = await self.people.actor(person.ref)
        doors = await self.services.doors.at_hand()
        usable = None if doors is None else self._usable(policy, actor, doors)
        rules = await self.pages.list_of(policy, page) if policy.is_admin(person) else None
        codes = await self.services.code_lists.of(person, codes_page)
        await self.slack.publish_home(person.user_id, shown.home(usable, rules, codes, person.timezone))

    def _usable(self, policy: Policy, actor: Actor, doors: tuple[Door, ...]) -> list[shown.UsableDoor]:
        found = []
        for door in doors:
            ask = Ask(actor=actor, action=Action.UNLOCK, door=door_facts(door), now=self.services.context.now())
            decision = policy.decide(ask)
            if not isinstance(decision, Refuse):
                found.append(shown.UsableDoor(name=door.name, at_once=isinstance(decision, Allow)))
        return found
