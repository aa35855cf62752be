"""Guest codes: the card, and the one view with a PIN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.domain.model import GuestCode, GuestCodeState
from bot.domain.pin import Pin
from handlers.ids import ActionId, CallbackId
from handlers.json_types import Json
from handlers.views import kit, times

TROUBLE_SHOWN = 500
MOST_IDS = 8


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
        shows = code.access_code_id and code.state in SHOWABLE
        button = kit.button("Show code", f"{ActionId.CODE_SHOW}:{n}", code.code_id) if shows else None
        blocks.append(kit.section(f"*{kit.name(code.door_name)}*: {code_state(code)}", accessory=button))
    if any(code.state in SHOWABLE for code in codes):
        blocks.append(kit.actions(*change_buttons(first.order_id)))
    ids = ", ".join(f"`{kit.name(code.marker)}`" for code in codes[:MOST_IDS])
    blocks.append(kit.context(f"{ids} · `/latchkey why {kit.name(first.marker)}` tells all that happened with it"))
    return kit.message(f"Guest code for {first.guest}: {_summary(codes)}", *blocks)


def change_buttons(target: str, suffix: str = "") -> list[Json]:
    """Extend and End now for an order's or a code's id; `suffix` tells several in one message apart."""
    return [kit.button("Extend…", f"{ActionId.CODE_EXTEND}{suffix}", target), end_button(target, suffix)]


def end_button(target: str, suffix: str = "") -> Json:
    """End now, which asks back: a guest may be on the way."""
    end = kit.button("End now", f"{ActionId.CODE_END}{suffix}", target, style="danger")
    end["confirm"] = {
        "title": kit.plain("End this code?"),
        "text": kit.plain("It is taken off the lock, and the guest cannot come in with it any more."),
        "confirm": kit.plain("End now"),
        "deny": kit.plain("Keep it"),
    }
    return end


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


SHOWABLE = {GuestCodeState.ORDERED, GuestCodeState.SCHEDULED, GuestCodeState.ON_LOCK}

_STATE_WORDS: Mapping[GuestCodeState, tuple[str, str]] = {
    GuestCodeState.ORDERED: (":hourglass_flowing_sand:", "ordered; the lock does not have it yet"),
    GuestCodeState.SCHEDULED: (":calendar:", "scheduled; it starts to work at its start time"),
    GuestCodeState.ON_LOCK: (":white_check_mark:", "on the lock, it works now"),
    GuestCodeState.ENDING: (":hourglass:", "its time is over; the lock is removing it"),
    GuestCodeState.ENDED: (":checkered_flag:", "ended; it is off the lock"),
}
_NO_REASON = "it did not get on the lock, and the lock does not say why"


def code_state(code: GuestCode, longest: int = TROUBLE_SHOWN) -> str:
    """How a code stands, in a few words; its trouble at most `longest` characters long."""
    if code.state in _STATE_WORDS:
        icon, words = _STATE_WORDS[code.state]
        return f"{icon} {words}"
    return f":warning: {kit.escape(code.trouble or _NO_REASON, longest)}"


def _summary(codes: Sequence[GuestCode]) -> str:
    words = [_STATE_WORDS[c.state][1] if c.state in _STATE_WORDS else c.trouble or _NO_REASON for c in codes]
    return "; ".join(f"{c.door_name}: {said}" for c, said in zip(codes, words, strict=True))


def _reveal(*blocks: Json) -> Json:
    return {
        "type": "modal",
        "callback_id": CallbackId.REVEAL,
        "title": kit.plain("Guest code", kit.MODAL_TITLE),
        "close": kit.plain("Close", kit.MODAL_TITLE),
        "blocks": list(blocks),
    }
