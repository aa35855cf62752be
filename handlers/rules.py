"""The rules in Slack: their list, one rule's form, the preview, and Save. Only admins get past the first step."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial

from bot.domain.errors import BadFields, Refused
from bot.domain.policy.policy import Policy
from bot.domain.policy.proposal import Proposal, new_rule_id
from bot.domain.policy.rule import Rule
from bot.services import Services
from handlers.channels import channel_problem
from handlers.desk import Ack, Desk, NextView, Reply
from handlers.home import HomeHandlers
from handlers.ids import ActionId, RuleField
from handlers.json_types import Json, json_object, text_at
from handlers.payloads import Click, Command, Submission, has_block
from handlers.people import People
from handlers.rule_pages import RulePages
from handlers.rule_reading import Started, groups_in, outcome_of, read_rule
from handlers.slack_out import SlackOut
from handlers.views import rule_form as form
from handlers.views import rules as shown

MARK_LETTERS = 4  # of a new rule's id


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHandlers:
    """Slack's side of the rules."""

    services: Services
    desk: Desk
    people: People
    slack: SlackOut
    pages: RulePages
    home: HomeHandlers

    # -- the list -------------------------------------------------------------------------------------------------

    async def command(self, ack: Ack, command: Command) -> None:
        """`/latchkey rules`: the list in a modal."""

        async def job(reply: Reply) -> None:
            _, policy = await self.pages.admin(reply, "command")
            await self.pages.show(command, shown.list_modal(await self.pages.list_of(policy)))

        await self.desk.take(ack, command, command.name, job)

    async def turn_page(self, ack: Ack, click: Click) -> None:
        """Back or More under the list, in Home or in the modal."""

        async def job(reply: Reply) -> None:
            person, policy = await self.pages.admin(reply)
            page = int(click.value) if click.value.isascii() and click.value.isdigit() else 0
            if text_at(click.view, "type") == "home":
                await self.home.publish(person, page)
            else:
                modal = shown.list_modal(await self.pages.list_of(policy, page))
                await self.slack.update_view(text_at(click.view, "id"), modal)

        await self.desk.take(ack, click, "rules", job)

    async def menu(self, ack: Ack, click: Click) -> None:
        """“Edit…” or “Remove…” beside a rule."""
        what, _, rule_id = click.value.partition(":")

        async def job(reply: Reply) -> None:
            person, policy = await self.pages.admin(reply)
            rule = _found(policy, rule_id)
            if what == shown.REMOVE:
                proposal = Proposal.remove_rule(rule.rule_id, based_on=policy.version)
                await self.pages.show(click, await self.pages.preview(proposal, person, policy))
            else:
                await self._open_form(click, policy, rule)

        await self.desk.take(ack, click, "rules", job)

    # -- the form -------------------------------------------------------------------------------------------------

    async def add(self, ack: Ack, click: Click) -> None:
        """“Add a rule”: an empty form."""

        async def job(reply: Reply) -> None:
            _, policy = await self.pages.admin(reply)
            await self._open_form(click, policy, None)

        await self.desk.take(ack, click, "rules", job)

    async def refresh(self, ack: Ack, click: Click) -> None:
        """Another outcome was chosen, or “More settings” pressed: show the fields that belong to it."""
        view = click.view or {}

        async def job() -> None:
            person = await self.people.person(click.person)
            policy = await self.services.policy.current()
            if not policy.is_admin(person):
                return
            base, rule = await self._started_from(view, policy)
            open_already = has_block(view, RuleField.REMINDERS)
            fill = form.RuleFormFill(
                based_on=base.version,
                rule=rule,
                doors=await self._door_names(),
                outcome=outcome_of(view),
                more=open_already or click.action_id == ActionId.RULE_MORE,
            )
            await self.slack.update_view(text_at(view, "id"), form.rule_form(fill), view_hash=text_at(view, "hash"))

        await self.desk.quietly(ack, job)

    async def submit(self, ack: Ack, submission: Submission) -> None:
        """The form was sent off: every mistake at its field, or the preview on top."""
        view = submission.view

        async def work(reply: Reply) -> NextView:
            person, policy = await self.pages.admin(reply, "modal")
            base, old = await self._started_from(view, policy)
            taken = {rule.rule_id for rule in (*base.rules, *policy.rules)}
            started = Started(policy=base, rule=old, new_id=lambda name: new_rule_id(name, taken, _mark()))
            rule = read_rule(view, started)
            await self._check_slack_knows(rule)
            make = Proposal.add_rule if old is None else Proposal.change_rule
            view_after = await self.pages.propose(make(rule, based_on=base.version), person, policy)
            return NextView(view=view_after, on_top=True)

        await self.desk.answer(ack, submission, work)

    async def options(self, query: str) -> list[Json]:
        """Doors, groups, sites and “Every door” for the form's menu, from memory."""
        doors = await self.services.doors.at_hand() or ()
        names = {door.device_id: door.name for door in doors}
        values = [form.EVERYTHING]
        values += [f"{form.SITE}{site}" for site in sorted({d.site for d in doors if d.site})]
        values += [f"{form.GROUP}{group}" for group in sorted({g for d in doors for g in d.groups})]
        values += [f"{form.DOOR}{door.device_id}" for door in doors]
        choices = [(value, form.door_choice(value, names)) for value in values if len(value) <= form.LONGEST_VALUE]
        words = query.casefold().split()
        return [c for _, c in choices if all(w in text_at(c, "text", "text").casefold() for w in words)][:100]

    # -- Save -----------------------------------------------------------------------------------------------------

    async def save(self, ack: Ack, submission: Submission) -> None:
        """“Save” or “Remove” under a preview: done, or overtaken by somebody else's change."""

        async def work(reply: Reply) -> NextView:
            person = await self.people.person(submission.person)
            after = await self.pages.carry_out(text_at(submission.view, "private_metadata"), person, reply)
            self.desk.later(partial(self.home.publish, person))
            return after

        await self.desk.answer(ack, submission, work)

    async def again(self, ack: Ack, submission: Submission) -> None:
        """“Show my change” after somebody else was faster: the preview on the rules as they are now."""

        async def work(reply: Reply) -> NextView:
            person, policy = await self.pages.admin(reply, "modal")
            view = await self.pages.again(text_at(submission.view, "private_metadata"), person, policy)
            return NextView(view=view)

        await self.desk.answer(ack, submission, work)

    # -- the common part ------------------------------------------------------------------------------------------

    async def _open_form(self, click: Click, policy: Policy, rule: Rule | None) -> None:
        if rule is not None and form.too_big(rule):
            raise Refused(
                f"The rule “{rule.name}” has more in it than a form can hold. Change it in the file: "
                "`python -m bot policy export`, then `policy apply`."
            )
        fill = form.RuleFormFill(based_on=policy.version, rule=rule, doors=await self._door_names())
        await self.pages.show(click, form.rule_form(fill))

    async def _started_from(self, view: object, policy: Policy) -> tuple[Policy, Rule | None]:
        """The rules that the form was made from, and the rule of those that it changes. What the form says of itself
        is only a claim: a version that never was counts as today's."""
        claim = json_object(text_at(view, "private_metadata"))
        version = claim.get("based_on")
        base = policy
        if isinstance(version, int) and 0 <= version < policy.version:
            base = await self.services.policy.at(version)
        return base, base.rule(str(claim.get("rule_id", "")))

    async def _door_names(self) -> dict[str, str]:
        return {door.device_id: door.name for door in await self.services.doors.at_hand() or ()}

    async def _check_slack_knows(self, rule: Rule) -> None:
        """A user group that is not there lets nobody in; a channel that I am not in gets no card."""
        wrong: dict[str, str] = {}
        for group in sorted(groups_in(rule)):
            if await self.people.is_no_group(group):
                place = RuleField.WHO_IDS if group in rule.who.user_groups else RuleField.APPROVER_IDS
                wrong[place] = f"Slack knows no user group {group}. Copy the id from the group's page in Slack."
        if rule.channel:
            problem = await channel_problem(self.slack, rule.channel, called="that channel")
            if problem:
                words = f"{problem[:1].upper()}{problem[1:]}. Choose another one, or invite me there."
                wrong[RuleField.CHANNEL] = words
        if wrong:
            raise BadFields(wrong)


def _found(policy: Policy, rule_id: str) -> Rule:
    rule = policy.rule(rule_id)
    if rule is None:
        raise Refused("That rule is gone by now: somebody has removed it. Open the list again.")
    return rule


def _mark() -> str:
    return secrets.token_hex(MARK_LETTERS // 2)
