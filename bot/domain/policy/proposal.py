"""A change that an admin means to make, from the version of the rules that they saw. Not yet made, and it says so.

Between a form and its Save lies a preview, and between the two somebody else may change the rules. So a proposal
names the version it was made from, and is kept as JSON where a button's id finds it again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.policy.as_dict import approvers_to_list, rule_to_dict
from bot.domain.policy.from_dict import rule_from_dict
from bot.domain.policy.ids import is_user_group_id
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Rule

LONGEST_SLUG = 50  # of the 63 characters that an id may have


class What(StrEnum):
    """The kinds of change."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    DEFAULTS = "defaults"
    NAME_ADMIN = "name_admin"
    DROP_ADMIN = "drop_admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One change. Made by the class methods; only what the kind needs is set."""

    what: What
    based_on: int
    rule: Rule | None = None
    rule_id: str = ""
    approvers: Approvers = field(default_factory=Approvers)
    channel: str | None = None
    person: str = ""

    @classmethod
    def add_rule(cls, rule: Rule, *, based_on: int) -> Proposal:
        return cls(what=What.ADD, based_on=based_on, rule=rule, rule_id=rule.rule_id)

    @classmethod
    def change_rule(cls, rule: Rule, *, based_on: int) -> Proposal:
        return cls(what=What.CHANGE, based_on=based_on, rule=rule, rule_id=rule.rule_id)

    @classmethod
    def remove_rule(cls, rule_id: str, *, based_on: int) -> Proposal:
        return cls(what=What.REMOVE, based_on=based_on, rule_id=rule_id)

    @classmethod
    def set_defaults(cls, approvers: Approvers, channel: str | None, *, based_on: int) -> Proposal:
        return cls(what=What.DEFAULTS, based_on=based_on, approvers=approvers, channel=channel)

    @classmethod
    def name_admin(cls, person: str, *, based_on: int) -> Proposal:
        """`person` as the rules write people: `U…`."""
        return cls(what=What.NAME_ADMIN, based_on=based_on, person=person)

    @classmethod
    def drop_admin(cls, person: str, *, based_on: int) -> Proposal:
        return cls(what=What.DROP_ADMIN, based_on=based_on, person=person)

    def applied_to(self, policy: Policy) -> Policy:
        """The rules as they would be. Raises `Refused` when the change makes no sense to them."""
        return _APPLY[self.what](self, policy)

    def moved_to(self, policy: Policy) -> Proposal:
        """The same wish, made anew on these rules: a rule that somebody removed meanwhile would be added again."""
        moved = replace(self, based_on=policy.version)
        if self.what is What.CHANGE and policy.rule(self.rule_id) is None:
            return replace(moved, what=What.ADD)
        return moved

    def as_text(self) -> str:
        """JSON, for the drafts."""
        return json.dumps(
            {
                "what": self.what.value,
                "based_on": self.based_on,
                "rule": None if self.rule is None else rule_to_dict(self.rule),
                "rule_id": self.rule_id,
                "approvers": approvers_to_list(self.approvers),
                "channel": self.channel,
                "person": self.person,
            },
            sort_keys=True,
        )

    @classmethod
    def from_text(cls, text: str) -> Proposal:
        """What `as_text` made."""
        data = json.loads(text)
        names = frozenset(data["approvers"])
        groups = frozenset(name for name in names if is_user_group_id(name))
        return cls(
            what=What(data["what"]),
            based_on=data["based_on"],
            rule=None if data["rule"] is None else rule_from_dict(data["rule"]),
            rule_id=data["rule_id"],
            approvers=Approvers(people=names - groups, user_groups=groups),
            channel=data["channel"],
            person=data["person"],
        )


def new_rule_id(name: str, taken: Collection[str], mark: str) -> str:
    """An id that reads like the name. `mark` (a few random small letters and digits) keeps it from being used again
    when this rule is long gone: approvals and the audit log remember rules by their id."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "rule"
    found = f"{slug}-{mark}"
    return found if found not in taken else f"{found}-2"


def _add(proposal: Proposal, policy: Policy) -> Policy:
    assert proposal.rule is not None
    if policy.rule(proposal.rule_id) is not None:
        raise Refused("That rule is there already. Nothing was changed; look at the list.")
    return replace(policy, rules=(*policy.rules, proposal.rule))


def _change(proposal: Proposal, policy: Policy) -> Policy:
    new = proposal.rule
    assert new is not None
    _found(proposal, policy)
    return replace(policy, rules=tuple(new if r.rule_id == new.rule_id else r for r in policy.rules))


def _remove(proposal: Proposal, policy: Policy) -> Policy:
    _found(proposal, policy)
    return replace(policy, rules=tuple(r for r in policy.rules if r.rule_id != proposal.rule_id))


def _defaults(proposal: Proposal, policy: Policy) -> Policy:
    return replace(policy, default_approvers=proposal.approvers, default_channel=proposal.channel)


def _name_admin(proposal: Proposal, policy: Policy) -> Policy:
    if proposal.person in policy.all_admins:
        raise Refused("They are an admin already. Nothing was changed.")
    return replace(policy, admins=policy.admins | {proposal.person})


def _drop_admin(proposal: Proposal, policy: Policy) -> Policy:
    if proposal.person in policy.settings_admins:
        raise Refused(
            "That admin is named in the setting LATCHKEY_ADMINS, so only whoever runs Latchkey can take them out."
        )
    if proposal.person not in policy.admins:
        raise Refused("They are no admin by now. Nothing was changed.")
    if not policy.all_admins - {proposal.person}:
        raise Refused("That is the last admin: without one nobody could change a rule. Name another one first.")
    return replace(policy, admins=policy.admins - {proposal.person})


def _found(proposal: Proposal, policy: Policy) -> None:
    if policy.rule(proposal.rule_id) is None:
        raise Refused("That rule is gone by now: somebody has removed it. Nothing was changed.")


_APPLY: Mapping[What, Callable[[Proposal, Policy], Policy]] = {
    What.ADD: _add,
    What.CHANGE: _change,
    What.REMOVE: _remove,
    What.DEFAULTS: _defaults,
    What.NAME_ADMIN: _name_admin,
    What.DROP_ADMIN: _drop_admin,
}
