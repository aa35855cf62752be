"""Is a signed payload built as Slack builds it? Bolt reads these places without looking, and raises where they differ.

Only Slack (or who has its secret) gets this far, so what is misshapen is not answered in words: it is let go.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.json_types import Json

_OBJECTS = ("team", "user", "view", "container", "channel", "message", "event", "enterprise")
_LISTS = ("actions", "authorizations", "response_urls")
_IDS = (
    "id",
    "type",
    "callback_id",
    "action_id",
    "block_id",
    "command",
    "team_id",
    "app_installed_team_id",
    "user_id",
    "enterprise_id",
)
_NEEDED = {"block_actions": "actions", "view_submission": "view", "view_closed": "view", "event_callback": "event"}


def is_shaped(body: Json) -> bool:
    """False for what Slack does not send."""
    if not _is_plain(body):
        return False
    kind = body.get("type")
    if isinstance(kind, str) and kind in _NEEDED and not body.get(_NEEDED[kind]):
        return False
    if kind == "block_suggestion" and not body.get("action_id"):
        return False
    if "event" in body and not isinstance(body["event"], dict):
        return False  # Bolt reads it of every body, whatever its type says
    for key in _OBJECTS:
        part = body.get(key)
        if isinstance(part, dict):
            if not _is_plain(part):
                return False
        elif part is not None and "command" not in body:
            return False
    for key in _LISTS:
        parts = body.get(key)
        if parts is not None and not (
            isinstance(parts, list) and all(isinstance(p, dict) and _is_plain(p) for p in parts)
        ):
            return False
    return _is_view(body.get("view")) and _is_event(body.get("event")) and _are_actions(body.get("actions"))


def _is_plain(part: Mapping[str, object]) -> bool:
    return all(part.get(key) is None or isinstance(part[key], str) for key in _IDS)


def _are_actions(actions: object) -> bool:
    return not isinstance(actions, list) or all(isinstance(a, dict) and a.get("action_id") for a in actions)


def _is_view(view: object) -> bool:
    return not isinstance(view, dict) or isinstance(view.get("type"), str)


def _is_event(event: object) -> bool:
    """Here `user`, `channel` and `item` may be ids or objects."""
    if not isinstance(event, dict):
        return True
    if not isinstance(event.get("type"), str):
        return False
    parts = [event.get(key) for key in ("user", "channel", "item", "message", "previous_message", "assistant_thread")]
    return all(p is None or isinstance(p, str) or (isinstance(p, dict) and _is_plain(p)) for p in parts)
