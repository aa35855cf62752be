"""Answers to what somebody writes to the bot: what was understood, and the button that does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.model import Action, Door, GuestCode
from bot.domain.talk import Asking
from handlers.ids import ActionId
from handlers.json_types import Json
from handlers.views import kit, times
from handlers.views.guest_codes import end_button

MOST_CODES = 15

_WHY_NOTHING = {
    Asking.NEGATED: "I read that as something *not* to do, so I do nothing. If you want a door worked, say just that.",
    Asking.REPORTED: "Those look like somebody else's words, so I offer nothing. Tell me in your own what you want.",
    Asking.CONDITIONAL: "I cannot wait for something to happen, so I do nothing. Tell me when the time has come.",
    Asking.PAST: "That is about what has happened. I answer only what is so now; the past is in the audit log.",
    Asking.SEVERAL: "That is more than one thing, so I offer nothing. Please ask for one at a time.",
    Asking.UNCLEAR: "I did not understand that, so I do nothing.",
}
_EXAMPLES = (
    "For example: “unlock the front door for 10 min”, “lock the garage”, “is the garage locked?”, "
    "“let Dana in at Front Door tomorrow 9-12”, “who has access to the lab?”, “end Dana’s code”, “what doors”."
)


def proposal(action: Action, door: Door, until: datetime | None, action_id: ActionId, value: str) -> Json:
    """“Unlock Front Door?”, with the button. `value` is an id: the door's or a draft's."""
    verb = action.value.capitalize()
    words = f"I understood: {action.value} *{kit.name(door.name)}*"
    if until is not None and door.timezone is not None:
        words += f" and lock it again at {times.clock(until, door.timezone)}, {times.place(door.timezone)} time"
    elif until is not None:
        words += " for the time you said, and lock it again then"
    button = kit.button(verb, action_id, value, style="primary")
    return kit.message(
        f"{verb} {door.name}? Nothing is done yet.",
        kit.section(f"{words}."),
        kit.context("Nothing is done until you press the button."),
        kit.actions(button),
    )


def incomplete(missing: str, draft_id: str) -> Json:
    """A code about which something is still unsaid, with the button that opens the form."""
    return kit.message(
        missing,
        kit.section(f"{kit.escape(missing)} No code was made."),
        kit.actions(kit.button("Fill in…", ActionId.CODE_CHANGE, draft_id)),
    )


def nothing_done(asking: Asking) -> Json:
    """Why no button is offered."""
    words = _WHY_NOTHING[asking]
    return kit.message(words.replace("*", ""), kit.section(words), kit.context(_EXAMPLES))


def state(door: Door) -> Json:
    """Whether a door is locked, as far as its lock says."""
    name = kit.name(door.name)
    if not door.online:
        words = f":black_circle: *{name}* is offline, so I cannot say whether it is locked."
    elif door.locked is None:
        words = f":white_circle: *{name}* does not say whether it is locked."
    else:
        words = f"{':lock:' if door.locked else ':unlock:'} *{name}* is {'locked' if door.locked else 'unlocked'}."
    if door.online and door.door_open is not None:
        words += f" The door itself is {'open' if door.door_open else 'closed'}."
    plain = words.split(": ", 1)[-1].replace("*", "")
    return kit.message(plain, kit.section(words), kit.context("As the lock last said; it may be some minutes old."))


def who_has_access(door: Door, codes: Sequence[GuestCode], *, of_all: bool) -> Json:
    """The codes of a door that are ordered or work, all of them or the asker's own. Never a PIN."""
    name = kit.name(door.name)
    whose = "Codes" if of_all else "Your codes"
    blocks = [kit.section(f"*{whose} for {name}*")]
    lines = [f"• {kit.name(code.guest)}: {times.window(code.window, code.timezone)}" for code in codes[:MOST_CODES]]
    blocks.append(kit.section("\n".join(lines) if lines else "None that I made."))
    if len(codes) > MOST_CODES:
        blocks.append(kit.context(f"And {len(codes) - MOST_CODES} more."))
    notes = ["Only codes that I made: others may be on the lock from its maker's app."]
    if not of_all:
        notes.append("Other people's codes are shown to admins.")
    notes.append("Who may unlock it from Slack is in the rules: admins see them with `/latchkey rules`.")
    blocks.append(kit.context(" ".join(notes)))
    return kit.message(f"{whose} for {door.name}: {len(codes)}", *blocks)


def end_which(codes: Sequence[GuestCode]) -> Json:
    """The codes that may be meant, each with the button that ends it."""
    blocks = [kit.section("I understood: end a code. Nothing is done until you press its button.")]
    for n, code in enumerate(codes[:MOST_CODES]):
        words = f"*{kit.name(code.guest)}* at *{kit.name(code.door_name)}*, {times.window(code.window, code.timezone)}"
        button = end_button(code.code_id, f":{n}")
        blocks.append(kit.section(words, accessory=button))
    if len(codes) > MOST_CODES:
        blocks.append(kit.context(f"And {len(codes) - MOST_CODES} more: name the door, too."))
    return kit.message(f"End which code? There {'is 1' if len(codes) == 1 else f'are {len(codes)}'}.", *blocks)
