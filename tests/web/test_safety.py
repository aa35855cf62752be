"""The page keeps to this machine, takes acts from nobody else, and draws what people wrote as text."""

from __future__ import annotations

import httpx
import pytest
from playwright.async_api import expect

from tests.web.sitting import Sitting

pytestmark = pytest.mark.browser

NASTY = '<img src=x onerror="document.title=1"><script>document.title=2</script>*_~`&lt;b&gt;<!channel>'


async def test_no_request_leaves_the_machine(sitting: Sitting) -> None:
    await sitting.make_code()
    await sitting.turn("1d")
    await sitting.page.locator("#drawer-button").click()
    assert sitting.requests
    assert all(url.startswith(f"{sitting.address}/") for url in sitting.requests)


async def test_nasty_names_stay_text_everywhere(sitting: Sitting) -> None:
    slack = sitting.stage.world.slack
    await slack.change_user("sam", display_name=NASTY)
    await slack.say("sam", "general", f"{NASTY} says hello")
    await expect(sitting.messages.last).to_contain_text('<img src=x onerror="document.title=1">')
    await sitting.type("/guest-code")
    await sitting.modal.get_by_label("Guest", exact=True).fill(NASTY[:60])
    await sitting.modal.get_by_label("Doors", exact=True).click()
    await sitting.modal.get_by_role("option", name="Front Door").click()
    await sitting.modal.get_by_label("When", exact=True).fill("tomorrow 9-5")
    await sitting.modal.get_by_role("button", name="Create code").click()
    await sitting.go("latchkey")
    await expect(sitting.messages.last).to_contain_text("<img src=x")
    await sitting.page.locator("#drawer-button").click()
    assert await sitting.page.locator("img, script:not([src]), [onerror]").count() == 0
    assert await sitting.page.title() == "Latchkey: the demo world"


async def test_a_link_that_is_no_web_address_is_no_link(sitting: Sitting) -> None:
    workspace = sitting.stage.world.slack.workspace
    text = "<javascript:alert(1)|press me> <https://example.com/?a=1&amp;b=2|a page>"
    block = {"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": text}}
    workspace.messages.post("C0GENERAL", workspace.app.bot_user_id, "x", blocks=[block], by_app=True)
    await expect(sitting.messages.last).to_contain_text("press me")
    links = sitting.messages.last.locator("a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://example.com/?a=1&b=2")


async def test_a_pin_never_stands_in_the_drawer(sitting: Sitting) -> None:
    pin = await sitting.make_code()
    await sitting.page.locator("#drawer-button").click()
    await expect(sitting.page.locator("#passing li").filter(has_text="views.update")).not_to_have_count(0)
    shown = sitting.stage.passing.since(0)
    assert pin not in str(shown)
    assert "never written down" in str(shown)


async def test_the_policy_lets_only_our_own_files_in(sitting: Sitting) -> None:
    async with httpx.AsyncClient(base_url=sitting.address) as http:
        headers = (await http.get("/")).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["img-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


async def test_only_this_page_may_act(sitting: Sitting) -> None:
    act = {"as": "U0SAM", "channel": "C0GENERAL", "text": "/unlock front door"}
    own = {"origin": sitting.address}
    async with httpx.AsyncClient(base_url=sitting.address) as http:
        refused = [
            await http.post("/api/say", json=act),
            await http.post("/api/say", json=act, headers={"origin": "https://evil.example"}),
            await http.post("/api/say", json=act, headers={"host": "evil.example", "origin": "http://evil.example"}),
            await http.post("/api/say", json=act, headers={**own, "sec-fetch-site": "cross-site"}),
            await http.get("/", headers={"host": "evil.example"}),
            await http.get("/api/stream?as=U0SAM", headers={"sec-fetch-site": "cross-site"}),
        ]
        assert {answer.status_code for answer in refused} == {403}
        form = await http.post("/api/say", content="{}", headers={**own, "content-type": "text/plain"})
        assert form.status_code == 415
        assert (await http.get("/static/../app.py")).status_code == 404
        assert (await http.get("/static/%2e%2e/app.py")).status_code == 404
        assert sitting.stage.world.seam.door("Front Door").locked
        assert (await http.post("/api/say", json=act, headers=own)).json()["ok"] is True
