"""The access rules, every version that was ever in force, and who last changed each rule."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.model import PersonRef
from storage.once import insert_once
from storage.tables import policy_versions, rule_editors


class PolicyRows:
    """The rules within one transaction. Versions are only ever added; the newest one holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert

    def version(self) -> int:
        """The version in force; 0 when no rule was ever saved."""
        return self._connection.execute(select(func.max(policy_versions.c.version))).scalar() or 0

    def content(self, version: int) -> Mapping[str, object] | None:
        """What a version says, as `policy_to_dict` made it."""
        row = self._connection.execute(
            select(policy_versions.c.content).where(policy_versions.c.version == version)
        ).first()
        if row is None:
            return None
        content: dict[str, object] = json.loads(row.content)
        return content

    def save(
        self,
        version: int,
        content: Mapping[str, object],
        *,
        editor: PersonRef,
        changed: Collection[str],
        at: datetime,
    ) -> bool:
        """Add a version. False when somebody else has saved this version first: nothing is then written.

        `changed` are the ids of what differs from the version before; `editor` is kept as who last changed them.
        """
        row = {
            "version": version,
            "content": json.dumps(content, sort_keys=True),
            "made_at": at,
            "team_id": editor.team_id,
            "user_id": editor.user_id,
        }
        if not insert_once(self._connection, policy_versions, row):
            return False
        for rule_id in sorted(changed):
            who = {"team_id": editor.team_id, "user_id": editor.user_id, "at": at}
            upsert = self._insert(rule_editors).values(rule_id=rule_id, **who)
            self._connection.execute(upsert.on_conflict_do_update(index_elements=["rule_id"], set_=who))
        return True

    def editors(self) -> Mapping[str, PersonRef]:
        """Who last changed each rule."""
        return {
            row.rule_id: PersonRef(team_id=row.team_id, user_id=row.user_id)
            for row in self._connection.execute(select(rule_editors))
        }
