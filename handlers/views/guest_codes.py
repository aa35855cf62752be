"""Guest codes: the form with its live echo, the question before it is made, the card, and the one view with a PIN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.clean_text import LONGEST_NAME, LONGEST_NOTE
from bot.domain.model import Door, GuestCode, GuestCodeState
from bot.domain.pin import Pin
from handlers.ids import VALUE, ActionId, CallbackId, Field
from handlers.json_types import Json
from handlers.views import kit, times
from handlers.views.doors import door_option

ECHO = "echo"  # the block that shows how the typed time is read
LONGEST_WHEN = 300
TROUBLE_SHOWN = 500


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


def confirm(guest: str, doors: Sequence[str], choices: Sequence[Choice], change_id: str) -> Json:
    """What was understood from a typed line, before it takes effect; two readings make two buttons."""
    first = choices[0]
    blocks: list[Json] = [
        kit.section("*Is this the code you want?*"),
        kit.fields([("Guest", guest), ("Door" if len(doors) == 1 else "Doors", ", ".join(doors))]),
    ]
    if len(choices) == 1:
        blocks.append(_with_assumptions(first.echo))
        create = [kit.button("Create code", ActionId.CODE_CREATE, first.draft_id, style="primary")]
    else:
        blocks.append(kit.section("I can read the time in two ways. Which one do you mean?"))
        blocks += [_with_assumptions(choice.echo) for choice in choices]
        create = [
            kit.button(choice.label, f"{ActionId.CODE_CREATE}:{n}", choice.draft_id) for n, choice in enumerate(choices)
        ]
    blocks.append(
        kit.actions(
            *create,
            kit.button("Change…", ActionId.CODE_CHANGE, change_id),
            kit.button("Cancel", ActionId.CODE_CANCEL, change_id),
        )
    )
    return kit.message(f"A guest code for {guest}: {first.echo.words}. Is this right?", *blocks)


def card(codes: Sequence[GuestCode], reader: ZoneInfo | None = None) -> Json:
    """One order's card, rewritten as its codes go. Says ready only when the lock has the code; never holds a PIN."""
    first = codes[0]
    blocks: list[Json] = [
        kit.section("*Guest code*"),
        kit.fields(
            [("Guest", first.guest), ("When", times.window(first.window, first.timezone, reader))]
            + ([("Note", first.note)] if first.note else [])
        ),
    ]
    for n, code in enumerate(codes):
        shows = code.access_code_id and code.state in _SHOWABLE
        button = kit.button("Show code", f"{ActionId.CODE_SHOW}:{n}", code.code_id) if shows else None
        blocks.append(kit.section(f"*{kit.name(code.door_name)}*: {_code_state(code)}", accessory=button))
    if any(code.state in _SHOWABLE for code in codes):
        end = kit.button("End now", ActionId.CODE_END, first.order_id, style="danger")
        end["confirm"] = {
            "title": kit.plain("End this code?"),
            "text": kit.plain("It is taken off the lock, and the guest cannot come in with it any more."),
            "confirm": kit.plain("End now"),
            "deny": kit.plain("Keep it"),
        }
        blocks.append(kit.actions(kit.button("Extend…", ActionId.CODE_EXTEND, first.order_id), end))
    return kit.message(f"Guest code for {first.guest}: {_summary(codes)}", *blocks)


def needs_attention(codes: Sequence[GuestCode]) -> Json | None:
    """A message of its own when a code failed or is stuck: a rewritten card does not ring."""
    troubled = [c for c in codes if c.trouble and c.state in {GuestCodeState.FAILED, GuestCodeState.STUCK}]
    if not troubled:
        return None
    return kit.message(
        f"Guest code for {troubled[0].guest}: {troubled[0].trouble}",
        kit.section(":warning: *A guest code needs you*"),
        kit.fields([("Guest", troubled[0].guest)]),
        *(kit.section(kit.escape(c.trouble or "", TROUBLE_SHOWN)) for c in troubled),
    )


def reveal_loading() -> Json:
    """Opened at once, since the trigger lives three seconds and Seam may take longer."""
    return _reveal(kit.section("Asking the lock for the code…"))


def reveal(code: GuestCode, pin: Pin, reader: ZoneInfo | None = None) -> Json:
    """The one view that holds a PIN: a modal, for the person entitled, gone when it is closed."""
    digits = pin.reveal()
    early = (
        ""
        if code.state is GuestCodeState.ON_LOCK
        else "It is not on the lock yet; I will tell you when it is. Do not rely on it before."
    )
    return _reveal(
        kit.header(digits),
        kit.section(f"*{kit.name(code.door_name)}* · {kit.escape(times.window(code.window, code.timezone, reader))}"),
        *([kit.context(early)] if early else []),
        kit.section("Ready to copy for your guest:"),
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_preformatted",
                    "elements": [{"type": "text", "text": guest_message(code, digits)}],
                }
            ],
        },
        kit.context("Send it to the guest alone. Whoever has it can open the door in this time."),
    )


def reveal_refused(sentence: str) -> Json:
    return _reveal(kit.section(kit.escape(sentence)))


def guest_message(code: GuestCode, digits: str) -> str:
    """What the host sends to the guest."""
    return (
        f"Hello {kit.line(code.guest)}, your code for {kit.line(code.door_name)} is {digits}.\n"
        f"It works {times.window(code.window, code.timezone)}.\n"
        "Type it on the keypad and confirm with # or the lock symbol, if the keypad has one."
    )


_SHOWABLE = {GuestCodeState.ORDERED, GuestCodeState.SCHEDULED, GuestCodeState.ON_LOCK}

_STATE_WORDS: Mapping[GuestCodeState, tuple[str, str]] = {
    GuestCodeState.ORDERED: (":hourglass_flowing_sand:", "ordered; the lock does not have it yet"),
    GuestCodeState.SCHEDULED: (":calendar:", "scheduled; it starts to work at its start time"),
    GuestCodeState.ON_LOCK: (":white_check_mark:", "on the lock, it works now"),
    GuestCodeState.ENDING: (":hourglass:", "its time is over; the lock is removing it"),
    GuestCodeState.ENDED: (":checkered_flag:", "ended; it is off the lock"),
}
_NO_REASON = "it did not get on the lock, and the lock does not say why"


def _code_state(code: GuestCode) -> str:
    if code.state in _STATE_WORDS:
        icon, words = _STATE_WORDS[code.state]
        return f"{icon} {words}"
    return f":warning: {kit.escape(code.trouble or _NO_REASON, TROUBLE_SHOWN)}"


def _summary(codes: Sequence[GuestCode]) -> str:
    words = [_STATE_WORDS[c.state][1] if c.state in _STATE_WORDS else c.trouble or _NO_REASON for c in codes]
    return "; ".join(f"{c.door_name}: {said}" for c, said in zip(codes, words, strict=True))


def _with_assumptions(echo: Echo) -> Json:
    assumed = f"\n_{kit.escape('; '.join(echo.assumptions))}_" if echo.assumptions else ""
    return kit.section(f":clock3: {kit.escape(echo.words)}{assumed}")


def _reveal(*blocks: Json) -> Json:
    return {
        "type": "modal",
        "callback_id": CallbackId.REVEAL,
        "title": kit.plain("Guest code", kit.MODAL_TITLE),
        "close": kit.plain("Close", kit.MODAL_TITLE),
        "blocks": list(blocks),
    }


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
