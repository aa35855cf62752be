"""The local Slack: Slack's side of the wire in one process, as strict as slack-platform.md says Slack is.

Product code: `make demo` runs it, a web page draws it, and the end-to-end tests use it as their double. People act
through `VirtualSlack`'s methods; the bot is reached by signed HTTP deliveries and answers through the Web API.

    virtual     VirtualSlack: everything together
    acts        commands  clicks  modals  talk (messages, Home, events), on acting; entries and composer for typing
    wire out    courier (signed, 3 s)  payloads  retries
    wire in     web_api  arguments  methods_*  respond (response_url)  conditions (outages, limits)
    state       workspace: people  channels  messages  views  tickets (trigger ids, response urls)  traffic  changes
    Block Kit   rules  block_kit  validate;  blocks (ids and state)
    reading     screen  render  mrkdwn
"""

from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.conditions import Failure
from bot.sandbox.slack.courier import AsgiDelivery, Delivered, Outcome
from bot.sandbox.slack.errors import NotPossible
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.people import SlackUser
from bot.sandbox.slack.render import render_text
from bot.sandbox.slack.screen import Screen, SeenMessage
from bot.sandbox.slack.traffic import Direction, Exchange
from bot.sandbox.slack.views import View
from bot.sandbox.slack.virtual import VirtualSlack

__all__ = [
    "AsgiDelivery",
    "Change",
    "Delivered",
    "Direction",
    "Exchange",
    "Failure",
    "Message",
    "NotPossible",
    "Outcome",
    "Screen",
    "SeenMessage",
    "SlackUser",
    "View",
    "VirtualSlack",
    "render_text",
]
