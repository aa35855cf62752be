"""What Slack sends is let through, whatever it leaves out; what Bolt would stumble over is not."""

from __future__ import annotations

import pytest

from handlers.json_types import Json
from handlers.shapes import is_shaped

GOOD: list[Json] = [
    {"command": "/unlock", "text": "user=x", "user": "typed", "is_enterprise_install": "false"},
    {
        "type": "block_actions",
        "user": {"id": "U1", "team_id": "T1"},
        "team": None,
        "enterprise": {"id": "E1", "name": "Corp"},
        "is_enterprise_install": True,
        "channel": {"id": "C1", "name": "general"},
        "message": {"ts": "1.1", "text": "x", "blocks": []},
        "state": {"values": {}},
        "actions": [{"action_id": "a", "type": "button", "text": {"type": "plain_text", "text": "Go"}, "value": "v"}],
    },
    {"type": "block_suggestion", "action_id": "door.search", "value": "", "view": {"type": "modal", "id": "V1"}},
    {"type": "view_submission", "view": {"type": "modal", "app_installed_team_id": None}, "response_urls": []},
    {"type": "event_callback", "event": {"type": "user_change", "user": {"id": "U1"}}, "authorizations": [{}]},
    {"type": "event_callback", "event": {"type": "message", "user": "U1", "channel": "C1"}},
    {"type": "event_callback", "event": {"type": "reaction_added", "item": {"type": "message", "channel": "C1"}}},
    {"type": "shortcut", "callback_id": "x", "user": {"id": "U1"}},
]
BAD: list[Json] = [
    {"type": 1},
    {"type": "block_actions"},
    {"type": "block_actions", "actions": []},
    {"type": "block_actions", "actions": [{}]},
    {"type": "block_actions", "actions": ["x"]},
    {"type": "block_actions", "actions": {"action_id": "x"}},
    {"type": "block_suggestion"},
    {"type": "view_submission", "view": "V1"},
    {"type": "view_submission", "view": {"callback_id": "x"}},
    {"type": "event_callback", "event": None},
    {"type": "event_callback", "event": {"type": None}},
    {"type": "shortcut", "user": "U1"},
    {"type": "shortcut", "team": True},
    {"event": None},
    {"type": "shortcut", "authorizations": "x"},
]


@pytest.mark.parametrize("body", GOOD, ids=lambda b: str(b.get("type", "command")))
def test_what_slack_sends_is_let_through(body: Json) -> None:
    assert is_shaped(body)


@pytest.mark.parametrize("body", BAD, ids=str)
def test_what_slack_never_sends_is_not(body: Json) -> None:
    assert not is_shaped(body)
