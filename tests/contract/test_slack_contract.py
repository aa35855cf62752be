"""One script of calls and deliveries, played to our virtual Slack and to local-slack.

`KNOWN` says what Slack itself does (the contract sheet, slack-platform.md part A) and where local-slack differs. The
virtual Slack has no column: it must do what Slack does. docs/counterparts.md holds the same table for people.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.contract.slack_peers import Json, Peer, peer, said

# What is looked at: (Slack, local-slack). One value where both agree.
KNOWN: dict[str, object | tuple[object, object]] = {
    "auth.test names team, user and bot": True,
    "a wrong token": ("invalid_auth", "ok"),
    "a method that is not there": "unknown_method",
    "users.info has the time zone": True,
    "users.info has the team": True,
    "users.info has the language when asked": (True, False),
    "users.info says who is a guest": (True, False),
    "users.info of nobody": "user_not_found",
    "conversations.open gives a D id": True,
    "conversations.open with nobody": ("user_not_found", "ok"),
    "a message to a person lands in a D channel": True,
    "a message to a channel that is not there": "channel_not_found",
    "a button text of 76 characters": ("invalid_blocks", "ok"),
    "chat.update of one's own message": "ok",
    "chat.update of what is not there": "message_not_found",
    "chat.postEphemeral gives message_ts": True,
    "chat.update of an ephemeral message": ("message_not_found", "ok"),
    "a command carries trigger_id and response_url": True,
    "a command's text keeps its inner spaces": True,
    "the answer in the ack is shown": True,
    "an answer to response_url is private by default": (True, False),
    "a sixth answer to one response_url": (404, 200),
    "views.open with a wrong trigger": "invalid_trigger_id",
    "views.open with a fresh trigger": "ok",
    "views.open with a used trigger": ("exchanged_trigger_id", "ok"),
    "views.update with a stale hash": ("hash_conflict", "ok"),
    "views.update keeps the view's id": (True, False),
    "what stands in a field from the start is sent": ("before", None),
    "errors in the ack keep the modal open": True,
    "an empty ack closes the modal": True,
    "a click says that it comes from a message": "message",
    "a click carries the message": True,
    "a click carries the button's value": "d1",
    "replace_original rewrites the message": True,
}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def with_button(text: str = "Go") -> list[Json]:
    button = {"type": "button", "action_id": "go", "value": "d1", "text": {"type": "plain_text", "text": text}}
    return [{"type": "actions", "block_id": "row", "elements": [button]}]


def form(initial: str = "before") -> Json:
    element = {"type": "plain_text_input", "action_id": "v", "initial_value": initial}
    label = {"type": "plain_text", "text": "Field"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": [{"type": "input", "block_id": "f", "label": label, "element": element}],
    }


async def play(slack: Peer) -> Json:
    """The script. Returns what was seen, by the names in `KNOWN`."""
    seen: Json = {}
    await _people(slack, seen)
    await _messages(slack, seen)
    await _commands_and_modals(slack, seen)
    await _clicks(slack, seen)
    return seen


async def _people(slack: Peer, seen: Json) -> None:
    me = await slack.api.auth_test()
    seen["auth.test names team, user and bot"] = all(me.get(k) for k in ("team_id", "user_id", "bot_id"))
    seen["a wrong token"] = await said(slack.api.api_call("auth.test", headers={"Authorization": "Bearer xoxb-no"}))
    seen["a method that is not there"] = await said(slack.api.api_call("doors.open"))
    answer = await slack.api.users_info(user=slack.user, include_locale=True)
    person: Json = answer["user"]
    seen["users.info has the time zone"] = person.get("tz") == "Europe/Berlin"
    seen["users.info has the team"] = bool(person.get("team_id"))
    seen["users.info has the language when asked"] = bool(person.get("locale"))
    seen["users.info says who is a guest"] = "is_restricted" in person
    seen["users.info of nobody"] = await said(slack.api.users_info(user="U0NOBODY"))
    opened = await slack.api.conversations_open(users=slack.user)
    seen["conversations.open gives a D id"] = opened["channel"]["id"].startswith("D")
    seen["conversations.open with nobody"] = await said(slack.api.conversations_open(users="U0NOBODY"))


async def _messages(slack: Peer, seen: Json) -> None:
    direct = await slack.api.chat_postMessage(channel=slack.user, text="Hello")
    seen["a message to a person lands in a D channel"] = direct["channel"].startswith("D")
    seen["a message to a channel that is not there"] = await said(
        slack.api.chat_postMessage(channel="C0NOWHERE", text="Hello")
    )
    seen["a button text of 76 characters"] = await said(
        slack.api.chat_postMessage(channel=slack.channel, text="x", blocks=with_button("x" * 76))
    )
    seen["chat.update of one's own message"] = await said(
        slack.api.chat_update(channel=direct["channel"], ts=direct["ts"], text="Hello again")
    )
    seen["chat.update of what is not there"] = await said(
        slack.api.chat_update(channel=slack.channel, ts="1.000001", text="Hello")
    )
    private = await slack.api.chat_postEphemeral(channel=slack.channel, user=slack.user, text="psst")
    seen["chat.postEphemeral gives message_ts"] = bool(private.get("message_ts"))
    seen["chat.update of an ephemeral message"] = await said(
        slack.api.chat_update(channel=slack.channel, ts=private["message_ts"], text="psst!")
    )


async def _commands_and_modals(slack: Peer, seen: Json) -> None:
    slack.inbox.answers.append({"text": "in the ack"})
    command = await _delivered(slack, slack.command("/unlock Front  Door"))
    seen["a command carries trigger_id and response_url"] = bool(command["trigger_id"] and command["response_url"])
    seen["a command's text keeps its inner spaces"] = command["text"] == "Front  Door"
    seen["the answer in the ack is shown"] = await _stands(slack, "in the ack") is not None

    statuses = []
    for n in range(6):
        async with slack.http.post(command["response_url"], json={"text": f"answer {n}"}) as reply:
            statuses.append(reply.status)
    first = await _stands(slack, "answer 0")
    seen["an answer to response_url is private by default"] = first is not None and first["private"]
    seen["a sixth answer to one response_url"] = statuses[5]
    assert statuses[:5] == [200] * 5

    seen["views.open with a wrong trigger"] = await said(slack.api.views_open(trigger_id="1.2.x", view=form()))
    opened = await slack.api.views_open(trigger_id=command["trigger_id"], view=form())
    seen["views.open with a fresh trigger"] = "ok" if opened["ok"] else "refused"
    seen["views.open with a used trigger"] = await said(
        slack.api.views_open(trigger_id=command["trigger_id"], view=form())
    )
    before = await slack.modal()
    assert before is not None
    seen["views.update with a stale hash"] = await said(
        slack.api.views_update(view_id=before["id"], view=form(), hash="1.stale")
    )
    before = await slack.modal()
    assert before is not None
    await slack.api.views_update(view_id=before["id"], view=form())
    after = await slack.modal()
    seen["views.update keeps the view's id"] = after is not None and after["id"] == before["id"]

    slack.inbox.answers.append({"response_action": "errors", "errors": {"f": "Not this"}})
    sent = await _delivered(slack, slack.submit({}))
    seen["what stands in a field from the start is sent"] = sent["view"]["state"]["values"]["f"]["v"]["value"]
    seen["errors in the ack keep the modal open"] = await slack.modal() is not None
    await _delivered(slack, slack.submit({"f.v": "now"}))
    seen["an empty ack closes the modal"] = await _closes(slack)


async def _clicks(slack: Peer, seen: Json) -> None:
    posted = await slack.api.chat_postMessage(channel=slack.channel, text="Press", blocks=with_button())
    click = await _delivered(slack, slack.click(posted["ts"], "go"))
    seen["a click says that it comes from a message"] = click["container"]["type"]
    seen["a click carries the message"] = click["message"]["ts"] == posted["ts"]
    seen["a click carries the button's value"] = click["actions"][0]["value"]
    body = {"text": "Pressed", "replace_original": True}
    async with slack.http.post(click["response_url"], json=body) as reply:
        assert reply.status == 200
    rewritten = await _stands(slack, "Pressed")
    seen["replace_original rewrites the message"] = rewritten is not None and rewritten["ts"] == posted["ts"]


async def _delivered(slack: Peer, act: Any) -> Json:
    """Act, and return what was delivered for it."""
    so_far = len(slack.inbox.got)
    await act
    return await slack.inbox.next(so_far)


async def _stands(slack: Peer, text: str) -> Json | None:
    for _ in range(10):
        found = next((m for m in await slack.messages() if m["text"] == text), None)
        if found:
            return found
        await asyncio.sleep(0.05)
    return None


async def _closes(slack: Peer) -> bool:
    for _ in range(20):
        if await slack.modal() is None:
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.parametrize("name", ["virtual", pytest.param("local-slack", marks=pytest.mark.counterpart)])
async def test_each_does_what_is_known_of_it(name: str, tmp_path: Path) -> None:
    column = 0 if name == "virtual" else 1
    expected = {what: told[column] if isinstance(told, tuple) else told for what, told in KNOWN.items()}
    async with peer(name, tmp_path) as slack:
        assert await play(slack) == expected


def test_the_table_for_people_is_the_same() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "counterparts.md").read_text()
    rows = {
        cells[0]: tuple(cells[1:3])
        for line in page.splitlines()
        if line.startswith("| ") and len(cells := [c.strip() for c in line.strip("| ").split("|")]) == 3
    }
    for what, told in KNOWN.items():
        if isinstance(told, tuple):
            assert rows.get(what) == (f"`{told[0]}`", f"`{told[1]}`"), what
