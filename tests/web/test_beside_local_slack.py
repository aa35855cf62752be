"""The page against a drawing of Block Kit that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.counterparts import local_slack
from tests.web.beside import READ, main_messages, open_local_slack, open_ours, post_all
from tests.web.sitting import Sitting

pytestmark = [pytest.mark.browser, pytest.mark.counterpart]


async def test_the_six_main_messages_read_the_same_as_in_local_slack(
    sitting: Sitting, browser: Browser, tmp_path: Path
) -> None:
    with local_slack(tmp_path) as address:
        messages = await main_messages(sitting)
        assert len(messages) == 6
        await post_all(address, messages)
        theirs = await open_local_slack(browser, address, len(messages))
        await open_ours(sitting, messages)
        for number, message in enumerate(messages):
            ours_node = sitting.messages.nth(number).locator(".blocks")
            ours = await ours_node.evaluate(READ)
            assert ours == await theirs.locator(".msg .blocks").nth(number).evaluate(READ), message.name
        await theirs.close()
