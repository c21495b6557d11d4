"""The link of one connection: between its socket and what is spoken on it, and under TLS where there is TLS.

While no toxic acts on a connection, the socket's transport calls the protocol itself, and what the protocol calls goes
straight on to the socket's transport. Only when a toxic is there does a link stand between them, with one pipe for each
stream.

What a toxic does is no matter of this module (`toxics/`), neither is which ports there are (`port.py`).
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from avatarwire.fakeserver.toxics import Toxic, Toxics
from avatarwire.fakeserver.toxics.stage import Pipe, Stage

__all__ = ["Link", "feed"]

_RESET_ON_CLOSE: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""``struct linger``: a close does not wait, and says so by a reset."""


class Link(asyncio.Transport):
    """The transport that the protocol of a connection is given.

    Args:
        protocol: what is spoken; it may be replaced before `ready` returns.
        connection: id of the connection, for the journal.
        toxics: that may act on it; None where none ever does.
        port: kind of the port it came to.
        ready: called when it is connected, unless a toxic refuses it; has to call the protocol's `connection_made`.
    """

    # Thousands of them may be idle.
    __slots__ = (
        "_cause",
        "_connection",
        "_has_ended",
        "_is_closing",
        "_is_direct",
        "_is_paused",
        "_pipes",
        "_port",
        "_protocol",
        "_reads",
        "_ready",
        "_socket",
        "_socket_is_full",
        "_stages",
        "_toxics",
        "_waiting",
        "_was_ready",
    )

    def __init__(
        self,
        protocol: asyncio.BaseProtocol,
        connection: str,
        toxics: Toxics | None,
        port: str,
        ready: Callable[[Link], None],
    ) -> None:
        super().__init__()
        self._protocol = protocol
        self._connection: Final = connection
        self._toxics: Final = toxics
        self._port: Final = port
        self._ready: Callable[[Link], None] | None = ready
        self._socket: asyncio.Transport | None = None
        self._is_direct = False
        self._was_ready = False
        self._stages: dict[str, Stage] | None = None
        self._pipes: tuple[Pipe, Pipe] | None = None
        self._waiting: deque[bytes | bool] | None = None
        """What has come upstream while the protocol does not read; for the end, whether a toxic has ended it."""
        self._reads = True
        self._has_ended = False
        """Whether nothing more comes from the socket."""
        self._is_closing = False
        self._socket_is_full = False
        self._is_paused = False
        """Whether the protocol was told to write nothing more for now."""
        self._cause: Exception | None = None

    @property
    def is_direct(self) -> bool:
        """Whether no toxic acts."""
        return self._is_direct

    def behind(self) -> asyncio.Protocol:
        """The link's side towards the socket, which the socket's transport begins with."""
        return _Behind(self)

    @property
    def _downstream(self) -> Pipe:
        assert self._pipes is not None  # noqa: S101 - a toxic acts
        return self._pipes[0]

    @property
    def _upstream(self) -> Pipe:
        assert self._pipes is not None  # noqa: S101 - a toxic acts
        return self._pipes[1]

    @property
    def _raw(self) -> asyncio.Transport:
        assert self._socket is not None  # noqa: S101 - it is connected
        return self._socket

    # Toxics

    def arm(self, toxic: Toxic) -> None:
        """A toxic is there, which may act on this connection, by chance."""
        assert self._toxics is not None  # noqa: S101 - there is one
        if toxic.toxicity < 1 and self._toxics.rng.random() >= toxic.toxicity:
            return
        if self._raw.is_closing():
            return
        if toxic.is_down:
            self._acts(toxic)
            self.abort()
            return
        if self._is_direct:
            self._step_between()
        if self._pipes is None:
            self._pipes = (
                Pipe(self._send, self._send_end, self.changed),
                Pipe(self._deliver, self._deliver, self.changed),
            )
        pipe = self._pipes[0 if toxic.stream == "downstream" else 1]
        stage = Stage(toxic, self._toxics.clock, self._toxics.rng, acts=self._acts, reset=self._reset)
        if self._stages is None:
            self._stages = {}
        self._stages[toxic.name] = stage
        pipe.add(stage)

    def disarm(self, toxic: Toxic) -> None:
        """A toxic is there no more."""
        stage = None if self._stages is None else self._stages.pop(toxic.name, None)
        if stage is not None:
            stage.remove()

    def _acts(self, toxic: Toxic) -> None:
        assert self._toxics is not None  # noqa: S101 - there is one
        self._toxics.journal.note(
            "a toxic acts", connection=self._connection, toxic=toxic.name, type=toxic.type, stream=toxic.stream
        )

    def _reset(self) -> None:
        peer: socket.socket = self._raw.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._cause = ConnectionResetError(errno.ECONNRESET, "a toxic has reset the connection")
        self.abort()

    def _step_between(self) -> None:
        """From now on nothing passes but through the pipes."""
        raw = self._raw
        self._is_direct = False
        self._reads = raw.is_reading()
        # The transport of asyncio calls `resume_writing` only after `pause_writing`, which may have gone past the link.
        self._socket_is_full = self._is_paused = bool(getattr(raw, "_protocol_paused", False))
        raw.set_protocol(self.behind())

    def _step_aside(self) -> None:
        """From now on the socket's transport and the protocol call each other."""
        raw = self._raw
        self._is_direct = True
        self._pipes = self._stages = self._waiting = None
        raw.set_protocol(self._protocol)

    def changed(self) -> None:
        """Keeps the pace of both sides, and steps aside when there is nothing left to do."""
        pipes = self._pipes
        if pipes is None or not self._was_ready:
            return
        downstream, upstream = pipes
        self._pace_writing(self._socket_is_full or downstream.full)
        self._pace_reading(self._reads and not upstream.full)
        # What was called may have changed all of it.
        clear = downstream.is_clear and upstream.is_clear and not self._waiting
        if clear and self._pipes is pipes and not self.is_closing():
            self._step_aside()

    def _pace_writing(self, full: bool) -> None:
        if full is self._is_paused or self._is_closing:
            return
        self._is_paused = full
        if full:
            self._protocol.pause_writing()
        else:
            self._protocol.resume_writing()

    def _pace_reading(self, reads: bool) -> None:
        if self._has_ended or self._is_closing or self._is_direct:
            return
        if reads:
            self._raw.resume_reading()
        else:
            self._raw.pause_reading()

    # What the socket's transport says

    def connected(self, raw: asyncio.Transport) -> None:
        """The connection is there."""
        self._socket = raw
        if self._toxics is not None:
            for toxic in self._toxics.at(self._port):
                self.arm(toxic)
        if raw.is_closing():
            return
        if not self._stages:
            self._step_aside()
        self._was_ready = True
        ready, self._ready = self._ready, None  # it knows the first protocol, which another may follow
        if ready is not None:
            ready(self)

    def received(self, data: bytes) -> None:
        """Bytes have come."""
        assert self._toxics is not None  # noqa: S101 - one of them acts
        self._upstream.put(data, self._toxics.clock.now())

    def ended(self) -> None:
        """The peer has ended its side."""
        self._has_ended = True
        self._upstream.end()

    def lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._stop()
        self._pipes = self._stages = None
        if self._was_ready:
            self._protocol.connection_lost(self._cause or exc)

    def socket_is_full(self, full: bool) -> None:
        """The socket takes no more for now, or takes more again."""
        self._socket_is_full = full
        self.changed()

    def _stop(self) -> None:
        self._is_closing = True
        for pipe in self._pipes or ():
            pipe.stop()
        self._waiting = None

    # What comes out of the pipes

    def _deliver(self, item: bytes | bool) -> None:
        """Bytes for the protocol, or the end: True if a toxic has ended the stream."""
        if self._is_closing:
            return
        if self._waiting or not self._reads:
            if self._waiting is None:
                self._waiting = deque()
            self._waiting.append(item)
        else:
            self._hand_over(item)

    def _hand_over(self, item: bytes | bool) -> None:
        if isinstance(item, bytes):
            feed(self._protocol, item)
            return
        keep = cast("asyncio.Protocol | asyncio.BufferedProtocol", self._protocol).eof_received()
        if item or not keep:
            self.close()

    def _send(self, data: bytes) -> None:
        """Bytes for the socket."""
        self._raw.write(data)

    def _send_end(self, cut: bool) -> None:
        """Nothing more is for the socket; `cut` when a toxic has ended the stream."""
        if cut and not self._is_closing:
            self._begin_close()
        if self._is_closing:
            self._raw.close()
            return
        try:
            self._raw.write_eof()
        except OSError:  # the peer has reset the connection, of which asyncio has not told yet
            self._raw.abort()

    def _begin_close(self) -> None:
        self._is_closing = True
        self._upstream.stop()
        self._waiting = None
        if not self._has_ended:
            self._raw.pause_reading()

    # A transport, as long as a toxic acts

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._raw.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol
        if self._is_direct:
            self._raw.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def is_closing(self) -> bool:
        if self._is_direct:
            return self._raw.is_closing()
        return self._is_closing or self._raw.is_closing()

    def close(self) -> None:
        if self._is_direct:
            self._raw.close()
            return
        if self.is_closing():
            return
        self._begin_close()
        if self._downstream.over:
            self._raw.close()
        else:
            self._downstream.end()

    def abort(self) -> None:
        if self._is_direct:
            self._raw.abort()
            return
        self._stop()
        self._raw.abort()

    def _force_close(self, exc: Exception | None) -> None:
        """As asyncio's TLS ends a connection that has failed."""
        if self._is_direct:
            cast("Any", self._raw)._force_close(exc)
            return
        self._cause = self._cause or exc
        self.abort()

    def is_reading(self) -> bool:
        if self._is_direct:
            return self._raw.is_reading()
        return self._reads and not self.is_closing()

    def pause_reading(self) -> None:
        if self._is_direct:
            self._raw.pause_reading()
            return
        self._reads = False
        self.changed()

    def resume_reading(self) -> None:
        if self._is_direct:
            self._raw.resume_reading()
            return
        if self._reads:
            return
        self._reads = True
        while self._waiting and self._reads and not self._is_closing:
            self._hand_over(self._waiting.popleft())
        self.changed()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._raw.set_write_buffer_limits(high, low)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._raw.get_write_buffer_limits()

    def get_write_buffer_size(self) -> int:
        if self._is_direct:
            return self._raw.get_write_buffer_size()
        held = 0 if self._pipes is None else self._downstream.held
        return self._raw.get_write_buffer_size() + held

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if self._is_direct:
            self._raw.write(data)
            return
        if data and not self.is_closing():
            assert self._toxics is not None  # noqa: S101 - one of them acts
            self._downstream.put(bytes(data), self._toxics.clock.now())

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        if self._is_direct:
            self._raw.writelines(list_of_data)
            return
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        if self._is_direct:
            self._raw.write_eof()
            return
        if not self.is_closing():
            self._downstream.end()

    def can_write_eof(self) -> bool:
        return self._raw.can_write_eof()


class _Behind(asyncio.Protocol):
    """The link's side towards the socket."""

    def __init__(self, link: Link) -> None:
        self._link: Final = link

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._link.connected(cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        self._link.received(data)

    def eof_received(self) -> bool:
        self._link.ended()
        return True  # the link closes

    def connection_lost(self, exc: Exception | None) -> None:
        self._link.lost(exc)

    def pause_writing(self) -> None:
        self._link.socket_is_full(True)

    def resume_writing(self) -> None:
        self._link.socket_is_full(False)


def feed(protocol: asyncio.BaseProtocol, data: bytes) -> None:
    """Hands bytes to a protocol of either kind, as a socket's transport does."""
    if not isinstance(protocol, asyncio.BufferedProtocol):
        cast("asyncio.Protocol", protocol).data_received(data)
        return
    rest = memoryview(data)
    while rest:
        buffer = memoryview(protocol.get_buffer(len(rest)))
        size = min(len(buffer), len(rest))
        buffer[:size] = rest[:size]
        protocol.buffer_updated(size)
        rest = rest[size:]
