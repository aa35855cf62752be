"""Who may do what until rules are set: full members of the workspace may, admins may everything, all others nothing."""

from __future__ import annotations

from bot.domain.model import Action, Person, PersonKind

_WHY_NOT = {
    PersonKind.GUEST: "your account is a guest of this workspace",
    PersonKind.EXTERNAL: "your account belongs to another workspace",
    PersonKind.BOT: "bots may not work doors",
    PersonKind.DEACTIVATED: "your account is deactivated",
}


def why_refused(person: Person, action: Action) -> str | None:
    """None when this person may; else why not, in words that fit after "because"."""
    return _WHY_NOT.get(person.kind)
