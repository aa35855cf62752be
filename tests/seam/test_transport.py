"""What a failed request means: certainly not sent, or perhaps done."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import httpx
import pytest

from bot.seam.transport import SeamTransport, key_problem, make_http_client, translated, was_sent

# Every way httpx can fail, and whether Seam may have heard the request (reliability.md 3).
SENT = {
    httpx.ConnectError: False,
    httpx.ConnectTimeout: False,
    httpx.PoolTimeout: False,
    httpx.UnsupportedProtocol: False,
    httpx.ProxyError: False,
    httpx.LocalProtocolError: False,
    httpx.ReadError: True,
    httpx.ReadTimeout: True,
    httpx.WriteError: True,
    httpx.WriteTimeout: True,
    httpx.CloseError: True,
    httpx.RemoteProtocolError: True,
    httpx.DecodingError: True,
    httpx.TooManyRedirects: True,
    # Parents: a doubt counts as sent.
    httpx.HTTPError: True,
    httpx.RequestError: True,
    httpx.TransportError: True,
    httpx.TimeoutException: True,
    httpx.NetworkError: True,
    httpx.ProtocolError: True,
    httpx.HTTPStatusError: True,
}


def test_every_failure_of_httpx_is_sorted() -> None:
    known = {kind for _, kind in inspect.getmembers(httpx, inspect.isclass) if issubclass(kind, httpx.HTTPError)}
    assert known == set(SENT)


@pytest.mark.parametrize(("kind", "sent"), SENT.items())
def test_a_failure_counts_as_sent_unless_it_certainly_was_not(kind: type[httpx.HTTPError], sent: bool) -> None:
    assert was_sent(kind.__new__(kind)) is sent


NOT_SENT_IN_AIOHTTP = (
    aiohttp.ClientConnectorError,  # and its children: DNS, TLS, proxy
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


def test_every_failure_of_aiohttp_counts_as_sent_unless_it_belongs_to_connecting() -> None:
    kinds = [k for _, k in inspect.getmembers(aiohttp, inspect.isclass) if issubclass(k, aiohttp.ClientError)]
    assert len(kinds) > 15
    for kind in kinds:
        error = kind.__new__(kind)
        mapped = translated(error)
        assert was_sent(mapped.__new__(mapped)) is not isinstance(error, NOT_SENT_IN_AIOHTTP), kind


@pytest.mark.parametrize("error", [OSError(), ConnectionResetError(), BrokenPipeError(), TimeoutError()])
def test_a_bare_error_of_the_socket_counts_as_sent(error: OSError) -> None:
    assert translated(error) is httpx.ReadError


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[str]:
    """A raw TCP server on loopback; yields its URL."""
    listening = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def failure_of(handler: Handler) -> httpx.HTTPError:
    async with server(handler) as url, make_http_client(url, "seam_test_x", "tests") as http:
        with pytest.raises(httpx.HTTPError) as caught:
            await http.post("/locks/unlock_door", json={}, timeout=httpx.Timeout(0.2))
        return caught.value


async def read_request(reader: asyncio.StreamReader) -> None:
    await reader.readuntil(b"\r\n\r\n{}")


async def test_a_connection_dropped_after_the_request_counts_as_sent() -> None:
    """httpx-aiohttp calls this ConnectTimeout: taken at its word, an unlock would be called "not sent"."""

    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.close()

    error = await failure_of(drop)
    assert type(error) is httpx.ReadError
    assert was_sent(error)


async def test_a_connection_reset_after_the_request_counts_as_sent() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.transport.abort()

    assert was_sent(await failure_of(reset))


async def test_an_answer_that_stops_in_the_middle_counts_as_sent() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        writer.close()

    assert was_sent(await failure_of(half))


async def test_an_answer_that_is_no_http_counts_as_sent() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"hello?\r\n\r\n")
        writer.close()

    error = await failure_of(babble)
    assert type(error) is httpx.RemoteProtocolError
    assert was_sent(error)


async def test_silence_after_the_request_counts_as_sent() -> None:
    over = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await over.wait()
        writer.close()

    error = await failure_of(silent)
    over.set()
    assert type(error) is httpx.ReadTimeout


async def test_nobody_listening_counts_as_not_sent() -> None:
    async def never(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None: ...

    async with server(never) as url:
        pass
    async with make_http_client(url, "seam_test_x", "tests") as http:
        with pytest.raises(httpx.ConnectError) as caught:
            await http.post("/", json={})
    assert not was_sent(caught.value)


async def test_the_client_carries_the_key_the_agent_and_the_timeouts() -> None:
    async with make_http_client("https://seam.test/", "seam_test_x", "latchkey/1") as http:
        assert http.headers["authorization"] == "Bearer seam_test_x"
        assert http.headers["user-agent"] == "latchkey/1"
        assert (http.timeout.connect, http.timeout.read) == (5.0, 30.0)
        assert isinstance(http._transport, SeamTransport)


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("seam_test2bMS_94SrGUXuNR2JmJkjtvBQDg5c", False),
        ("seam_apikey1_token", False),
        ("seam_at1_longtoken", True),
        ("seam_pk1_token", True),
        ("seam_cst1_token", True),
        ("eyJhbGciOi", True),
        ("seam_te st", True),
        ("xoxb-1", True),
    ],
)
def test_a_key_of_the_wrong_kind_is_known_by_its_beginning(key: str, wrong: bool) -> None:
    problem = key_problem(key)
    assert (problem is not None) is wrong
    assert problem is None or key not in problem
