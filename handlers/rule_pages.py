"""What every page about rules needs: the list, the preview of a change, and the way onto the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import Unclear
from bot.domain.model import Door, Person, PersonKind, PersonRef
from bot.domain.policy.changes import Change, diff, preview
from bot.domain.policy.policy import Policy
from bot.domain.policy.proposal import Proposal, What
from bot.domain.policy.rule import Approvers, Rule
from bot.domain.policy.standing import scope_level
from bot.services import Services
from bot.services.policy_book import door_facts
from handlers.desk import NextView, Reply
from handlers.json_types import Json, text_at
from handlers.payloads import Click, Delivery
from handlers.people import People
from handlers.slack_out import SlackOut
from handlers.views import kit
from handlers.views import rules as shown
from handlers.views.rule_words import Words, mention

MOST_LOOKED_UP = 40  # people in a preview: each may cost a question to Slack
LOOK_UP_S = 1.2  # of the three seconds in which the preview must be there
_KINDS = {
    PersonKind.GUEST: "a guest of the workspace",
    PersonKind.EXTERNAL: "from another workspace",
    PersonKind.BOT: "a bot",
    PersonKind.DEACTIVATED: "deactivated",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePages:
    """Builds the pages and shows them."""

    services: Services
    people: People
    slack: SlackOut

    async def admin(self, reply: Reply, surface: str = "button") -> tuple[Person, Policy]:
        """Who clicked, and today's rules, for an admin alone. Raises `NotAllowed` (audited) for anybody else."""
        person = await self.people.person(reply.delivery.person)
        return person, await self.services.policy.check_may_change(person, reply.origin(surface))

    async def list_of(self, policy: Policy, page: int = 0) -> shown.RuleList:
        """The list of rules, with the doors' names and who last changed each rule."""
        words = Words.about([policy], await self.services.doors.at_hand())
        return shown.RuleList(policy=policy, words=words, editors=await self.services.policy.editors(), page=page)

    async def show(self, delivery: Delivery, view: Json) -> None:
        """Open the modal; on top of the one in which the click was, if it was in one."""
        in_modal = isinstance(delivery, Click) and text_at(delivery.view, "type") == "modal"
        await (self.slack.push_view if in_modal else self.slack.open_view)(delivery.trigger_id, view)

    async def propose(self, proposal: Proposal, person: Person, policy: Policy) -> Json:
        """The preview of a change, or, when somebody was faster than its form, what they changed."""
        if proposal.based_on == policy.version:
            return await self.preview(proposal, person, policy)
        base = await self.services.policy.at(proposal.based_on)
        return await self._overtaken(proposal, person, diff(base, policy), [base, policy])

    async def preview(self, proposal: Proposal, person: Person, policy: Policy) -> Json:
        """What the proposal would change in these rules, whom and what it touches; kept as a draft of this person.

        Raises `Refused` when it makes no sense to them, `Unclear` when it changes nothing.
        """
        after = proposal.applied_to(policy)
        changes = diff(policy, after)
        if not changes:
            raise Unclear("Nothing is different from what holds now, so there is nothing to save.")
        doors = await self.services.doors.at_hand()
        rule = proposal.rule or policy.rule(proposal.rule_id)
        touched = shown.Touched()
        if rule is not None:
            touched = await self._people(rule, person)
            touched = replace(touched, doors=None if doors is None else self._doors(rule, doors))
        elif proposal.what is What.DEFAULTS:
            touched = shown.Touched(warnings=await self._who_cannot_decide(proposal.approvers, person))
        draft_id = await self.services.drafts.keep(person.ref, {"proposal": proposal.as_text()})
        submit = "Remove" if proposal.what in (What.REMOVE, What.DROP_ADMIN) else "Save"
        return shown.preview_modal(draft_id, changes, Words.about([policy, after], doors), touched, submit=submit)

    async def carry_out(self, draft_id: str, person: Person, reply: Reply) -> NextView:
        """Save what a preview stood for. Whoever was overtaken learns by what, and may make the change anew."""
        draft = await self.services.drafts.use(draft_id, person.ref)
        proposal = Proposal.from_text(draft["proposal"])
        book = self.services.policy
        before = await book.current()
        done = await book.carry_out(proposal, editor=person, origin=reply.origin("modal"))
        now = await book.current()
        words = Words.about([before, now], await self.services.doors.at_hand())
        if isinstance(done, Policy):
            return NextView(view=shown.saved_modal(diff(before, done), words))
        return NextView(view=await self._overtaken(proposal, person, done.changes, [before, now]))

    async def again(self, draft_id: str, person: Person, policy: Policy) -> Json:
        """The preview of a change that was overtaken, on the rules as they are now."""
        draft = await self.services.drafts.use(draft_id, person.ref)
        return await self.preview(Proposal.from_text(draft["proposal"]).moved_to(policy), person, policy)

    async def _overtaken(
        self, proposal: Proposal, person: Person, theirs: Sequence[Change], policies: Sequence[Policy]
    ) -> Json:
        draft_id = await self.services.drafts.keep(person.ref, {"proposal": proposal.as_text()})
        words = Words.about(policies, await self.services.doors.at_hand())
        return shown.overtaken_modal(draft_id, theirs, words)

    def _doors(self, rule: Rule, doors: Sequence[Door]) -> list[str]:
        return [f"*{kit.name(door.name)}*" for door in doors if scope_level(rule.scope, door_facts(door)) is not None]

    async def _people(self, rule: Rule, asking: Person) -> shown.Touched:
        """Those whom the rule names, one by one or by a user group; everybody is said in one word."""
        who = rule.who
        said = ["everyone in this workspace"] * who.everyone + ["guests of this workspace"] * who.workspace_guests
        warnings = []
        members: dict[str, set[str]] = {}  # the rule's groups by user id
        for group in sorted(who.user_groups):
            found = await self.people.group_members(group)
            for user_id in found or ():
                members.setdefault(user_id, set()).add(group)
            said.append(f"{mention(group)}{'' if found is None else f' ({len(found)} now)'}")
            if not found:
                what = "I cannot read who is in it" if found is None else "there is nobody in it at this moment"
                warnings.append(f"{mention(group)}: {what}.")
        refs = [_ref(word, asking) for word in sorted(who.people | members.keys())][:MOST_LOOKED_UP]
        known = await self.people.actors(refs, within_s=LOOK_UP_S)
        # Their groups as far as this rule is about them: those of a new rule are not among the ones asked for.
        actors = {ref: replace(actor, groups=frozenset(members.get(ref.user_id, ()))) for ref, actor in known.items()}
        touched = preview(rule, actors.values()).touched
        said += [mention(word) for word in sorted(who.people)]
        said += [f"<@{p.user_id}>" for p in touched if p.user_id not in who.people and not who.everyone]
        left_out = [a.person for a in actors.values() if a.person not in touched]
        warnings += [
            f"<@{p.user_id}> is {_KINDS[p.kind]}: the rule does not count for them."
            for p in left_out
            if p.kind in _KINDS
        ]
        warnings += await self._who_cannot_decide(rule.approvers, asking)
        return shown.Touched(people=said, warnings=warnings[:10])

    async def _who_cannot_decide(self, approvers: Approvers, asking: Person) -> list[str]:
        refs = [_ref(word, asking) for word in sorted(approvers.people)][:MOST_LOOKED_UP]
        actors = await self.people.actors(refs, within_s=LOOK_UP_S)
        cannot = (PersonKind.BOT, PersonKind.DEACTIVATED)
        return [
            f"<@{ref.user_id}> is {_KINDS[actor.person.kind]} and cannot approve anything."
            for ref, actor in actors.items()
            if actor.person.kind in cannot
        ]


def _ref(word: str, asking: Person) -> PersonRef:
    """A person as the rules write them: without a team, of the workspace of whoever asks."""
    team, _, user = word.rpartition("/")
    return PersonRef(team_id=team or asking.team_id, user_id=user)
