"""Web API: views.* (slack-platform.md A6, A8)."""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.validate import view_is_too_large, view_problems
from bot.sandbox.slack.wire import Json, obj
from bot.sandbox.slack.workspace import Workspace


def checked_view(args: Arguments, *kinds: str) -> Json:
    """The view. Raises `Refused` with Slack's reasons."""
    if "view" not in args.given:
        raise Refused.because("invalid_arguments", "[ERROR] missing required field: view [json-pointer:/view]")
    view = args.given["view"]
    if problems := view_problems(view, kinds=kinds):
        raise Refused.because("invalid_arguments", *problems)
    if view_is_too_large(obj(view)):
        raise Refused("view_too_large")
    return obj(view)


def views_open(ws: Workspace, args: Arguments) -> Json:
    view = checked_view(args, "modal")
    trigger = ws.triggers.use(args.required("trigger_id"))
    return {"view": ws.views.open(trigger.user, view).public(ws.app)}


def views_push(ws: Workspace, args: Arguments) -> Json:
    view = checked_view(args, "modal")
    trigger = ws.triggers.use(args.required("trigger_id"))
    if trigger.from_view is None or not ws.views.stack(trigger.user):
        raise Refused("invalid_trigger_id")  # nothing to push onto
    return {"view": ws.views.push(trigger.user, view).public(ws.app)}


def views_update(ws: Workspace, args: Arguments) -> Json:
    if not args.has("view_id") and not args.has("external_id"):
        raise Refused.because("invalid_arguments", "[ERROR] missing required field: view_id")
    view = checked_view(args, "modal", "home")
    found = ws.views.find(args.optional("view_id"), args.optional("external_id"))
    if found is None:
        raise Refused("not_found")
    return {"view": ws.views.update(found, view, args.optional("hash")).public(ws.app)}


def views_publish(ws: Workspace, args: Arguments) -> Json:
    user = ws.people.users.get(args.required("user_id"))
    if user is None or user.bot:
        raise Refused("user_not_found")
    if not ws.app.manifest.home_tab:
        raise Refused("not_enabled")
    view = checked_view(args, "home")
    return {"view": ws.views.publish(user.id, view, args.optional("hash")).public(ws.app)}
