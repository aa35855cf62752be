"""httpx over aiohttp's pool, and the one question about a request that failed: was it sent?

httpx's API with aiohttp below costs 2.6 to 7 times less CPU than httpx's own pool (perf.md 2.3). The library between
them calls every lost connection a ConnectTimeout (`ServerDisconnectedError` and `ClientOSError` are
`ClientConnectionError`s in aiohttp), which would make "the answer to an unlock was lost" look like "the unlock never
left". `SeamTransport` therefore translates aiohttp's errors itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0  # the SDKs' default per attempt (seam-api.md 1.9)
POOL_SECONDS = 10.0  # aiohttp counts waiting for a free connection and making one together
# Shorter than any load balancer's idle limit (60 s and up), so that a kept connection is one the other side keeps too.
KEEPALIVE_SECONDS = 20.0
MOST_CONNECTIONS = 100

# Raised before the first byte of the request left (reliability.md 3). Everything else may have reached Seam.
NOT_SENT: tuple[type[httpx.HTTPError], ...] = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
    httpx.LocalProtocolError,
)


def was_sent(error: httpx.HTTPError) -> bool:
    """False only where it is certain that Seam heard nothing; True for every doubt."""
    return not isinstance(error, NOT_SENT)


def make_http_client(endpoint: str, api_key: str, user_agent: str) -> httpx.AsyncClient:
    """The one client for Seam: `endpoint` is the base URL, `api_key` a workspace's key. Close it with `aclose()`.

    Opens nothing until the first request. The transport never retries by itself.
    """
    return httpx.AsyncClient(
        base_url=endpoint,
        transport=SeamTransport(
            limits=httpx.Limits(
                max_connections=MOST_CONNECTIONS,
                max_keepalive_connections=MOST_CONNECTIONS,
                keepalive_expiry=KEEPALIVE_SECONDS,
            )
        ),
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=POOL_SECONDS),
        headers=request_headers(api_key, user_agent),
        follow_redirects=False,  # a redirected POST would become a GET, or be sent twice
    )


def request_headers(api_key: str, user_agent: str) -> dict[str, str]:
    """What every request to Seam carries (seam-api.md 1.2)."""
    return {"Authorization": f"Bearer {api_key}", "User-Agent": user_agent, "Accept": "application/json"}


def key_problem(api_key: str) -> str | None:
    """Why this cannot be the key of a workspace, with the fix, or None. Looks at the prefix only (seam-api.md 1.2)."""
    if api_key.startswith("seam_pk"):
        return "SEAM_API_KEY is a publishable key (seam_pk…), which only browsers use: take an API key from the console"
    if api_key.startswith(("seam_cst", "ey")):
        return "SEAM_API_KEY is a session token of a browser: take an API key from the Seam console"
    if api_key.startswith("seam_at"):
        return "SEAM_API_KEY is a personal access token (seam_at…): take the API key of one workspace instead"
    if not api_key.startswith("seam_") or any(c.isspace() for c in api_key):
        return "SEAM_API_KEY does not look like a key of Seam: it starts with seam_ and has no spaces"
    return None


class SeamTransport(AiohttpTransport):
    """aiohttp below httpx, with errors that tell the truth about what was sent."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with _honest_errors(request):
            response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _HonestStream(response.stream, request)
        return response


class _HonestStream(httpx.AsyncByteStream):
    """The body of an answer: a connection lost here was lost after the request was sent."""

    def __init__(self, stream: httpx.AsyncByteStream, request: httpx.Request) -> None:
        self._stream, self._request = stream, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _honest_errors(self._request):
            async for chunk in self._stream:
                yield chunk

    async def aclose(self) -> None:
        with _honest_errors(self._request):
            await self._stream.aclose()


@contextmanager
def _honest_errors(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except (httpx.TransportError, aiohttp.ClientError, OSError) as error:
        cause = error.__cause__ if isinstance(error, httpx.TransportError) else error
        if not isinstance(cause, aiohttp.ClientError | OSError):
            raise
        raise translated(cause)(type(cause).__name__, request=request) from cause


def translated(error: aiohttp.ClientError | OSError) -> type[httpx.TransportError]:
    """aiohttp's error, or a bare one of the socket, as httpx's. Only what is raised while connecting is "not sent"."""
    match error:
        case aiohttp.ClientProxyConnectionError():
            return httpx.ProxyError
        case aiohttp.ClientConnectorError():  # DNS, refused, TLS: all before the request
            return httpx.ConnectError
        case aiohttp.ConnectionTimeoutError():  # waiting for a connection of the pool, or making one
            return httpx.ConnectTimeout
        case aiohttp.ServerTimeoutError():
            return httpx.ReadTimeout
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return httpx.UnsupportedProtocol
        case aiohttp.ClientPayloadError() | aiohttp.ClientConnectionError() | OSError():  # while sending or reading
            return httpx.ReadError
        case _:
            return httpx.RemoteProtocolError  # an answer that is no HTTP
