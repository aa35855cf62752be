"""What happened at a door and could not be written down yet (disk full, database locked): kept until it can be.

By then the act is done, and refusing it would be a lie. So the person hears the truth, and the record follows. Should
we die before, the intent is still there, and the restart calls the outcome unknown (reliability.md F36).
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from bot.domain.errors import StorageTrouble
from storage.database import Database
from storage.transaction import Transaction

log = logging.getLogger(__name__)

Write = Callable[[Transaction], object]


class Owed:
    """Writes that come after an act. In the order in which they were handed in, each once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._writes: deque[Write] = deque()

    async def write(self, job: Write) -> bool:
        """Write it, now or later. False when it had to be put off; never raises `StorageTrouble`."""
        self._writes.append(job)
        return await self.pay()

    async def pay(self) -> bool:
        """Write what is owed. False while the database cannot take it."""
        while self._writes:
            job = self._writes.popleft()
            try:
                await self._db.write(job)
            except StorageTrouble:
                self._writes.appendleft(job)
                log.error("owed.not_written", extra={"owed": len(self._writes)})
                return False
        return True
