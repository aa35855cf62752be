"""Slack's side of `doctor`: the token and what it may, the channels, the approvers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor_findings import Finding, clock, fail, ok, warn
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Outcome, Rule
from handlers.json_types import flag_at, list_at, mapping_at, text_at

# What manifest.yml asks for; a test holds the two together. It is not read here: the image has no manifest.
SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "groups:read",
        "im:history",
        "usergroups:read",
        "users:read",
    }
)
NO_ANSWER = "no_answer"
_GONE = frozenset({"channel_not_found", "user_not_found", "no_such_subteam", "subteam_not_found"})


class SlackCheckup:
    """Asks Slack, and changes nothing there. `now` is aware."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], datetime]) -> None:
        self._client, self._now = client, now

    async def token(self) -> list[Finding]:
        """The token, its scopes, and the clock. The first finding is a failure when nothing else can be asked."""
        error, answer, headers = await self._ask("auth.test")
        if error == NO_ANSWER:
            return [fail("Slack does not answer.", "Check that this machine reaches slack.com (proxy, firewall, DNS).")]
        if error:
            fix = "Install the app again and copy the Bot User OAuth Token (xoxb-…) into SLACK_BOT_TOKEN."
            return [fail(f"Slack does not accept SLACK_BOT_TOKEN ({error}).", fix)]
        found = [ok(f"Slack accepts the bot's token (workspace {text_at(answer, 'team') or 'without a name'}).")]
        granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
        if not granted:
            found.append(warn("Slack does not say which scopes the token has.", "Compare them with manifest.yml."))
        elif missing := sorted(SCOPES - granted):
            fix = "Paste manifest.yml into the app's page at Slack, and install the app again."
            found.append(fail(f"The token lacks scopes: {', '.join(missing)}.", fix))
        else:
            found.append(ok("The token has every scope of manifest.yml."))
        return [*found, clock("Slack", headers.get("date", ""), self._now())]

    async def channels(self, wanted: Mapping[str, str]) -> list[Finding]:
        """`wanted`: what each channel is for, by its id."""
        return [await self._channel(channel, why) for channel, why in sorted(wanted.items())]

    async def _channel(self, channel: str, why: str) -> Finding:
        error, answer, _ = await self._ask("conversations.info", channel=channel)
        fix = f"Name another channel, or invite the bot there (`/invite @latchkey` in {channel})."
        if error in _GONE:
            return fail(f"The channel {channel} ({why}) is not there, or is private and without the bot.", fix)
        if error:
            return fail(f"Slack says nothing about the channel {channel} ({why}): {error}.", "Try again; see above.")
        if flag_at(answer, "channel", "is_archived"):
            return fail(f"The channel {channel} ({why}) is archived.", "Name another channel.")
        if not flag_at(answer, "channel", "is_member"):
            return fail(f"The bot is not in the channel {channel} ({why}).", f"Type `/invite @latchkey` in {channel}.")
        return ok(f"The bot is in the channel {channel} ({why}).")

    async def approvers(self, policy: Policy) -> list[Finding]:
        """Whether somebody is there to answer for every rule that asks."""
        return [await self._approvers(policy, rule) for rule in policy.rules if rule.outcome is Outcome.ASK]

    async def _approvers(self, policy: Policy, rule: Rule) -> Finding:
        named = rule.approvers if rule.approvers.people or rule.approvers.user_groups else policy.default_approvers
        people, groups = set(named.people), set(named.user_groups)
        trouble: list[str] = []
        for group in sorted(groups):
            error, answer, _ = await self._ask("usergroups.users.list", usergroup=group)
            if error:
                trouble.append(f"user group {group}: {error}")
            people |= {user for user in list_at(answer, "users") if isinstance(user, str)}
        active = 0
        for person in sorted(people):
            error, answer, _ = await self._ask("users.info", user=person.rpartition("/")[2])
            if error or flag_at(answer, "user", "deleted"):
                trouble.append(f"{person}: {error or 'deactivated'}")
            else:
                active += 1
        rule_named = f"The rule “{rule.name}” asks"
        fix = "Name others in the rules (App Home → Rules, or `python -m bot policy apply`)."
        if active < rule.approvals_needed:
            told = f" ({'; '.join(trouble)})" if trouble else ""
            needed = rule.approvals_needed
            return fail(f"{rule_named}, and {active} of the {needed} approvers it needs can answer{told}.", fix)
        if trouble:
            return warn(f"{rule_named} people who are not there: {'; '.join(trouble)}.", fix)
        return ok(f"{rule_named} {active} who can answer.")

    async def _ask(self, method: str, **arguments: str) -> tuple[str, Mapping[str, object], Mapping[str, str]]:
        """(Slack's error or "", the answer, its headers with lower-case names)."""
        try:
            answer = await self._client.api_call(method, params=arguments)
        except SlackApiError as problem:
            return text_at(getattr(problem.response, "data", None), "error") or "unknown", {}, {}
        except (SlackClientError, aiohttp.ClientError, TimeoutError, ValueError):
            return NO_ANSWER, {}, {}
        headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
        return "", mapping_at({"data": answer.data}, "data"), headers


def wanted_channels(policy: Policy, approvals: str | None, audit: str | None) -> dict[str, str]:
    """What each channel of the settings and the rules is for, by its id."""
    wanted = {rule.channel: f"of the rule “{rule.name}”" for rule in policy.rules if rule.channel}
    if policy.default_channel:
        wanted[policy.default_channel] = "requests"
    if approvals:
        wanted[approvals] = "LATCHKEY_APPROVALS_CHANNEL"
    if audit:
        wanted[audit] = "LATCHKEY_AUDIT_CHANNEL"
    return wanted
