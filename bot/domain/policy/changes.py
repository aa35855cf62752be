"""What a change of the rules changes, and whom a rule touches: shown before anything is applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.model import Person
from bot.domain.policy.ask import Actor
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Rule
from bot.domain.policy.standing import who_levels
from bot.domain.policy.words import FIELDS, say_approvers, say_rule


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. `rule_id=None` is about the admins and defaults; `field` is None for a whole rule."""

    kind: ChangeKind
    rule_id: str | None
    field: str | None
    before: str | None
    after: str | None
    sentence: str


def diff(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Every difference in words: the defaults first, then the rules by id. Empty when nothing changes.

    The order of rules and the version mean nothing, so they are no difference.
    """
    return (*_defaults(old, new), *_rules(old, new))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Whom a rule is about, among the people given. `unknown`: Slack did not say which groups they are in."""

    touched: tuple[Person, ...]
    unknown: tuple[Person, ...]


def preview(rule: Rule, people: Iterable[Actor]) -> Preview:
    """Whom the rule touches, sorted by name; whether it decides for them depends on the other rules."""
    touched, unknown = [], []
    for actor in people:
        levels = list(who_levels(rule.who, actor))
        if any(certain for _, certain in levels):
            touched.append(actor.person)
        elif levels:
            unknown.append(actor.person)
    return Preview(touched=_by_name(touched), unknown=_by_name(unknown))


def _by_name(people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(sorted(people, key=lambda p: (p.name.casefold(), p.team_id, p.user_id)))


def _defaults(old: Policy, new: Policy) -> Iterator[Change]:
    for field, label, before, after in (
        ("admins", "The admins", _names(old.admins), _names(new.admins)),
        (
            "default_approvers",
            "The default approvers",
            say_approvers(old.default_approvers) if old.default_approvers else "nobody",
            say_approvers(new.default_approvers) if new.default_approvers else "nobody",
        ),
        ("default_channel", "The default channel", old.default_channel or "none", new.default_channel or "none"),
    ):
        if before != after:
            yield Change(
                kind=ChangeKind.CHANGED,
                rule_id=None,
                field=field,
                before=before,
                after=after,
                sentence=f"{label}: {before} → {after}",
            )


def _rules(old: Policy, new: Policy) -> Iterator[Change]:
    before = {rule.rule_id: rule for rule in old.rules}
    after = {rule.rule_id: rule for rule in new.rules}
    for rule_id in sorted(before.keys() | after.keys()):
        gone, come = before.get(rule_id), after.get(rule_id)
        if gone is not None and come is not None:
            yield from _fields(gone, come)
        elif come is not None:
            yield Change(
                kind=ChangeKind.ADDED,
                rule_id=rule_id,
                field=None,
                before=None,
                after=say_rule(come),
                sentence=f"New rule “{come.name}”: {say_rule(come)}",
            )
        elif gone is not None:
            yield Change(
                kind=ChangeKind.REMOVED,
                rule_id=rule_id,
                field=None,
                before=say_rule(gone),
                after=None,
                sentence=f"Rule “{gone.name}” is removed: {say_rule(gone)}",
            )


def _fields(before: Rule, after: Rule) -> Iterator[Change]:
    for field, (label, say) in FIELDS.items():
        if getattr(before, field) == getattr(after, field):
            continue
        was, now = say(before), say(after)
        yield Change(
            kind=ChangeKind.CHANGED,
            rule_id=before.rule_id,
            field=field,
            before=was,
            after=now,
            sentence=f"Rule “{before.name}”, {label}: {was} → {now}",
        )


def _names(ids: frozenset[str]) -> str:
    return ", ".join(sorted(ids)) or "nobody"
