"""What the app's manifest allows: scopes, commands, events (slack-platform.md A18)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.slack.wire import Json, obj, objs, seq, string

# Without a manifest: the events of slack-platform.md A18. Delivering all there are would bury a bot in retries.
USUAL_EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "channel_id_changed",
        "message.im",
        "subteam_members_changed",
        "team_join",
        "tokens_revoked",
        "user_change",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parts of a manifest that Slack acts on. None: no manifest given, everything is allowed."""

    scopes: frozenset[str] | None = None
    commands: dict[str, bool] | None = None  # name with its slash -> should_escape
    shortcuts: frozenset[str] | None = None  # callback ids
    events: frozenset[str] = USUAL_EVENTS
    home_tab: bool = True
    messages_tab: bool = True
    interactive: bool = True
    options_url: bool = True  # without it Slack asks for no options over HTTP (A6)

    @classmethod
    def read(cls, manifest: Json | None) -> Manifest:
        """From the manifest's JSON (or parsed YAML)."""
        if manifest is None:
            return cls()
        features, settings = obj(manifest.get("features")), obj(manifest.get("settings"))
        home = obj(features.get("app_home"))
        scopes = seq(obj(obj(manifest.get("oauth_config")).get("scopes")).get("bot"))
        events = seq(obj(settings.get("event_subscriptions")).get("bot_events"))
        interactivity = obj(settings.get("interactivity"))
        return cls(
            scopes=frozenset(string(scope) for scope in scopes),
            commands={
                string(c.get("command")): c.get("should_escape") is True for c in objs(features.get("slash_commands"))
            },
            shortcuts=frozenset(string(s.get("callback_id")) for s in objs(features.get("shortcuts"))),
            events=frozenset(string(event) for event in events),
            home_tab=home.get("home_tab_enabled") is True,
            messages_tab=home.get("messages_tab_enabled") is True,
            interactive=interactivity.get("is_enabled") is True,
            options_url="message_menu_options_url" in interactivity or settings.get("socket_mode_enabled") is True,
        )

    def has_command(self, command: str) -> bool:
        return self.commands is None or command in self.commands

    def escapes(self, command: str) -> bool:
        """Whether the composer rewrites names into ids; without a manifest yes, as our own manifest has it."""
        return True if self.commands is None else self.commands.get(command, False)

    def subscribes(self, event: str) -> bool:
        """`event` by its manifest name: `message.im`, not `message`."""
        return event in self.events

    def grants(self, *scopes: str) -> bool:
        """Whether one of `scopes` was granted, or none is needed."""
        return self.scopes is None or not scopes or any(scope in self.scopes for scope in scopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The bot as it is installed in one workspace."""

    team_id: str
    team_domain: str
    bot_token: str
    app_id: str = "A0LATCHKEY"
    bot_id: str = "B0LATCHKEY"
    bot_user_id: str = "U0LATCHKEY"
    bot_name: str = "latchkey"
    manifest: Manifest
