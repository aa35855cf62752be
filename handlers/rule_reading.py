"""The form for a rule, read: what was typed as a rule, or every mistake at its field. Pure.

The form's fields become the keys of the policy file, so that one strict reader (`from_dict.py`) judges both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.errors import BadFields
from bot.domain.policy.as_dict import rule_to_dict
from bot.domain.policy.checks import PolicyProblems, Problem, check_approvers
from bot.domain.policy.from_dict import rule_from_dict
from bot.domain.policy.ids import is_user_group_id
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import EVERY_ACTION, Approvers, Outcome, Rule
from handlers.ids import VALUE, ActionId, RuleField
from handlers.payloads import chosen, chosen_channel, chosen_people, has_block, typed
from handlers.views.rule_form import AFTERWARDS, ASKING, DOOR, EVERYTHING, GROUP, SITE

View = Mapping[str, object]

# Where a problem with a key is shown.
_FIELDS: Mapping[str, RuleField] = {
    **dict.fromkeys(("", "doors", "door_groups", "sites", "everything"), RuleField.DOORS),
    "name": RuleField.NAME,
    "id": RuleField.NAME,
    "outcome": RuleField.OUTCOME,
    "actions": RuleField.ACTIONS,
    "who": RuleField.WHO_IDS,
    "hours": RuleField.HOURS,
    "max_length": RuleField.MAX_LENGTH,
    "max_ahead": RuleField.MAX_AHEAD,
    "approvers": RuleField.APPROVER_IDS,
    "channel": RuleField.CHANNEL,
    "approvals_needed": RuleField.APPROVALS,
    "self_approval": RuleField.ASKING,
    "reason_required": RuleField.ASKING,
    "expires_after": RuleField.EXPIRES,
    "remind_after": RuleField.REMIND,
    "escalation": RuleField.ESCALATION,
    "break_glass": RuleField.BREAK_GLASS,
    "daily_cap": RuleField.DAILY_CAP,
    "reminders": RuleField.REMINDERS,
}
# Said otherwise than in a file, where there are keys to write.
_MISSING: Mapping[str, tuple[RuleField, str]] = {
    "": (RuleField.DOORS, "Choose at least one door, group or site, or “Every door”."),
    "everything": (RuleField.DOORS, "“Every door” stands alone: take it out, or take the others out."),
    "who": (RuleField.WHO, "Tick a box, choose people below, or type the ids of user groups."),
    "actions": (RuleField.ACTIONS, "Tick at least one."),
    "approvers": (
        RuleField.APPROVERS,
        "Nobody could decide: choose approvers here, or set the default approvers first (Rules → Defaults).",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What the form was made from: a rule of that version, or none."""

    policy: Policy
    rule: Rule | None
    new_id: Callable[[str], str]  # an id for a new rule of this name


def read_rule(view: View, started: Started) -> Rule:
    """The rule that was typed. Raises `BadFields` with every mistake.

    What the form does not show keeps the value it had, while the outcome stays the same.
    """
    outcome = outcome_of(view)
    old = started.rule
    data = rule_to_dict(old) if old is not None and old.outcome is outcome else {}
    name = " ".join(typed(view, RuleField.NAME, VALUE).split())
    data["id"] = old.rule_id if old is not None else started.new_id(name)
    data["name"] = name
    data["outcome"] = outcome.value
    data |= _scope(view)
    for key in ("doors", "door_groups", "sites", "everything"):
        if not data.get(key):
            data.pop(key, None)
    actions = chosen(view, RuleField.ACTIONS, VALUE)
    _put(data, "actions", None if set(actions) == EVERY_ACTION else list(actions))
    people = chosen_people(view, RuleField.PEOPLE, VALUE)
    data["who"] = [*chosen(view, RuleField.WHO, VALUE), *people, *_words(typed(view, RuleField.WHO_IDS, VALUE))]
    _put(data, "hours", _lines(typed(view, RuleField.HOURS, VALUE)) or None)
    for key, read in _SHOWN.items():
        if has_block(view, _FIELDS[key]):
            _put(data, key, read(view))
    if has_block(view, RuleField.ASKING):
        _tick(data, set(ASKING), chosen(view, RuleField.ASKING, VALUE))
    if has_block(view, RuleField.AFTERWARDS):
        _tick(data, set(AFTERWARDS), chosen(view, RuleField.AFTERWARDS, VALUE))
    return _checked(data, started)


def outcome_of(view: View) -> Outcome:
    """The outcome chosen in the form. One that is not offered counts as the strictest."""
    picked = chosen(view, RuleField.OUTCOME, ActionId.RULE_OUTCOME)
    return Outcome(picked[0]) if picked and picked[0] in set(Outcome) else Outcome.REFUSE


def read_approvers(view: View) -> Approvers:
    """The approvers in a form. Raises `BadFields` for what is no id."""
    people = chosen_people(view, RuleField.APPROVERS, VALUE)
    words = [*people, *_words(typed(view, RuleField.APPROVER_IDS, VALUE))]
    probe = {"id": "x", "name": "x", "outcome": "ask", "everything": True, "who": ["everyone"], "approvers": words}
    return _rule(probe).approvers


def read_channel(view: View) -> str | None:
    return chosen_channel(view, RuleField.CHANNEL, VALUE) or None


def _checked(data: dict[str, object], started: Started) -> Rule:
    rule = _rule(data)
    problems = tuple(check_approvers(rule, started.policy.default_approvers))
    if problems:
        raise _at_fields(problems)
    return rule


def _rule(data: Mapping[str, object]) -> Rule:
    try:
        return rule_from_dict(data)
    except PolicyProblems as problems:
        raise _at_fields(problems.problems) from None


def _at_fields(problems: tuple[Problem, ...]) -> BadFields:
    found: dict[str, str] = {}
    for problem in problems:
        key = str(problem.path[0]) if problem.path else ""
        if (problem.missing or key in ("everything", "actions")) and key in _MISSING and len(problem.path) <= 1:
            place, words = _MISSING[key]
        else:
            place = _FIELDS.get(key, RuleField.NAME)
            words = f"{problem.message.replace(f'“{key}”', 'This')}: {problem.fix}."
            words = words[:1].upper() + words[1:]
        found[place] = f"{found[place]} {words}" if place in found else words
    return BadFields(found)


def _scope(view: View) -> dict[str, object]:
    picked = chosen(view, RuleField.DOORS, ActionId.RULE_DOORS)
    return {
        "doors": [p.removeprefix(DOOR) for p in picked if p.startswith(DOOR)],
        "door_groups": [p.removeprefix(GROUP) for p in picked if p.startswith(GROUP)],
        "sites": [p.removeprefix(SITE) for p in picked if p.startswith(SITE)],
        "everything": EVERYTHING in picked,
    }


def _length(field: RuleField) -> Callable[[View], object]:
    return lambda view: typed(view, field, VALUE).strip() or None


def _approvers(view: View) -> object:
    people = chosen_people(view, RuleField.APPROVERS, VALUE)
    return [*people, *_words(typed(view, RuleField.APPROVER_IDS, VALUE))] or None


def _approvals(view: View) -> object:
    picked = chosen(view, RuleField.APPROVALS, VALUE)
    return _number(picked[0]) if picked and picked[0] != "1" else None


def _cap(view: View) -> object:
    text = typed(view, RuleField.DAILY_CAP, VALUE).strip()
    return _number(text) if text else None


def _number(text: str) -> object:
    """A number, or the text as it is, which the strict reader then refuses in words."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _steps(view: View) -> object:
    steps = []
    for line in _lines(typed(view, RuleField.ESCALATION, VALUE)):
        after, _, names = line.partition(":")
        steps.append({"after": after.strip(), "approvers": _words(names)})
    return steps or None


def _reminders(view: View) -> object:
    text = typed(view, RuleField.REMINDERS, VALUE).strip()
    if not text:
        return None
    return [] if text.casefold() == "none" else [part.strip() for part in text.split(",")]


# Keys that only some outcomes show.
_SHOWN: Mapping[str, Callable[[View], object]] = {
    "max_length": _length(RuleField.MAX_LENGTH),
    "max_ahead": _length(RuleField.MAX_AHEAD),
    "daily_cap": _cap,
    "approvers": _approvers,
    "channel": read_channel,
    "approvals_needed": _approvals,
    "expires_after": _length(RuleField.EXPIRES),
    "remind_after": _length(RuleField.REMIND),
    "escalation": _steps,
    "break_glass": _length(RuleField.BREAK_GLASS),
    "reminders": _reminders,
}


def _put(data: dict[str, object], key: str, value: object) -> None:
    """Set the key, or take it out: what is left out is at its default."""
    if value is None:
        data.pop(key, None)
    else:
        data[key] = value


def _tick(data: dict[str, object], keys: set[str], on: tuple[str, ...]) -> None:
    for key in keys:
        data[key] = key in on


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,;]+", text.strip()) if word]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split(r"[\n;]+", text) if line.strip()]


def groups_in(rule: Rule) -> frozenset[str]:
    """Every user group that the rule names."""
    steps = frozenset(g for step in rule.escalation for g in step.approvers.user_groups)
    return frozenset(g for g in rule.who.user_groups | rule.approvers.user_groups | steps if is_user_group_id(g))
