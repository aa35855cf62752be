"""People and user groups of the local Slack, and what `users.info` says of them (slack-platform.md A11, A12, A14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.slack.wire import Json

SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackUser:
    """An account. `restricted` is any guest of the workspace, `ultra_restricted` one who sees a single channel."""

    id: str
    name: str
    real_name: str
    team_id: str
    tz: str | None = "Europe/Berlin"
    locale: str = "en-US"
    email: str | None = None
    admin: bool = False
    restricted: bool = False
    ultra_restricted: bool = False
    bot: bool = False
    deactivated: bool = False
    display_name: str = ""

    @property
    def shown_name(self) -> str:
        """The name on the screen."""
        return self.display_name or self.real_name

    @property
    def zone(self) -> ZoneInfo:
        """The zone of this person's device; UTC where Slack does not know one."""
        return ZoneInfo(self.tz or "UTC")


@dataclass(slots=True, kw_only=True)
class UserGroup:
    """A user group. Members can edit it unless admins restrict that (A12)."""

    id: str
    handle: str
    name: str
    members: list[str] = field(default_factory=list)
    disabled: bool = False


class People:
    """Everybody whom this workspace can see."""

    def __init__(self, team_id: str) -> None:
        self.team_id = team_id
        self.users: dict[str, SlackUser] = {}
        self.groups: dict[str, UserGroup] = {}

    def find(self, who: SlackUser | str) -> SlackUser:
        """By account, id or name, as it is now. Raises `LookupError`."""
        key = who.id if isinstance(who, SlackUser) else who
        if key in self.users:
            return self.users[key]
        named = [user for user in self.users.values() if user.name.casefold() == key.removeprefix("@").casefold()]
        if not named:
            raise LookupError(f"nobody here is called {key!r}")
        return named[0]

    def is_external(self, user: SlackUser) -> bool:
        """From another workspace (Slack Connect)."""
        return user.team_id != self.team_id

    def names(self) -> dict[str, str]:
        """User id to the name on the screen."""
        return {user.id: user.shown_name for user in self.users.values()}


def user_as_api(
    user: SlackUser, *, now: datetime, external: bool, stranger: bool, with_locale: bool, with_email: bool
) -> Json:
    """An account as `users.info` gives it. `tz_offset` follows daylight saving at `now`; external people hide much."""
    zone_offset = now.astimezone(ZoneInfo(user.tz)).utcoffset() if user.tz else None
    offset = zone_offset.total_seconds() if zone_offset is not None else 0
    profile: Json = {
        "real_name": user.real_name,
        "display_name": user.display_name,
        "real_name_normalized": user.real_name,
        "display_name_normalized": user.display_name,
        "team": user.team_id,
    }
    if with_email and user.email and not external:
        profile["email"] = user.email
    described: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deactivated,
        "profile": profile,
        "is_bot": user.bot and user.id != SLACKBOT,  # Slack says false of USLACKBOT (A11)
        "is_app_user": False,
        "updated": int(now.timestamp()),
    }
    if external:
        described["is_stranger"] = stranger
    if user.deactivated:
        return described  # Slack leaves zone and roles out for a deactivated account
    described |= {
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset),
        "is_admin": user.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.restricted or user.ultra_restricted,
        "is_ultra_restricted": user.ultra_restricted,
    }
    if with_locale and not external:
        described["locale"] = user.locale
    return described
