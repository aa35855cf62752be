"""What the bot can send, the page can draw; and what the page says it can draw, it draws."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.slack.block_kit import BLOCKS, ELEMENTS
from tests.web.sitting import Sitting

ROOT = Path(__file__).resolve().parents[2]
JS = ROOT / "bot" / "sandbox" / "web" / "static" / "js"
RICH_PARTS = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
BLOCK_KIT = set(BLOCKS) | set(ELEMENTS) | RICH_PARTS


def declared(module: str, name: str) -> set[str]:
    """The names in a list that the page's own code declares."""
    match = re.search(rf"export const {name} = \[(.*?)\]", (JS / module).read_text("utf-8"), re.DOTALL)
    assert match, f"{name} is not in {module}"
    return set(re.findall(r'"(\w+)"', match.group(1)))


def used_types() -> dict[str, set[str]]:
    """Every word in the code of the Slack side that names a block or element of Slack's, and the files it stands in.

    Words and not only `"type": …`: a helper may be given the type. It finds too much rather than too little.
    """
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "handlers").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and node.value in BLOCK_KIT:
                found.setdefault(node.value, set()).add(path.name)
    return found


def test_every_block_and_element_that_a_view_uses_can_be_drawn() -> None:
    drawn = declared("blocks.js", "DRAWN_BLOCKS") | declared("elements.js", "DRAWN_ELEMENTS")
    drawn |= set(
        re.findall(r"^  (rich_text_\w+|text|link|user|channel|emoji):", (JS / "blocks.js").read_text("utf-8"), re.M)
    )
    missing = {kind: files for kind, files in used_types().items() if kind not in drawn}
    assert missing == {}, "bot/sandbox/web/static/js must learn to draw these"


def test_the_views_are_really_read() -> None:
    assert {"section", "actions", "button", "input", "plain_text_input", "multi_external_select"} <= set(used_types())


def test_every_emoji_that_the_bot_uses_is_known() -> None:
    known = set(re.findall(r'(\w+): "', (JS / "emoji.js").read_text("utf-8")))
    used: dict[str, str] = {}
    for path in (ROOT / "handlers").rglob("*.py"):
        for name in re.findall(r"(?<![\w:]):([a-z][a-z0-9_]+):(?![\w:])", path.read_text("utf-8")):
            used[name] = path.name
    assert {name: file for name, file in used.items() if name not in known} == {}


OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
LABEL = {"type": "plain_text", "text": "Label"}
SAMPLES: dict[str, dict[str, object]] = {
    "button": {"text": LABEL},
    "overflow": {"options": [OPTION]},
    "checkboxes": {"options": [OPTION]},
    "radio_buttons": {"options": [OPTION], "initial_option": OPTION},
    "static_select": {"options": [OPTION], "initial_option": OPTION},
    "multi_static_select": {"options": [OPTION]},
    "number_input": {"is_decimal_allowed": False},
}


@pytest.mark.browser
async def test_each_declared_element_draws_where_slack_allows_it(sitting: Sitting) -> None:
    workspace = sitting.stage.world.slack.workspace
    blocks: list[dict[str, object]] = []
    elements = declared("elements.js", "DRAWN_ELEMENTS")
    assert elements <= set(ELEMENTS)
    assert declared("blocks.js", "DRAWN_BLOCKS") <= set(BLOCKS)
    for kind in sorted(elements):
        element = {"type": kind, "action_id": kind, **SAMPLES.get(kind, {})}
        if kind in {"button", "overflow"}:
            blocks.append({"type": "actions", "block_id": f"b-{kind}", "elements": [element]})
        else:
            blocks.append(
                {"type": "input", "block_id": f"b-{kind}", "label": LABEL, "element": element, "optional": True}
            )
    blocks += [
        {"type": "header", "block_id": "h", "text": LABEL},
        {"type": "divider", "block_id": "d"},
        {"type": "image", "block_id": "i", "alt_text": "a plan", "image_url": "https://example.com/x.png"},
    ]
    view: dict[str, object] = {"type": "modal", "title": LABEL, "submit": LABEL, "blocks": blocks}
    workspace.views.open("U0SAM", view)
    await expect(sitting.modal.locator("[data-block]")).to_have_count(len(blocks))
    await expect(sitting.page.locator(".undrawn")).to_have_count(0)
    for kind in sorted(elements - {"button", "overflow"}):
        await expect(sitting.modal.locator(f'[data-block="b-{kind}"]').locator("input, textarea").first).to_be_visible()


@pytest.mark.browser
async def test_dates_are_in_the_zone_of_whoever_reads_them(sitting: Sitting) -> None:
    workspace = sitting.stage.world.slack.workspace
    stamp = int(sitting.stage.world.clock.now().timestamp())
    text = f"<!date^{stamp}^{{date_short_pretty}} at {{time}}|fallback> and <!date^{stamp}^{{nonsense}}|the fallback>"
    block = {"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": text}}
    workspace.messages.post("C0GENERAL", workspace.app.bot_user_id, "x", blocks=[block], by_app=True)
    await sitting.sees("today at 10:0")
    await sitting.sees("and the fallback")
    await sitting.be("ben")
    await sitting.go("general")
    await sitting.sees("today at 4:0")


@pytest.mark.browser
async def test_a_button_that_asks_first_sends_nothing_when_the_answer_is_no(sitting: Sitting) -> None:
    workspace = sitting.stage.world.slack.workspace
    confirm = {"title": LABEL, "text": {"type": "plain_text", "text": "Sure?"}, "confirm": {**LABEL, "text": "Yes"},
               "deny": {**LABEL, "text": "No"}}  # fmt: skip
    button = {"type": "button", "action_id": "door.unlock", "text": {**LABEL, "text": "Open it"}, "confirm": confirm,
              "value": sitting.stage.world.seam.door("Front Door").device_id}  # fmt: skip
    block = {"type": "actions", "block_id": "b", "elements": [button]}
    workspace.messages.post("C0GENERAL", workspace.app.bot_user_id, "x", blocks=[block], by_app=True)
    await sitting.press("Open it")
    dialog = sitting.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="No").click()
    await expect(dialog).to_have_count(0)
    assert not [e for e in sitting.stage.world.slack.traffic.exchanges if e.kind == "block_actions"]
    await sitting.press("Open it")
    await dialog.get_by_role("button", name="Yes").click()
    await sitting.sees_door("Front Door", "Unlocked")


@pytest.mark.browser
@pytest.mark.parametrize("sitting", ["with a Home tab"], indirect=True)
async def test_a_home_that_the_bot_publishes_is_drawn(sitting: Sitting) -> None:
    block = {"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": "*Welcome* home"}}
    sitting.stage.world.slack.workspace.views.publish("U0SAM", {"type": "home", "blocks": [block]})
    await sitting.page.locator('[data-place="home"]').click()
    await expect(sitting.page.locator("#home strong")).to_have_text("Welcome")
