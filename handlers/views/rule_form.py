"""The form for a rule. It shows what belongs to the chosen outcome; the rarer settings open on a press of “More”.

Block and action ids never change, so what was typed survives each update (slack-platform.md A6).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.model import Action
from bot.domain.policy.durations import format_duration
from bot.domain.policy.hours import format_hours
from bot.domain.policy.ids import is_user_group_id
from bot.domain.policy.rule import MOST_APPROVALS, Approvers, Outcome, Rule, Scope, Who
from handlers.ids import ActionId, CallbackId, RuleField
from handlers.json_types import Json
from handlers.views import inputs, kit
from handlers.views.rule_words import OUTCOMES

MOST_CHOSEN = 100  # in one menu
LONGEST_VALUE = 150  # of an option (slack-platform.md A6)
EVERYTHING = "everything"
DOOR, GROUP, SITE = "door:", "group:", "site:"
EVERY_DOOR = kit.option("Every door", EVERYTHING)

ACTIONS: Mapping[Action, str] = {
    Action.UNLOCK: "Unlock",
    Action.LOCK: "Lock",
    Action.GUEST_CODE: "Order guest codes",
    Action.REVEAL: "See PINs",
    Action.EXTEND: "Extend codes",
    Action.END: "End codes",
    Action.READ_LOG: "Read the door log",
}
# Ticks, by the key of the policy file that they set.
WHO = {"everyone": "Everyone in this workspace", "workspace_guests": "Guests of this workspace"}
ASKING = {
    "ping_approvers": "Mention the approvers on the card",
    "reason_required": "Nobody asks without a reason",
    "self_approval": "An approver may approve their own request",
}
AFTERWARDS = {
    # Kept with the rule, and not acted on yet: whoever ticks them should know.
    "post_allowed": "Not yet: tell the channel what was allowed",
    "post_ended": "Not yet: tell the channel when access has ended",
    "end_when_host_leaves": "End a code when its host's account is deactivated",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFormFill:
    """What the form shows: a rule to be changed, or an empty one (`rule=None`).

    `based_on` is the version of the rules that it was made from. `doors` are names by device id, as far as they are
    known. `outcome` is the one chosen by now, `more` whether the rarer settings are open.
    """

    based_on: int
    rule: Rule | None = None
    doors: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome | None = None
    more: bool = False


_EMPTY = Rule(rule_id="", name="", outcome=Outcome.ASK, scope=Scope(), who=Who())


def rule_form(fill: RuleFormFill) -> Json:
    """The modal. `private_metadata` has the version and the rule's id; whether they are true is checked at Save."""
    rule = fill.rule or _EMPTY
    outcome = fill.outcome or rule.outcome
    blocks = _always(rule, outcome, fill.doors)
    if outcome is not Outcome.REFUSE:
        blocks += _limits(rule)
        blocks += [_daily_cap(rule)] if outcome is Outcome.ALLOW else []
        blocks += _approval(rule, outcome)
        blocks += _more(rule, outcome) if fill.more else [_more_button()]
    return {
        "type": "modal",
        "callback_id": CallbackId.RULE_FORM,
        "private_metadata": json.dumps({"based_on": fill.based_on, "rule_id": rule.rule_id}),
        "title": kit.plain("Edit rule" if fill.rule else "New rule", kit.MODAL_TITLE),
        "submit": kit.plain("Preview", kit.MODAL_TITLE),
        "close": kit.plain("Cancel", kit.MODAL_TITLE),
        "blocks": blocks,
    }


def door_choice(value: str, doors: Mapping[str, str]) -> Json:
    """One thing that can be chosen under Doors."""
    if value == EVERYTHING:
        return EVERY_DOOR
    kind, _, name = value.partition(":")
    label = {"group": f"Group: {name}", "site": f"Site: {name}"}.get(kind) or doors.get(name, name)
    return kit.option(label, value)


def door_values(scope: Scope) -> list[str]:
    """A scope as values of the Doors menu."""
    return [
        *([EVERYTHING] if scope.everything else []),
        *(f"{SITE}{name}" for name in sorted(scope.sites)),
        *(f"{GROUP}{name}" for name in sorted(scope.door_groups)),
        *(f"{DOOR}{device_id}" for device_id in sorted(scope.doors)),
    ]


def people_fields(approvers: Approvers, *, hint: str) -> list[Json]:
    """Approvers: people from a menu, user groups by id."""
    return [
        inputs.labelled(
            RuleField.APPROVERS,
            "Approvers",
            inputs.users(_own(approvers.people)),
            optional=True,
            hint=hint,
        ),
        inputs.labelled(
            RuleField.APPROVER_IDS,
            "User groups that may approve",
            inputs.text(" ".join(_others(approvers.people, approvers.user_groups)), "S0614TZR7"),
            optional=True,
            hint="Ids, with spaces between. In Slack: the group's page → ⋮ → Copy group ID.",
        ),
    ]


def channel_field(channel: str | None, *, hint: str) -> Json:
    """Where people are asked: one of our own channels, never one that is shared with another company."""
    return inputs.labelled(RuleField.CHANNEL, "Channel", inputs.channel(channel), optional=True, hint=hint)


def _always(rule: Rule, outcome: Outcome, doors: Mapping[str, str]) -> list[Json]:
    menu: Json = {
        "type": "multi_external_select",
        "action_id": ActionId.RULE_DOORS,
        "placeholder": kit.plain("Type part of a name"),
        "min_query_length": 0,
    }
    if chosen := [door_choice(value, doors) for value in door_values(rule.scope)][:100]:
        menu["initial_options"] = chosen
    who = [
        word for word, on in (("everyone", rule.who.everyone), ("workspace_guests", rule.who.workspace_guests)) if on
    ]
    hours = "\n".join(format_hours(h) for h in sorted(rule.hours, key=lambda h: (sorted(h.days), h.start, h.end)))
    return [
        inputs.labelled(RuleField.NAME, "Name", inputs.text(rule.name, "Back door at night", most=80)),
        {
            **inputs.labelled(
                RuleField.OUTCOME,
                "What then",
                inputs.one_of(
                    {o.value: label for o, label in OUTCOMES.items()},
                    outcome.value,
                    action_id=ActionId.RULE_OUTCOME,
                    kind="radio_buttons",
                ),
            ),
            "dispatch_action": True,
        },
        inputs.labelled(RuleField.DOORS, "Doors, groups, sites", menu),
        inputs.labelled(
            RuleField.ACTIONS,
            "What they do",
            inputs.ticks(
                {a.value: label for a, label in ACTIONS.items()}, [a.value for a in Action if a in rule.actions]
            ),
        ),
        inputs.labelled(RuleField.WHO, "Who", inputs.ticks(WHO, who), optional=True),
        inputs.labelled(RuleField.PEOPLE, "…and these people", inputs.users(_own(rule.who.people)), optional=True),
        inputs.labelled(
            RuleField.WHO_IDS,
            "…and these user groups",
            inputs.text(" ".join(_others(rule.who.people, rule.who.user_groups)), "S0614TZR7"),
            optional=True,
            hint="Ids, with spaces between: S… for a user group; T…/U… for a person of another workspace.",
        ),
        inputs.labelled(
            RuleField.HOURS,
            "On which days and hours",
            inputs.text(hours, "mon-fri 08:00-18:00", multiline=True),
            optional=True,
            hint="On the door's clock, one range a line: “mon-fri 08:00-18:00”, “22:00-06:00”. Empty: always.",
        ),
    ]


def _limits(rule: Rule) -> list[Json]:
    return [
        inputs.labelled(
            RuleField.MAX_LENGTH,
            "For how long at most",
            inputs.text(_length(rule.max_length), "4 h"),
            optional=True,
            hint="The rule is about requests up to this; longer ones are left to other rules.",
        ),
        inputs.labelled(
            RuleField.MAX_AHEAD,
            "How far ahead at most",
            inputs.text(_length(rule.max_ahead), "30 d"),
            optional=True,
        ),
    ]


def _daily_cap(rule: Rule) -> Json:
    return inputs.labelled(
        RuleField.DAILY_CAP,
        "How often a day without asking",
        inputs.text("" if rule.daily_cap is None else str(rule.daily_cap), "20", most=10),
        optional=True,
        hint="For each person and door. Beyond it somebody is asked. Empty: any number.",
    )


def _approval(rule: Rule, outcome: Outcome) -> list[Json]:
    found = [
        *people_fields(rule.approvers, hint="Nobody here: the default approvers."),
        channel_field(rule.channel, hint="Where they are asked. Empty: the default channel."),
    ]
    if outcome is Outcome.ASK:
        on = [key for key in ("reason_required", "self_approval") if getattr(rule, key)]
        on += ["ping_approvers"] if rule.notify.ping_approvers else []
        found += [
            inputs.labelled(
                RuleField.APPROVALS,
                "How many must approve",
                inputs.one_of({str(n): str(n) for n in range(1, MOST_APPROVALS + 1)}, str(rule.approvals_needed)),
            ),
            inputs.labelled(RuleField.ASKING, "How they are asked", inputs.ticks(ASKING, on), optional=True),
        ]
    return found


def _more(rule: Rule, outcome: Outcome) -> list[Json]:
    found = []
    if outcome is Outcome.ASK:
        steps = "\n".join(
            f"{format_duration(s.after)}: {' '.join([*sorted(s.approvers.people), *sorted(s.approvers.user_groups)])}"
            for s in rule.escalation
        )
        found = [
            inputs.labelled(
                RuleField.EXPIRES,
                "A request ends unanswered after",
                inputs.text(_length(rule.expires_after), "4 h"),
                optional=True,
                hint="Empty: 1 hour for an act now, 24 hours for a code.",
            ),
            inputs.labelled(
                RuleField.REMIND,
                "Remind the channel after",
                inputs.text(_length(rule.remind_after), "15 m"),
                optional=True,
            ),
            inputs.labelled(
                RuleField.ESCALATION,
                "Then ask these, too",
                inputs.text(steps, "1 h: U024BE7LH S0614TZR7", multiline=True, most=1000),
                optional=True,
                hint="One step a line: after how long, a colon, ids of people and user groups.",
            ),
            inputs.labelled(
                RuleField.BREAK_GLASS,
                "In an emergency: act first, for up to",
                inputs.text(_length(rule.break_glass), "30 m"),
                optional=True,
                hint="With a reason, said loudly in the channel, and looked at by somebody else. Empty: not.",
            ),
        ]
    on = [key for key in ("post_allowed", "post_ended") if getattr(rule.notify, key)]
    on += ["end_when_host_leaves"] if rule.end_when_host_leaves else []
    reminders = "" if rule.reminders is None else ", ".join(map(format_duration, rule.reminders)) or "none"
    return [
        *found,
        inputs.labelled(RuleField.AFTERWARDS, "Afterwards", inputs.ticks(AFTERWARDS, on), optional=True),
        inputs.labelled(
            RuleField.REMINDERS,
            "Remind the host before the end",
            inputs.text(reminders, "1 d, 1 h"),
            optional=True,
            hint="The longest first; “none” for none. Empty: as usual.",
        ),
    ]


def _more_button() -> Json:
    return kit.actions(kit.button("More settings", ActionId.RULE_MORE), block_id="rule.more")


def _own(people: Collection[str]) -> list[str]:
    """Those whom Slack's menu of people can show: the ones without a team of their own."""
    return sorted(p for p in people if "/" not in p)


def _others(people: Collection[str], groups: Collection[str]) -> list[str]:
    return [*sorted(g for g in groups if is_user_group_id(g)), *sorted(p for p in people if "/" in p)]


def _length(length: timedelta | None) -> str:
    return "" if length is None else format_duration(length)


def too_big(rule: Rule) -> bool:
    """Whether a rule has more in it than a form can hold."""
    steps = "\n".join(" ".join([*s.approvers.people, *s.approvers.user_groups]) for s in rule.escalation)
    texts = (
        " ".join(_others(rule.who.people, rule.who.user_groups)),
        " ".join(_others(rule.approvers.people, rule.approvers.user_groups)),
        " ".join(map(format_hours, rule.hours)),
        steps,
    )
    menus = (door_values(rule.scope), rule.who.people, rule.approvers.people)
    return any(len(text) > inputs.MOST_TEXT - 200 for text in texts) or any(len(m) > MOST_CHOSEN for m in menus)
