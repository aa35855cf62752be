"""manifest.yml: Slack would take it, it offers what the routing table serves, and asks for no more than is used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from handlers.ids import ActionId, CallbackId, CommandId
from tests.counterparts import SHARED, shared_module

ROOT = Path(__file__).resolve().parents[1]

# Each method with the scope that it needs (slack-platform.md A5 and A18); None: any token may.
SCOPES = {
    "conversations.history": "im:history",
    "auth.test": None,
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "users.info": "users:read",
    "views.open": None,
    "views.update": None,
    "views.push": None,
    "views.publish": None,
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "conversations.info": "channels:read",  # and groups:read, for a private channel
    "conversations.open": "im:write",
}


EVENT_SCOPES = {"message": "im:history", "app_mention": "app_mentions:read"}  # slack-platform.md A18


def manifest() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "manifest.yml").read_text()))


def over_http() -> dict[str, Any]:
    """The manifest with the changes that docs/slack-over-http.md tells to make."""
    page = (ROOT / "docs" / "slack-over-http.md").read_text().replace("latchkey.example.com", "latchkey.acme.dev")
    changes = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0])
    changed = manifest()
    for command in changed["features"]["slash_commands"]:
        command["url"] = changes["url"]
    settings = changes["settings"]
    changed["settings"]["event_subscriptions"]["request_url"] = settings["event_subscriptions"]["request_url"]
    changed["settings"]["interactivity"] |= settings["interactivity"]
    changed["settings"]["socket_mode_enabled"] = settings["socket_mode_enabled"]
    return changed


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_slack_would_take_it(mode: str) -> None:
    checker = shared_module("check_manifest")
    content = manifest() if mode == "socket" else over_http()
    assert checker.check(content, mode, False) == []


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_it_fits_the_schema(mode: str) -> None:
    if not (SHARED / "manifest.schema.json").exists():
        pytest.skip(f"{SHARED / 'manifest.schema.json'} is not here: it is kept beside the repository")
    schema = json.loads((SHARED / "manifest.schema.json").read_text())
    content = manifest() if mode == "socket" else over_http()
    jsonschema.Draft7Validator(schema).validate(content)


def test_every_command_and_shortcut_is_served_and_every_served_one_offered() -> None:
    features = manifest()["features"]
    assert [c["command"] for c in features["slash_commands"]] == sorted(
        CommandId, key=[c["command"] for c in features["slash_commands"]].index
    )
    shortcuts = {s["callback_id"] for s in features["shortcuts"]}
    table = routed()
    assert set(CommandId) == table["commands"]
    assert shortcuts == table["shortcuts"]


def test_every_action_and_form_goes_somewhere() -> None:
    table = routed()
    assert table["actions"] | table["options"] >= set(ActionId)
    read_only = {CallbackId.REVEAL, CallbackId.RULES_LIST, CallbackId.NOTICE}
    assert table["views"] == set(CallbackId) - read_only - table["shortcuts"]


def test_scopes_are_exactly_those_that_are_used() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "handlers").rglob("*.py"))
    called = {method for method in SCOPES if f'"{method}"' in source}
    unknown = set(re.findall(r'_call\(\s*"([a-z.A-Z]+)"', source)) - SCOPES.keys()
    assert not unknown, f"say which scope {unknown} needs"
    listened = set(re.findall(r'app\.event\("([a-z_]+)"\)', source))
    needed = {scope for event, scope in EVENT_SCOPES.items() if event in listened}
    needed |= {scope for method in called if (scope := SCOPES[method])} | {"commands"}
    if "channels:read" in needed:
        needed.add("groups:read")
    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == needed


def test_events_are_exactly_those_that_are_listened_to() -> None:
    source = (ROOT / "handlers" / "listeners.py").read_text()
    listened = set(re.findall(r'app\.event\("([a-z_]+)"\)', source))
    # The manifest names the kind of conversation; the event itself is a `message`.
    named = {"message.im" if event == "message" else event for event in listened}
    assert set(manifest()["settings"]["event_subscriptions"]["bot_events"]) == named


def routed() -> dict[str, set[str]]:
    """The ids in the routing table, read from its text: `ActionId.CODE_SHOW: codes.show`."""
    source = (ROOT / "handlers" / "__init__.py").read_text()
    table: dict[str, set[str]] = {}
    for kind in ("commands", "actions", "views", "shortcuts", "options"):
        body = re.search(rf"\b{kind}=\{{(.*?)\n        \}},", source, re.DOTALL)
        assert body, kind
        names = re.findall(r"(CommandId|ActionId|CallbackId)\.([A-Z_]+):", body.group(1))
        kinds = {"CommandId": CommandId, "ActionId": ActionId, "CallbackId": CallbackId}
        table[kind] = {kinds[enum][name].value for enum, name in names}
    return table
