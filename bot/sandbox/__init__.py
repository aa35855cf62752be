"""The demo world: virtual locks that speak Seam's HTTP API, a local Slack, people, and a clock that can be turned.

Product code: `make demo` runs it, and the tests use it as their double. The bot in it is the real one; the sandbox
replaces the servers at the other end of the wire and never the bot's own client.
"""
