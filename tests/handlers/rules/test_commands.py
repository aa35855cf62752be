"""/latchkey rules, test and help."""

from __future__ import annotations

import pytest

from tests.handlers.rules.acting import Admin
from tests.handlers.stage import Stage

START = "Members may use every door (until you change this rule)"


async def test_the_list_opens_in_a_modal_and_a_rule_is_added_and_edited_from_it(s: Stage, mia: Admin) -> None:
    await s.types("mia", "/latchkey rules")
    assert START in mia.modal()
    await mia.presses("rules.add")
    assert len(s.w.slack.screen("mia").modals) == 2
    await mia.chooses_outcome("refuse")
    await mia.sends(name="Nights", doors=["everything"], who=["everyone"], hours="22:00-06:00")
    assert len(s.w.slack.screen("mia").modals) == 3
    await mia.sends()
    assert mia.title() == "Saved"
    assert await mia.rules() == [START, "Nights"]


async def test_a_rule_is_removed_from_the_modal(s: Stage, mia: Admin) -> None:
    await s.types("mia", "/latchkey rules")
    await mia.presses("rules.menu:start", "remove:start")
    await mia.sends()
    assert await mia.rules() == []


async def test_somebody_who_is_no_admin_gets_no_list_and_is_audited(s: Stage, mia: Admin) -> None:
    assert "Only admins can change the rules" in await s.types("sam", "/latchkey rules")
    assert not s.has_modal("sam")
    assert await mia.audit() == [("rules.refused", "denied", "not_an_admin", "U0SAM")]


@pytest.mark.parametrize("text", ["/latchkey", "/latchkey help", "/latchkey gibberish", "/latchkey  HELP "])
async def test_anything_else_is_the_help(s: Stage, text: str) -> None:
    assert "What I can do" in await s.types("sam", text)


async def test_trying_says_allow_and_why_and_changes_nothing(s: Stage, mia: Admin) -> None:
    said = await s.types("mia", "/latchkey test @ana Back Door tomorrow 7am")
    assert "Ana Lima unlocks Back Door, Tue 24 Nov 2026, 07:00, Berlin time" in said
    assert "allow" in said
    assert START in said
    assert "nothing was done" in said
    assert s.unlocks() == 0
    assert s.codes() == 0
    assert await s.audited() == []


async def test_trying_says_refuse_and_ask_and_by_which_rule(s: Stage, mia: Admin) -> None:
    await mia.adds("Nights", "refuse", hours="22:00-06:00", doors=[f"door:{s.device('Back Door')}"])
    await mia.adds("Weekends", "ask", hours="sat,sun 06:00-22:00", approvers=["U0BEN"])
    said = await s.types("mia", "/latchkey test @ana Back Door tomorrow 23:00")
    assert "refuse: The rule “Nights” does not allow it" in said
    said = await s.types("sam", "/latchkey test Back Door saturday 10:00")
    assert "ask:" in said
    assert "who decides: @Ben Ito" in said
    assert "Sam Okafor unlocks Back Door, Sat 28 Nov 2026" in said


async def test_a_window_is_tried_as_a_guest_code(s: Stage) -> None:
    said = await s.types("sam", "/latchkey test Front Door tomorrow 9-17")
    assert "orders a guest code for Front Door, Tue 24 Nov 2026, 09:00 to 17:00" in said


async def test_others_may_be_tried_only_by_admins(s: Stage) -> None:
    assert "Only admins can try the rules for somebody else" in await s.types("sam", "/latchkey test @ana Back Door")
    assert "Sam Okafor unlocks" in await s.types("sam", "/latchkey test @sam Back Door")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Which door?"),
        ("Narnia", "I know no door called “Narnia”"),
        ("door", "fits more than one door"),
        ("Back Door yesterday", "for example"),
        ("@nobody Back Door", "I cannot tell who @nobody is"),
    ],
)
async def test_what_is_not_understood_is_said_with_what_works(s: Stage, text: str, words: str) -> None:
    assert words in await s.types("sam", f"/latchkey test {text}")


async def test_a_guest_is_tried_by_an_admin_and_tries_nothing(s: Stage) -> None:
    assert "Guests of the workspace get in only where a rule names them" in await s.types(
        "mia", "/latchkey test @gus Back Door"
    )
    assert "allow" not in await s.types("gus", "/latchkey test Back Door")
