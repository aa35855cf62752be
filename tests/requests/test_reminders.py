"""A host is reminded in time, once, and only while it is true; the buttons do what they say."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.policy.rule import Outcome
from bot.sandbox.slack.conditions import Failure
from tests.requests.town import Town


def reminders(here: Town, who: str = "sam") -> list[str]:
    return [words for words in here.told(who) if "ends in" in words]


async def test_an_hour_before_the_end_with_the_buttons(here: Town) -> None:
    await here.makes_code("sam", "Dana at Garage for 3 hours")
    await here.turns(minutes=118)
    assert reminders(here) == []
    await here.turns(minutes=3)
    (words,) = reminders(here)
    assert "Dana" in words
    assert "14:00" in words
    await here.turns(minutes=5)
    assert len(reminders(here)) == 1
    assert "code.reminded" in [a for a, _, _ in await here.audit()]


async def test_extending_from_the_reminder_twice_is_one_extension_and_reminds_anew(here: Town) -> None:
    await here.makes_code("sam", "Dana at Garage for 3 hours")
    await here.turns(minutes=1)
    await here.turns(minutes=120)
    note = next(m for m in here.w.slack.screen("sam").dm.messages if "ends in" in m.rendered)
    await here.presses("sam", note, "code.extend_by:hour")
    await here.presses("sam", note, "code.extend_by:hour")
    assert any("11:00 to 15:00" in words for words in here.told("sam"))
    assert any("does not end then any more" in m.rendered for m in here.w.slack.screen("sam").dm.messages)
    await here.turns(minutes=61)
    assert len(reminders(here)) == 2


async def test_none_after_it_was_ended(here: Town) -> None:
    await here.makes_code("sam", "Dana at Garage for 3 hours")
    await here.turns(minutes=1)
    await here.presses("sam", here.dm("sam"), "code.end")
    await here.turns(hours=2, minutes=5)
    assert reminders(here) == []


async def test_the_rule_sets_the_reminders(here: Town) -> None:
    await here.set_rules(here.rule(outcome=Outcome.ALLOW, reminders=(timedelta(minutes=30),)))
    await here.makes_code("sam", "Dana at Garage for 3 hours")
    await here.turns(minutes=125)
    assert reminders(here) == []
    await here.turns(minutes=27)
    assert len(reminders(here)) == 1


async def test_slack_that_refuses_for_a_while_postpones_and_loses_none(here: Town) -> None:
    await here.makes_code("sam", "Dana at Garage for 3 hours")
    await here.turns(minutes=1)
    here.w.slack.conditions.outage = Failure.status(500)
    await here.turns(minutes=121)
    here.w.slack.conditions.outage = Failure.ratelimited(5)
    await here.turns(minutes=2)
    here.w.slack.conditions.clear()
    await here.turns(minutes=2)
    assert len(reminders(here)) == 1
