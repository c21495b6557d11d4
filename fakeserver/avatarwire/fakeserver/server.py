"""The life of a fake server: start, port, readiness, stop; in a thread of its own or in the caller's event loop.

What every vendor's fake shares lives here. A vendor's fake says what its behaviour is (`_behaviour`), what its calls
are handed to (`_surface`), what to set up once the port is known (`_started`), what else to open and to close beside
the HTTP port (`_open`, `_close`) and what to clear away (`_stopped`). aiohttp is imported when a server starts.
"""

from __future__ import annotations

import asyncio
import os
import random
import ssl
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from msgspec import Meta

from avatarwire.codecs import catalogue, registry
from avatarwire.fakeserver import observers
from avatarwire.fakeserver.addresses import check_host
from avatarwire.fakeserver.authority import Authority
from avatarwire.fakeserver.clock import LONGEST, Clock, RealClock, VirtualClock
from avatarwire.fakeserver.commands import Command, Expected, checked, table
from avatarwire.fakeserver.effects import HANDSHAKE, Accept, Behaviour, Close, HttpCall
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.faults import Fault, Faults
from avatarwire.fakeserver.faults.checking import Means
from avatarwire.fakeserver.faults.declared import ways_of
from avatarwire.fakeserver.faults.plane import FAULT, Plane
from avatarwire.fakeserver.handover import PATIENCE, not_elsewhere
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.journal import DROPPED
from avatarwire.fakeserver.journal.query import Way
from avatarwire.fakeserver.jumping_clock import JumpingClock
from avatarwire.fakeserver.loop_thread import LoopThread
from avatarwire.fakeserver.mutant import MUTANT, patched
from avatarwire.fakeserver.scenario.table import ScenarioTable, checked_table
from avatarwire.fakeserver.threads import Threads
from avatarwire.fakeserver.toxics import Toxic, Toxics
from avatarwire.fakeserver.transports.misread import misread
from avatarwire.fakeserver.turn import Turn
from avatarwire.fakeserver.user_code import MESSAGE, Guard
from avatarwire.fakeserver.with_block import WithBlock

if TYPE_CHECKING:
    from aiohttp import web

    from avatarwire.fakeserver.transports.listener import Handler, Listener
    from avatarwire.fakeserver.transports.websocket import Connection

__all__ = ["FakeServer"]

_LEAVE_PATIENCE: Final = 0.01
"""Real seconds that peers have to answer the close frame when the server stops."""

_RESTART: Final = Close(1012, "the server starts anew")

JOURNAL_BYTES: Final = 8 * 1024 * 1024


class _Arguments(ScenarioTable, kw_only=True, frozen=True):
    """Numbers that a fake server is made with. Which ports there are, the system says when one is opened."""

    journal_bytes: Annotated[int, Meta(ge=1)]
    port: int


class FakeServer(WithBlock):
    """One fake server. Any number of them run in one process and share nothing.

    ``with server:`` runs it in a thread of its own, for synchronous code; ``async with server:`` in the running loop.

    Args:
        vendor: name of the vendor.
        host: address to listen on; loopback unless something else is asked for, which the journal notes.
        port: 0 takes a free one.
        clock: where all behaviour gets its time from; real time by default.
        ssl_context: serves https and wss when given.
        tls: serves them with a certificate of a throwaway authority: one of its own, or the one that is given.
        journal_bytes: memory the journal may take.
        secret_headers: headers that carry a secret, beside those known by their names.
        default_credentials: whether it lets somebody in by credentials that every copy of this package has.
        faults: rules that it has from the start.
        toxics: what is wrong with its network from the start.
        ports: kinds of its ports, for toxics.
        seed: of what faults and toxics do by chance.
        cuts_mqtt: whether the connections of MQTT clients are its own.
        advertise: ``HOST`` or ``HOST:PORT`` by which clients reach it, in every URL that it tells; None for the address
            that it listens on, and for the one that a call was sent to where it answers that.

    Attributes:
        clock, journal, default_credentials: as given, or made.
        observed: whether whoever looks on at all fakes of this process, such as the pytest plugin, is told of it.
        faults: rules by which its messages are lost, late, doubled, changed or refused.
        toxics: what is wrong with its network.

    Raises:
        FakeServerError: `host` or `advertise` names none; `tls` and `ssl_context` are given, or trustme is missing.
        ScenarioError: two toxics have one name, or one is for a port that there is not; a number that is none.
    """

    _own_commands: ClassVar[Mapping[str, Command]] = MappingProxyType({})
    """Commands that a vendor's fake has beside those of all."""
    _text_codes: ClassVar[bool] = False
    """Whether the vendor's codes of failures are texts."""
    _own_messages: ClassVar[frozenset[str]] = frozenset()
    """Ids of entries of its journal that no catalogue has: of endpoints of ours, and of notes."""

    def __init__(
        self,
        vendor: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        ssl_context: ssl.SSLContext | None = None,
        journal_bytes: int = JOURNAL_BYTES,
        secret_headers: Iterable[str] = (),
        default_credentials: bool = False,
        faults: Sequence[Fault] = (),
        toxics: Iterable[Toxic] = (),
        ports: Collection[str] = ("http",),
        seed: int = 0,
        cuts_mqtt: bool = True,
        advertise: str | None = None,
        tls: bool | Authority = False,
    ) -> None:
        super().__init__(vendor, ssl_context, advertise, tls)
        checked_table({"journal_bytes": journal_bytes, "port": port}, _Arguments, "keywords", "")
        self.default_credentials: Final = default_credentials
        self.observed = True
        self.clock: Clock = clock if clock is not None else RealClock()
        self.journal = Journal(self.clock, vendor=vendor, budget_bytes=journal_bytes, secret_headers=secret_headers)
        if vendor in registry.VENDORS:
            self.journal.known_messages = self._known_messages
        self.toxics = Toxics(
            self.journal,
            self.clock,
            random.Random(f"toxics {seed}"),  # noqa: S311 - a bad network, no secrets
            reach=self._reach,
            ports=ports,
            given=toxics,
            path=f"{vendor}.toxics",
        )
        self._hub = Hub(self.clock, self.journal)
        self._hub.misread = lambda at, on, data, mistake: misread(self._hub, self._surface, at, on, data, mistake)
        self._means = Means(
            vendor,
            catalogue.vendor(vendor) if vendor in registry.VENDORS else catalogue.Catalogue.of(vendor),
            commands=tuple(self.commands),
            text_codes=self._text_codes,
            cuts_mqtt=cuts_mqtt,
        )
        self.faults = Faults(self._means, faults)
        self._plane = Plane(self._hub, self.faults, seed=seed, spans=self._means.header, command=self._give)
        self._hub.interceptor = self._plane
        self._turn = Turn(self.clock.now(), self._hub.perform)
        self._behaviour: Any = None
        self._surface: Behaviour[HttpCall] | None = None
        self._host = check_host(host)
        self._port = port
        self._thread: LoopThread | None = None
        self._process = os.getpid()
        self._threads = Threads(f"fake-{vendor}", self.clock)
        self._guard = Guard(self.journal.note, self._threads)
        self._leave_clock: Callable[[], None] = _nothing
        self._listener: Listener | None = None
        self._connections: set[Connection] = set()

    def _known_messages(self) -> Mapping[str, Way | None]:
        """Ids that entries of its journal may have, and how they travel."""
        own = dict.fromkeys((*self._own_messages, HANDSHAKE, MESSAGE, DROPPED, FAULT, MUTANT))
        return {**own, **ways_of(catalogue.vendor(self._vendor))}

    # Life

    async def start(self) -> None:
        """Binds and accepts connections; when it returns, the URLs are known.

        Raises:
            FakeServerError: it has been started before, or the address cannot be bound. Nothing is left open then.
        """
        from avatarwire.fakeserver.transports.listener import Listener

        self._check_new()
        self._process = os.getpid()
        self._secure()
        listener = Listener(
            self._respond,
            self.journal,
            self._hub.new_id,
            max_body_bytes=self._max_body_bytes(),
            ssl_context=self._ssl_context,
            toxics=self.toxics,
            misread=self._hub.misread,
        )
        try:
            self._bound = await listener.open(self._host, self._port)
        except (OSError, OverflowError, ValueError) as fault:
            self._unsecure()
            where = f"{self._host} port {self._port}"
            reason = getattr(fault, "strerror", None) or fault
            raise FakeServerError(f"the fake {self._vendor} server cannot listen on {where}: {reason}") from None
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._plane.start()
        try:
            self.patched = patched(self, self.mutant)
            self._started()
            await self._open()
        except BaseException:
            await self.stop()
            self._loop = None
            raise
        if isinstance(self.clock, JumpingClock):
            self._leave_clock = self.clock.join(self._activity)
        if self.observed:
            observers.started(self)
        if self.exposure:
            self.journal.note(f"listening on {self.exposure}", default_credentials=self.default_credentials)

    async def stop(self) -> None:
        """Closes every connection and clears everything away; does nothing when it is not running.

        Raises:
            FakeServerError: a connection does not end, and the server is given up all the same; or it is the server of
                the process from which this one was forked.
        """
        self._check_process()
        not_elsewhere(self._loop, f"the fake {self._vendor} server")
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self._leave_clock()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._end_control()
                try:
                    await self._close()
                finally:
                    await self._end_connections(listener)
        except TimeoutError:
            reason = f"could not close its connections within {PATIENCE:g} s"
            raise FakeServerError(f"the fake {self._vendor} server {reason}") from None
        finally:
            self._bound = None
            self.patched()
            self._threads.close()
            self._unsecure()
            self._stopped()

    async def _end_connections(self, listener: Listener) -> None:
        await listener.close()
        for connection in self._connections:
            connection.leave()
        ends = [asyncio.ensure_future(connection.ended()) for connection in self._connections]
        if ends:
            await asyncio.wait(ends, timeout=_LEAVE_PATIENCE)
        await listener.shutdown(_LEAVE_PATIENCE)
        await asyncio.gather(*ends, *(connection.ended() for connection in self._connections))
        await self._hub.stop()

    def _check_new(self) -> None:
        if self._loop is not None:
            raise FakeServerError(f"the fake {self._vendor} server has been started already; make a new one")

    # What a vendor says

    def _make(self) -> None:
        """Makes the behaviour, and what belongs to it; called when the server is made, and for each reset."""

    def _made(self) -> None:
        """Another behaviour is there: whatever had to do with the one before has to do with it now."""

    def _max_body_bytes(self) -> int:
        """Largest HTTP body that is read."""
        return 1024 * 1024

    def _started(self) -> None:
        """The address is known; called in the loop."""

    async def _open(self) -> None:
        """Opens what there is beside the HTTP port, such as a port for another protocol; called in the loop.

        What it raises is raised by the start, once everything has been closed again.
        """

    async def _close(self) -> None:
        """Closes what `_open` has opened, whether or not that was all; called in the loop, before HTTP is closed."""

    def _stopped(self) -> None:
        """Nothing is served any more; called in the loop."""

    # Connections

    @cached_property
    def _respond(self) -> Handler:
        from avatarwire.fakeserver.transports.http import answering

        return answering(self._hub, lambda: self._surface, self.serve)

    def serve(self, request: web.BaseRequest, accepted: Accept, connection: str) -> web.StreamResponse:
        """Has a connection be served that becomes a WebSocket; for the transport."""
        from avatarwire.fakeserver.transports.websocket import Connection

        socket = Connection(self._hub, accepted, connection, self._connections.discard)
        self._connections.add(socket)
        return socket.take_over(request)

    def _activity(self) -> object:
        """Another value whenever something has crossed its wires, or is about to; from any thread."""
        listener = self._listener
        return self.journal.mark(), None if listener is None else listener.received

    # Faults

    def _give(self, name: str, session: str, arguments: Mapping[str, Any]) -> None:
        """Gives one of its commands, about a session where it is about one."""
        command = self.commands[name]
        is_about_one = any(argument.name == "session" for argument in command.arguments)
        command(**({"session": session} if is_about_one and session else {}), **arguments)

    # As just started

    def reset(self) -> None:
        """Has the server be as it was when it had just started: state, ids, tokens, journal, faults and toxics.

        Connections are closed, WebSockets with 1012. Its addresses and credentials stay valid, its clock goes on.

        Raises:
            FakeServerError: it does not react.
        """
        if self._loop is None:
            self._renew()
        else:
            self._command(self._renew)

    def _renew(self) -> None:
        self._end_all()
        self._make()
        self._made()
        self.journal.clear()
        self.faults.reset()
        self.toxics.reset()
        self._plane.reset()

    def _end_all(self) -> None:
        """Closes every connection, WebSockets with 1012, and gives up what was pending; called in the loop."""
        for connection in tuple(self._connections):
            connection.abandon(_RESTART)
        if self._listener is not None:
            self._listener.end_all()
        self._hub.clear()

    # Commands from a test

    def advance(self, seconds: float) -> None:
        """Moves a virtual clock forward and runs what is due.

        Args:
            seconds: by how many.

        Raises:
            FakeServerError: the server runs on real time, or is not this process's, or time does not go so far.
        """
        seconds = checked("seconds", seconds, _Seconds)
        if not isinstance(self.clock, VirtualClock):
            raise FakeServerError("this server runs on real time: give it clock=VirtualClock() to advance it")
        self._check_process()
        self.clock.advance(seconds)

    @property
    def commands(self) -> Mapping[str, Command]:
        """What a test can have it do, by name; each of them is called as the method of that name is."""
        return {name: known.of_fake(self) for name, known in {**COMMANDS, **self._own_commands}.items()}


def _nothing() -> None:
    """There is nothing to leave."""


_Seconds = Annotated[float, Expected(f"seconds from 0 to {LONGEST:g}", lambda it: 0 <= it <= LONGEST)]

COMMANDS: Final = table(FakeServer.advance)
"""What every fake can do, by name."""
