"""Every command, callback, block and action id: Slack sends them back, so they are written once."""

from __future__ import annotations

from enum import StrEnum


class CommandId(StrEnum):
    UNLOCK = "/unlock"
    LOCK = "/lock"
    DOORS = "/doors"
    GUEST_CODE = "/guest-code"
    LATCHKEY = "/latchkey"


class ActionId(StrEnum):
    """What can be pressed or changed. A button's value is an id: a door's, a code's, a draft's, or a page number."""

    UNLOCK = "door.unlock"
    LOCK = "door.lock"
    DOORS_PAGE = "doors.page"
    DRAFT_RUN = "draft.run"  # a draft of an unlock or lock
    DOOR_SEARCH = "door.search"
    CODE_CREATE = "code.create"
    CODE_CHANGE = "code.change"
    CODE_CANCEL = "code.cancel"
    CODE_SHOW = "code.show"
    CODE_DOORS = "code.doors"
    CODE_WHEN = "code.when"
    REQUEST_APPROVE = "request.approve"
    REQUEST_CHANGE = "request.change"
    REQUEST_DENY = "request.deny"
    REQUEST_TAKE = "request.take"
    REQUEST_CANCEL = "request.cancel"
    REQUEST_EMERGENCY = "request.emergency"
    REQUEST_REVIEWED = "request.reviewed"
    REQUEST_ASK = "request.ask"  # opens the form for the reason


class CallbackId(StrEnum):
    """Modals and shortcuts."""

    DOOR_FORM = "door.form"
    CODE_FORM = "code.form"
    REVEAL = "code.revealed"  # only read
    REASON_FORM = "request.reason"
    DENY_FORM = "request.deny_form"
    CHANGE_FORM = "request.change_form"
    EMERGENCY_FORM = "request.emergency_form"
    NEW_GUEST_CODE = "guest_code_new"
    GUEST_CODE_FROM_MESSAGE = "guest_code_from_message"


class Field(StrEnum):
    """Input blocks of the forms. The names are those of `BadField.field`, so that an error finds its place."""

    GUEST = "guest"
    DOORS = "doors"
    WHEN = "when"
    PIN = "pin"
    NOTE = "note"
    DOOR = "door"
    REASON = "reason"
    COLLEAGUE = "colleague"


VALUE = "value"  # the action id of inputs that send nothing while they are edited
