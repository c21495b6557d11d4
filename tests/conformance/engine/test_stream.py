"""A connection sends messages whole, whoever sends meanwhile."""

from __future__ import annotations

import asyncio

from avatarwire.conformance.engine.stream import Stream


async def test_nothing_comes_between_the_bytes_of_a_message() -> None:
    taken = asyncio.Queue[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await taken.put(await reader.read(-1))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()[:2]
        stream = await Stream.open(f"mqtt://{host}:{port}", patience=5, forms=("byte_at_a_time",))
        await asyncio.gather(stream.send(b"a" * 50), stream.send(b"b" * 50))
        await stream.leave()
        assert await taken.get() == b"a" * 50 + b"b" * 50
