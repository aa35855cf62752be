"""The access rules in force: read by every act, changed only by admins, each change in the audit log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.errors import NotAllowed, Refused
from bot.domain.model import Door, Origin, Person, PersonRef
from bot.domain.policy.as_dict import policy_to_dict, rule_to_dict
from bot.domain.policy.ask import Actor, DoorFacts
from bot.domain.policy.changes import Change, diff
from bot.domain.policy.checks import PolicyProblems
from bot.domain.policy.from_dict import policy_from_dict
from bot.domain.policy.policy import Policy
from bot.domain.policy.problem_words import say_problems
from bot.domain.policy.proposal import Proposal
from bot.domain.policy.roles import may_change_rules
from bot.domain.policy.rule import Outcome as RuleOutcome
from bot.domain.policy.rule import Rule, Scope, Who
from bot.services.context import Context
from storage.transaction import Transaction

# Under this name the editors' book and the audit log keep changes of the admins and the default approvers; no rule can
# have it as its id.
DEFAULTS = "[defaults]"
# Until an admin sets rules: every member may work every door (issue 2). Shown like any rule, and changed like one.
STARTING_RULE = Rule(
    rule_id="start",
    name="Members may use every door (until you change this rule)",
    outcome=RuleOutcome.ALLOW,
    scope=Scope(everything=True),
    who=Who(everyone=True),
)
STARTING = Policy(rules=(STARTING_RULE,))


class Overtaken(Refused):
    """Somebody else has changed the rules since the version a change was made from. Nothing was overwritten."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        words = " ".join(change.sentence for change in changes)
        super().__init__(
            "Somebody else changed the rules while you were at it, so yours were not saved and theirs hold. "
            f"What they changed: {words or 'see the list'} Please look, and make your change again."
        )


class PolicyBook:
    """Reads and changes the rules."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kept: Policy | None = None

    async def current(self) -> Policy:
        """The rules of this moment. Only their version is read from the database unless it is a new one.

        Raises `StorageTrouble` when it cannot be read: without rules nothing is allowed (reliability.md D2).
        """
        kept = self._kept

        def read(tx: Transaction) -> Policy:
            version = tx.policy.version()
            if kept is not None and kept.version == version:
                return kept
            content = tx.policy.content(version)
            return STARTING if content is None else replace(policy_from_dict(content), version=version)

        self._kept = await self._context.db.read(read)
        return self._as_held(self._kept)

    async def at(self, version: int) -> Policy:
        """The rules as they were at a version; the starting ones where there was none of this number."""
        content = await self._context.db.read(lambda tx: tx.policy.content(version))
        return self._as_held(STARTING if content is None else replace(policy_from_dict(content), version=version))

    async def user_groups(self) -> frozenset[str]:
        """Every Slack user group that the rules name."""
        policy = await self.current()
        found = set(policy.default_approvers.user_groups)
        for rule in policy.rules:
            found |= rule.who.user_groups | rule.approvers.user_groups
            for step in rule.escalation:
                found |= step.approvers.user_groups
        return frozenset(found)

    async def editors(self) -> Mapping[str, PersonRef]:
        """Who last changed each rule, and (under `defaults`) the admins and default approvers."""
        return await self._context.db.read(lambda tx: tx.policy.editors())

    async def check_may_change(self, editor: Person, origin: Origin) -> Policy:
        """The rules of this moment, for somebody who may change them. Raises `NotAllowed` (audited) for others."""
        policy = await self.current()
        if not may_change_rules(policy, Actor(person=editor, groups=None)):
            await self._note_refusal(editor.ref, origin, "not_an_admin")
            raise NotAllowed("Only admins can change the rules. Ask one of them.")
        return policy

    async def save(self, new: Policy, *, based_on: int, editor: Person, origin: Origin) -> Policy:
        """Put new rules in force, made from version `based_on`. Returns them as they hold.

        Raises `NotAllowed` (audited) for anybody but an admin, and `Overtaken` (audited), naming what the other one
        changed, when somebody else has changed the rules since: nothing of theirs is overwritten.
        """
        await self.check_may_change(editor, origin)
        return await self.put(new, based_on=based_on, editor=editor.ref, origin=origin)

    async def carry_out(self, proposal: Proposal, *, editor: Person, origin: Origin) -> Policy | Overtaken:
        """Make one change, on the version it was proposed for. Being overtaken is an ordinary answer here, not an
        accident: the form offers the change again. Raises `NotAllowed` (audited) and `Refused` as `save` does."""
        before = await self.check_may_change(editor, origin)
        same = before.version == proposal.based_on
        new = proposal.applied_to(before) if same else before
        try:
            return await self.put(new, based_on=proposal.based_on, editor=editor.ref, origin=origin)
        except Overtaken as overtaken:
            return overtaken

    async def put(self, new: Policy, *, based_on: int, editor: PersonRef, origin: Origin) -> Policy:
        """`save` for whoever is already known to be in charge: the operator at the command line."""
        before = await self.current()
        if before.version != based_on:
            raise await self._overtaken(based_on, before, editor, origin)
        changes = diff(before, new)
        if not changes:
            return before
        now = self._context.now()
        version = based_on + 1
        stored = replace(new, version=version)
        if stored.default_channel == self._context.approvals_channel:
            stored = replace(stored, default_channel=None)  # the setting's, and it may change
        content = policy_to_dict(stored)
        try:
            policy_from_dict(content)  # what could not be read back must not be stored
        except PolicyProblems as problems:
            raise Refused(f"These rules cannot be kept. {say_problems(stored, problems)}") from None
        changed = {change.rule_id or DEFAULTS for change in changes}
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

        def save(tx: Transaction) -> bool:
            if not tx.policy.save(version, content, editor=editor, changed=changed, at=now):
                return False
            for name in sorted(changed):
                detail = {"version": str(version), "rule": name, "digest": digest}
                tx.audit.record(self._event(editor, origin, detail=detail | _before_and_after(name, before, new)))
            return True

        if not await self._context.db.write(save):
            raise await self._overtaken(based_on, await self.current(), editor, origin)
        return await self.current()

    async def _overtaken(self, based_on: int, now: Policy, editor: PersonRef, origin: Origin) -> Overtaken:
        before = await self.at(based_on)
        await self._note_refusal(editor, origin, "overtaken", based_on=str(based_on), version=str(now.version))
        return Overtaken(diff(before, now))

    def _as_held(self, policy: Policy) -> Policy:
        """With what the settings say: their admins, and their channel where the rules name none."""
        channel = policy.default_channel or self._context.approvals_channel
        return replace(policy, settings_admins=self._context.admins, default_channel=channel)

    async def _note_refusal(self, editor: PersonRef, origin: Origin, why: str, **detail: str) -> None:
        event = self._event(editor, origin, refused=why, detail=detail)
        await self._context.db.write(lambda tx: tx.audit.record(event))

    def _event(
        self, editor: PersonRef, origin: Origin, *, refused: str | None = None, detail: Mapping[str, str] | None = None
    ) -> AuditEvent:
        return AuditEvent(
            at=self._context.now(),
            action=AuditAction.RULES_REFUSED if refused else AuditAction.RULES_CHANGED,
            phase=Phase.NOTE,
            outcome=Outcome.DENIED if refused else Outcome.OK,
            actor=editor,
            surface=origin.surface,
            request_id=origin.request_id,
            reason=refused,
            detail=detail or {},
        )


def door_facts(door: Door) -> DoorFacts:
    """What the rules need to know about a door."""
    return DoorFacts(
        device_id=door.device_id, name=door.name, site=door.site, groups=door.groups, timezone=door.timezone
    )


def _before_and_after(name: str, before: Policy, after: Policy) -> dict[str, str]:
    found = {}
    for word, policy in (("before", before), ("after", after)):
        if name == DEFAULTS:
            content: object = {k: v for k, v in policy_to_dict(policy).items() if k in {"admins", "defaults"}}
        else:
            rule = policy.rule(name)
            content = rule_to_dict(rule) if rule else None
        found[word] = json.dumps(content, sort_keys=True)
    return found
