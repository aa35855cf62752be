"""The stage, over Socket Mode and over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests import counterparts
from tests.counterparts import (
    ALICE,
    APP_TOKEN,
    BOT_USER,
    SIGNING_SECRET,
    TEAM,
    bot,
    bot_environment,
    free_port,
    shared_module,
)
from tests.e2e.stage import Seam, Stage, Wire


@pytest.fixture(scope="session")
def fake_seam() -> Iterator[tuple[str, str]]:
    with counterparts.fake_seam() as running:
        yield running


@pytest.fixture
async def seam(fake_seam: tuple[str, str]) -> AsyncIterator[Seam]:
    url, key = fake_seam
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}) as http:
        seam = Seam(http=http)
        await seam.close_all()
        yield seam


@pytest.fixture(params=["socket", "http"])
async def stage(
    request: pytest.FixtureRequest, tmp_path: Path, seam: Seam, fake_seam: tuple[str, str]
) -> AsyncIterator[Stage]:
    """local-slack, the bot and the fake. At the end nothing that was sent may be something that Slack refuses."""
    lsdrive = shared_module("lsdrive")
    url, key = fake_seam
    settings = {"SEAM_ENDPOINT": url, "SEAM_API_KEY": key}
    with ExitStack() as stack:
        if request.param == "http":
            port = free_port()
            address = stack.enter_context(
                counterparts.local_slack(tmp_path, request_url=f"http://127.0.0.1:{port}/slack/events")
            )
            settings |= {"SLACK_SIGNING_SECRET": SIGNING_SECRET, "PORT": str(port)}
        else:
            address = stack.enter_context(counterparts.local_slack(tmp_path))
            settings |= {"SLACK_APP_TOKEN": APP_TOKEN}
        environment = bot_environment(tmp_path, SLACK_API_URL=f"{address}/api/", **settings)
        async with bot(tmp_path, environment) as process, lsdrive.LocalSlack(address) as slack:
            on_stage = Stage(slack=slack, bot=process, seam=seam)
            yield on_stage
            assert not await on_stage.problems()
            assert not process.faults()


@pytest.fixture
async def wire(tmp_path: Path, seam: Seam, fake_seam: tuple[str, str]) -> AsyncIterator[Wire]:
    """The bot behind signed HTTP with slackpost at the other end, which keeps Slack's rules. None may be broken."""
    slackpost = shared_module("slackpost")
    url, key = fake_seam
    port, slack_port = free_port(), free_port()
    request_url = f"http://127.0.0.1:{port}/slack/events"
    async with slackpost.Slack(request_url, SIGNING_SECRET, slack_port, team=TEAM, bot=BOT_USER) as slack:
        environment = bot_environment(
            tmp_path,
            SLACK_API_URL=f"{slack.base}/api/",
            SLACK_SIGNING_SECRET=SIGNING_SECRET,
            PORT=str(port),
            SEAM_ENDPOINT=url,
            SEAM_API_KEY=key,
        )
        async with bot(tmp_path, environment) as process:
            yield Wire(slack=slack, bot=process, seam=seam, ann=slack.user(ALICE, "ann"))
            assert not slack.faults
            assert not process.faults()
