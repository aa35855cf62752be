"""`python -m bot doctor`: every dependency, checked as the bot would use it, with the fix in words.

It may be run beside a running bot and before the first start. It posts nothing, moves no lock and makes no file; it
writes one row to the database, which the bot forgets by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TextIO

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.doctor_findings import Finding, Grade, fail, ok
from bot.doctor_records import audit_keys, check_anchors, check_chain, check_database, check_writable
from bot.doctor_seam import check_news, check_seam
from bot.doctor_slack import SlackCheckup, wanted_channels
from bot.domain.errors import BotError, ConfigError
from bot.domain.policy.policy import Policy
from bot.seam import SeamClient, make_http_client
from bot.services.context import Context
from bot.services.policy_book import PolicyBook
from storage.audit_rows import AuditKey
from storage.database import Database

USER_AGENT = "Latchkey/0.1 (doctor)"
_SEE_CONFIGURATION = "See docs/configuration.md."


def _now() -> datetime:
    return datetime.now(UTC)


async def doctor(
    environ: Mapping[str, str], *, now: Callable[[], datetime] = _now, screen: TextIO | None = None
) -> int:
    """Print a line for each check to `screen` (or the standard output). Returns 1 if one fails, else 0."""
    out = screen or sys.stdout
    try:
        settings = Settings.from_env(environ)
    except ConfigError as problems:
        out.write(f"{fail(str(problems), _SEE_CONFIGURATION).line()}\n")
        return 1
    found = await examine(settings, now)
    out.write("".join(f"{finding.line()}\n" for finding in found))
    failed = sum(finding.grade is Grade.FAIL for finding in found)
    out.write(f"\n{failed} of {len(found)} checks failed.\n" if failed else f"\nAll {len(found)} checks passed.\n")
    return 1 if failed else 0


async def examine(settings: Settings, now: Callable[[], datetime]) -> list[Finding]:
    """Every check there is. Checks that need something that has failed are left out."""
    way_in = "Socket Mode" if settings.slack_app_token else f"HTTP, port {settings.port}"
    found = [ok(f"The settings are complete (Slack comes in by {way_in})."), check_news(settings)]
    async with make_http_client(settings.seam_endpoint, settings.seam_api_key.reveal(), USER_AGENT) as seam:
        found += await check_seam(settings, seam, now)
        records, policy = await _records(settings, SeamClient(seam, now=now), now)
    found += records
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=settings.slack_bot_token.reveal(), base_url=settings.slack_api_url, session=session, timeout=10
        )
        slack = SlackCheckup(client, now)
        token = await slack.token()
        found += token
        if token[0].grade is not Grade.FAIL:
            rules = policy or Policy(settings_admins=settings.admins)
            wanted = wanted_channels(rules, settings.approvals_channel, settings.audit_channel)
            found += await slack.channels(wanted)
            found += await slack.approvers(rules)
    return found


async def _records(
    settings: Settings, seam: SeamClient, now: Callable[[], datetime]
) -> tuple[list[Finding], Policy | None]:
    found = [*await check_database(settings), check_anchors(settings)]
    if any(finding.grade is Grade.FAIL for finding in found[:-1]):
        return found, None
    db = Database(settings.database_url, AuditKey(key_id="reading", secret=b""), lock=False)
    try:
        found.append(await check_writable(db, now))
        rows = (await db.read(lambda tx: tx.audit.end()))[0]
        key, finding = audit_keys(settings, rows=rows > 0)
        found.append(finding)
        if key:
            found.append(await check_chain(db, settings, key))
        context = Context(
            db=db,
            locks=seam,
            now=now,
            default_timezone=settings.timezone,
            admins=settings.admins,
            approvals_channel=settings.approvals_channel,
        )
        return found, await PolicyBook(context).current()
    except BotError as problem:
        return [*found, fail("The records cannot be read.", str(problem))], None
    finally:
        await db.close()
