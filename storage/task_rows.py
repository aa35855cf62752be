"""What must happen later. Claimed with a lease and a fence, so that it happens once however many workers there are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, or_, select, update

from bot.domain.tasks import LEASE, ROUTINE, SHOW_CARDS, NewTask, Task, TaskKind
from storage.once import insert_once
from storage.tables import tasks

_KNOWN = [kind.value for kind in TaskKind]
_CARDS = sorted(SHOW_CARDS)


def _an_earlier_step(now: datetime) -> ColumnElement[bool]:
    """Whether an earlier task shows the same card and is due, under way, or waits to be tried again."""
    earlier = tasks.alias("earlier")
    return exists().where(
        earlier.c.subject_id == tasks.c.subject_id,
        earlier.c.kind.in_(_CARDS),
        earlier.c.state == "waiting",
        earlier.c.task_id < tasks.c.task_id,
        or_(earlier.c.due_at <= now, earlier.c.fence > 0),
    )


class TaskRows:
    """The tasks within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._postgres = connection.dialect.name == "postgresql"

    def plan(self, task: NewTask) -> bool:
        """Plan it. False when its key was planned before, whatever became of it."""
        return insert_once(
            self._connection,
            tasks,
            {
                "kind": task.kind.value,
                "subject_id": task.subject_id,
                "key": task.key,
                "payload": json.dumps(dict(task.payload), sort_keys=True),
                "due_at": task.due_at,
                "state": "waiting",
            },
        )

    def claim_due(self, now: datetime, *, limit: int = 20) -> Sequence[Task]:
        """Take up to `limit` due tasks for a lease of 30 s. A claim moves `due_at`, so nobody else sees them in it,
        and if we die they come back by themselves. A card's next step waits for the one before it."""
        due = (
            select(tasks.c.task_id)
            # What a newer version planned is left to it (F47): read here, it would stop everything else.
            .where(tasks.c.state == "waiting", tasks.c.due_at <= now, tasks.c.kind.in_(_KNOWN))
            .where(or_(tasks.c.kind.not_in(_CARDS), ~_an_earlier_step(now)))
            .order_by(tasks.c.due_at)
            .limit(limit)
        )
        if self._postgres:
            due = due.with_for_update(skip_locked=True)
        statement = (
            update(tasks)
            .where(tasks.c.task_id.in_(due.scalar_subquery()), tasks.c.state == "waiting")
            .values(due_at=now + LEASE, fence=tasks.c.fence + 1, attempts=tasks.c.attempts + 1)
            .returning(tasks)
        )
        claimed = [
            Task(
                task_id=r.task_id,
                kind=TaskKind(r.kind),
                subject_id=r.subject_id,
                payload=json.loads(r.payload),
                due_at=r.due_at,
                fence=r.fence,
                attempts=r.attempts,
            )
            for r in self._connection.execute(statement)
        ]
        return sorted(claimed, key=lambda t: t.task_id)

    def finish(self, task: Task, *, at: datetime) -> bool:
        """Done. False when the lease was lost and somebody else has it now."""
        return self._leave(task, {"state": "done", "ended_at": at})

    def postpone(self, task: Task, until: datetime) -> bool:
        """Not now; again at `until`."""
        return self._leave(task, {"due_at": until})

    def renew(self, task: Task, until: datetime) -> bool:
        """Still at it: hold the lease, which runs to `task.due_at`, until then. False when it was lost, or the task
        was finished or put off meanwhile."""
        statement = update(tasks).where(
            tasks.c.task_id == task.task_id,
            tasks.c.fence == task.fence,
            tasks.c.state == "waiting",
            tasks.c.due_at == task.due_at,
        )
        return self._connection.execute(statement.values(due_at=until)).rowcount == 1

    def settle(self, key: str, *, at: datetime) -> bool:
        """Done by somebody who was faster than the scheduler (an answer sent at once). False if it was not waiting."""
        statement = update(tasks).where(tasks.c.key == key, tasks.c.state == "waiting")
        return self._connection.execute(statement.values(state="done", ended_at=at)).rowcount == 1

    def drop(self, subject_id: str, *kinds: TaskKind, at: datetime) -> int:
        """Call off what was planned for this subject. Returns how many there were."""
        statement = update(tasks).where(
            tasks.c.subject_id == subject_id, tasks.c.kind.in_([k.value for k in kinds]), tasks.c.state == "waiting"
        )
        return self._connection.execute(statement.values(state="dropped", ended_at=at)).rowcount

    def waiting(self, subject_id: str, kind: TaskKind, *, besides: int) -> Sequence[Mapping[str, str]]:
        """The payloads of the waiting tasks of this kind and subject, leaving out the task `besides`."""
        rows = self._connection.execute(
            select(tasks.c.payload).where(
                tasks.c.subject_id == subject_id,
                tasks.c.kind == kind.value,
                tasks.c.state == "waiting",
                tasks.c.task_id != besides,
            )
        )
        return [json.loads(row.payload) for row in rows]

    def next_due(self) -> datetime | None:
        """When the next waiting task is due, or None. What only comes again and again does not count."""
        routine = [kind.value for kind in ROUTINE]
        row = self._connection.execute(
            select(tasks.c.due_at)
            .where(tasks.c.state == "waiting", tasks.c.kind.not_in(routine))
            .order_by(tasks.c.due_at)
            .limit(1)
        ).first()
        return row.due_at if row else None

    def hasten(self, key: str, to: datetime) -> bool:
        """Bring a waiting task forward to `to`, if it was due later than that."""
        statement = update(tasks).where(tasks.c.key == key, tasks.c.state == "waiting", tasks.c.due_at > to)
        return self._connection.execute(statement.values(due_at=to)).rowcount == 1

    def _leave(self, task: Task, values: dict[str, object]) -> bool:
        statement = update(tasks).where(
            tasks.c.task_id == task.task_id, tasks.c.fence == task.fence, tasks.c.state == "waiting"
        )
        return self._connection.execute(statement.values(**values)).rowcount == 1
