"""Who decides where no rule says, in which channel, and who the admins are."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import BadField
from bot.domain.model import PersonKind, PersonRef
from bot.domain.policy.policy import Policy
from bot.domain.policy.proposal import Proposal
from bot.services import Services
from handlers.channels import channel_problem
from handlers.desk import Ack, Desk, NextView, Reply
from handlers.ids import VALUE, RuleField
from handlers.json_types import json_object, text_at
from handlers.payloads import Click, Submission, chosen_people
from handlers.people import People
from handlers.rule_pages import RulePages
from handlers.rule_reading import read_approvers, read_channel
from handlers.slack_out import SlackOut
from handlers.views import rule_settings as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """Slack's side of the defaults and the admins."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    pages: RulePages

    async def open_defaults(self, ack: Ack, click: Click) -> None:
        """“Defaults”: the form."""

        async def job(reply: Reply) -> None:
            _, policy = await self.pages.admin(reply)
            await self.pages.show(click, shown.defaults_form(policy))

        await self.desk.take(ack, click, "rules", job)

    async def submit_defaults(self, ack: Ack, submission: Submission) -> None:
        """The defaults were sent off: the preview on top."""
        view = submission.view

        async def work(reply: Reply) -> NextView:
            person, policy = await self.pages.admin(reply, "modal")
            approvers, channel = read_approvers(view), read_channel(view)
            for group in sorted(approvers.user_groups):
                if await self.people.is_no_group(group):
                    raise BadField(RuleField.APPROVER_IDS, f"Slack knows no user group {group}. Copy its id in Slack.")
            if channel and (problem := await channel_problem(self.slack, channel, called="that channel")):
                words = f"{problem[:1].upper()}{problem[1:]}. Choose another one, or invite me there."
                raise BadField(RuleField.CHANNEL, words)
            proposal = Proposal.set_defaults(approvers, channel, based_on=_based_on(view, policy))
            return NextView(view=await self.pages.propose(proposal, person, policy), on_top=True)

        await self.desk.answer(ack, submission, work)

    async def open_admins(self, ack: Ack, click: Click) -> None:
        """“Admins”: who they are, and the field for another one."""

        async def job(reply: Reply) -> None:
            _, policy = await self.pages.admin(reply)
            await self.pages.show(click, shown.admins_form(policy))

        await self.desk.take(ack, click, "rules", job)

    async def submit_admin(self, ack: Ack, submission: Submission) -> None:
        """Somebody was chosen as another admin: the preview on top. Only a member of the workspace can be one."""
        view = submission.view

        async def work(reply: Reply) -> NextView:
            person, policy = await self.pages.admin(reply, "modal")
            picked = chosen_people(view, RuleField.ADMIN, VALUE)
            if not picked:
                raise BadField(RuleField.ADMIN, "Choose somebody, or close this page.")
            named = await self.people.person(PersonRef(team_id=person.team_id, user_id=picked[0]))
            if named.kind is not PersonKind.MEMBER:
                raise BadField(RuleField.ADMIN, "Only a member of this workspace can be an admin, no guest and no bot.")
            proposal = Proposal.name_admin(picked[0], based_on=_based_on(view, policy))
            return NextView(view=await self.pages.propose(proposal, person, policy), on_top=True)

        await self.desk.answer(ack, submission, work)

    async def drop_admin(self, ack: Ack, click: Click) -> None:
        """“Remove” beside an admin: the preview, which asks once more."""

        async def job(reply: Reply) -> None:
            person, policy = await self.pages.admin(reply)
            proposal = Proposal.drop_admin(click.value, based_on=policy.version)
            await self.pages.show(click, await self.pages.preview(proposal, person, policy))

        await self.desk.take(ack, click, "rules", job)


def _based_on(view: object, policy: Policy) -> int:
    """The version that the form was made from; one that never was counts as today's."""
    version = json_object(text_at(view, "private_metadata")).get("based_on")
    return version if isinstance(version, int) and 0 <= version <= policy.version else policy.version
