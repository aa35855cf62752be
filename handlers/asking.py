"""When the rules want an approval: find where to ask, ask for the reason if one is needed, and submit the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.model import Action, Door, Person, PersonRef
from bot.domain.policy.ask import AskApproval
from bot.domain.window import Window
from bot.services import Services
from handlers.channels import channel_problem
from handlers.deciders import Names
from handlers.desk import Reply
from handlers.payloads import Click
from handlers.slack_out import SlackFailed, SlackOut
from handlers.views import request_forms as forms
from handlers.views import requests as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants that needs an approval."""

    action: Action
    doors: tuple[Door, ...]
    window: Window | None = None
    length: timedelta | None = None
    guest: str = ""
    reason: str = ""
    beneficiary: PersonRef | None = None
    order_id: str | None = None  # for an extension: the codes it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Turns “this needs an approval” into a request that reaches somebody."""

    services: Services
    slack: SlackOut
    names: Names

    async def ask(self, person: Person, decision: AskApproval, wanted: Wanted, reply: Reply, surface: str) -> None:
        """Submit the request, or first ask for the reason that the rule wants."""
        channel = await self.place(decision)
        if decision.reason_required and not wanted.reason.strip():
            await self._ask_reason(person, decision, wanted, reply)
            return
        request = await self.services.requests.submit(
            person=person,
            decision=decision,
            action=wanted.action,
            doors=wanted.doors,
            window=wanted.window,
            length=wanted.length,
            guest=wanted.guest,
            reason=wanted.reason,
            channel=channel,
            origin=reply.origin(surface),
            beneficiary=wanted.beneficiary,
            order_id=wanted.order_id,
        )
        # In place of the question whose button was pressed, so that it cannot be pressed again.
        pressed = isinstance(reply.delivery, Click) and reply.delivery.is_ephemeral
        await reply.say(shown.asked(request, await self.names.deciders(request, ping=False)), replace=pressed)

    async def place(self, decision: AskApproval) -> str:
        """The channel to ask in, looked at before anybody is asked: there, with us in it, and ours alone.

        Raises `Refused` when there is none, and tells the admins: a request must not go into the void.
        """
        problem = (
            "no channel is set for requests"
            if not decision.channel
            else await channel_problem(self.slack, decision.channel)
        )
        if decision.channel and problem is None:
            return decision.channel
        await self.services.alarms.tell_admins(
            f"A request could not be made: {problem}. Set a channel in the rule or in LATCHKEY_APPROVALS_CHANNEL, "
            "invite me there, and make sure that it is not shared with another company."
        )
        raise Refused(
            f"This needs an approval, but I cannot ask anybody: {problem}. I have told the admins. "
            "If it is urgent, speak to one of them."
        )

    async def _ask_reason(self, person: Person, decision: AskApproval, wanted: Wanted, reply: Reply) -> None:
        draft_id = await self.services.drafts.keep(person.ref, as_draft(wanted))
        doors = ", ".join(d.name for d in wanted.doors)
        try:
            await self.slack.open_view(reply.delivery.trigger_id, forms.reason_form(draft_id, decision.reason, doors))
            reply.said += 1
        except SlackFailed:
            # The trigger lives three seconds, and a modal that was just submitted gives none.
            await reply.say(forms.ask_button(doors, decision.reason, draft_id))


def as_draft(wanted: Wanted) -> dict[str, str]:
    """What is wanted, as a draft keeps it."""
    draft = {
        "action": wanted.action.value,
        "doors": " ".join(d.device_id for d in wanted.doors),
        "guest": wanted.guest,
    }
    if wanted.window and wanted.window.ends_at:
        draft |= {"starts_at": wanted.window.starts_at.isoformat(), "ends_at": wanted.window.ends_at.isoformat()}
    if wanted.length is not None:
        draft["length_s"] = str(int(wanted.length.total_seconds()))
    if wanted.order_id:
        draft["order_id"] = wanted.order_id
    if wanted.beneficiary:
        draft |= {"for_team": wanted.beneficiary.team_id, "for_user": wanted.beneficiary.user_id}
    return draft


def from_draft(draft: Mapping[str, str], doors: Sequence[Door], reason: str) -> Wanted:
    """What a draft stands for."""
    window = None
    if "starts_at" in draft:
        window = Window(
            starts_at=datetime.fromisoformat(draft["starts_at"]), ends_at=datetime.fromisoformat(draft["ends_at"])
        )
    return Wanted(
        action=Action(draft["action"]),
        doors=tuple(doors),
        window=window,
        length=timedelta(seconds=int(draft["length_s"])) if "length_s" in draft else None,
        guest=draft["guest"],
        reason=reason,
        beneficiary=PersonRef(team_id=draft["for_team"], user_id=draft["for_user"]) if "for_user" in draft else None,
        order_id=draft.get("order_id"),
    )
