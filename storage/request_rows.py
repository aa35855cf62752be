"""Requests within one transaction. Every change of state is one conditional UPDATE, never read-then-write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.domain.model import Action, PersonRef
from bot.domain.requests import REQUEST_MOVES, AccessRequest, RequestedDoor, RequestState, Review, Verdict
from bot.domain.window import Window
from storage.once import insert_once
from storage.tables import allowances, request_doors, requests, reviews


class RequestRows:
    """The requests, their doors, their reviews, and what was allowed without one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, request: AccessRequest) -> None:
        """Write down a request before anybody is asked."""
        window = request.window
        self._connection.execute(
            insert(requests),
            {
                "request_id": request.request_id,
                "action": request.action.value,
                "team_id": request.requester.team_id,
                "user_id": request.requester.user_id,
                "beneficiary_team": request.beneficiary.team_id if request.beneficiary else None,
                "beneficiary_user": request.beneficiary.user_id if request.beneficiary else None,
                "guest": request.guest,
                "reason": request.reason,
                "starts_at": window.starts_at if window else None,
                "ends_at": window.ends_at if window else None,
                "length_s": int(request.length.total_seconds()) if request.length is not None else None,
                "rule_id": request.rule_id,
                "rule_name": request.rule_name,
                "channel": request.channel,
                "state": request.state.value,
                "version": request.version,
                "created_at": request.created_at,
                "expires_at": request.expires_at,
                "break_glass": request.break_glass,
                "decided_at": request.decided_at,
                "order_id": request.order_id,
            },
        )
        self._connection.execute(insert(request_doors), _door_rows(request.request_id, request.doors))

    def get(self, request_id: str) -> AccessRequest | None:
        row = self._connection.execute(select(requests).where(requests.c.request_id == request_id)).first()
        return self._whole(row) if row else None

    def open(self, state: RequestState) -> Sequence[AccessRequest]:
        """All requests in this state, oldest first."""
        rows = self._connection.execute(
            select(requests).where(requests.c.state == state.value).order_by(requests.c.created_at)
        ).all()
        return [self._whole(row) for row in rows]

    def count_pending(self, person: PersonRef) -> int:
        """How many open requests this person has."""
        return self._connection.execute(
            select(func.count())
            .select_from(requests)
            .where(
                requests.c.team_id == person.team_id,
                requests.c.user_id == person.user_id,
                requests.c.state == RequestState.PENDING.value,
            )
        ).scalar_one()

    def hold_pending(self, request_id: str, version: int) -> bool:
        """Take the row for this transaction, if it is still pending in this version: others wait for our end."""
        statement = (
            update(requests)
            .where(
                requests.c.request_id == request_id,
                requests.c.state == RequestState.PENDING.value,
                requests.c.version == version,
            )
            .values(version=version)
        )
        return self._connection.execute(statement).rowcount == 1

    def review(self, request_id: str, review: Review) -> bool:
        """Count one person's decision. False if they had decided before."""
        return insert_once(
            self._connection,
            reviews,
            {
                "request_id": request_id,
                "team_id": review.person.team_id,
                "user_id": review.person.user_id,
                "verdict": review.verdict.value,
                "reason": review.reason,
                "at": review.at,
            },
        )

    def approvals(self, request_id: str) -> int:
        """How many have approved."""
        return self._connection.execute(
            select(func.count())
            .select_from(reviews)
            .where(reviews.c.request_id == request_id, reviews.c.verdict == Verdict.APPROVE.value)
        ).scalar_one()

    def move(
        self,
        request_id: str,
        before: RequestState,
        after: RequestState,
        *,
        at: datetime,
        version: int | None = None,
        outcome: str | None = None,
        order_id: str | None = None,
    ) -> bool:
        """Move from `before` to `after`, for this `version` if given. False: somebody else was first, or changed it."""
        if after not in REQUEST_MOVES[before]:
            raise ValueError(f"a request cannot go from {before} to {after}")
        values: dict[str, object] = {"state": after.value}
        if before is RequestState.PENDING:
            values["decided_at"] = at
        if outcome is not None:
            values["outcome"] = outcome
        if order_id is not None:
            values["order_id"] = order_id
        statement = update(requests).where(requests.c.request_id == request_id, requests.c.state == before.value)
        if version is not None:
            statement = statement.where(requests.c.version == version)
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def change(
        self,
        request_id: str,
        *,
        version: int,
        doors: Sequence[RequestedDoor],
        window: Window | None,
        length: timedelta | None,
        by: PersonRef,
    ) -> bool:
        """Change what a pending request asks for; makes its next version. False if it is no longer this version."""
        statement = (
            update(requests)
            .where(
                requests.c.request_id == request_id,
                requests.c.state == RequestState.PENDING.value,
                requests.c.version == version,
            )
            .values(
                version=version + 1,
                starts_at=window.starts_at if window else None,
                ends_at=window.ends_at if window else None,
                length_s=int(length.total_seconds()) if length is not None else None,
                changed_team=by.team_id,
                changed_user=by.user_id,
            )
        )
        if self._connection.execute(statement).rowcount != 1:
            return False
        self._connection.execute(request_doors.delete().where(request_doors.c.request_id == request_id))
        self._connection.execute(insert(request_doors), _door_rows(request_id, doors))
        # An approval holds only for what was seen: earlier ones are void (reliability.md T6).
        self._connection.execute(reviews.delete().where(reviews.c.request_id == request_id))
        return True

    def take(self, request_id: str, person: PersonRef) -> bool:
        """“I'm on it”: the first one is shown. False if somebody else was first or it is no longer pending."""
        statement = update(requests).where(
            requests.c.request_id == request_id,
            requests.c.state == RequestState.PENDING.value,
            requests.c.taken_user.is_(None),
        )
        values = {"taken_team": person.team_id, "taken_user": person.user_id}
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def break_glass(self, request_id: str, *, reason: str, at: datetime) -> bool:
        """Approve a pending request without an approver; its reason is the emergency. False if it is not pending."""
        statement = update(requests).where(
            requests.c.request_id == request_id, requests.c.state == RequestState.PENDING.value
        )
        values = {"state": RequestState.APPROVED.value, "break_glass": True, "reason": reason, "decided_at": at}
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def look_over(self, request_id: str, person: PersonRef, at: datetime) -> bool:
        """Somebody looked at an act that came before its approval. False if somebody had already."""
        statement = update(requests).where(
            requests.c.request_id == request_id, requests.c.break_glass, requests.c.reviewed_user.is_(None)
        )
        values = {"reviewed_team": person.team_id, "reviewed_user": person.user_id, "reviewed_at": at}
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def keep_card(self, request_id: str, channel: str, ts: str) -> None:
        self._keep(request_id, card_channel=channel, card_ts=ts)

    def keep_dm(self, request_id: str, channel: str, ts: str) -> None:
        self._keep(request_id, dm_channel=channel, dm_ts=ts)

    def use_allowance(
        self, subject_id: str, person: PersonRef, device_id: str, action: Action, day: str, cap: int | None
    ) -> bool:
        """Count one thing allowed without asking. False when that would pass the cap."""
        if cap is not None and self.used_allowances(person, device_id, action, day) >= cap:
            return False
        self._connection.execute(
            insert(allowances),
            {
                "subject_id": subject_id,
                "team_id": person.team_id,
                "user_id": person.user_id,
                "device_id": device_id,
                "action": action.value,
                "day": day,
            },
        )
        return True

    def used_allowances(self, person: PersonRef, device_id: str, action: Action, day: str) -> int:
        """How much this person was allowed without asking, by this action at this door on this day (at the door)."""
        return self._connection.execute(
            select(func.count())
            .select_from(allowances)
            .where(
                allowances.c.team_id == person.team_id,
                allowances.c.user_id == person.user_id,
                allowances.c.device_id == device_id,
                allowances.c.action == action.value,
                allowances.c.day == day,
            )
        ).scalar_one()

    def _keep(self, request_id: str, **values: str) -> None:
        self._connection.execute(update(requests).where(requests.c.request_id == request_id).values(**values))

    def _whole(self, row: Row[tuple[object, ...]]) -> AccessRequest:
        doors = self._connection.execute(
            select(request_doors).where(request_doors.c.request_id == row.request_id).order_by(request_doors.c.position)
        )
        decided = self._connection.execute(
            select(reviews).where(reviews.c.request_id == row.request_id).order_by(reviews.c.at)
        )
        return AccessRequest(
            request_id=row.request_id,
            action=Action(row.action),
            doors=tuple(
                RequestedDoor(device_id=d.device_id, name=d.door_name, timezone=ZoneInfo(d.timezone)) for d in doors
            ),
            requester=PersonRef(team_id=row.team_id, user_id=row.user_id),
            beneficiary=_person(row.beneficiary_team, row.beneficiary_user),
            guest=row.guest,
            reason=row.reason,
            window=Window(starts_at=row.starts_at, ends_at=row.ends_at) if row.starts_at else None,
            length=timedelta(seconds=row.length_s) if row.length_s is not None else None,
            rule_id=row.rule_id,
            rule_name=row.rule_name,
            channel=row.channel,
            state=RequestState(row.state),
            version=row.version,
            created_at=row.created_at,
            expires_at=row.expires_at,
            taken_by=_person(row.taken_team, row.taken_user),
            reviews=tuple(
                Review(
                    person=PersonRef(team_id=r.team_id, user_id=r.user_id),
                    verdict=Verdict(r.verdict),
                    reason=r.reason,
                    at=r.at,
                )
                for r in decided
            ),
            decided_at=row.decided_at,
            outcome=row.outcome,
            order_id=row.order_id,
            break_glass=row.break_glass,
            reviewed_by=_person(row.reviewed_team, row.reviewed_user),
            reviewed_at=row.reviewed_at,
            changed_by=_person(row.changed_team, row.changed_user),
            card=(row.card_channel, row.card_ts) if row.card_ts else None,
            dm=(row.dm_channel, row.dm_ts) if row.dm_ts else None,
        )


def _door_rows(request_id: str, doors: Sequence[RequestedDoor]) -> list[dict[str, object]]:
    return [
        {
            "request_id": request_id,
            "device_id": door.device_id,
            "door_name": door.name,
            "timezone": door.timezone.key,
            "position": n,
        }
        for n, door in enumerate(doors)
    ]


def _person(team_id: str | None, user_id: str | None) -> PersonRef | None:
    return PersonRef(team_id=team_id or "", user_id=user_id) if user_id else None
