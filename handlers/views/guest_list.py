"""A list of guests: the form, how each line is read and what its door says, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.preflight import Verdict
from handlers.ids import VALUE, CallbackId, Field
from handlers.json_types import Json
from handlers.views import kit
from handlers.views.preflight import verdict_block

LONGEST_LIST = 3000
LINE_SHOWN = 150
REASON_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line. With a `reason` it becomes no code; else `words` are its time and `verdicts` what its door says."""

    typed: str
    guest: str = ""
    words: str = ""
    verdicts: tuple[Verdict, ...] = ()
    reason: str = ""


def list_form(lines: str = "") -> Json:
    """Paste a guest on each line."""
    element: Json = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": True,
        "max_length": LONGEST_LIST,
        "placeholder": kit.plain("Dana (plumber) at Front Door tomorrow 9-5", 150),
    }
    if lines:
        element["initial_value"] = lines[:LONGEST_LIST]
    return {
        "type": "modal",
        "callback_id": CallbackId.LIST_FORM,
        "title": kit.plain("Guest list", kit.MODAL_TITLE),
        "submit": kit.plain("Read it", kit.MODAL_TITLE),
        "close": kit.plain("Cancel", kit.MODAL_TITLE),
        "blocks": [
            {"type": "input", "block_id": Field.LINES, "label": kit.plain("Guests"), "element": element},
            kit.context("One guest on each line: who, at which door, when. Nothing is made before you have seen it."),
        ],
    }


def list_preview(draft_id: str, rows: Sequence[Row], *, ready: int) -> Json:
    """Each line as it was read. Sending it off makes the codes of the `ready` lines, and of no other."""
    blocks: list[Json] = [kit.section(f"*{ready} of {len(rows)} lines can become a code.*")]
    for n, row in enumerate(rows):
        if row.reason:
            said = f":no_entry: {kit.escape(row.typed, LINE_SHOWN)}\n{kit.escape(row.reason, REASON_SHOWN)}"
            blocks.append(kit.section(said))
            continue
        blocks.append(kit.section(f"*{kit.name(row.guest)}*: {kit.escape(row.words, REASON_SHOWN)}"))
        if verdict := verdict_block(row.verdicts):
            blocks.append({**verdict, "block_id": f"verdict:{n}"})
    view: Json = {
        "type": "modal",
        "callback_id": CallbackId.LIST_MAKE,
        "private_metadata": draft_id,
        "title": kit.plain("Guest list", kit.MODAL_TITLE),
        "close": kit.plain("Cancel", kit.MODAL_TITLE),
        "blocks": blocks,
    }
    if ready:
        view["submit"] = kit.plain(f"Create {ready} code{'s' if ready != 1 else ''}", kit.MODAL_TITLE)
    return view


def list_made(made: int, failed: Sequence[tuple[str, str]]) -> Json:
    """How many codes were ordered, and whose were not (guest, why)."""
    lead = f"{made} guest code{'s' if made != 1 else ''} ordered; each has its card in our messages."
    return kit.message(
        lead,
        kit.section(lead),
        *(
            kit.section(f":warning: *{kit.name(guest)}*: {kit.escape(reason, REASON_SHOWN)}")
            for guest, reason in failed[:20]
        ),
    )
