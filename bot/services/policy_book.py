"""The access rules in force: read by every act, changed only by admins, each change in the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from bot.domain.audit import AuditAction, AuditEvent, Outcome, Phase
from bot.domain.errors import NotAllowed, Refused
from bot.domain.model import Door, Origin, Person, PersonRef
from bot.domain.policy.as_dict import policy_to_dict, rule_to_dict
from bot.domain.policy.ask import Actor, DoorFacts
from bot.domain.policy.changes import diff
from bot.domain.policy.checks import PolicyProblems
from bot.domain.policy.from_dict import policy_from_dict
from bot.domain.policy.policy import Policy
from bot.domain.policy.roles import may_change_rules
from bot.domain.policy.rule import Outcome as RuleOutcome
from bot.domain.policy.rule import Rule, Scope, Who
from bot.services.context import Context
from storage.transaction import Transaction

# Under this name the editors' book and the audit log keep changes of the admins and the default approvers.
DEFAULTS = "defaults"
# Until an admin sets rules: every member may work every door (issue 2). Shown like any rule, and changed like one.
STARTING_RULE = Rule(
    rule_id="start",
    name="Members may use every door (until you change this rule)",
    outcome=RuleOutcome.ALLOW,
    scope=Scope(everything=True),
    who=Who(everyone=True),
)
STARTING = Policy(rules=(STARTING_RULE,))


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
        policy = replace(self._kept, settings_admins=self._context.admins)
        if policy.default_channel is None:
            policy = replace(policy, default_channel=self._context.approvals_channel)
        return policy

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

    async def save(
        self, new: Policy, *, based_on: int, editor: Person, origin: Origin, groups: frozenset[str] | None = None
    ) -> Policy:
        """Put new rules in force, made from version `based_on`. Returns them as they hold.

        Raises `NotAllowed` (audited) for anybody but an admin, and `Refused`, naming what the other one changed, when
        somebody else has changed the rules since: nothing of theirs is overwritten.
        """
        before = await self.current()
        if not may_change_rules(before, Actor(person=editor, groups=groups)):
            await self._context.db.write(lambda tx: tx.audit.record(self._event(editor.ref, origin, refused=True)))
            raise NotAllowed("Only admins can change the rules. Ask one of them.")
        return await self.put(new, based_on=based_on, editor=editor.ref, origin=origin)

    async def put(self, new: Policy, *, based_on: int, editor: PersonRef, origin: Origin) -> Policy:
        """`save` for whoever is already known to be in charge: the operator at the command line."""
        before = await self.current()
        if before.version != based_on:
            raise await self._overtaken(based_on, before)
        now = self._context.now()
        version = based_on + 1
        stored = replace(new, version=version)
        if stored.default_channel == self._context.approvals_channel:
            stored = replace(stored, default_channel=None)  # the setting's, and it may change
        try:
            policy_from_dict(policy_to_dict(stored))  # what could not be read back must not be stored
        except PolicyProblems as problems:
            raise Refused(f"These rules cannot be kept: {problems}") from None
        changes = diff(before, new)
        changed = {change.rule_id or DEFAULTS for change in changes}

        def save(tx: Transaction) -> bool:
            content = policy_to_dict(stored)
            if not tx.policy.save(version, content, editor=editor, changed=changed, at=now):
                return False
            for name in sorted(changed):
                detail = {"version": str(version), "rule": name} | _before_and_after(name, before, new)
                tx.audit.record(self._event(editor, origin, detail=detail))
            return True

        if not await self._context.db.write(save):
            raise await self._overtaken(based_on, await self.current())
        return await self.current()

    async def _overtaken(self, based_on: int, now: Policy) -> Refused:
        old = await self._context.db.read(lambda tx: tx.policy.content(based_on))
        before = STARTING if old is None else policy_from_dict(old)
        words = " ".join(change.sentence for change in diff(before, replace(now, settings_admins=frozenset())))
        return Refused(
            "Somebody else changed the rules while you were at it, so yours were not saved and theirs hold. "
            f"What they changed: {words or 'see the list'} Please look, and make your change again."
        )

    def _event(
        self, editor: PersonRef, origin: Origin, *, refused: bool = False, detail: Mapping[str, str] | None = None
    ) -> AuditEvent:
        return AuditEvent(
            at=self._context.now(),
            action=AuditAction.RULES_REFUSED if refused else AuditAction.RULES_CHANGED,
            phase=Phase.NOTE,
            outcome=Outcome.DENIED if refused else Outcome.OK,
            actor=editor,
            surface=origin.surface,
            request_id=origin.request_id,
            reason="not_an_admin" if refused else None,
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
