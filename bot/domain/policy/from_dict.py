"""Rules out of JSON-able dicts: strict, all or nothing, with every problem at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace

from bot.domain.model import Action
from bot.domain.policy.as_dict import EVERYONE, WORKSPACE_GUESTS
from bot.domain.policy.checks import Path, PolicyProblems, Problem, check_approvers, check_rule
from bot.domain.policy.hours import BadHours, Hours, parse_hours
from bot.domain.policy.ids import is_channel_id, is_person_id, is_user_group_id
from bot.domain.policy.policy import Policy
from bot.domain.policy.reading import Reader
from bot.domain.policy.rule import (
    EVERY_ACTION,
    MOST_APPROVALS,
    Approvers,
    EscalationStep,
    Notify,
    Outcome,
    Rule,
    Scope,
    Who,
)

POLICY_KEYS = frozenset({"version", "admins", "defaults", "rule"})
DEFAULTS_KEYS = frozenset({"approvers", "channel"})
STEP_KEYS = frozenset({"after", "approvers"})
RULE_KEYS = frozenset(
    {
        *("id", "name", "outcome", "doors", "door_groups", "sites", "everything", "who", "actions", "hours"),
        *("max_length", "max_ahead", "approvers", "channel", "approvals_needed", "self_approval", "reason_required"),
        *("expires_after", "remind_after", "break_glass", "daily_cap", "ping_approvers", "post_allowed", "post_ended"),
        *("reminders", "end_when_host_leaves", "escalation"),
    }
)

# What a check of the first key also looks at: nothing is said of it while one of the others is wrong itself.
_RESTS_ON: Mapping[str | int, frozenset[str | int]] = {
    **dict.fromkeys(("max_length", "max_ahead", "self_approval", "break_glass", "daily_cap"), frozenset({"outcome"})),
    "approvals_needed": frozenset({"approvers", "escalation"}),
    "remind_after": frozenset({"expires_after"}),
    "escalation": frozenset({"expires_after"}),
    "": frozenset({"doors", "door_groups", "sites", "everything"}),  # the scope has no key of its own
    "everything": frozenset({"doors", "door_groups", "sites"}),
}

_RULE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_PEOPLE = {"people": is_person_id, "user_groups": is_user_group_id}
_PEOPLE_FIX = "write Slack ids: U… for a person, S… for a user group (in Slack: profile → ⋮ → Copy member ID)"


def rule_from_dict(data: Mapping[str, object]) -> Rule:
    """One rule, checked by itself. Raises `PolicyProblems` with every problem."""
    problems: list[Problem] = []
    rule = _rule(data, (), problems)
    if problems:
        raise PolicyProblems(tuple(problems))
    return rule


def policy_from_dict(data: Mapping[str, object]) -> Policy:
    """The whole policy, its rules checked against each other and the defaults. Raises `PolicyProblems`."""
    problems: list[Problem] = []
    top = Reader(data, (), problems)
    top.refuse_others(POLICY_KEYS, "the policy")
    version = top.number("version", 0, 2**31)
    admins = top.ids("admins", {"people": is_person_id}, "write Slack ids of people, U…")["people"]
    defaults = Reader(top.table("defaults"), ("defaults",), problems)
    defaults.refuse_others(DEFAULTS_KEYS, "[defaults]")
    default_approvers, channel = _approvers(defaults), _channel(defaults)
    rules: list[Rule] = []
    for index, table in top.tables("rule"):
        rule = _rule(table, ("rule", index), problems)
        if rule.rule_id and any(rule.rule_id == other.rule_id for other in rules):
            twice = f"there are two rules with the id “{rule.rule_id}”"
            problems.append(Problem(path=("rule", index, "id"), message=twice, fix="give one of them another id"))
        if "approvers" not in defaults.broken:
            problems += _inside(("rule", index), check_approvers(rule, default_approvers), problems)
        rules.append(rule)
    if problems:
        raise PolicyProblems(tuple(problems))
    return Policy(
        rules=tuple(rules),
        default_approvers=default_approvers,
        default_channel=channel,
        admins=admins,
        version=version or 0,
    )


def _rule(data: Mapping[str, object], path: Path, problems: list[Problem]) -> Rule:
    """The rule as far as it can be read; its problems are added."""
    found: list[Problem] = []
    reader = Reader(data, path, found)
    reader.refuse_others(RULE_KEYS, "a rule")
    for key, example in (("id", '"front-door"'), ("name", '"Front door"'), ("outcome", '"allow", "ask" or "refuse"')):
        reader.required(key, example)
    rule = Rule(
        rule_id=_rule_id(reader),
        name=reader.text("name") or "",
        outcome=_outcome(reader),
        scope=Scope(
            doors=reader.names("doors"),
            door_groups=reader.names("door_groups"),
            sites=reader.names("sites"),
            everything=reader.flag("everything"),
        ),
        who=_who(reader),
        actions=_actions(reader) if "actions" in data else EVERY_ACTION,
        hours=_hours(reader),
        max_length=reader.duration("max_length"),
        max_ahead=reader.duration("max_ahead"),
        approvers=_approvers(reader),
        channel=_channel(reader),
        approvals_needed=reader.number("approvals_needed", 1, MOST_APPROVALS) or 1,
        self_approval=reader.flag("self_approval"),
        reason_required=reader.flag("reason_required"),
        expires_after=reader.duration("expires_after"),
        remind_after=reader.duration("remind_after"),
        break_glass=reader.duration("break_glass"),
        daily_cap=reader.number("daily_cap", 0, 1000),
        notify=Notify(**{f.name: reader.flag(f.name, getattr(Notify(), f.name)) for f in fields(Notify)}),
        reminders=reader.durations("reminders"),
        end_when_host_leaves=reader.flag("end_when_host_leaves"),
        escalation=_escalation(reader, path, found),
    )
    found += _inside(path, check_rule(rule), found)
    problems += found
    return rule


def _inside(path: Path, more: Iterable[Problem], known: list[Problem]) -> list[Problem]:
    """Problems of a whole rule, with full paths; without those that only follow from a value that is wrong itself."""
    broken = _broken(known, path)
    found = []
    for problem in more:
        key = problem.path[0] if problem.path else ""
        if key not in broken and broken.isdisjoint(_RESTS_ON.get(key, ())):
            found.append(replace(problem, path=path + problem.path))
    return found


def _broken(problems: list[Problem], path: Path) -> set[str | int]:
    """The keys directly inside `path` that have a problem, and those that misspelt ones were meant to be."""
    inside = [p for p in problems if p.path[: len(path)] == path and len(p.path) > len(path)]
    return {p.path[len(path)] for p in inside} | {p.meant for p in inside if p.meant}


def _rule_id(reader: Reader) -> str:
    rule_id = reader.text("id") or ""
    if rule_id and _RULE_ID.fullmatch(rule_id) is None:
        reader.note("id", f"“{rule_id}” cannot be an id", "use up to 63 small letters, digits, - and _")
        return ""
    return rule_id


def _outcome(reader: Reader) -> Outcome:
    text = reader.text("outcome")
    if text is None:
        return Outcome.REFUSE
    if text not in set(Outcome):
        reader.note("outcome", f"there is no outcome “{text}”", "write allow, ask or refuse")
        return Outcome.REFUSE
    return Outcome(text)


def _who(reader: Reader) -> Who:
    words = {word: word.__eq__ for word in (EVERYONE, WORKSPACE_GUESTS)}
    fix = f'{_PEOPLE_FIX}, or "everyone", or "workspace_guests"'
    found = reader.ids("who", {**words, **_PEOPLE}, fix)
    return Who(
        people=found["people"],
        user_groups=found["user_groups"],
        everyone=bool(found[EVERYONE]),
        workspace_guests=bool(found[WORKSPACE_GUESTS]),
    )


def _actions(reader: Reader) -> frozenset[Action]:
    found = set()
    for index, text in reader.texts("actions"):
        if text in set(Action):
            found.add(Action(text))
            continue
        near = difflib.get_close_matches(text, list(Action), n=1)
        fix = f"did you mean “{near[0]}”?" if near else f"the actions are {', '.join(Action)}"
        reader.note("actions", f"there is no action “{text}”", fix, index=index)
    return frozenset(found)


def _hours(reader: Reader) -> frozenset[Hours]:
    found = set()
    for index, text in reader.texts("hours"):
        try:
            found.add(parse_hours(text))
        except BadHours as error:
            reader.note("hours", str(error), error.fix, index=index)
    return frozenset(found)


def _approvers(reader: Reader) -> Approvers:
    found = reader.ids("approvers", _PEOPLE, _PEOPLE_FIX)
    return Approvers(people=found["people"], user_groups=found["user_groups"])


def _channel(reader: Reader) -> str | None:
    channel = reader.text("channel")
    if channel is not None and not is_channel_id(channel):
        fix = "write the channel's id, C… or G… (in Slack: channel details → at the bottom)"
        reader.note("channel", f"“{channel}” is not a channel's id", fix)
        return None
    return channel


def _escalation(reader: Reader, path: Path, problems: list[Problem]) -> tuple[EscalationStep, ...]:
    steps = []
    for index, table in reader.tables("escalation"):
        step = Reader(table, (*path, "escalation", index), problems)
        step.refuse_others(STEP_KEYS, "an escalation step")
        step.required("after", '"30m"')
        step.required("approvers", '["U…"]')
        after, approvers = step.duration("after"), _approvers(step)
        if not approvers and "approvers" not in step.broken:
            step.note("approvers", "this step asks nobody", 'write approvers = ["U…"]')
        if after is not None:
            steps.append(EscalationStep(after=after, approvers=approvers))
    return tuple(steps)
