"""What the message box does to what a person types (slack-platform.md A4)."""

from __future__ import annotations

import re

from bot.sandbox.slack.channels import Conversations
from bot.sandbox.slack.people import People

_TOKEN = re.compile(
    r"(?P<url>https?://\S+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w.])@(?P<at>[\w.-]*\w)"
    r"|(?<![\w&])#(?P<channel>[\w-]+)"
)
_BROADCASTS = {"here", "channel", "everyone"}


def escape(text: str) -> str:
    """`& < >` as Slack's text carries them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_entities(text: str, people: People, conversations: Conversations, *, labels: bool = False) -> str:
    """@names, #channels and links as Slack's entities, the rest escaped. `labels`: the older `<@U1|name>`.

    A name that belongs to nobody, or with a space in it, gets no entity: it was typed and not picked.
    """
    handles = {user.name.casefold(): user.id for user in people.users.values()}
    groups = {group.handle.casefold(): group.id for group in people.groups.values()}
    channels = {c.name: c for c in conversations.channels.values() if c.kind in {"public", "private"}}

    def entity(match: re.Match[str]) -> str:
        whole, name = match.group(0), match.group("at")
        if url := match.group("url"):
            return f"<{escape(url)}>"
        if mail := match.group("mail"):
            return f"<mailto:{mail}|{mail}>"
        if name is not None:
            if name in _BROADCASTS:
                return f"<!{name}>"
            if user_id := handles.get(name.casefold()):
                return f"<@{user_id}|{name}>" if labels else f"<@{user_id}>"
            if group_id := groups.get(name.casefold()):
                return f"<!subteam^{group_id}|@{name}>"
            return escape(whole)
        channel = channels.get(match.group("channel"))
        if channel is None:
            return escape(whole)
        return f"<#{channel.id}|{channel.name if channel.kind == 'public' else ''}>"

    out, end = [], 0
    for match in _TOKEN.finditer(text):
        out += [escape(text[end : match.start()]), entity(match)]
        end = match.end()
    return "".join([*out, escape(text[end:])])


def with_smart_punctuation(text: str) -> str:
    """What iOS and macOS make of typed quotes, dashes and dots."""
    text = text.replace("--", "—").replace("...", "…")
    text = re.sub(r"(?<=\d)-(?=\d)|(?<=\s)-(?=\s)", "–", text)
    text = re.sub(r'(^|[\s(\[])"', r"\1“", text).replace('"', "”")
    return re.sub(r"(^|[\s(\[])'", r"\1‘", text).replace("'", "’")
