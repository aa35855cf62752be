"""What somebody at the page can do, by name. Each takes a JSON object and gives one back.

Raises `NotPossible`, `LookupError` or `ValueError` with a sentence for whoever sits there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

from bot.sandbox.slack import Failure, Message, NotPossible, Outcome, View
from bot.sandbox.web.stage import Stage
from bot.sandbox.web.turning import turn_by, turn_to_next
from handlers.json_types import Json, mapping_at, text_at

Act = Callable[[Stage, Json], Awaitable[Json]]
SLOW_S = 6.0  # long enough to see that the bot says it is waiting, short enough to wait for


async def say(stage: Stage, asked: Json) -> Json:
    """Whatever stands in the composer: a slash command, or a message."""
    slack, who, where, text = stage.world.slack, text_at(asked, "as"), text_at(asked, "channel"), text_at(asked, "text")
    if not text.strip():
        return {}
    if text.lstrip().startswith("/"):
        return _told(await slack.command(who, where, text))
    if slack.channel(where).kind == "im":
        return _told(await slack.dm(who, text))
    await slack.say(who, where, text)
    return {}


async def click(stage: Stage, asked: Json) -> Json:
    """A button, menu or picker in a message."""
    message = _message(stage, asked)
    slack = stage.world.slack
    return _told(await slack.click(text_at(asked, "as"), message, text_at(asked, "key"), asked.get("value")))


async def options(stage: Stage, asked: Json) -> Json:
    """A searchable menu was opened, or something typed into it."""
    where = _view(stage, asked) if text_at(asked, "view") else _message(stage, asked)
    slack = stage.world.slack
    outcome = await slack.options(text_at(asked, "as"), where, text_at(asked, "key"), text_at(asked, "query"))
    return {**_told(outcome), "options": outcome.options}


async def use(stage: Stage, asked: Json) -> Json:
    """A button, menu or field in a modal or Home. `values` are the other fields as they stand, which Slack keeps."""
    slack, who, view = stage.world.slack, text_at(asked, "as"), _view(stage, asked)
    by: Literal["enter", "typing"] = "typing" if asked.get("by") == "typing" else "enter"
    slack.fill(who, view, _values(view, asked))
    return _told(await slack.act_in_view(who, view, text_at(asked, "key"), asked.get("value"), by=by))


async def submit(stage: Stage, asked: Json) -> Json:
    """The submit button of a modal."""
    view = _view(stage, asked)
    return _told(await stage.world.slack.submit(text_at(asked, "as"), view, _values(view, asked)))


async def close(stage: Stage, asked: Json) -> Json:
    """Cancel, Escape, or the × of a modal."""
    everything = asked.get("all") is True
    return _told(await stage.world.slack.close(text_at(asked, "as"), _view(stage, asked), everything=everything))


async def shortcut(stage: Stage, asked: Json) -> Json:
    """A shortcut: global, or of a message when one is named."""
    slack, who, callback_id = stage.world.slack, text_at(asked, "as"), text_at(asked, "callback_id")
    if text_at(asked, "ts"):
        return _told(await slack.message_shortcut(who, _message(stage, asked), callback_id))
    return _told(await slack.shortcut(who, callback_id))


async def home(stage: Stage, asked: Json) -> Json:
    """The app's Home tab was opened."""
    return _told(await stage.world.slack.open_home(text_at(asked, "as")))


async def keypad(stage: Stage, asked: Json) -> Json:
    """A PIN was typed at a door."""
    seam, pin = stage.world.seam, text_at(asked, "pin")
    if not (pin.isascii() and pin.isdigit() and len(pin) <= 12):
        raise ValueError("a keypad has digits only")
    result = seam.enter_pin(_door(stage, asked), pin)
    stage.bell.ring()
    known = result.access_code_id is not None
    return {"opened": result.opened, "reason": "early" if known and result.reason == "unknown_code" else result.reason}


async def hand(stage: Stage, asked: Json) -> Json:
    """The thumb-turn, from inside."""
    stage.world.seam.turn_by_hand(_door(stage, asked))
    stage.bell.ring()
    return {}


async def fault(stage: Stage, asked: Json) -> Json:
    """A switch: of one door, or of the whole world."""
    kind, on = text_at(asked, "kind"), asked.get("on") is True
    w = stage.world
    match kind:
        case "seam_down":
            w.seam.faults.seam_down(on)
        case "slack_down":
            w.slack.conditions.outage = Failure.status(503) if on else None
        case "offline":
            w.seam.faults.offline(_door(stage, asked), on)
        case "slow":
            w.seam.faults.slow(_door(stage, asked), SLOW_S if on else None)
        case "remote_unlock_off":
            w.seam.faults.remote_unlock_off(_door(stage, asked), on)
        case _:
            raise ValueError(f"there is no switch {kind!r}")
    if kind.endswith("_down"):
        (stage.weather.add if on else stage.weather.discard)(kind)
    stage.bell.ring()
    return {}


async def turn(stage: Stage, asked: Json) -> Json:
    """The clock: by so many seconds, or to the next thing that happens."""
    by = asked.get("seconds")
    happened = True
    if asked.get("to") == "next":
        happened = await turn_to_next(stage)
    elif isinstance(by, int):
        await turn_by(stage, timedelta(seconds=by))
    else:
        raise ValueError("say by how many seconds the clock is turned, or to what")
    stage.bell.ring()
    return {"happened": happened}


async def reset(stage: Stage, asked: Json) -> Json:
    """The first day again."""
    await stage.reset()
    return {}


ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (say, click, options, use, submit, close, shortcut, home, keypad, hand, fault, turn, reset)
}


def _told(outcome: Outcome) -> Json:
    """How it went as Slack saw it. What a person is to read of it stands in their Slack."""
    return {"sent": outcome.sent, "failure": outcome.failure, "seconds": round(outcome.seconds, 3)}


def _door(stage: Stage, asked: Json) -> str:
    door = text_at(asked, "door")
    if door not in stage.world.seam.locks:
        raise LookupError("there is no such door")
    return door


def _message(stage: Stage, asked: Json) -> Message:
    message = stage.world.slack.workspace.messages.find(text_at(asked, "channel"), text_at(asked, "ts"))
    if message is None:
        raise NotPossible("that message is gone")
    return message


def _view(stage: Stage, asked: Json) -> View:
    view = stage.world.slack.workspace.views.find(text_at(asked, "view"), "")
    if view is None:
        raise NotPossible("that view is closed")
    return view


def _values(view: View, asked: Json) -> dict[str, object]:
    """What was typed, for the fields that are still there."""
    keys = {
        f"{b.get('block_id')}.{obj.get('action_id')}" for b in view.blocks if isinstance(obj := b.get("element"), dict)
    }
    return {key: value for key, value in mapping_at(asked, "values").items() if key in keys}
