"""Every mistake in the form stands at its field, and nothing that was typed is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.model import Origin, PersonRef
from tests.handlers.rules.acting import Admin
from tests.handlers.stage import Stage

GOOD: dict[str, object] = {
    "name": "A rule",
    "doors": ["everything"],
    "who": ["everyone"],
    "approvers": ["U0ANA", "U0BEN"],
}

# Outcome, what is wrong with an otherwise good form, the field, and a part of what stands there.
MISTAKES: list[tuple[str, dict[str, object], str, str]] = [
    ("ask", {"name": "   "}, "name", "empty"),
    ("ask", {"doors": ["everything", "site:HQ"]}, "doors", "“Every door” stands alone"),
    ("ask", {"who": []}, "who", "Tick a box, choose people below"),
    ("ask", {"who_ids": "approvers"}, "who_ids", "not an id"),
    ("ask", {"who_ids": "S0NONE"}, "who_ids", "Slack knows no user group S0NONE"),
    ("ask", {"people": ["U0SAM"], "who_ids": "U0SAM"}, "who_ids", "twice"),
    ("ask", {"hours": "8 to 18"}, "hours", "not a range of hours"),
    ("ask", {"hours": "mon-fri 08:00-18:00\nfoo 09:00-10:00"}, "hours", "no weekday “foo”"),
    ("ask", {"max_length": "4 parsecs"}, "max_length", "not a length of time"),
    ("ask", {"max_ahead": "-3d"}, "max_ahead", "negative"),
    ("ask", {"approver_ids": "nobody"}, "approver_ids", "not an id"),
    ("ask", {"approver_ids": "S0NONE"}, "approver_ids", "Slack knows no user group S0NONE"),
    ("ask", {"approvers": []}, "approvers", "Nobody could decide"),
    ("ask", {"approvals_needed": "3"}, "approvals_needed", "only 2 people can approve"),
    ("ask", {"expires_after": "soon"}, "expires_after", "not a length of time"),
    ("ask", {"remind_after": "0m"}, "remind_after", "above zero"),
    ("ask", {"remind_after": "5h", "expires_after": "4h"}, "remind_after", "has expired"),
    ("ask", {"escalation": "1h U0MIA"}, "escalation", "not a length of time"),
    ("ask", {"escalation": "1h:"}, "escalation", "asks nobody"),
    ("ask", {"escalation": "2h: U0MIA\n1h: U0SAM"}, "escalation", "in order"),
    ("ask", {"escalation": "1h: somebody"}, "escalation", "not an id"),
    ("ask", {"break_glass": "x"}, "break_glass", "not a length of time"),
    ("ask", {"reminders": "1h, 1d"}, "reminders", "not in order"),
    ("ask", {"reminders": "now and then"}, "reminders", "not a length of time"),
    ("ask", {"channel": "C0FACILITIES"}, "channel", "shared with another company"),
    ("ask", {"channel": "C0GONE"}, "channel", "gone"),
    ("allow", {"daily_cap": "often"}, "daily_cap", "a whole number"),
    ("allow", {"daily_cap": "5000"}, "daily_cap", "from 0 to 1000"),
    ("allow", {"daily_cap": "-1"}, "daily_cap", "a whole number"),
    ("refuse", {"hours": "25:00-26:00"}, "hours", "no time 25:00"),
]


@pytest.mark.parametrize(("outcome", "wrong", "field", "words"), MISTAKES, ids=lambda v: str(v)[:40])
async def test_a_mistake_stands_at_its_field(
    mia: Admin, outcome: str, wrong: dict[str, object], field: str, words: str
) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.add")
    if outcome != "ask":
        await mia.chooses_outcome(outcome)
    if outcome == "refuse":
        good = {key: value for key, value in GOOD.items() if key != "approvers"}
    else:
        await mia.presses("rules.more")
        good = GOOD
    await mia.sends(**(good | wrong))
    assert field in mia.errors(), mia.modal()
    assert words in mia.errors()[field]
    assert mia.title() == "New rule"
    if wrong.get("name") is None:
        assert mia.typed("name") == "A rule"
    assert (await mia.policy()).version == 0


async def test_all_mistakes_are_shown_at_once(mia: Admin) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.add")
    await mia.sends(**(GOOD | {"who": [], "hours": "never", "max_length": "long", "approver_ids": "x"}))
    assert set(mia.errors()) == {"who", "hours", "max_length", "approver_ids"}


async def test_no_action_at_all_is_a_mistake_of_the_form(s: Stage, mia: Admin) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.add")
    await mia.sends(**(GOOD | {"actions": []}))
    assert "actions" in mia.errors()  # Slack's own client says so
    metadata = s.w.slack.top("mia").content["private_metadata"]
    answer = await mia.forges("rules.form", str(metadata))  # and a client that does not say so is told
    assert "rule.name" in answer


async def test_what_was_not_changed_is_said_and_not_saved(mia: Admin) -> None:
    await mia.opens_rule("start")
    await mia.sends()
    assert "Nothing is different" in " ".join(mia.errors().values())


async def test_a_rule_too_big_for_a_form_is_left_to_the_file(s: Stage, mia: Admin) -> None:
    now = await mia.policy()
    big = replace(now.rules[0], who=replace(now.rules[0].who, people=frozenset(f"U{n:04}" for n in range(150))))
    origin = Origin(surface="test", request_id="r")
    shell = PersonRef(team_id="", user_id="x")
    await s.w.bot.services.policy.put(replace(now, rules=(big,)), based_on=0, editor=shell, origin=origin)
    await mia.opens_rule("start")
    assert not s.has_modal("mia")
    assert "policy export" in s.dm("mia")[-1]
