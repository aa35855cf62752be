"""The small forms around a request: the reason, a denial, changes, an emergency."""

from __future__ import annotations

from bot.domain.clean_text import LONGEST_NOTE
from bot.domain.requests import AccessRequest
from handlers.ids import VALUE, ActionId, CallbackId, Field
from handlers.json_types import Json
from handlers.views import kit
from handlers.views.requests import value_of


def ask_button(door: str, reason: str, draft_id: str) -> Json:
    """When the form for the reason could not be opened in time."""
    return kit.message(
        f"{door} needs an approval.",
        kit.section(f"{kit.escape(reason)} Tell me what you need it for, and I will ask."),
        kit.actions(kit.button("Ask for approval…", ActionId.REQUEST_ASK, draft_id, style="primary")),
    )


def reason_form(draft_id: str, why: str, doors: str) -> Json:
    """Asks for the reason that the rule wants."""
    return _form(
        CallbackId.REASON_FORM,
        "Ask for approval",
        "Ask",
        draft_id,
        [kit.section(kit.escape(why)), kit.context(kit.name(doors)), _reason_input("What do you need it for?")],
    )


def deny_form(request: AccessRequest) -> Json:
    """A denial comes with a reason for whoever asked."""
    return _form(
        CallbackId.DENY_FORM, "Deny request", "Deny", value_of(request), [_reason_input("Why? The requester reads it.")]
    )


def emergency_form(request: AccessRequest) -> Json:
    """The emergency way, with what it means said first."""
    warning = (
        "This acts at once, without an approval. Everybody in the approvers' channel sees it with your reason, "
        "and somebody else must look at it within a day."
    )
    return _form(
        CallbackId.EMERGENCY_FORM,
        "Emergency",
        "Do it now",
        value_of(request),
        [kit.section(warning), _reason_input("What is the emergency?")],
    )


def change_form(request: AccessRequest, when: str) -> Json:
    """Approve less: fewer doors, other or fewer hours."""
    options = [kit.option(d.name, d.device_id) for d in request.doors]
    blocks: list[Json] = [
        {
            "type": "input",
            "block_id": Field.DOORS,
            "label": kit.plain("Doors"),
            "element": {
                "type": "checkboxes",
                "action_id": VALUE,
                "options": options,
                "initial_options": options,
            },
        }
    ]
    if request.window or request.length:
        blocks.append(
            {
                "type": "input",
                "block_id": Field.WHEN,
                "label": kit.plain("When" if request.window else "For how long, from now"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": VALUE,
                    "initial_value": when[:300],
                    "max_length": 300,
                },
            }
        )
    return _form(CallbackId.CHANGE_FORM, "Approve with changes", "Approve", value_of(request), blocks)


def _reason_input(label: str) -> Json:
    return {
        "type": "input",
        "block_id": Field.REASON,
        "label": kit.plain(label),
        "element": {
            "type": "plain_text_input",
            "action_id": VALUE,
            "multiline": True,
            "max_length": LONGEST_NOTE,
        },
    }


def _form(callback: CallbackId, title: str, submit: str, metadata: str, blocks: list[Json]) -> Json:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "title": kit.plain(title, kit.MODAL_TITLE),
        "submit": kit.plain(submit, kit.MODAL_TITLE),
        "close": kit.plain("Cancel", kit.MODAL_TITLE),
        "blocks": blocks,
    }
