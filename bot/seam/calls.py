"""One POST to Seam: what is sent, what is repeated and what never is, and what is logged.

Every endpoint takes POST with a JSON object; the SDKs' newer verbs do not work everywhere (seam-api.md 1.4). Reads
are repeated on lost connections, 429 and 5xx. Changes are repeated only when they never left, or on 429: Seam has no
idempotency key, so a change without an answer is `OutcomeUnknown` (seam-api.md 1.9, 12).
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime

import httpx

from bot.domain.errors import DoorTrouble, OutcomeUnknown, SeamDown
from bot.seam import fields
from bot.seam.fields import JsonObject
from bot.seam.refusals import trouble_from_refusal
from bot.seam.replies import Answer, Refusal, Reply, Unreadable, read_reply, seconds_to_wait
from bot.seam.transport import CONNECT_SECONDS, was_sent

log = logging.getLogger(__name__)

RETRIES = 2
FIRST_PAUSE = 0.2  # seconds; doubled each time, plus up to the same again at random (seam-api.md 1.9)
LONGEST_READ_PAUSE = 10.0  # a person is waiting: longer than this, say so instead
# After a 429 without Retry-After: the limits are per minute (seam-api.md 1.8).
TOO_FAST_PAUSE = 10.0
LONGEST_WRITE_PAUSE = 60.0
PAGE_SIZE = 500
MOST_PAGES = 1000  # a server that always says "there is more" must not hold us for ever


class Calls:
    """Requests to one Seam workspace over an injected client (base URL and key are the client's).

    `now` is aware, for `Retry-After` dates; `sleep` takes seconds; `chance` returns 0 to 1; `monotonic` is in seconds.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self.now, self.sleep, self.monotonic = now, sleep, monotonic
        self._chance = chance

    async def read(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        key: str,
        retries: int = RETRIES,
        timeout: float | None = None,
    ) -> JsonObject:
        """A call that changes nothing. Returns the envelope, which has `key` with an object or a list.

        `timeout` in seconds, per try. Raises `SeamDown`, `SeamKeyWrong`, `TooFast`, or what the refusal means.
        """
        for attempt in range(retries + 1):
            outcome = await self._post(path, body, key=key, timeout=timeout)
            if isinstance(outcome, Answer):
                return outcome.body
            pause = self._read_pause(outcome, attempt)
            if attempt == retries or pause is None:
                raise _trouble_of_read(outcome, path)
            await self.sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def write(
        self,
        path: str,
        body: Mapping[str, object],
        *,
        key: str | None = None,
        retries: int = RETRIES,
        timeout: float | None = None,
    ) -> Answer:
        """A call that changes something. Raises like `read`, and `OutcomeUnknown` when Seam may have done it.

        Repeated only when it never left, or on 429. `retries=0`: exactly one request, whatever happens.
        """
        for attempt in range(retries + 1):
            outcome = await self._post(path, body, key=key, timeout=timeout)
            if isinstance(outcome, Answer):
                return outcome
            trouble, pause = self._judge_write(outcome, path, attempt)
            if attempt == retries or pause is None:
                raise trouble
            await self.sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def pages(self, path: str, body: Mapping[str, object], *, key: str) -> AsyncIterator[JsonObject]:
        """Every item of a list, from all pages.

        Repeats identical parameters plus the cursor (even another limit is a 400) and goes by `has_next_page`; the
        `next_page_url` of the fake is wrong (seam-api.md 1.10).
        """
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            envelope = await self.read(path, {**body, "page_cursor": cursor} if cursor else body, key=key)
            for item in fields.items(envelope, key):
                yield item
            pagination = fields.nested(envelope, "pagination")
            following = fields.text(pagination, "next_page_cursor")
            if fields.flag(pagination, "has_next_page") is not True or following is None:
                return
            if following == cursor:
                break
            cursor = following
        log.warning("seam.pages_without_end", extra={"path": path})
        raise SeamDown(seam_code="pages_without_end")

    async def _post(
        self,
        path: str,
        body: Mapping[str, object] | None,
        *,
        key: str | None,
        timeout: float | None = None,
    ) -> Reply | httpx.HTTPError:
        """One request, with None dropped from its body: Seam reads null as "clear it" (seam-api.md 1.4)."""
        began = self.monotonic()
        outcome: Reply | httpx.HTTPError
        status: int | str
        try:
            response = await self._http.post(
                path,
                json={name: value for name, value in (body or {}).items() if value is not None},
                timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else _within(timeout),
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = error if isinstance(error, httpx.HTTPError) else httpx.UnsupportedProtocol(str(error))
            status, request_id = type(error).__name__, ""
        else:
            outcome = read_reply(response.status_code, response.headers, response.content, key)
            status, request_id = response.status_code, outcome.request_id
        elapsed = round((self.monotonic() - began) * 1000, 1)
        fields_of_log = {"path": path, "status": status, "ms": elapsed, "seam_request_id": request_id}
        log.debug("seam.request", extra=fields_of_log)
        if isinstance(outcome, Unreadable):
            log.warning("seam.unreadable_reply", extra={**fields_of_log, "reason": outcome.reason})
        return outcome

    def _read_pause(self, outcome: Refusal | Unreadable | httpx.HTTPError, attempt: int) -> float | None:
        """Seconds to wait before asking again, or None when asking again is no use."""
        jittered = FIRST_PAUSE * 2.0**attempt * (1 + self._chance())
        if not isinstance(outcome, Refusal):
            return jittered
        if outcome.is_definite and not outcome.is_too_fast:
            return None
        asked = seconds_to_wait(outcome.retry_after, self.now())
        pause = jittered if asked is None else asked + FIRST_PAUSE * self._chance()
        return pause if pause <= LONGEST_READ_PAUSE else None

    def _judge_write(
        self, outcome: Refusal | Unreadable | httpx.HTTPError, path: str, attempt: int
    ) -> tuple[DoorTrouble, float | None]:
        """What to raise, and the seconds after which sending once more is safe (None: it is not)."""
        jittered = FIRST_PAUSE * 2.0**attempt * (1 + self._chance())
        if isinstance(outcome, httpx.HTTPError):
            name = type(outcome).__name__
            return (OutcomeUnknown(seam_code=name), None) if was_sent(outcome) else (SeamDown(seam_code=name), jittered)
        if isinstance(outcome, Unreadable):
            return OutcomeUnknown(seam_code="unreadable_reply", request_id=outcome.request_id), None
        trouble = trouble_from_refusal(outcome, path)
        if outcome.is_too_fast:
            asked = seconds_to_wait(outcome.retry_after, self.now())
            pause = (TOO_FAST_PAUSE if asked is None else asked) * (1 + 0.25 * self._chance())
            return trouble, pause if pause <= LONGEST_WRITE_PAUSE else None
        if not outcome.is_definite:
            return OutcomeUnknown(seam_code=outcome.type, request_id=outcome.request_id), None
        return trouble, None


def _within(seconds: float) -> httpx.Timeout:
    """An answer within `seconds`. Connecting gets no more than usual: what is sent late should not be sent."""
    connect = min(seconds, CONNECT_SECONDS)
    return httpx.Timeout(seconds, connect=connect, pool=connect)


def _trouble_of_read(outcome: Refusal | Unreadable | httpx.HTTPError, path: str) -> DoorTrouble:
    if isinstance(outcome, Refusal):
        return trouble_from_refusal(outcome, path)
    if isinstance(outcome, Unreadable):
        return SeamDown(seam_code="unreadable_reply", request_id=outcome.request_id)
    return SeamDown(seam_code=type(outcome).__name__)
