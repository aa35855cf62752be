"""What Slack refuses.

- Refused         the Web API answers `ok: false`
- NotPossible     a person cannot do this in Slack: there is no such button, box or channel for them
"""

from __future__ import annotations

from bot.sandbox.slack.wire import Json


class Refused(Exception):
    """The Web API answers `ok: false` with `code`, and with `more` beside it."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more: Json = more

    @classmethod
    def because(cls, code: str, *reasons: str) -> Refused:
        """With Slack's reasons where the bot can log them (slack-platform.md A5, payload quirk)."""
        return cls(code, response_metadata={"messages": list(reasons)})


class NotPossible(Exception):
    """A person cannot do this in Slack; the sentence says why."""
