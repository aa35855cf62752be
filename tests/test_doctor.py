"""`python -m bot doctor`: each check, once whole and once broken, against the sandbox's Slack and Seam."""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.__main__ import main
from bot.audit_keys import audit_keys_from
from bot.doctor import doctor
from bot.doctor_slack import SCOPES
from bot.domain.audit_anchors import make_anchor
from bot.domain.model import Origin, PersonRef
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Approvers, Outcome, Rule, Scope, Who
from bot.sandbox.clock import Clock
from bot.sandbox.seam import Latencies
from bot.sandbox.world import World, world
from storage.anchor_file import AnchorFile
from tests.handlers.stage import START

MANIFEST = Path(__file__).resolve().parents[1] / "manifest.yml"
ASKS = Rule(
    rule_id="asks",
    name="Ask the office",
    outcome=Outcome.ASK,
    scope=Scope(everything=True),
    who=Who(everyone=True),
    approvers=Approvers(people=frozenset({"U0MIA"})),
)


@dataclass
class Practice:
    """A bot that runs, and the environment in which the doctor finds it."""

    w: World
    environ: dict[str, str]

    async def says(self, *, now: Callable[[], datetime] | None = None, **environ: str) -> tuple[int, str]:
        screen = io.StringIO()
        more = {"now": now} if now else {}
        code = await doctor({**self.environ, **environ}, screen=screen, **more)
        said = screen.getvalue()
        secrets = [self.environ["SLACK_BOT_TOKEN"], self.environ["SLACK_SIGNING_SECRET"], self.environ["SEAM_API_KEY"]]
        assert not any(secret in said for secret in secrets)
        return code, said

    async def rule(self, rule: Rule) -> None:
        await self.w.bot.services.policy.put(
            Policy(rules=(rule,)),
            based_on=0,
            editor=PersonRef(team_id="", user_id="command-line"),
            origin=Origin(surface="command_line", request_id="test"),
        )

    @property
    def file(self) -> Path:
        return Path(self.environ["DATABASE_URL"].removeprefix("sqlite:///"))


@asynccontextmanager
async def at_work(*, without: str = "") -> AsyncIterator[Practice]:
    """The practice, where Slack has granted every scope of the manifest but one."""
    manifest = yaml.safe_load(MANIFEST.read_text())
    granted = manifest["oauth_config"]["scopes"]["bot"]
    manifest["oauth_config"]["scopes"]["bot"] = [scope for scope in granted if scope != without]
    async with world(
        clock=Clock(fixed_at=START), latencies=Latencies(command=0.01), schedule=False, manifest=manifest
    ) as w:
        s = w.settings
        assert s.slack_signing_secret
        environ = {
            "SLACK_BOT_TOKEN": s.slack_bot_token.reveal(),
            "SLACK_SIGNING_SECRET": s.slack_signing_secret.reveal(),
            "SLACK_API_URL": s.slack_api_url,
            "SEAM_API_KEY": s.seam_api_key.reveal(),
            "SEAM_ENDPOINT": s.seam_endpoint,
            "DATABASE_URL": s.database_url,
            "LATCHKEY_AUDIT_KEY_FILE": str(s.audit_key_file),
            "LATCHKEY_AUDIT_ANCHORS_FILE": str(s.audit_anchors_file),
            "LATCHKEY_ADMINS": ",".join(s.admins),
            "LATCHKEY_TIMEZONE": "Europe/Berlin",
        }
        yield Practice(w, environ)


@pytest.fixture
async def practice() -> AsyncIterator[Practice]:
    async with at_work() as practice:
        yield practice


def failures(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("FAIL")]


def fixes_follow(said: str) -> bool:
    lines = said.splitlines()
    bad = [n for n, line in enumerate(lines) if line.startswith(("FAIL", "warn"))]
    return all(lines[n + 1].strip().startswith("Fix: ") for n in bad)


def test_the_scopes_are_the_manifests() -> None:
    assert set(yaml.safe_load(MANIFEST.read_text())["oauth_config"]["scopes"]["bot"]) == SCOPES


async def test_a_healthy_bot(practice: Practice) -> None:
    inside = practice.w.slack.add_channel("requests")
    await practice.rule(replace(ASKS, channel=inside.id))
    code, said = await practice.says(LATCHKEY_APPROVALS_CHANNEL=inside.id)
    assert failures(said) == []
    assert code == 0
    for expected in (
        "settings are complete",
        "every 15 seconds",
        "Seam accepts the key",
        "sandbox",
        "agrees with Slack's",
        "agrees with Seam's",
        "every scope",
        "in the channel",
        "“Ask the office” asks 1 who can answer",
        "migrations are current",
        "synchronous 2",
        "can be written",
        "audit keys can be read",
        "rows of the audit log are whole",
    ):
        assert expected in said, expected
    assert "“Ask the office”" in said
    assert fixes_follow(said)
    code, said = await practice.says(SEAM_WEBHOOK_SECRET="whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0")
    assert "by webhook" in said


def test_settings_that_are_not_complete(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SEAM_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SLACK_APP_TOKEN", "xoxp-wrong")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "SLACK_BOT_TOKEN is not set" in said
    assert "SLACK_APP_TOKEN should start with xapp-" in said
    assert "xoxp-wrong" not in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-another", "Slack does not accept SLACK_BOT_TOKEN"),
        ("SLACK_API_URL", "http://127.0.0.1:1/api/", "Slack does not answer"),
        ("SEAM_API_KEY", "seam_test_another", "Seam does not accept SEAM_API_KEY"),
        ("SEAM_API_KEY", "another", "not the key of a workspace"),
        ("SEAM_ENDPOINT", "http://127.0.0.1:1", "Seam does not answer"),
        ("DATABASE_URL", "sqlite:////proc/nowhere/latchkey.db", "There is no database yet"),
        ("LATCHKEY_AUDIT_KEY_FILE", "/proc/nowhere/audit.key", "is gone, and the log has rows"),
        ("LATCHKEY_AUDIT_ANCHORS_FILE", "/dev/null/audit.anchors", "anchors' file cannot be"),
        ("LATCHKEY_APPROVALS_CHANNEL", "C0NOWHERE", "is not there"),
        ("LATCHKEY_AUDIT_CHANNEL", "C0NOWHERE", "LATCHKEY_AUDIT_CHANNEL"),
    ],
)
async def test_one_setting_that_is_wrong(practice: Practice, name: str, value: str, words: str) -> None:
    await practice.rule(ASKS)
    code, said = await practice.says(**{name: value})
    assert code == 1
    assert [line for line in failures(said) if words in line], said
    assert fixes_follow(said)
    assert value not in said or name.startswith("LATCHKEY")


async def test_another_key_does_not_prove_the_log(practice: Practice) -> None:
    await practice.rule(ASKS)
    code, said = await practice.says(LATCHKEY_AUDIT_KEY="MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=")
    assert code == 1
    assert "key unknown" in said


async def test_scopes_that_are_missing() -> None:
    async with at_work(without="im:history") as practice:
        code, said = await practice.says()
    assert code == 1
    assert "lacks scopes: im:history" in said


async def test_channels_without_the_bot(practice: Practice) -> None:
    outside = practice.w.slack.add_channel("outside", with_bot=False)
    closed = practice.w.slack.add_channel("closed", archived=True)
    await practice.rule(replace(ASKS, channel=closed.id))
    code, said = await practice.says(LATCHKEY_AUDIT_CHANNEL=outside.id)
    assert code == 1
    assert f"The bot is not in the channel {outside.id}" in said
    assert f"{closed.id} (of the rule “Ask the office”) is archived" in said


async def test_approvers_who_are_not_there(practice: Practice) -> None:
    slack = practice.w.slack
    left = slack.add_user("left", deactivated=True)
    await practice.rule(replace(ASKS, approvers=Approvers(people=frozenset({left.id, "U0NOBODY"}))))
    code, said = await practice.says()
    assert code == 1
    assert "0 of the 1 approvers it needs can answer" in said
    assert f"{left.id}: deactivated" in said
    assert "U0NOBODY: user_not_found" in said


async def test_one_of_two_approvers_is_a_warning(practice: Practice) -> None:
    slack = practice.w.slack
    group = slack.add_group("keys", ("mia",))
    left = slack.add_user("left", deactivated=True)
    named = Approvers(people=frozenset({left.id}), user_groups=frozenset({group.id}))
    await practice.rule(replace(ASKS, approvers=named))
    code, said = await practice.says()
    assert code == 0, said
    assert "asks people who are not there" in said


@pytest.mark.parametrize("minutes", [2, -2])
async def test_a_clock_that_is_wrong(practice: Practice, minutes: int) -> None:
    code, said = await practice.says(now=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    assert code == 1
    assert len([line for line in failures(said) if "clock" in line]) == 2


async def test_doors_without_a_zone(practice: Practice) -> None:
    lock = next(iter(practice.w.seam.locks.values()))
    lock.time_zone = None
    code, said = await practice.says(LATCHKEY_TIMEZONE="")
    assert code == 1
    assert "no time zone" in said
    assert lock.name in said
    code, said = await practice.says()
    assert code == 0
    assert "take LATCHKEY_TIMEZONE" in said


async def test_a_database_that_is_old(practice: Practice) -> None:
    db = sqlite3.connect(practice.file)
    db.execute("UPDATE alembic_version SET version_num = '0001'")
    db.commit()
    db.close()
    code, said = await practice.says()
    assert code == 1
    assert "python -m bot migrate" in said


async def test_a_database_that_cannot_be_written(practice: Practice) -> None:
    db = sqlite3.connect(practice.file)
    db.execute("CREATE TRIGGER full BEFORE INSERT ON seen_signatures BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END")
    db.commit()
    db.close()
    code, said = await practice.says()
    assert code == 1
    assert "cannot be written" in said


async def test_no_database_at_all_is_not_made(practice: Practice, tmp_path: Path) -> None:
    code, said = await practice.says(DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert code == 1
    assert "There is no database yet" in said
    assert os.listdir(tmp_path) == []


async def test_a_file_that_is_no_database(practice: Practice, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database" * 100)
    code, said = await practice.says(DATABASE_URL=f"sqlite:///{tmp_path}/text.db")
    assert code == 1
    assert "cannot be reached or read" in said


async def test_a_log_that_was_changed(practice: Practice) -> None:
    await practice.rule(ASKS)
    db = sqlite3.connect(practice.file)
    for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("UPDATE audit SET payload = replace(payload, 'rules', 'roles')")
    db.commit()
    db.close()
    code, said = await practice.says()
    assert code == 1
    assert "The audit log is not whole" in said


async def test_rows_that_an_anchor_has_seen_are_gone(practice: Practice) -> None:
    await practice.rule(ASKS)
    _, _, key_id = await practice.w.bot.db.read(lambda tx: tx.audit.end())
    forged = make_anchor(999, "0" * 64, START, key_id, audit_keys_from(practice.environ)[0])
    AnchorFile(Path(practice.environ["LATCHKEY_AUDIT_ANCHORS_FILE"])).add(forged)
    code, said = await practice.says()
    assert code == 1
    assert "cut off" in said
