"""What people read when something is not done, or takes long."""

from __future__ import annotations

from bot.domain.errors import AlreadyDecided, AmbiguousDoor, BadField, BadFields, BotError, DoorTrouble
from handlers.ids import ActionId, CallbackId, Field
from handlers.json_types import Json, list_at, text_at
from handlers.payloads import Submission
from handlers.views import kit
from handlers.views.requests import already_decided


def sentence(text: str) -> Json:
    """One sentence of ours; names in it may come from others, so it is escaped whole."""
    return kit.message(text, kit.section(kit.escape(text)))


def problem(error: BotError) -> Json:
    """An error in the words it carries; with who decided, where somebody else was first."""
    if isinstance(error, AlreadyDecided):
        return already_decided(error.request, str(error))
    return sentence(str(error))


def choose_door(error: AmbiguousDoor, action_id: ActionId, verb: str, values: dict[str, str]) -> Json:
    """“Which one do you mean?”, with a button for each candidate. `values` holds each device's button value."""
    labels = [f"{verb} {kit.line(door.name)}" for door in error.candidates]
    ids = [(f"{action_id}:{n}", values[door.device_id]) for n, door in enumerate(error.candidates)]
    if all(len(label) <= kit.BUTTON_SEEN for label in labels):
        asked = [kit.actions(*(kit.button(label, *of) for label, of in zip(labels, ids, strict=True)))]
    else:  # names that no button can show stand beside it
        asked = [
            kit.section(f"*{kit.name(door.name)}*", accessory=kit.button(verb, *of))
            for door, of in zip(error.candidates, ids, strict=True)
        ]
    return kit.message(str(error), kit.section(kit.escape(str(error))), *asked)


def still_working(door: str) -> Json:
    """Shown after a few seconds: a lock can take half a minute, and silence looks like failure."""
    return sentence(
        f"Still waiting for {door} to answer. Locks can take up to half a minute; I will tell you either way."
    )


def fault(reference: str) -> BotError:
    """A fault of ours, as an error like any other. The log has the same reference."""
    return BotError(
        "I hit a fault of my own and stopped, so please check the door before you rely on it. "
        f"If you tell an admin, give them this reference: {reference}."
    )


def unexpected(reference: str) -> Json:
    """The same as a message."""
    return sentence(str(fault(reference)))


def problem_modal(error: BotError) -> Json:
    """An error in the place of a modal that has no field to show it at."""
    return {
        "type": "modal",
        "callback_id": CallbackId.NOTICE,
        "title": kit.plain("That did not work", kit.MODAL_TITLE),
        "close": kit.plain("Close", kit.MODAL_TITLE),
        "blocks": [kit.section(f":warning: {kit.escape(str(error))}")],
    }


def field_errors(error: BotError, submission: Submission) -> dict[str, str]:
    """An error at the field it belongs to; one that belongs to none stands at the first, as Slack shows no other.

    Empty when the view has no field at all.
    """
    inputs = [
        text_at(block, "block_id") for block in list_at(submission.view, "blocks") if text_at(block, "type") == "input"
    ]
    if not inputs:
        return {}
    if isinstance(error, BadFields):
        found: dict[str, str] = {}
        for field, words in error.problems.items():
            place = field if field in inputs else inputs[0]
            found[place] = f"{found[place]} {words}" if place in found else words
        return found
    wanted = [error.field] if isinstance(error, BadField) else []
    if isinstance(error, DoorTrouble):
        wanted = [Field.DOORS, Field.DOOR]
    place = next((w for w in wanted if w in inputs), inputs[0])
    return {str(place): str(error)}
