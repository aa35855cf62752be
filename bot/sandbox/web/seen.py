"""What the page draws, as JSON: one person's Slack, everybody else, the building, and the time."""

from __future__ import annotations

from bot.sandbox.clock import system_now
from bot.sandbox.seam import VirtualLock
from bot.sandbox.slack import SeenMessage, SlackUser
from bot.sandbox.slack.screen import SeenChannel, SeenView
from bot.sandbox.web.stage import Stage
from bot.sandbox.world import World
from handlers.json_types import Json


def people(w: World) -> list[Json]:
    """Everybody who can be played, with when they were last written to, for the marks beside their names."""
    return [_person(w, user) for user in w.slack.workspace.people.users.values() if not user.bot]


def _person(w: World, user: SlackUser) -> Json:
    own = w.slack.workspace
    roles = {
        "external": own.people.is_external(user),
        "guest": user.restricted or user.ultra_restricted,
        "admin": user.admin,
        "deactivated": user.deactivated,
    }
    heard: dict[str, list[str]] = {}
    for channel in own.conversations.of(user.id):
        said = own.messages.seen_by(user.id, channel.id)
        # What only they see was an answer to something they did: it never rings (slack-platform.md A7).
        heard[channel.id] = [m.ts for m in said if m.author != user.id and m.ephemeral_to is None]
    return {
        "id": user.id,
        "name": user.shown_name,
        "handle": user.name,
        "role": next((role for role, holds in roles.items() if holds), "member"),
        "tz": user.tz or "UTC",
        "heard": heard,
    }


def screen(w: World, who: str) -> Json:
    """What `who` has before them. Raises `LookupError` for somebody who is not there."""
    seen = w.slack.screen(who)
    own = w.slack.workspace
    offered = {view.id: view.offered for view in [*own.views.stack(seen.user.id), *own.views.homes.values()]}
    return {
        "user": seen.user.id,
        "tz": seen.user.tz or "UTC",
        "channels": [_channel(channel) for channel in seen.channels],
        "modals": [_view(modal, offered) for modal in seen.modals],
        "home": _view(seen.home, offered) if seen.home else None,
        "notices": seen.notices,
        "users": {
            user.id: {"name": user.shown_name, "handle": user.name, "bot": user.bot}
            for user in own.people.users.values()
        },
        "channel_names": own.conversations.names(),
        "has_home": own.app.manifest.home_tab,
        "can_dm": own.app.manifest.messages_tab,
        "is_external": own.people.is_external(seen.user),
    }


def _channel(channel: SeenChannel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "archived": channel.archived,
        "shared": channel.ext_shared,
        "messages": [_message(message) for message in channel.messages],
    }


def _message(message: SeenMessage) -> Json:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "at": message.at.isoformat(),
        "author": message.author,
        "by_app": message.by_app,
        "text": message.text,
        "blocks": message.blocks,
        "ephemeral": message.ephemeral,
        "edited": message.edited,
        "thread_ts": message.thread_ts,
        "state": message.state,
    }


def _view(view: SeenView, offered: dict[str, dict[str, list[Json]]]) -> Json:
    return {
        "id": view.id,
        "kind": view.kind,
        "content": view.content,
        "state": view.state,
        "errors": view.errors,
        "trouble": view.trouble,
        "offered": offered.get(view.id, {}),
    }


def house(stage: Stage) -> Json:
    """The building as it physically is. No PIN leaves it."""
    seam = stage.world.seam
    return {"doors": [_door(lock) for lock in seam.locks.values()], "weather": sorted(stage.weather)}


def _door(lock: VirtualLock) -> Json:
    return {
        "id": lock.device_id,
        "name": lock.display_name,
        "brand": lock.brand.display_name,
        "locked": lock.locked,
        "battery": round(lock.battery_level * 100),
        "online": lock.is_reachable,
        "auto_lock_s": lock.auto_lock_seconds,
        "digits": max(lock.code_lengths),
        "faults": {
            "offline": lock.trouble.offline,
            "slow": lock.trouble.latency is not None,
            "remote_unlock_off": lock.trouble.remote_unlock_off,
        },
        "codes": [
            {
                "from": loaded.starts_at.isoformat() if loaded.starts_at else None,
                "to": loaded.ends_at.isoformat() if loaded.ends_at else None,
            }
            for loaded in lock.loaded.values()
        ],
    }


def clock(w: World) -> Json:
    """How far the sandbox's time is ahead of the machine's, in whole seconds, and by how much it was turned."""
    ahead = w.clock.now() - system_now()
    return {"ahead_s": round(ahead.total_seconds()), "turned_s": round(w.clock.turned.total_seconds())}
