"""Rules in words for Slack: the ids in them as the people, channels and doors that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.model import Door, PersonRef
from bot.domain.policy.ids import is_channel_id, is_user_group_id
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Outcome, Rule
from handlers.views import kit

MARKS = {
    Outcome.ALLOW: ":white_check_mark:",
    Outcome.ASK: ":raised_hand:",
    Outcome.REFUSE: ":no_entry:",
}
OUTCOMES = {Outcome.ALLOW: "Allow", Outcome.ASK: "Ask for an approval", Outcome.REFUSE: "Refuse"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Sentences about these rules, ready for mrkdwn. Only ids that stand in the rules are replaced: a door group may
    be called “UPSTAIRS”, which looks like a person's id."""

    ids: frozenset[str]
    doors: Mapping[str, str]  # names by device id

    @classmethod
    def about(cls, policies: Iterable[Policy], doors: Iterable[Door] | None) -> Words:
        """`doors` is None when nobody knows them now; the rules then show device ids."""
        ids: set[str] = set()
        for policy in policies:
            ids |= _ids(policy)
        return cls(ids=frozenset(ids), doors={door.device_id: door.name for door in doors or ()})

    def say(self, text: str) -> str:
        """Escaped, with mentions and names of doors in the place of ids."""
        if not self.ids:
            return kit.escape(text)
        longest_first = sorted(map(kit.escape, self.ids), key=len, reverse=True)
        pattern = rf"(?<![\w/-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w/-])"
        return re.sub(pattern, lambda found: self._shown(found[0]), kit.escape(text))

    def _shown(self, word: str) -> str:
        if word in self.doors:
            return f"*{kit.name(self.doors[word])}*"
        return mention(word)


def mention(word: str) -> str:
    """An id as Slack shows it: a person, a user group, a channel. Anything else stays as it is."""
    if is_user_group_id(word):
        return f"<!subteam^{word}>"
    if is_channel_id(word):
        return f"<#{word}>"
    team, _, user = word.rpartition("/")
    if re.fullmatch(r"[UW][A-Z0-9]+", user):
        return f"<@{user}> (of {team})" if team else f"<@{user}>"
    return word


def editor(ref: PersonRef | None) -> str:
    """Who last changed something; the command line has no team."""
    if ref is None:
        return ""
    return f"last changed by <@{ref.user_id}>" if ref.team_id else "last changed at the command line"


def counted(names: list[str], most: int) -> str:
    """`a, b, c and 4 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _ids(policy: Policy) -> set[str]:
    found = set(policy.admins) | _approver_ids(policy.default_approvers)
    found |= {policy.default_channel} if policy.default_channel else set()
    for rule in policy.rules:
        found |= _rule_ids(rule)
    return found


def _rule_ids(rule: Rule) -> set[str]:
    found = rule.scope.doors | rule.who.people | rule.who.user_groups | _approver_ids(rule.approvers)
    for step in rule.escalation:
        found |= _approver_ids(step.approvers)
    return set(found) | ({rule.channel} if rule.channel else set())


def _approver_ids(approvers: Approvers) -> set[str]:
    return set(approvers.people | approvers.user_groups)
