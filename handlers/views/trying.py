"""What the rules would say to a question that nobody acts upon."""

from __future__ import annotations

from bot.domain.model import Action
from bot.domain.policy.ask import Ask
from handlers.json_types import Json
from handlers.views import kit, times
from handlers.views.rule_words import Words

_DOES = {
    Action.UNLOCK: "unlocks",
    Action.LOCK: "locks",
    Action.GUEST_CODE: "orders a guest code for",
    Action.REVEAL: "sees a PIN of",
    Action.EXTEND: "extends a code of",
    Action.END: "ends a code of",
    Action.READ_LOG: "reads the log of",
}


def answer(ask: Ask, explained: str, words: Words) -> Json:
    """The question as it was read, and below it the answer with its reason. Says that nothing was done."""
    door, zone = ask.door, ask.door.timezone
    person = kit.name(ask.actor.person.name or ask.actor.person.user_id)
    when = ""
    if zone is not None and ask.window is not None:
        when = f", {times.window(ask.window, zone)}"
    elif zone is not None:
        when = f", {times.day(ask.now, zone)}, {times.clock(ask.now, zone)}, {times.place(zone)} time"
    question = f"{person} {_DOES[ask.action]} *{kit.name(door.name)}*{kit.escape(when)}"
    verb, _, rest = explained.partition(":")
    lines = "\n".join(words.say(line) for line in rest.splitlines() if line.strip())
    return kit.message(
        f"{verb}: {door.name}",
        kit.section(f"*If* {question}"),
        kit.section(f"*{kit.escape(verb)}*: {lines}"),
        kit.context("I only looked it up: nothing was done, asked or counted."),
    )
