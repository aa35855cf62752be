"""Whether a channel is one in which people can be asked for an approval."""

from __future__ import annotations

from handlers.slack_out import SlackFailed, SlackOut


async def channel_problem(slack: SlackOut, channel: str, *, called: str = "the channel for requests") -> str | None:
    """What is wrong with the channel, as half a sentence about what is `called` so; None when nothing is."""
    try:
        info = await slack.channel(channel)
    except SlackFailed as failed:
        gone = failed.error in {"channel_not_found", "is_archived"}
        return f"{called} is gone" if gone else f"Slack does not answer about {called}"
    if info.get("is_archived") is True:
        return f"{called} is archived"
    if info.get("is_ext_shared") is True or info.get("is_pending_ext_shared") is True:
        return f"{called} is shared with another company"
    return None if info.get("is_member") is not False else f"I am not in {called}"
