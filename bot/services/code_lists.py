"""What somebody sees of their codes and requests, and what needs an admin's eyes."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.listing import Listing
from bot.domain.model import Person
from bot.services.context import Context
from bot.services.policy_book import PolicyBook
from storage.transaction import Transaction

CODES_ON_A_PAGE = 5
MOST_REQUESTS = 5  # three may be open at once
MOST_ATTENTION = 5
FAILED_SHOWN_FOR = timedelta(days=1)


class CodeLists:
    """Reads; changes nothing."""

    def __init__(self, context: Context, policy: PolicyBook) -> None:
        self._context, self._policy = context, policy

    async def of(self, person: Person, page: int = 0) -> Listing:
        """This person's page, by today's records; a page that is not there becomes the nearest one."""
        is_admin = (await self._policy.current()).is_admin(person)
        now = self._context.now()
        since = now - FAILED_SHOWN_FOR

        def read(tx: Transaction) -> Listing:
            total = tx.lists.count_codes(person.ref, since)
            pages = max(1, -(-total // CODES_ON_A_PAGE))
            at = min(max(page, 0), pages - 1)
            offset = at * CODES_ON_A_PAGE
            return Listing(
                codes=tuple(tx.lists.codes(person.ref, since, limit=CODES_ON_A_PAGE, offset=offset)),
                page=at,
                pages=pages,
                total=total,
                requests=tuple(tx.lists.requests(person.ref, limit=MOST_REQUESTS)),
                attention=tuple(tx.lists.need_attention(now, since, limit=MOST_ATTENTION)) if is_admin else None,
            )

        return await self._context.db.read(read)
