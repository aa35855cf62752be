"""The six main messages on our page and in local-slack, whose drawing nobody here wrote."""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.request
from dataclasses import dataclass

from playwright.async_api import Browser, Page, expect

from bot.sandbox.slack import SeenMessage
from tests.counterparts import BOT_TOKEN, GENERAL
from tests.web.sitting import Sitting

# What a reader gets from a message: words, weights and buttons, without names and emoji (local-slack knows other
# people, and emoji are drawn here and characters there).
READ = """(node) => {
  const root = node.cloneNode(true);
  const text = (one) => one.textContent.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
    .replace(/[\\p{Extended_Pictographic}\\ufe0f]/gu, "").replace(/\\s+/g, " ").trim();
  root.querySelectorAll(".emoji").forEach((one) => one.remove());
  root.querySelectorAll(".mention").forEach((one) => { one.textContent = "@"; });
  root.querySelectorAll("br, p, .bk-field-label").forEach((one) => one.after(" "));
  const style = (one) => ["primary", "danger"].find((word) => one.className.includes(word)) || "plain";
  const buttons = [...root.querySelectorAll("button.bk-button")].map((one) => `${text(one)} (${style(one)})`);
  root.querySelectorAll("button").forEach((one) => one.remove());
  const all = (tag) => [...root.querySelectorAll(tag)].map(text).filter(Boolean);
  return {words: text(root).replace(/\\s/g, ""), strong: all("strong"), em: all("em"), code: all("code"), buttons};
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MainMessage:
    """A message by a name of its own, as it was sent."""

    name: str
    seen: SeenMessage


async def main_messages(someone: Sitting) -> list[MainMessage]:
    """Play what brings the six main messages about, and pick them up."""
    found: list[MainMessage] = []

    async def keep(name: str, who: str, where: str | None, words: str) -> None:
        slack = someone.stage.world.slack

        def there() -> SeenMessage | None:
            screen = slack.screen(who)
            channel = screen.channel(where) if where else screen.dm
            return next((m for m in reversed(channel.messages) if words in m.rendered), None)

        seen = await slack.until(there, what=f"{words!r} for {who}")
        assert seen is not None
        found.append(MainMessage(name=name, seen=seen))

    await someone.type("/unlock Garage for 30 min")
    await someone.sees("I will lock it again at")
    await keep("an unlock", "sam", "general", "is unlocked")
    await someone.type("/doors")
    await someone.sees("Garden Gate")
    await keep("the doors", "sam", "general", "Garden Gate")
    await someone.type("/guest-code Dana (plumber) at Front Door tomorrow 9-5")
    await someone.sees("Is this the code you want?")
    await keep("the question", "sam", "general", "Is this the code")
    await someone.press("Create code")
    await someone.go("latchkey")
    await someone.sees("the lock does not have it yet")
    await keep("a guest code", "sam", None, "Guest code")
    await someone.go("general")
    await someone.type("/unlock Guest Flat")
    await someone.sees("You need an approval")
    await keep("a request", "ana", "door-requests", "asks to open")
    await someone.be("gus")
    await someone.go("general")
    await someone.type("/unlock Front Door")
    await someone.sees("You may not unlock")
    await keep("a refusal", "gus", "general", "You may not unlock")
    return found


async def post_all(address: str, messages: list[MainMessage]) -> None:
    """Post them in local-slack as its bot."""
    for message in messages:
        body = {"channel": GENERAL, "text": message.seen.text, "blocks": message.seen.blocks}
        request = urllib.request.Request(
            f"{address}/api/chat.postMessage",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json", "authorization": f"Bearer {BOT_TOKEN}"},
        )
        answer = await asyncio.to_thread(lambda asked: json.load(urllib.request.urlopen(asked)), request)
        assert answer["ok"], answer


async def open_local_slack(browser: Browser, address: str, count: int) -> Page:
    page = await browser.new_page(viewport={"width": 900, "height": 1400})
    await page.goto(address)
    await page.locator(".sidebar-item", has_text="general").click()
    await expect(page.locator(".msg")).to_have_count(count)
    return page


async def open_ours(someone: Sitting, messages: list[MainMessage]) -> None:
    """Post the same blocks into one channel here, so that they stand as they do there."""
    workspace = someone.stage.world.slack.workspace
    await someone.be("sam")
    await someone.go("facilities")
    for message in messages:
        seen = message.seen
        workspace.messages.post("C0FACILITIES", workspace.app.bot_user_id, seen.text, blocks=seen.blocks, by_app=True)
    await expect(someone.messages).to_have_count(len(messages))


async def picture(browser: Browser, someone: Sitting, theirs: Page, messages: list[MainMessage]) -> bytes:
    """Both drawings of each message in two columns: ours on the left."""
    rows = []
    for number, message in enumerate(messages):
        ours_png = await someone.messages.nth(number).screenshot()
        theirs_png = await theirs.locator(".msg").nth(number).screenshot()
        pair = "".join(f"<td><img src='data:image/png;base64,{base64.b64encode(png).decode()}'></td>"
                       for png in (ours_png, theirs_png))  # fmt: skip
        rows.append(f"<tr><th>{message.name}</th>{pair}</tr>")
    page = await browser.new_page(viewport={"width": 1000, "height": 800})
    style = "body{font:14px sans-serif;margin:12px}img{max-width:420px}td{vertical-align:top;border-top:1px solid #ccc}"
    head = "<tr><th></th><th>the demo page</th><th>local-slack</th></tr>"
    await page.set_content(f"<style>{style}</style><table>{head}{''.join(rows)}</table>")
    taken = await page.screenshot(full_page=True)
    await page.close()
    return taken
