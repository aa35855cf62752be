"""The people and channels of the demo."""

from __future__ import annotations

from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.people import SLACKBOT, SlackUser, UserGroup
from bot.sandbox.slack.workspace import Workspace

OTHER_TEAM = "T0OTHER"


def default_cast(ws: Workspace) -> None:
    """Mia (admin), Sam, Ana and Ben (approvers; Ben is in New York), Gus (guest), Eve (from another workspace).

    #general; #door-requests for approvals; #facilities, which is shared with Eve's company.
    """
    home, bot = ws.app.team_id, ws.app.bot_user_id
    everybody = [
        SlackUser(id="U0MIA", name="mia", real_name="Mia Berger", team_id=home, admin=True, email="mia@example.com"),
        SlackUser(id="U0SAM", name="sam", real_name="Sam Okafor", team_id=home, email="sam@example.com"),
        SlackUser(id="U0ANA", name="ana", real_name="Ana Lima", team_id=home, email="ana@example.com"),
        SlackUser(
            id="U0BEN", name="ben", real_name="Ben Ito", team_id=home, tz="America/New_York", email="ben@example.com"
        ),
        SlackUser(id="U0GUS", name="gus", real_name="Gus Guest", team_id=home, restricted=True),
        SlackUser(id="U0EVE", name="eve", real_name="Eve Extern", team_id=OTHER_TEAM, email="eve@elsewhere.example"),
    ]
    for user in everybody:
        ws.people.users[user.id] = user
    staff = ["U0MIA", "U0SAM", "U0ANA", "U0BEN"]
    for channel in (
        Channel(id="C0GENERAL", name="general", kind="public", members=[*staff, "U0GUS", bot]),
        Channel(id="C0REQUESTS", name="door-requests", kind="public", members=[*staff, bot]),
        Channel(
            id="C0FACILITIES",
            name="facilities",
            kind="public",
            members=[*staff, "U0GUS", "U0EVE", bot],
            ext_shared=True,
        ),
    ):
        ws.conversations.channels[channel.id] = channel
    for user in everybody:
        ws.conversations.dm_with(user.id)
    ws.people.groups["S0APPROVERS"] = UserGroup(
        id="S0APPROVERS", handle="approvers", name="Door approvers", members=["U0ANA", "U0BEN"]
    )


def add_bots(ws: Workspace) -> None:
    """The accounts that every workspace has: the bot's own, and Slackbot (which Slack does not call a bot, A11)."""
    ws.people.users[ws.app.bot_user_id] = SlackUser(
        id=ws.app.bot_user_id,
        name=ws.app.bot_name,
        real_name=ws.app.bot_name.title(),
        team_id=ws.app.team_id,
        tz="America/Los_Angeles",
        bot=True,
    )
    ws.people.users[SLACKBOT] = SlackUser(
        id=SLACKBOT, name="slackbot", real_name="Slackbot", team_id=ws.app.team_id, tz=None, bot=True
    )
