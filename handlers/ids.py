"""Every command, callback, block and action id: Slack sends them back, so they are written once."""

from __future__ import annotations

from enum import StrEnum


class CommandId(StrEnum):
    UNLOCK = "/unlock"
    LOCK = "/lock"
    DOORS = "/doors"
    GUEST_CODE = "/guest-code"
    DOOR_LOG = "/door-log"
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
    CODES_PAGE = "codes.page"
    CODE_SHOW = "code.show"
    CODE_DOORS = "code.doors"
    CODE_WHEN = "code.when"
    CODE_EXTEND = "code.extend"  # opens the form for another end
    CODE_EXTEND_BY = "code.extend_by"  # hour, evening, day: from a reminder
    CODE_LET_END = "code.let_end"
    EXTEND_WHEN = "code.extend_when"
    CODE_END = "code.end"
    CODE_PICK = "code.pick"  # from typing to date and time pickers, and back
    REQUEST_APPROVE = "request.approve"
    REQUEST_CHANGE = "request.change"
    REQUEST_DENY = "request.deny"
    REQUEST_TAKE = "request.take"
    REQUEST_CANCEL = "request.cancel"
    REQUEST_EMERGENCY = "request.emergency"
    REQUEST_REVIEWED = "request.reviewed"
    REQUEST_ASK = "request.ask"  # opens the form for the reason
    RULES_PAGE = "rules.page"
    RULE_ADD = "rules.add"
    RULE_MENU = "rules.menu"  # of one rule: edit, remove
    RULE_OUTCOME = "rules.outcome"  # chosen in the form, which then shows what belongs to it
    RULE_MORE = "rules.more"
    RULE_DOORS = "rules.doors"
    RULE_DEFAULTS = "rules.defaults"
    ADMINS = "rules.admins"
    ADMIN_DROP = "rules.admin_drop"
    LOG_SHOW = "log.show"  # other kinds, earlier, …: the answer again, changed
    LOG_LINE = "log.line"  # a line's menu


class CallbackId(StrEnum):
    """Modals and shortcuts."""

    DOOR_FORM = "door.form"
    CODE_FORM = "code.form"
    LIST_FORM = "code.list"
    LIST_MAKE = "code.list_make"  # the list as it was read
    EXTEND_FORM = "code.extend_form"
    REVEAL = "code.revealed"  # only read
    REASON_FORM = "request.reason"
    DENY_FORM = "request.deny_form"
    CHANGE_FORM = "request.change_form"
    EMERGENCY_FORM = "request.emergency_form"
    RULES_LIST = "rules.list"  # only read
    NOTICE = "notice"  # only read: something is done, or could not be
    RULE_FORM = "rules.form"
    RULE_SAVE = "rules.save"  # the preview of any change of the rules
    RULE_AGAIN = "rules.again"  # somebody was faster: make the change on the rules as they are now
    DEFAULTS_FORM = "rules.defaults_form"
    ADMINS_FORM = "rules.admins_form"
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
    START_DATE = "start_date"
    START_TIME = "start_time"
    END_DATE = "end_date"
    END_TIME = "end_time"
    REASON = "reason"
    LINES = "lines"
    COLLEAGUE = "colleague"


class RuleField(StrEnum):
    """Input blocks of the forms about rules."""

    NAME = "rule.name"
    OUTCOME = "rule.outcome"
    DOORS = "rule.doors"
    ACTIONS = "rule.actions"
    WHO = "rule.who"  # everyone, guests
    PEOPLE = "rule.people"
    WHO_IDS = "rule.who_ids"  # user groups, people of other workspaces
    HOURS = "rule.hours"
    MAX_LENGTH = "rule.max_length"
    MAX_AHEAD = "rule.max_ahead"
    APPROVERS = "rule.approvers"
    APPROVER_IDS = "rule.approver_ids"
    CHANNEL = "rule.channel"
    APPROVALS = "rule.approvals_needed"
    ASKING = "rule.asking"  # self-approval, reason, mentions
    EXPIRES = "rule.expires_after"
    REMIND = "rule.remind_after"
    ESCALATION = "rule.escalation"
    BREAK_GLASS = "rule.break_glass"
    DAILY_CAP = "rule.daily_cap"
    AFTERWARDS = "rule.afterwards"  # what the channel hears, and when codes end
    REMINDERS = "rule.reminders"
    ADMIN = "rule.admin"


VALUE = "value"  # the action id of inputs that send nothing while they are edited
