"""The rules of the demo's building, so that somebody has to ask: set by Mia, as an admin would, at the start."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.model import Origin, Person, PersonKind
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Outcome, Rule, Scope, Who
from bot.sandbox.world import World
from bot.services.policy_book import STARTING_RULE

ASKED_FOR = "Guest Flat"


async def set_rules(w: World) -> None:
    """Members may work every door, but for the guest flat they ask Ana or Ben, in #door-requests."""
    ask = Rule(
        rule_id="guest-flat",
        name="The guest flat needs an approval",
        outcome=Outcome.ASK,
        scope=Scope(doors=frozenset({w.seam.door(ASKED_FOR).device_id})),
        who=Who(everyone=True),
        approvers=Approvers(people=frozenset({w.slack.user("ana").id, w.slack.user("ben").id})),
        channel=w.slack.channel("door-requests").id,
        break_glass=timedelta(hours=1),
    )
    mia = w.slack.user("mia")
    book = w.bot.services.policy
    await book.save(
        Policy(rules=(STARTING_RULE, ask)),
        based_on=(await book.current()).version,
        editor=Person(team_id=mia.team_id, user_id=mia.id, name=mia.shown_name, kind=PersonKind.MEMBER),
        origin=Origin(surface="demo", request_id="the-rules-of-the-demo"),
    )
