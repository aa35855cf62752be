"""Everything we send to Slack, over one shared session. Each method raises `SlackFailed` and nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.json_types import Json, list_at, mapping_at, text_at

log = logging.getLogger(__name__)

RESPOND_TIMEOUT = aiohttp.ClientTimeout(total=10)


class SlackFailed(Exception):
    """Slack did not take it. `error` is Slack's code ("ratelimited", "not_found") or ours ("no_answer").

    `retry_after` is in seconds, where Slack names it. `permanent` means that asking again will not help.
    """

    PERMANENT = frozenset(
        {
            "account_inactive",
            "cannot_dm_bot",
            "channel_not_found",
            "invalid_auth",
            "is_archived",
            "messages_tab_disabled",
            "not_in_channel",
            "token_revoked",
            "user_disabled",
            "user_not_found",
        }
    )

    def __init__(self, method: str, error: str, retry_after: float | None = None) -> None:
        self.method, self.error, self.retry_after = method, error, retry_after
        self.permanent = error in self.PERMANENT
        super().__init__(f"{method}: {error}")


class SlackOut:
    """The way out to people."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        # A retried post may be posted twice; the outbox decides about that, not the client (A10).
        client.retry_handlers.clear()
        self._client, self._session = client, session

    async def identity(self) -> tuple[str, str, str]:
        """(team id, the bot's user id, its bot id) of our token."""
        answer = await self._call("auth.test", {})
        return text_at(answer, "team_id"), text_at(answer, "user_id"), text_at(answer, "bot_id")

    async def user(self, user_id: str) -> Mapping[str, object]:
        """Slack's user object."""
        return mapping_at(await self._call("users.info", {"user": user_id, "include_locale": True}), "user")

    async def group_members(self, group: str) -> frozenset[str]:
        """User ids of everybody in a Slack user group."""
        answer = await self._call("usergroups.users.list", {"usergroup": group})
        return frozenset(user for user in list_at(answer, "users") if isinstance(user, str))

    async def channel(self, channel_id: str) -> Mapping[str, object]:
        """Slack's channel object."""
        return mapping_at(await self._call("conversations.info", {"channel": channel_id}), "channel")

    async def reply(self, channel: str, thread_ts: str, message: Json) -> None:
        """A message under one of ours."""
        await self._call("chat.postMessage", {"channel": channel, "thread_ts": thread_ts, **message})

    async def respond(self, response_url: str, message: Json, *, replace: bool = False) -> None:
        """Answer a command or a click in the person's eyes only; with `replace`, in place of the message clicked."""
        # What is replaced stays as visible as it was: a direct message cannot turn ephemeral.
        body: Json = {**message, "replace_original": True} if replace else {"response_type": "ephemeral", **message}
        try:
            async with self._session.post(response_url, json=body, timeout=RESPOND_TIMEOUT) as reply:
                said = await reply.read()  # an answer that breaks off is none
                if reply.status != 200:
                    raise SlackFailed("response_url", f"http_{reply.status}", _retry_after(reply.headers))
                if error := _refusal_in(said):
                    raise SlackFailed("response_url", error)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise SlackFailed("response_url", "no_answer") from None

    async def direct(self, user_id: str, message: Json) -> tuple[str, str]:
        """A direct message. Returns (channel, ts), by which it can be rewritten."""
        sent = await self._call(
            "chat.postMessage", {"channel": user_id, "unfurl_links": False, "unfurl_media": False, **message}
        )
        return text_at(sent, "channel"), text_at(sent, "ts")

    async def whisper(self, channel: str, user_id: str, message: Json, *, thread_ts: str | None = None) -> None:
        """A message in a channel that only this person sees."""
        arguments: Json = {"channel": channel, "user": user_id, **message}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        await self._call("chat.postEphemeral", arguments)

    async def has_said(self, channel: str, event_type: str, key: str) -> bool:
        """Whether one of the newest messages there has this metadata: a post whose answer was lost is found by it."""
        answer = await self._call(
            "conversations.history", {"channel": channel, "limit": 100, "include_all_metadata": True}
        )
        kinds = [mapping_at(message, "metadata") for message in list_at(answer, "messages")]
        return any(
            text_at(kind, "event_type") == event_type and text_at(kind, "event_payload", "key") == key for kind in kinds
        )

    async def rewrite(self, channel: str, ts: str, message: Json) -> None:
        """Put another message in the place of one of ours."""
        await self._call("chat.update", {"channel": channel, "ts": ts, **message})

    async def open_view(self, trigger_id: str, view: Json) -> str:
        """Open a modal. Returns its id."""
        return text_at(await self._call("views.open", {"trigger_id": trigger_id, "view": view}), "view", "id")

    async def push_view(self, trigger_id: str, view: Json) -> str:
        """Lay a modal on top of the one in which the trigger arose. Returns its id."""
        return text_at(await self._call("views.push", {"trigger_id": trigger_id, "view": view}), "view", "id")

    async def publish_home(self, user_id: str, view: Json) -> None:
        """Put this into somebody's Home tab."""
        await self._call("views.publish", {"user_id": user_id, "view": view})

    async def update_view(self, view_id: str, view: Json, *, view_hash: str | None = None) -> None:
        """Rewrite an open modal. With `view_hash`, fails (`hash_conflict`) when it has changed since."""
        arguments: Json = {"view_id": view_id, "view": view}
        if view_hash:
            arguments["hash"] = view_hash
        await self._call("views.update", arguments)

    async def _call(self, method: str, arguments: Json) -> Mapping[str, object]:
        try:
            # JSON where there is structure; the reading methods take only a form.
            if "view" in arguments or "blocks" in arguments:
                answer = await self._client.api_call(method, json=arguments)
            else:
                answer = await self._client.api_call(method, params=arguments)
        except SlackApiError as problem:
            reply = problem.response
            error = text_at(getattr(reply, "data", None), "error") or "unknown"
            # Slack names the JSON pointer of a wrong block here (A6); our own text is not in it.
            told = mapping_at(getattr(reply, "data", None), "response_metadata").get("messages")
            log.warning("slack.refused", extra={"method": method, "error": error, "told": told})
            raise SlackFailed(method, error, _retry_after(getattr(reply, "headers", {}))) from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, ValueError):
            log.warning("slack.no_answer", extra={"method": method})
            raise SlackFailed(method, "no_answer") from None
        data = answer.data
        return data if isinstance(data, dict) else {}


def _refusal_in(body: bytes) -> str | None:
    """The error in an answer that says 200 and yet `"ok": false`; None in Slack's plain `ok`."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return (text_at(answer, "error") or "unknown") if isinstance(answer, dict) and answer.get("ok") is False else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After") or headers.get("retry-after")
    return float(value) if value and value.isdigit() else None
