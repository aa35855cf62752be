"""A code that is asked for, by what the rules say of its doors: at once, after an approval, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import BadField
from bot.domain.model import Action, Door, PersonRef
from bot.domain.policy.ask import Actor, Allow, AskApproval, Refuse
from bot.domain.window import Window
from bot.domain.wishes import length_of
from bot.services import Services
from bot.services.order_checks import Order
from handlers.asking import Wanted
from handlers.code_reading import CodeReading
from handlers.people import People

# An approver must agree to a code that nobody can end, and the request has no place for that yet: fail closed.
_NO_APPROVAL_OFFLINE = (
    "{door} has no bridge now, so it takes only a code that cannot be ended early, and that needs more than an "
    "approval. Choose another door, or bring its bridge back."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """An order by what the rules say of its doors."""

    order: Order
    allowed: tuple[Door, ...]
    asks: tuple[tuple[AskApproval, Wanted], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOrders:
    """Asks the rules; changes nothing."""

    services: Services
    people: People
    reading: CodeReading

    async def split(self, actor: Actor, order: Order, colleague: str, when: str) -> Split:
        """What of an order may be done at once, and what must be asked for first, by rule. Raises `BadField` for a
        door that the rules refuse, before anything is done."""
        beneficiary = None
        if colleague and colleague != actor.person.user_id:
            beneficiary = await self.people.actor(PersonRef(team_id=actor.person.team_id, user_id=colleague))
        rulings = await self.services.guest_codes.rulings(
            person=actor.person, groups=actor.groups, order=order, beneficiary=beneficiary
        )
        allowed: list[Door] = []
        asks: dict[tuple[str, Window], tuple[AskApproval, list[Door]]] = {}
        for door, ruling in rulings:
            match ruling.decision:
                case Allow():
                    allowed.append(door)
                case AskApproval() as ask:
                    if door.device_id in order.offline:
                        raise BadField("doors", _NO_APPROVAL_OFFLINE.format(door=door.name))
                    key = (ask.rule_id or "", order.window_at(door.device_id))
                    asks.setdefault(key, (ask, []))[1].append(door)
                case Refuse():
                    await self.services.guest_codes.note_refused(actor.person, door, ruling)
                    raise BadField("doors", f"{door.name}: {ruling.decision.reason}")
        zone = order.doors[0].timezone or self.reading.fallback_zone(actor.person)
        length = length_of(when, now=self.services.context.now(), tz=zone, locale=actor.person.locale) if when else None
        for_whom = beneficiary.person.ref if beneficiary else None
        return Split(
            order=order,
            allowed=tuple(allowed),
            asks=tuple(
                (
                    ask,
                    Wanted(
                        action=Action.GUEST_CODE,
                        doors=tuple(doors),
                        window=None if length else window,
                        length=length,
                        guest=order.guest,
                        reason=order.note,
                        beneficiary=for_whom,
                    ),
                )
                for (_, window), (ask, doors) in asks.items()
            ),
        )
