"""Doors: the list, how an unlock or lock ended, and the form to choose one."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.domain.model import SCHEDULER, Action, Door, Operation, OperationState
from handlers.ids import VALUE, ActionId, CallbackId, Field
from handlers.json_types import Json
from handlers.views import kit, times

DOORS_ON_A_PAGE = 10
MOST_OPTIONS = 100
TROUBLE_SHOWN = 250  # a page of ten must stay below what Slack takes in one message

_DONE = {Action.UNLOCK: "unlocked", Action.LOCK: "locked"}


def door_list(doors: Sequence[Door], page: int) -> Json:
    """One page of `/doors`: state, battery, online, buttons for what each lock can do."""
    if not doors:
        return kit.message(
            "No doors are connected yet.",
            kit.section(
                "No doors are connected yet. An admin connects the locks' account in Seam; then they show up here."
            ),
        )
    pages = (len(doors) - 1) // DOORS_ON_A_PAGE + 1
    page = min(max(page, 0), pages - 1)
    shown = doors[page * DOORS_ON_A_PAGE : (page + 1) * DOORS_ON_A_PAGE]
    blocks: list[Json] = []
    for door in shown:
        blocks.append(kit.section(f"*{kit.name(door.name)}*  {_state(door)}\n{_facts(door)}"))
        buttons = _buttons(door)
        if buttons:
            blocks.append(kit.actions(*buttons))
    if pages > 1:
        nav = []
        if page > 0:
            nav.append(kit.button("‹ Back", f"{ActionId.DOORS_PAGE}:back", str(page - 1)))
        if page < pages - 1:
            nav.append(kit.button("More ›", f"{ActionId.DOORS_PAGE}:more", str(page + 1)))
        blocks += [kit.context(f"Page {page + 1} of {pages} · {len(doors)} doors"), kit.actions(*nav)]
    return kit.message(f"{len(doors)} door{'s' if len(doors) != 1 else ''}", *blocks)


def operation_ended(operation: Operation, zone: ZoneInfo | None = None, *, late: bool = False) -> Json:
    """How an unlock or lock ended, for whoever asked for it. `late`: it was unknown before."""
    door = kit.name(operation.door_name)
    if operation.state is not OperationState.DONE:
        trouble = operation.trouble or f"{operation.door_name} did not {_verb(operation.action)}."
        said = kit.escape(trouble)
        words = f"It is settled now: {said}" if late else said
        return kit.message(trouble, kit.section(f":warning: {words}"))
    done = _DONE[operation.action]
    by_itself = operation.origin.surface == SCHEDULER
    lead = f"*{door}* is {done}{' again, as you asked' if by_itself else ''}."
    if late:
        lead = f"*{door}* did answer after all: it is {done} now. Please check that no door stands open."
    elif not operation.confirmed:
        lead = (
            f"*{door}* took the command to {_verb(operation.action)}. This lock does not confirm that it moved, "
            "so have a look."
        )
    blocks = [kit.section(lead)]
    if operation.relock_at:
        zone = operation.timezone
        blocks.append(
            kit.context(f"I will lock it again at {times.clock(operation.relock_at, zone)}, {times.place(zone)} time.")
        )
        blocks.append(kit.actions(kit.button("Lock now", ActionId.LOCK, operation.device_id)))
    plain = f"{operation.door_name} is {done}." if operation.confirmed else f"{operation.door_name} took the command."
    return kit.message(plain, *blocks)


def not_locked(operation: Operation) -> Json:
    """The loud one: a door that should be locked again is not."""
    door = kit.name(operation.door_name)
    return kit.message(
        f"{operation.door_name} is still unlocked.",
        kit.section(
            f":rotating_light: *{door}* should be locked again, but the lock says that it is still open. "
            "Please press Lock, or lock it by hand and check the door."
        ),
        kit.actions(kit.button("Lock", ActionId.LOCK, operation.device_id, style="danger")),
    )


def interrupted(what: str) -> Json:
    """We were restarted between taking a command on and beginning it."""
    return kit.message(
        f"I was restarted while handling your {what}.",
        kit.section(
            f"I was restarted while handling your {kit.escape(what)}, before I had begun: nothing was done. "
            "If you still need it, please ask again."
        ),
    )


def door_form(action: Action, *, door: Door | None = None, hint: str = "") -> Json:
    """The modal for `/unlock` and `/lock` without (a known) door: a searchable list."""
    verb = _verb(action).capitalize()
    chooser: Json = {
        "type": "external_select",
        "action_id": ActionId.DOOR_SEARCH,
        "placeholder": kit.plain("Type part of its name"),
        "min_query_length": 0,
    }
    if door:
        chooser["initial_option"] = door_option(door)
    blocks: list[Json] = [kit.section(kit.escape(hint))] if hint else []
    blocks.append({"type": "input", "block_id": Field.DOOR, "label": kit.plain("Door"), "element": chooser})
    if action is Action.UNLOCK:
        blocks.append(
            {
                "type": "input",
                "block_id": Field.WHEN,
                "optional": True,
                "label": kit.plain("For how long?"),
                "hint": kit.plain("Leave empty for a single opening. With a time, I lock it again by myself."),
                "element": {
                    "type": "plain_text_input",
                    "action_id": VALUE,
                    "max_length": 100,
                    "placeholder": kit.plain("for 30 min, until 18:00"),
                },
            }
        )
    return {
        "type": "modal",
        "callback_id": CallbackId.DOOR_FORM,
        "private_metadata": action.value,
        "title": kit.plain(f"{verb} a door", kit.MODAL_TITLE),
        "submit": kit.plain(verb, kit.MODAL_TITLE),
        "close": kit.plain("Cancel", kit.MODAL_TITLE),
        "blocks": blocks,
    }


def door_options(doors: Sequence[Door]) -> list[Json]:
    """Options for a searchable list, at most Slack's hundred."""
    return [door_option(door) for door in doors[:MOST_OPTIONS]]


def door_option(door: Door) -> Json:
    return kit.option(door.name, door.device_id, f"{door.brand}{'' if door.online else ' · offline'}")


def _state(door: Door) -> str:
    if not door.online:
        return ":black_circle: offline"
    if door.locked is None:
        return ":white_circle: state unknown"
    words = ":lock: locked" if door.locked else ":unlock: unlocked"
    return f"{words} · door open" if door.door_open else words


def _facts(door: Door) -> str:
    facts = [kit.name(door.brand)]
    if door.battery and door.battery.level is not None:
        facts.append(f"battery {round(door.battery.level * 100)} %{' :low_battery:' if door.battery.is_low else ''}")
    elif door.battery and door.battery.status:
        facts.append(f"battery {kit.name(door.battery.status)}")
    worst = next((t for t in door.troubles if t.is_error), None) or next(iter(door.troubles), None)
    if worst:
        facts.append(f":warning: {kit.escape(worst.said_of(door.name), TROUBLE_SHOWN)}")
    return " · ".join(facts)


def _buttons(door: Door) -> list[Json]:
    buttons = []
    if door.can_unlock is not None:
        buttons.append(kit.button("Unlock", ActionId.UNLOCK, door.device_id))
    if door.can_lock is not None:
        buttons.append(kit.button("Lock", ActionId.LOCK, door.device_id))
    return buttons


def _verb(action: Action) -> str:
    return {Action.UNLOCK: "unlock", Action.LOCK: "lock"}[action]
