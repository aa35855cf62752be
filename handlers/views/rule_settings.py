"""The forms for what holds beside the rules: the default approvers and their channel, the admins."""

from __future__ import annotations

import json

from bot.domain.policy.policy import Policy
from handlers.ids import VALUE, ActionId, CallbackId, RuleField
from handlers.json_types import Json
from handlers.views import inputs, kit
from handlers.views.rule_form import channel_field, people_fields
from handlers.views.rule_words import mention

MOST_ADMINS = 40


def defaults_form(policy: Policy) -> Json:
    """Who is asked where no rule says, and where."""
    nobody = "Asked where no rule says anything, or a rule names nobody. Nobody here: it is refused."
    blocks = [
        *people_fields(policy.default_approvers, hint=nobody),
        channel_field(
            policy.default_channel, hint="Empty: the channel in LATCHKEY_APPROVALS_CHANNEL, if there is one."
        ),
    ]
    return _form(CallbackId.DEFAULTS_FORM, "Defaults", "Preview", policy, blocks)


def admins_form(policy: Policy) -> Json:
    """Who may change the rules. Those whom the settings name can only be taken out there."""
    blocks: list[Json] = [
        kit.section("*Admins* set the rules and work every door. A rule that needs two approvals binds them, too."),
    ]
    for person in sorted(policy.all_admins)[:MOST_ADMINS]:
        section = kit.section(mention(person))
        if person in policy.settings_admins:
            section = kit.section(f"{mention(person)} (named in LATCHKEY_ADMINS)")
        else:
            section["accessory"] = kit.button("Remove…", f"{ActionId.ADMIN_DROP}:{person}", person)
        blocks.append(section)
    if len(policy.all_admins) > MOST_ADMINS:
        blocks.append(kit.context(f"and {len(policy.all_admins) - MOST_ADMINS} more: `policy export` lists them"))
    chooser: Json = {"type": "users_select", "action_id": VALUE, "placeholder": kit.plain("Choose somebody")}
    blocks.append(inputs.labelled(RuleField.ADMIN, "Another admin", chooser, optional=True))
    return _form(CallbackId.ADMINS_FORM, "Admins", "Preview", policy, blocks)


def _form(callback: CallbackId, title: str, submit: str, policy: Policy, blocks: list[Json]) -> Json:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": json.dumps({"based_on": policy.version}),
        "title": kit.plain(title, kit.MODAL_TITLE),
        "submit": kit.plain(submit, kit.MODAL_TITLE),
        "close": kit.plain("Cancel", kit.MODAL_TITLE),
        "blocks": blocks,
    }
