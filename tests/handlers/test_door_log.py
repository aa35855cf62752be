"""/door-log and /latchkey why, as people use them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.audit import AuditAction
from handlers.views.log_words import what
from tests.handlers.stage import Stage
from tests.handlers.views.every_log import entry


async def test_an_admin_sees_who_opened_which_door_when_and_by_which_rule(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    seen = await s.types("mia", "/door-log Back Door today")
    assert "Mon 23 Nov 2026 10:00 · Sam Okafor unlocked Back Door" in seen
    assert "allowed by rule “Members may use every door (until you change this rule)”" in seen
    assert "Only you see this" in seen
    assert s.last("mia").ephemeral


async def test_asking_is_in_the_log(s: Stage) -> None:
    await s.types("mia", "/door-log today")
    assert await s.audited() == [("records.read", "note", "ok", "U0MIA")]
    assert "read the log" not in await s.types("mia", "/door-log today")
    assert "read the log" in await s.types("mia", "/door-log @mia today")


async def test_other_doors_and_other_times_are_left_out(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    assert "unlocked" not in await s.types("mia", "/door-log Front Door today")
    assert "Nothing happened that fits" in await s.types("mia", "/door-log Back Door yesterday")


async def test_a_person_picked_from_slacks_list(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    await s.types("ana", "/unlock Garage")
    seen = await s.types("mia", "/door-log @sam today")
    assert "Back Door" in seen
    assert "Garage" not in seen


async def test_refused_today(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    await s.types("gus", "/unlock Back Door")
    seen = await s.types("mia", "/door-log refused today")
    assert "Gus Guest" in seen
    assert "refused" in seen
    assert "Sam" not in seen


async def test_everybody_reads_their_own_acts_and_no_more(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    await s.types("ana", "/unlock Back Door")
    seen = await s.types("sam", "/door-log Back Door today")
    assert "Sam Okafor" in seen
    assert "Ana" not in seen
    assert "You see your own acts" in seen
    assert "You may read your own acts" in await s.types("sam", "/door-log @ana today")
    assert ("records.read", "note", "denied", "U0SAM") in await s.audited()


async def test_somebody_from_outside_learns_nothing(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    seen = await s.types("gus", "/door-log Back Door today")
    assert "Sam" not in seen
    assert "You may not see the doors" in seen


@pytest.mark.parametrize("typed", ["blub", "Back Door blub", "@nobody today", "Back Door tomorrow"])
async def test_what_is_not_understood_is_said_with_examples(s: Stage, typed: str) -> None:
    seen = await s.types("mia", f"/door-log {typed}")
    assert "refused today" in seen
    assert "records.read" not in [row[0] for row in await s.audited()]


async def test_the_buttons_change_the_question(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    await s.types("gus", "/unlock Back Door")
    first = await s.types("mia", "/door-log Back Door today")
    assert "[Refused]" in first
    only = await s.clicks("mia", "log.show:refused")
    assert "Gus Guest" in only
    assert "Sam" not in only
    assert "Sam Okafor" in await s.clicks("mia", "log.show:all")
    assert "Every door" in await s.clicks("mia", "log.show:any_door")


async def test_a_long_answer_comes_in_pages(s: Stage) -> None:
    for n in range(13):
        await s.types("sam", "/unlock Back Door" if n % 2 else "/lock Back Door")
        await s.later(minutes=1)
    newest = await s.types("mia", "/door-log Back Door today")
    assert "10:12" in newest
    assert "10:02" not in newest
    earlier = await s.clicks("mia", "log.show:earlier")
    assert "10:02" in earlier
    assert "10:00" in earlier
    assert "10:12" not in earlier
    assert "10:12" in await s.clicks("mia", "log.show:newest")


async def test_somebody_elses_buttons_do_nothing_for_me(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    await s.types("mia", "/door-log Back Door today")
    button = next(e for b in s.last("mia").blocks for e in b.get("elements", ()) if e.get("value"))  # type: ignore[attr-defined]
    before = s.seen("ana")
    await s.delivers(
        {
            "type": "block_actions",
            "user": {"id": "U0ANA", "team_id": "T0LATCH"},
            "team": {"id": "T0LATCH"},
            "trigger_id": "1.2.z",
            "actions": [
                {"type": "button", "action_id": "log.show:all", "block_id": "b", "value": button["value"]},
            ],
        }
    )
    await s.w.settle()
    assert "already used, or is too old" in s.new("ana", before)


async def test_why_tells_the_whole_chain_of_a_code(s: Stage) -> None:
    await s.types("sam", "/guest-code Dana at Front Door today 14-16")
    await s.clicks("sam", "code.create")
    await s.w.settle()
    rows = await s.w.bot.db.read(lambda tx: tx.audit.after(0))
    marker = next(str(r.content["detail"]["marker"]) for r in rows if r.content["action"] == "code.create")  # type: ignore[index]
    assert marker in "\n".join(s.dm("sam"))
    seen = await s.types("sam", f"/latchkey why {marker.lower()}")
    assert f"ordered guest code {marker} for Front Door" in seen
    assert "allowed by rule" in seen
    assert "14:00 to 16:00" in seen
    assert "You may see this only of your own acts" in await s.types("ana", f"/latchkey why {marker}")


async def test_why_of_a_line(s: Stage) -> None:
    await s.types("sam", "/unlock Back Door")
    await s.types("mia", "/door-log Back Door today")
    line = s.last("mia").blocks[1]["accessory"]
    seen = await s.w.slack.click("mia", s.last("mia"), line["action_id"], line["options"][0]["value"])  # type: ignore[index]
    seen.expect_ok()
    await s.w.settle()
    assert "What is known of" in s.last("mia").rendered
    assert "Seam’s action attempt id" in s.last("mia").rendered


async def test_why_of_nothing(s: Stage) -> None:
    assert "I know no act and no code “ZZZZ”" in await s.types("mia", "/latchkey why ZZZZ")
    assert "Which one?" in await s.types("mia", "/latchkey why")


@pytest.mark.parametrize("action", list(AuditAction))
def test_the_log_has_words_for_everything_that_is_written(action: AuditAction) -> None:
    """Without words of its own, `door.used` would read as “door used”: the code, and no sentence."""
    line = what(replace(entry("Lab", action=action.value), reason="on_lock"), {"U1": "Sam"})
    assert action.value.replace(".", " ").replace("_", " ") not in line


def test_a_door_that_was_used_from_outside_names_nobody() -> None:
    used = replace(entry("Lab", action="door.used"), detail={"method": "keycode", "bolt": "unlocked", "marker": "7F3K"})
    assert what(used, {"U1": "Sam"}).startswith("Somebody unlocked *Lab* by keypad with guest code 7F3K")
