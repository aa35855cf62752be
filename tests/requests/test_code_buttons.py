"""Extend… and End now on the card of a code, through the front door; an extension that needs an approval."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.model import Action
from bot.domain.policy.rule import Outcome
from tests.requests.town import Town


async def test_end_now_takes_the_code_off_and_says_so(here: Town) -> None:
    await here.makes_code("sam", "Dana at Garage for 2 hours")
    await here.turns(minutes=1)
    await here.presses("sam", here.dm("sam"), "code.end")
    assert any("may still open" in words for words in here.told("sam"))
    await here.turns(minutes=2)
    assert any("ended; it is off the lock" in words for words in here.told("sam"))
    assert here.w.seam.truth.codes_on(here.w.seam.door("Garage").device_id) == set()
    assert [o for a, o, _ in await here.audit() if a == "code.end"] == ["None", "ok"]


async def test_extend_reads_the_new_end_and_the_card_shows_it(here: Town) -> None:
    await here.makes_code("sam", "Dana at Garage for 2 hours")
    await here.turns(minutes=1)
    card = here.dm("sam")
    await here.presses("sam", card, "code.extend")
    await here.sends("sam", {"when.code.extend_when": "until 18:00"})
    assert any("now ends Tue 1 Dec 2026, 18:00" in words for words in here.told("sam"))
    assert any("11:00 to 18:00" in words for words in here.told("sam"))


async def test_an_extension_that_needs_an_approval_is_asked_for_and_then_done(here: Town) -> None:
    free = replace(here.rule(), rule_id="free", name="Codes are free", outcome=Outcome.ALLOW)
    free = replace(free, actions=frozenset({Action.GUEST_CODE, Action.REVEAL}))
    asking = here.rule(actions=frozenset({Action.EXTEND}))
    await here.set_rules(free, asking)
    await here.makes_code("sam", "Dana at Garage for 2 hours")
    await here.turns(minutes=1)
    await here.presses("sam", here.dm("sam"), "code.extend")
    await here.sends("sam", {"when.code.extend_when": "for 3 hours"})
    assert "asks to extend a guest code for Garage" in here.card().rendered
    await here.presses("ana", here.card(), "request.approve")
    assert "the code is extended" in here.card().rendered
    assert any("11:00 to 16:00" in words for words in here.told("sam"))


async def test_a_code_that_is_stuck_rings_in_the_channel_and_its_end_is_said_there(here: Town) -> None:
    await here.set_rules(here.rule(outcome=Outcome.ALLOW))
    await here.makes_code("sam", "Dana at Garage for 1 hour")
    await here.turns(minutes=1)
    garage = here.w.seam.door("Garage").device_id
    here.w.seam.faults.removal_fails(garage)
    await here.presses("sam", here.dm("sam"), "code.end")
    for _ in range(8):
        await here.turns(minutes=1)
    assert "remove it in the lock maker's app" in here.card().rendered
    here.w.seam.faults.removal_fails(garage, on=False)
    for _ in range(4):
        await here.turns(minutes=5)
    assert any(m.thread_ts and "is off Garage now" in m.rendered for m in here.cards())
    assert any("is off Garage now" in words for words in here.told("sam"))
