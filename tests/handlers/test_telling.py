"""Nobody is left in silence: lost answers are told from the outbox, once; what comes twice is done once."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from bot.sandbox.slack import Failure
from bot.sandbox.slack.courier import FORM
from tests.handlers.stage import Stage

LINE = "/guest-code Dana (plumber) at Front Door tomorrow 09:00-17:00"


@pytest.mark.parametrize(
    "failure", [Failure.status(500), Failure.cut(), Failure.ratelimited(1), Failure.error("internal_error")]
)
async def test_an_answer_that_slack_does_not_take_comes_as_a_direct_message(s: Stage, failure: Failure) -> None:
    s.w.slack.conditions.fail_next("response_url", failure)
    await s.types("sam", "/unlock Front Door")
    assert s.unlocks() == 1
    assert s.dm("sam") == []
    await s.later(seconds=50)
    assert [m for m in s.dm("sam") if "Front Door is unlocked" in m] == s.dm("sam")
    assert len(s.dm("sam")) == 1
    await s.later(hours=2)
    assert len(s.dm("sam")) == 1


async def test_while_slack_is_down_the_door_obeys_and_the_word_comes_once_later(s: Stage) -> None:
    await s.types("sam", "/doors")  # Slack has told us who Sam is
    s.w.slack.conditions.outage = Failure.status(503)
    await s.w.slack.command("sam", "general", "/unlock Front Door")
    await s.w.settle()
    assert s.unlocks() == 1
    for _ in range(4):
        await s.later(minutes=2)
    s.w.slack.conditions.clear()
    for _ in range(6):
        await s.later(minutes=10)
    assert len(s.dm("sam")) == 1
    assert "Front Door is unlocked" in s.dm("sam")[0]


async def test_an_answer_that_was_shown_is_not_told_again(s: Stage) -> None:
    await s.types("sam", "/unlock Front Door")
    await s.later(hours=1)
    assert s.dm("sam") == []


async def test_the_card_of_a_code_comes_when_slack_is_back(s: Stage) -> None:
    await s.types("sam", LINE)
    s.w.slack.conditions.outage = Failure.status(503)
    await s.w.slack.click("sam", s.last("sam"), "code.create")
    await s.w.settle()
    assert s.codes() == 1
    await s.later(minutes=2)
    s.w.slack.conditions.clear()
    for _ in range(6):
        await s.later(minutes=5)
    assert len(s.dm("sam")) == 1
    assert "Dana (plumber)" in s.dm("sam")[0]


async def test_a_delivery_that_comes_again_is_one_act(s: Stage) -> None:
    fields = {
        "command": "/unlock",
        "text": "Front Door",
        "user_id": "U0SAM",
        "team_id": "T0LATCH",
        "channel_id": "C0GENERAL",
        "trigger_id": "1.2.same",
    }
    for n in range(5):  # other bytes each time, so that the edge takes them for new
        body = urlencode(fields | {"token": str(n)}).encode()
        (await s.w.slack.courier.send("command", "again", body, FORM, dict(fields))).expect_ok()
    await s.w.settle()
    assert s.unlocks() == 1


async def test_an_event_that_is_retried_is_harmless(s: Stage) -> None:
    for n in range(3):
        event = {
            "type": "event_callback",
            "event_id": "Ev1",
            "n": n,
            "event": {"type": "user_change", "user": {"id": "U0SAM"}},
        }
        body = json.dumps(event).encode()
        retry = {"X-Slack-Retry-Num": str(n), "X-Slack-Retry-Reason": "http_timeout"} if n else {}
        (await s.w.slack.courier.send("event", "again", body, "application/json", dict(event), retry)).expect_ok()


async def test_a_form_that_slack_does_not_open_is_said_in_words(s: Stage) -> None:
    s.w.slack.conditions.fail_next("views.open", Failure.error("expired_trigger_id"))
    said = await s.types("sam", "/guest-code")
    assert "try again" in said
    assert "fault of my own" not in said


async def test_a_reveal_whose_window_was_closed_meanwhile_makes_no_noise(s: Stage) -> None:
    await s.types("sam", LINE)
    await s.clicks("sam", "code.create")
    await s.later(seconds=20)
    before = s.seen("sam")
    s.w.slack.conditions.fail_next("views.update", Failure.error("not_found"))
    await s.w.slack.click("sam", s.w.slack.screen("sam").dm.last, "code.show:0")
    await s.w.settle()
    assert s.new("sam", before) == ""


async def test_help_says_what_can_be_typed(s: Stage) -> None:
    said = await s.types("sam", "/latchkey")
    for command in "/unlock", "/lock", "/doors", "/guest-code":
        assert command in said
