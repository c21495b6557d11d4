"""A client that posts to a customer's own HTTP server, and to no other machine unless that is allowed.

Only one request and its answer live here: when it is sent, how often, and what the journal says of it, is in
`callbacks.py`. aiohttp's client is imported when the first request is sent.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from avatarwire.fakeserver.addresses import is_loopback
from avatarwire.fakeserver.transports.cutting import cut

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import AbstractResolver, ResolveResult

__all__ = ["ANSWER_BYTES", "Answer", "HttpClient", "check_headers", "reason_of"]

ANSWER_BYTES: Final = 64 * 1024
"""Bytes of an answer that are read; nothing is made of them."""
_IN_NO_HEADER: Final = frozenset("\r\n\0")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server has answered.

    Attributes:
        status: of the answer.
        headers: name and value pairs in the order they came, repeated headers repeated.
        body: as it came, without transfer coding.
        cut: whether the body is longer than what was read of it.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: bool = False


class ElsewhereError(OSError):
    """A request was to go to another machine, which is not allowed."""


class HttpClient:
    """Posts, each time on a connection of its own. To be used within one running event loop.

    Args:
        beyond_loopback: whether a request may go to another machine.
    """

    def __init__(self, *, beyond_loopback: bool) -> None:
        self._beyond: Final = beyond_loopback
        self._session: aiohttp.ClientSession | None = None
        self._resolver: aiohttp.ThreadedResolver | None = None
        self._found: Final[dict[tuple[str, int], list[ResolveResult]]] = {}

    async def check(self, url: str) -> None:
        """Finds out, before anything is sent, whether a URL is of a machine that may be called.

        Raises:
            ElsewhereError: it is another machine.
            OSError: there is no machine of that name.
        """
        from yarl import URL

        if self._beyond:
            return
        target = URL(url, encoded=True)
        host, port = target.raw_host or "", target.port or 0
        if _is_address(host):
            # An address that is written out is never asked of a resolver.
            if not is_loopback(host):
                raise _elsewhere(host)
        else:
            # What was judged is what is connected to, even if the name has another address a moment later.
            self._found[host, port] = await self._look_up(host, port, socket.AF_UNSPEC)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Posts a body and reads the answer; a redirect is an answer as well and is not followed.

        Args:
            url: absolute; its query is quoted already.
            body, headers: of the request.

        Raises:
            OSError: no connection, or it would be one to another machine.
            aiohttp.ClientError: no answer, or none that is HTTP.
        """
        from yarl import URL

        target = URL(url, encoded=True)
        async with self._client().post(target, data=body, headers=headers, allow_redirects=False) as response:
            pairs = tuple(
                (name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in response.raw_headers
            )
            try:
                read = await response.content.readexactly(ANSWER_BYTES)
            except asyncio.IncompleteReadError as short:
                return Answer(response.status, pairs, short.partial)
            return Answer(response.status, pairs, read, cut=not response.content.at_eof())

    async def break_off(self, url: str, body: bytes, headers: Mapping[str, str], how: str) -> Answer:
        """Begins to post a body, of which half is sent; no answer comes of it.

        Args:
            url, body, headers: as of `post`.
            how: ``close`` or ``reset`` for the end of the connection, ``hang`` for none.

        Raises:
            ConnectionAbortedError: it was broken off.
            OSError: no connection.
        """
        from yarl import URL

        target = URL(url, encoded=True)
        tls = ssl.create_default_context() if target.scheme == "https" else None
        known = self._found.pop((target.raw_host or "", target.port or 0), None)
        host = known[0]["host"] if known else target.raw_host
        reader, writer = await asyncio.open_connection(
            host, target.port, ssl=tls, server_hostname=target.raw_host if tls else None
        )
        try:
            lines = [f"POST {target.raw_path_qs} HTTP/1.1", f"Host: {target.raw_authority}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            lines += [f"Content-Length: {len(body)}", "", ""]
            writer.write("\r\n".join(lines).encode() + body[: len(body) // 2])
            await writer.drain()
            if how == "hang":
                while await reader.read(ANSWER_BYTES):
                    pass
        finally:
            cut(writer.transport, reset=how == "reset")
        raise ConnectionAbortedError(errno.ECONNABORTED, "broken off")

    async def addresses(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        """What a name stands for on this machine, for a resolver; as `check` has found it, if it has.

        Raises:
            ElsewhereError: it stands for another machine.
            OSError: there is no such name.
        """
        return self._found.pop((host, port), None) or await self._look_up(host, port, family)

    async def close(self) -> None:
        """Closes every connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            import aiohttp

            resolver = self._threaded() if self._beyond else _asking(self)
            connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True, limit=100)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                # The journal has the bytes that crossed the wire.
                auto_decompress=False,
            )
        return self._session

    def _threaded(self) -> aiohttp.ThreadedResolver:
        if self._resolver is None:
            import aiohttp

            self._resolver = aiohttp.ThreadedResolver()
        return self._resolver

    async def _look_up(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        found = await self._threaded().resolve(host, port, family)
        if not all(is_loopback(address["host"]) for address in found):
            raise _elsewhere(host)
        return found


def check_headers(headers: Mapping[str, str]) -> None:
    """Holds headers against what a request can carry.

    Raises:
        TypeError: one is no text.
        ValueError: one holds what no header may hold.
    """
    for name, value in headers.items():
        line = name + value
        line.encode()
        if not _IN_NO_HEADER.isdisjoint(line):
            raise ValueError("a header is one line")


def reason_of(failure: Exception) -> str:
    """Why nothing was answered, without addresses and other secrets of the URL."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ElsewhereError):
            return f"{cause}, and callbacks go to this machine only unless the scenario allows more"
        cause = cause.__cause__ or cause.__context__
    number = getattr(failure, "errno", None)
    # Names that are not found have numbers below zero.
    return f"no connection: {os.strerror(number)}" if number and number > 0 else f"no answer: {type(failure).__name__}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _elsewhere(host: str) -> ElsewhereError:
    return ElsewhereError(f"{host} is not this machine")


def _asking(client: HttpClient) -> AbstractResolver:
    """A resolver that knows this machine only; what it has found is what is connected to."""
    from aiohttp.abc import AbstractResolver

    class LoopbackOnly(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            return await client.addresses(host, port, family)

        async def close(self) -> None:
            """There is nothing to close."""

    return LoopbackOnly()
