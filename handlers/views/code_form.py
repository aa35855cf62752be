"""The form for a guest code, with its live echo, and the question before a code is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.clean_text import LONGEST_NAME, LONGEST_NOTE
from bot.domain.model import Door
from bot.domain.preflight import Verdict, WorksWithChanges
from handlers.ids import VALUE, ActionId, CallbackId, Field
from handlers.json_types import Json
from handlers.views import kit, times
from handlers.views.doors import door_option
from handlers.views.preflight import verdict_block

ECHO = "echo"  # the block that shows how the typed time is read
LONGEST_WHEN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """How the typed time is read: `words` for people, already in their zone and language."""

    words: str
    assumptions: tuple[str, ...] = ()
    understood: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """The date and time pickers, in place of typing: `date` as 2026-12-01, `time` as 09:00, in the door's zone."""

    zone: ZoneInfo
    start_date: str = ""
    start_time: str = ""
    end_date: str = ""
    end_time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFormFill:
    """What the form opens with. With `picked`, it has pickers and no text: the two can never contradict each other."""

    guest: str = ""
    doors: tuple[Door, ...] = ()
    when: str = ""
    note: str = ""
    echo: Echo | None = None
    hint: str = ""
    picked: Picked | None = None
    verdicts: tuple[Verdict, ...] = ()


def code_form(fill: CodeFormFill) -> Json:
    """The modal for a guest code. Block and action ids never change, so typed values survive each update (A6)."""
    doors: Json = {
        "type": "multi_external_select",
        "action_id": ActionId.CODE_DOORS,
        "placeholder": kit.plain("Type part of a door's name"),
        "min_query_length": 0,
        "max_selected_items": 10,
    }
    if fill.doors:
        doors["initial_options"] = [door_option(d) for d in fill.doors]
    blocks: list[Json] = [kit.section(kit.escape(fill.hint))] if fill.hint else []
    blocks += [
        _input(
            Field.GUEST,
            "Guest",
            _text_input(VALUE, fill.guest, LONGEST_NAME, "Dana (plumber)"),
        ),
        {
            "type": "input",
            "block_id": Field.DOORS,
            "label": kit.plain("Doors"),
            "element": doors,
            "dispatch_action": True,
        },
        *(_pickers(fill.picked) if fill.picked else _typing(fill)),
        *([said] if (said := verdict_block(fill.verdicts)) else []),
        _input(
            Field.PIN,
            "PIN",
            _text_input(VALUE, "", 12, "Leave empty and I will choose one"),
            optional=True,
        ),
        _input(Field.NOTE, "Note", _text_input(VALUE, fill.note, LONGEST_NOTE, "What is it for?"), optional=True),
        _input(
            Field.COLLEAGUE,
            "On behalf of a colleague",
            {"type": "users_select", "action_id": VALUE, "placeholder": kit.plain("Nobody: it is my own guest")},
            optional=True,
        ),
    ]
    return {
        "type": "modal",
        "callback_id": CallbackId.CODE_FORM,
        "title": kit.plain("Guest code", kit.MODAL_TITLE),
        "submit": kit.plain("Create code", kit.MODAL_TITLE),
        "close": kit.plain("Cancel", kit.MODAL_TITLE),
        "blocks": blocks,
    }


def _typing(fill: CodeFormFill) -> list[Json]:
    return [
        {
            **_input(Field.WHEN, "When", _text_input(ActionId.CODE_WHEN, fill.when, LONGEST_WHEN, "tomorrow 9-5")),
            "dispatch_action": True,
        },
        echo_block(fill.echo),
        kit.actions(kit.button("Use date pickers instead", ActionId.CODE_PICK, "pickers")),
    ]


def _pickers(picked: Picked) -> list[Json]:
    def date(field: Field, label: str, initial: str) -> Json:
        element: Json = {"type": "datepicker", "action_id": VALUE}
        return _input(field, label, element | ({"initial_date": initial} if initial else {}))

    def time(field: Field, label: str, initial: str) -> Json:
        element: Json = {"type": "timepicker", "action_id": VALUE}
        return _input(field, label, element | ({"initial_time": initial} if initial else {}))

    return [
        date(Field.START_DATE, "From", picked.start_date),
        time(Field.START_TIME, "at", picked.start_time),
        date(Field.END_DATE, "Until", picked.end_date),
        time(Field.END_TIME, "at", picked.end_time),
        kit.context(f"These are times at the door: {times.place(picked.zone)} time.", block_id=ECHO),
        kit.actions(kit.button("Type it instead", ActionId.CODE_PICK, "text")),
    ]


def echo_block(echo: Echo | None) -> Json:
    """The line under the time field."""
    if echo is None:
        return kit.context("Type when the code should work: “tomorrow 9-5”, “fri 3pm till mon 11am”.", block_id=ECHO)
    if not echo.understood:
        return kit.context(f":grey_question: {kit.escape(echo.words)}", block_id=ECHO)
    assumed = f"\n_{kit.escape('; '.join(echo.assumptions))}_" if echo.assumptions else ""
    return kit.context(f":clock3: {kit.escape(echo.words)}{assumed}", block_id=ECHO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One reading, and the draft that stands for it."""

    draft_id: str
    echo: Echo
    label: str
    verdicts: tuple[Verdict, ...] = ()

    @property
    def has_changes(self) -> bool:
        return any(isinstance(v, WorksWithChanges) for v in self.verdicts)


def confirm(
    guest: str, doors: Sequence[str], choices: Sequence[Choice], change_id: str, *, can_change: bool = True
) -> Json:
    """What was understood, before it takes effect, with what each door says to it; two readings make two buttons.
    `can_change=False` for a form that was sent off."""
    first = choices[0]
    blocks: list[Json] = [
        kit.section("*Is this the code you want?*"),
        kit.fields([("Guest", guest), ("Door" if len(doors) == 1 else "Doors", ", ".join(doors))]),
    ]
    if len(choices) == 1:
        blocks += _choice(first)
        words = "Create with these changes" if first.has_changes else "Create code"
        create = [kit.button(words, ActionId.CODE_CREATE, first.draft_id, style="primary")]
    else:
        blocks.append(kit.section("I can read the time in two ways. Which one do you mean?"))
        blocks += [block for choice in choices for block in _choice(choice)]
        create = [
            kit.button(choice.label, f"{ActionId.CODE_CREATE}:{n}", choice.draft_id) for n, choice in enumerate(choices)
        ]
    blocks.append(
        kit.actions(
            *create,
            *([kit.button("Change…", ActionId.CODE_CHANGE, change_id)] if can_change else []),
            kit.button("Cancel", ActionId.CODE_CANCEL, change_id),
        )
    )
    return kit.message(f"A guest code for {guest}: {first.echo.words}. Is this right?", *blocks)


def _choice(choice: Choice) -> list[Json]:
    said = verdict_block(choice.verdicts)
    # Each block id may stand in a message once.
    return [_with_assumptions(choice.echo), *([{**said, "block_id": f"verdict:{choice.draft_id}"}] if said else [])]


def _with_assumptions(echo: Echo) -> Json:
    assumed = f"\n_{kit.escape('; '.join(echo.assumptions))}_" if echo.assumptions else ""
    return kit.section(f":clock3: {kit.escape(echo.words)}{assumed}")


def _input(field: Field, label: str, element: Json, *, optional: bool = False) -> Json:
    made: Json = {"type": "input", "block_id": field, "label": kit.plain(label), "element": element}
    if optional:
        made["optional"] = True
    return made


def _text_input(action_id: str, initial: str, longest: int, placeholder: str) -> Json:
    made: Json = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": longest,
        "placeholder": kit.plain(placeholder, 150),
    }
    if initial:
        made["initial_value"] = initial[:longest]
    if action_id == ActionId.CODE_WHEN:
        made["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    return made
