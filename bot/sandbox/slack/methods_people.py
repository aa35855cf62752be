"""Web API: auth.test, team.info, users.*, usergroups.* (slack-platform.md A11, A12)."""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.paging import page
from bot.sandbox.slack.people import SlackUser, UserGroup, user_as_api
from bot.sandbox.slack.wire import Json
from bot.sandbox.slack.workspace import Workspace


def auth_test(ws: Workspace, _: Arguments) -> Json:
    return {
        "url": f"https://{ws.app.team_domain}.slack.com/",
        "team": ws.app.team_domain,
        "user": ws.app.bot_name,
        "team_id": ws.app.team_id,
        "user_id": ws.app.bot_user_id,
        "bot_id": ws.app.bot_id,
        "app_id": ws.app.app_id,
        "is_enterprise_install": False,
    }


def team_info(ws: Workspace, _: Arguments) -> Json:
    return {"team": {"id": ws.app.team_id, "name": ws.app.team_domain, "domain": ws.app.team_domain}}


def described(ws: Workspace, user: SlackUser, *, with_locale: bool) -> Json:
    """A person as the bot may see them."""
    return user_as_api(
        user,
        now=ws.clock.now(),
        external=ws.people.is_external(user),
        stranger=ws.is_stranger(user),
        with_locale=with_locale,
        with_email=ws.app.manifest.grants("users:read.email"),
    )


def users_info(ws: Workspace, args: Arguments) -> Json:
    user = ws.people.users.get(args.required("user"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": described(ws, user, with_locale=args.flag("include_locale"))}


def users_list(ws: Workspace, args: Arguments) -> Json:
    users, cursor = page(list(ws.people.users.values()), args)
    return {
        "members": [described(ws, user, with_locale=args.flag("include_locale")) for user in users],
        "cache_ts": int(ws.clock.now().timestamp()),
        "response_metadata": {"next_cursor": cursor},
    }


def _group(ws: Workspace, group: UserGroup, *, with_users: bool, with_count: bool) -> Json:
    described: Json = {
        "id": group.id,
        "team_id": ws.app.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "date_delete": 1 if group.disabled else 0,
    }
    if with_users:
        described["users"] = list(group.members)
    if with_count:
        described["user_count"] = len(group.members)
    return described


def usergroups_list(ws: Workspace, args: Arguments) -> Json:
    groups = [g for g in ws.people.groups.values() if not g.disabled or args.flag("include_disabled")]
    users, count = args.flag("include_users"), args.flag("include_count")
    return {"usergroups": [_group(ws, group, with_users=users, with_count=count) for group in groups]}


def usergroups_users_list(ws: Workspace, args: Arguments) -> Json:
    group = ws.people.groups.get(args.required("usergroup"))
    if group is None or (group.disabled and not args.flag("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": list(group.members)}
