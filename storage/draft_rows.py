"""What a button stands for, kept until it is pressed or forgotten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from bot.domain.model import PersonRef
from storage.tables import drafts


class DraftRows:
    """The drafts within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, draft_id: str, person: PersonRef, content: Mapping[str, str], at: datetime) -> None:
        self._connection.execute(
            insert(drafts),
            {
                "draft_id": draft_id,
                "team_id": person.team_id,
                "user_id": person.user_id,
                "content": json.dumps(dict(content), sort_keys=True),
                "made_at": at,
                "used": False,
            },
        )

    def read(self, draft_id: str, person: PersonRef) -> Mapping[str, str] | None:
        """What this person's unused draft holds; None if there is none, it is another person's, or it was used."""
        row = self._connection.execute(
            select(drafts.c.content).where(
                drafts.c.draft_id == draft_id,
                drafts.c.team_id == person.team_id,
                drafts.c.user_id == person.user_id,
                ~drafts.c.used,
            )
        ).first()
        if row is None:
            return None
        content: dict[str, str] = json.loads(row.content)
        return content

    def use(self, draft_id: str, person: PersonRef) -> Mapping[str, str] | None:
        """Take the draft, once: the second press finds nothing."""
        content = self.read(draft_id, person)
        taken = update(drafts).where(drafts.c.draft_id == draft_id, ~drafts.c.used).values(used=True)
        return content if content is not None and self._connection.execute(taken).rowcount == 1 else None

    def forget(self, before: datetime) -> None:
        self._connection.execute(delete(drafts).where(drafts.c.made_at < before))
