"""The help: every command with an example that works."""

from __future__ import annotations

from handlers.json_types import Json
from handlers.views import kit

_LINES = (
    ("/unlock Front Door", "opens a door now"),
    ("/unlock Garage for 30 min", "opens it, locks it again by itself, and checks that it did"),
    ("/lock Garage", "locks a door now"),
    ("/doors", "every door with its state, battery and buttons"),
    ("/guest-code Dana (plumber) at Front Door tomorrow 9-5", "a code for a guest, for just that time"),
    ("/latchkey codes", "your codes and requests, and for admins what needs attention"),
    ("/guest-code list", "a guest on each line: see how all are read, then make them at once"),
    ("/door-log Back Door last friday evening", "who did what there; also `@sam this week`, `refused today`"),
    ("/latchkey why 7F3K", "everything about one act or code"),
    ("/latchkey test Back Door tomorrow 7am", "whether you may, and why; nothing is opened"),
    ("/latchkey rules", "who may do what (for admins)"),
)


def help_text() -> Json:
    """What can be typed, as a message."""
    return kit.message("What I can do", *help_blocks())


def help_blocks() -> list[Json]:
    """What can be typed. Without an argument, a command opens a form."""
    lines = "\n".join(f"`{typed}`: {what}" for typed, what in _LINES)
    return [
        kit.section("*What I can do*"),
        kit.section(lines),
        kit.section(
            "Or write to me in your own words, here or by my name in a channel: “is the garage locked?”, “let Dana "
            "in at Front Door tomorrow 9-12”. I say what I understood, and do nothing before you press its button."
        ),
        kit.context("With less, or with nothing, a command opens a form. Everything is written to an audit log."),
    ]
