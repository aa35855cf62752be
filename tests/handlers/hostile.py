"""Payloads that are signed and yet made by somebody who means harm: wrong in every shape, right in none."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator

from handlers.ids import ActionId, CallbackId, CommandId

Json = dict[str, object]

TEAM = {"id": "T0LATCH", "domain": "x"}
ACTIONS = [*ActionId, *(f"{a}:0" for a in ActionId), "", "nope", "door.unlock:" + "9" * 300, "code.show:\u202e"]
CALLBACKS = [*CallbackId, "", "nope"]
ODD: list[object] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**400,
    float("nan"),
    "",
    " ",
    "\x00",
    "\ud800",
    "😀" * 50,
    "x" * 20_000,
    "9" * 5000,
    "'; DROP TABLE audit;--",
    "<!channel>",
    "../../etc/passwd",
    "{}",
    [],
    [[]],
    [None],
    {},
    {"id": {}},
    {"value": []},
]


def payloads(users: list[tuple[str, str]], count: int, seed: int) -> Iterator[tuple[str, Json]]:
    """(kind, body): kind is command, interactive or event."""
    dice = random.Random(seed)
    for n in range(count):
        kind, body = _fair(dice, n, *dice.choice(users))
        for _ in range(dice.randrange(4)):
            _hurt(body, dice)
        if dice.random() < 0.02:
            body["deep"] = _deep(dice.choice((50, 400, 900)))
        yield kind, body


def _fair(dice: random.Random, n: int, user_id: str, team_id: str) -> tuple[str, Json]:
    user = {"id": user_id, "team_id": team_id, "username": "x", "name": "x"}
    base: Json = {"user": user, "team": dict(TEAM), "api_app_id": "A1", "trigger_id": f"{n}.1.t", "token": "x"}
    value = dice.choice(("nope", "0" * 32, "00000000-0000-4000-8000-000000000000", "-1", "999999999999999999", "1e9"))
    view: Json = {
        "id": f"V{n}",
        "type": "modal",
        "callback_id": dice.choice(CALLBACKS),
        "hash": "1.x",
        "private_metadata": dice.choice(("unlock", "lock", "guest_code", "drop", "", "{}")),
        "blocks": [{"type": "input", "block_id": b, "element": {}} for b in ("guest", "doors", "when", "door")],
        "state": {
            "values": {
                "guest": {"value": {"value": "Dana"}},
                "doors": {"code.doors": {"selected_options": [{"value": value}] * dice.choice((0, 1, 200))}},
                "door": {"door.search": {"selected_option": {"value": value}}},
                "when": {
                    "code.when": {"value": "tomorrow 09:00-17:00"},
                    "value": {"value": dice.choice(("", "for 30 min", "x" * 300))},
                },
            }
        },
    }
    match dice.randrange(8):
        case 0:
            return "command", {
                "command": dice.choice((*CommandId, "/nope", "")),
                "text": dice.choice(
                    ("", "Narnia", "x" * 3000, "tomorrow", "<@U1> at <#C1>", "\u202e", "' OR 1=1", "5" * 500)
                ),
                "user_id": user_id,
                "team_id": team_id,
                "trigger_id": f"{n}.1.t",
                "response_url": "",
                "channel_id": "C0GENERAL",
            }
        case 1 | 2 | 3:
            action = {"type": "button", "action_id": dice.choice(ACTIONS), "block_id": "b", "value": value}
            body = base | {"type": "block_actions", "actions": [action], "container": {"type": "message"}}
            return "interactive", body | ({"view": view} if dice.random() < 0.4 else {})
        case 4 | 5:
            return "interactive", base | {"type": "view_submission", "view": view}
        case 6:
            kind = dice.choice(
                ("shortcut", "message_action", "view_closed", "block_suggestion", "nope", "dialog_submission")
            )
            more: Json = {"callback_id": dice.choice(CALLBACKS), "action_id": dice.choice(ACTIONS), "block_id": "door"}
            return "interactive", base | more | {"type": kind, "value": value, "view": view, "message": {"text": value}}
        case _:
            inner = {"type": dice.choice(("user_change", "message", "app_mention", "x")), "user": {"id": user_id}}
            return "event", {"type": "event_callback", "team_id": team_id, "event_id": f"Ev{n}", "event": inner}


def _hurt(body: Json, dice: random.Random) -> None:
    """Take a key out somewhere, or put something odd in its place."""
    node: object = body
    while isinstance(node, dict) and node:
        key = dice.choice(list(node))
        if isinstance(node[key], dict) and node[key] and dice.random() < 0.7:
            node = node[key]
            continue
        if isinstance(node[key], list) and node[key] and isinstance(node[key][0], dict) and dice.random() < 0.7:
            node = node[key][0]
            continue
        if dice.random() < 0.4:
            del node[key]
        else:
            node[key] = copy.deepcopy(dice.choice(ODD))
        return


def _deep(levels: int) -> object:
    made: object = "x"
    for n in range(levels):
        made = [made] if n % 2 else {"a": made}
    return made
