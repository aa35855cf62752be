"""The Home tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.listing import Listing
from handlers.json_types import Json
from handlers.views import kit
from handlers.views.code_list import list_blocks as code_blocks
from handlers.views.help import help_blocks
from handlers.views.rules import RuleList, list_blocks

MOST_DOORS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableDoor:
    """A door that somebody may unlock at this moment: at once, or when somebody approves."""

    name: str
    at_once: bool


def home(
    doors: Sequence[UsableDoor] | None,
    rules: RuleList | None,
    codes: Listing | None = None,
    reader: ZoneInfo | None = None,
) -> Json:
    """`doors=None`: nobody knows them now. `rules` for admins only. Codes are shown in the `reader`'s zone, too."""
    blocks = [kit.header("Your doors"), *_doors(doors), {"type": "divider"}]
    if codes is not None:
        blocks += [*code_blocks(codes, reader), {"type": "divider"}]
    blocks += help_blocks()
    if rules is not None:
        blocks += [{"type": "divider"}, *list_blocks(rules)]
    return {"type": "home", "blocks": blocks}


def _doors(doors: Sequence[UsableDoor] | None) -> list[Json]:
    if doors is None:
        return [
            kit.section("The service that talks to the locks does not answer now. Open this page again in a minute.")
        ]
    if not doors:
        return [kit.section("There is no door that you may open at this moment. If you need one, ask an admin.")]
    lines = [
        f"• *{kit.name(d.name)}*{'' if d.at_once else ' – somebody has to approve it'}" for d in doors[:MOST_DOORS]
    ]
    if len(doors) > MOST_DOORS:
        lines.append(f"and {len(doors) - MOST_DOORS} more: `/doors`")
    return [kit.section("You may open these now:"), kit.section("\n".join(lines))]
