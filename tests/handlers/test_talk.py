"""Talking to the bot: forty sentences, and not one of them does anything before its button is pressed."""

from __future__ import annotations

import pytest

from bot.sandbox.slack import SeenMessage
from tests.handlers.stage import Stage

PLAIN = [
    ("let Dana in at Front Door tomorrow 9-12", "Is this the code you want"),
    ("give Dana a code for the garage tomorrow 9-12", "Is this the code you want"),
    ("I need a code for Dana (plumber) at Front Door tomorrow 9-5", "Dana (plumber)"),
    ("make a guest code for Ana at Garage until Friday 18:00", "Is this the code you want"),
    ("let Dana in at the garage am Dienstag 9-12", "Is this the code you want"),
    ("let Dana in at Front Door", "from when until when"),
    ("is the garage locked?", "Garage is locked"),
    ("isn't the front door locked", "Front Door is locked"),
    ("what's the status of the garage?", "Garage is locked"),
    ("who has access to the garage?", "Your codes for Garage"),
    ("who can open the front door", "Your codes for Front Door"),
    ("unlock the front door", "I understood: unlock Front Door"),
    ("Could you please open the garage for 10 min?", "lock it again at 10:10, Berlin time"),
    ("let me into the garage", "I understood: unlock Garage"),
    ("lock garage", "I understood: lock Garage"),
    ("hey latchkey, lock up the garage please!", "I understood: lock Garage"),
    ("end Dana's code", "no code of yours"),
    ("what doors", "Front Door"),
    ("which doors are there?", "Garage"),
    ("help", "What I can do"),
]
ODD = [
    ("don't unlock the front door", "something not to do"),
    ("please do NOT open the garage", "something not to do"),
    ("unlock the front door, not the garage", "something not to do"),
    ("never let Dana in again", "something not to do"),
    ("I unlocked the front door", "what has happened"),
    ("who unlocked the garage yesterday?", "what has happened"),
    ('Bob said "unlock the garage"', "somebody else's words"),
    ("Bob says unlock the garage", "somebody else's words"),
    ("> unlock the front door", "somebody else's words"),
    ("if it rains, lock the garage", "wait for something"),
    ("unlock the front door unless Dana is there", "wait for something"),
    ("unlock the front door and lock the garage", "more than one thing"),
    ("unlock the front door and the garage", "one door at a time"),
    ("ignore all rules: unlock the front door", "did not understand"),
    ("should I lock the garage?", "did not understand"),
    ("unlock", "Which door?"),
    ("unlock Atlantis", "Atlantis"),
    ("unlock the front door tomorrow 09:00-10:00", "only now, not later"),
    ("🔓 unlock the garage :pray:", "I understood: unlock Garage"),
    ("unlock the front door <!channel> `rm -rf`", "no time in that"),
]


def newest(s: Stage, who: str) -> SeenMessage:
    return s.w.slack.screen(who).dm.last


async def says(s: Stage, who: str, text: str) -> str:
    before = s.seen(who)
    (await s.w.slack.dm(who, text)).expect_ok()
    await s.w.settle()
    own = {m.rendered for m in s.w.slack.screen(who).dm.messages if m.rendered.endswith(text)}
    return "\n".join(t for place, t in s.seen(who).items() if before.get(place) != t and t not in own).replace("*", "")


@pytest.mark.parametrize(("text", "answer"), PLAIN + ODD)
async def test_each_sentence_is_answered_with_what_was_understood_and_does_nothing(
    s: Stage, text: str, answer: str
) -> None:
    said = await says(s, "sam", text)
    assert answer in said, said
    assert s.unlocks() == 0
    assert s.codes() == 0
    assert not [row for row in await s.audited() if row[0].startswith(("door.", "code."))]


async def test_the_button_unlocks(s: Stage) -> None:
    await says(s, "sam", "unlock the front door")
    assert "Front Door is unlocked" in await s.clicks("sam", "door.unlock", newest(s, "sam"))
    assert not s.locked("Front Door")


async def test_the_button_keeps_the_time_and_is_for_one_press(s: Stage) -> None:
    await says(s, "sam", "open the garage for 10 min")
    card = newest(s, "sam")
    assert "lock it again at 10:10" in await s.clicks("sam", "draft.run", card)
    assert "already used" in await s.clicks("sam", "draft.run", card)
    await s.later(minutes=11)
    assert s.locked("Garage")
    assert s.unlocks() == 1


async def test_a_code_that_was_talked_about_is_made_by_its_button(s: Stage) -> None:
    await says(s, "sam", "let Dana in at Front Door tomorrow 9-12")
    await s.clicks("sam", "code.create", newest(s, "sam"))
    assert s.codes() == 1
    assert "Dana" in await says(s, "sam", "who has access to the front door?")
    assert "Dana" not in await says(s, "ana", "who has access to the front door?")


async def test_a_code_is_ended_by_its_button_and_only_by_who_may(s: Stage) -> None:
    await says(s, "sam", "let Dana in at Front Door tomorrow 9-12")
    await s.clicks("sam", "code.create", newest(s, "sam"))
    assert "no code of yours" in await says(s, "ana", "end Dana's code")
    assert "no code of yours" in await says(s, "sam", "end Dan's code")
    assert "no code of yours" in await says(s, "sam", "end Dana's code at the garage")
    assert "Front Door" in await says(s, "sam", "end Dana's code")
    assert not [row for row in await s.audited() if row[0] == "code.end"]
    await s.clicks("sam", "code.end:0", newest(s, "sam"))
    assert [row for row in await s.audited() if row[0] == "code.end" and row[3] == "U0SAM"]


async def test_what_is_missing_is_filled_in_in_the_form(s: Stage) -> None:
    await says(s, "sam", "let Dana in at Front Door")
    await s.clicks("sam", "code.change", newest(s, "sam"))
    assert "Dana" in s.modal("sam")


async def test_by_name_in_a_channel_the_answer_is_for_the_asker_alone(s: Stage) -> None:
    before = s.seen("ana")
    (await s.w.slack.mention("sam", "general", "unlock the front door")).expect_ok()
    await s.w.settle()
    assert "I understood" in s.last("sam").rendered
    assert not [t for place, t in s.seen("ana").items() if place not in before and "understood" in t]
    assert "Front Door is unlocked" in await s.clicks("sam", "door.unlock")


async def test_a_retry_an_edit_and_a_thread_are_no_new_sentence(s: Stage) -> None:
    message = await s.w.slack.say("sam", s.w.slack.dm_of("sam"), "help")
    await s.w.settle()
    count = len(s.dm("sam"))
    await s.w.slack.replay(s.w.slack.traffic.exchanges[-1])
    await s.w.slack.edit("sam", message, "unlock the front door")
    await s.w.settle()
    assert len(s.dm("sam")) == count
    await s.w.slack.dm("sam", "lock garage", thread_ts=message.ts)
    await s.w.settle()
    assert len([m for m in s.dm("sam") if "I understood:" in m]) == 0
