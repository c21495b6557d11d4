"""What a test, or the control endpoint, asks of a fake server beside its commands: sessions, pushes, the endpoint.

How anything is asked of it lives here as well: in its loop, from whatever thread.

What a session is and how a message is pushed is the vendor's (`behaviour.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeVar

from msgspec import UNSET

from avatarwire.codecs import catalogue, registry
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import Effects
from avatarwire.fakeserver.errors import FakeServerError, UnknownError
from avatarwire.fakeserver.faults import Armed, Faults
from avatarwire.fakeserver.faults.checking import Means
from avatarwire.fakeserver.handover import PATIENCE, done_in
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.located import Located
from avatarwire.fakeserver.loop_thread import LoopThread
from avatarwire.fakeserver.mutant import Mutant, unchanged
from avatarwire.fakeserver.pushing import filled
from avatarwire.fakeserver.said import Said, SaidLog
from avatarwire.fakeserver.scenario.types import nearest
from avatarwire.fakeserver.turn import Turn

if TYPE_CHECKING:
    from avatarwire.fakeserver.control import Control
    from avatarwire.fakeserver.replay.player import Player
    from avatarwire.fakeserver.replay.report import Replayed

__all__ = ["Controlled", "Pushing"]

T = TypeVar("T")


class Pushing(Protocol):
    """Behaviour, as far as pushes and a look at its sessions need it."""

    def remembered(self) -> Sequence[Mapping[str, Any]]:
        """What is known of each session, the oldest first: plain values, its id under ``session``."""
        ...

    def numbered(self, session_id: str) -> Mapping[str, object]:
        """Members by which a message of a session is known, such as its id; each is for a message that has it.

        Raises:
            UnknownError: no such session.
        """
        ...

    def push(self, entry: Entry, value: Any, session_id: str) -> None:
        """Has a message be sent on the connection of a session.

        Args:
            entry: what is sent.
            value: what it says.
            session_id: of the session.

        Raises:
            UnknownError: no such session.
            FakeServerError: nobody is there to get it.
        """
        ...


class Controlled(Located):
    """Base of a fake server.

    Attributes:
        mutant: in which way it is broken, from its start to its end; None for none.
        patched: puts back what that has changed.
    """

    clock: Clock
    faults: Faults
    mutant: Mutant | None = None
    patched: Callable[[], None] = staticmethod(unchanged)
    _ready: ClassVar[tuple[str, ...]] = ("http_url",)
    """Attributes that a client needs, in the ready file by these names."""
    _control: Control | None = None
    _player: Player | None = None
    _means: Means
    _behaviour: Any
    _hub: Hub
    _turn: Turn
    _thread: LoopThread | None
    _process: int
    journal: Journal

    @property
    def running(self) -> bool:
        """Whether it accepts connections and commands; one of the process that this one was forked from does not."""
        mine = self._process == os.getpid() and (self._thread is None or self._thread.alive)
        return self._bound is not None and mine

    def _check_process(self) -> None:
        if self._bound is not None and self._process != os.getpid():
            reason = "runs in the process from which this one was forked"
            raise FakeServerError(f"the fake {self._vendor} server {reason}")

    @property
    def hub(self) -> Hub:
        """What stands between its carriers and its behaviour; for mutants."""
        return self._hub

    def tell(self, act: Callable[[Any], Effects | None]) -> None:
        """Calls `act` with the behaviour of the server, in its loop, and carries out what comes of it.

        Commands are made of this; a test uses them.

        Raises:
            FakeServerError: the server does not run; or what `act` raises.
        """
        self._command(lambda: self._hub.perform(self._turn.run(self.clock.now(), lambda: act(self._behaviour))))

    def _command(self, action: Callable[[], T]) -> T:
        """Runs `action` in the server's loop, from whatever thread, and gives back what it gives."""
        self._check_process()
        if self._loop is None or not self.running:
            raise self._not_running()
        return done_in(self._loop, action, PATIENCE, f"the fake {self._vendor} server", self._thread)

    def _reach(self, action: Callable[[], None]) -> None:
        """Runs `action` where connections live, or at once while there can be none."""
        if self._bound is None:
            action()
        else:
            self._command(action)

    def conclude(self) -> None:
        """Has the journal say what clients have left undone, such as sessions that nobody has ended.

        A stop does that by itself; `reset` does not.

        Raises:
            FakeServerError: it does not run, or does not react.
        """
        self._command(lambda: self._hub.perform(self._concluded()))

    def _concluded(self) -> Effects:
        """What is to be said of clients before the server stops, or starts anew."""
        return ()

    def answer(
        self,
        message: str,
        *,
        body: object = UNSET,
        fields: Mapping[str, object] | None = None,
        **keys: Any,
    ) -> Armed:
        """Has a request be answered by something else, as long as the block lasts that this is the context of.

        The same as a rule with ``do = "answer"``: what the request does to the server's state, it does.

        Args:
            message: an operation, such as ``CheckSession``, or the catalogue id of a request or an answer.
            body: the whole answer, a table or a text.
            fields: what is different in the server's own answer, by wire path; in the place of `body`.
            keys: what a rule says more, such as ``times=1``.

        Raises:
            ScenarioError: there is no such message, or no such answer.
        """
        known = f"{message}.request" if message in self._means.known.operations else message
        return self.faults.add(do="answer", message=known, body=body, fields=fields, **keys)

    @property
    def replayed(self) -> Replayed | None:
        """What it has replayed so far: what was used, what never, which ids were mapped; None for no replay."""
        player = self._player
        if player is None:
            return None
        return self._command(lambda: player.replayed) if self.running else player.replayed

    @property
    def ready(self) -> Mapping[str, Any]:
        """What a client needs to know, as the ready file has it."""
        return {**{name: getattr(self, name) for name in self._ready}, **self._trusted()}

    def _trusted(self) -> Mapping[str, str]:
        """What clients have to trust, for the ready file; nothing where that is no matter of ours."""
        return {} if self.ca_file is None else {"ca_file": self.ca_file}

    @property
    def control(self) -> Control:
        """Its control endpoint, which is there from when this is first asked for: `control.url`, `control.token`.

        Raises:
            FakeServerError: the server does not run.
        """
        from avatarwire.fakeserver.control import Control

        def opened() -> Control:
            if self._control is None:
                this: Any = self  # whose parts it has, being a `FakeServer`
                control = Control({self._vendor: this}, self._all_ready)
                control.bind()
                self._control = control
            return self._control

        return self._command(opened)

    def _all_ready(self) -> Mapping[str, Any]:
        control = self.control
        return {self._vendor: self.ready, "control": {"url": control.url, "token": control.token}}

    async def _end_control(self) -> None:
        control, self._control = self._control, None
        if control is not None:
            await control.stop()

    def sessions(self) -> Sequence[Mapping[str, Any]]:
        """What is remembered of each session, the oldest first: plain values by name, the id under ``session``.

        Raises:
            FakeServerError: the server does not run.
        """
        found: list[Mapping[str, Any]] = []

        def look(behaviour: Pushing) -> None:
            found.extend((behaviour if self._player is None else self._player).remembered())

        if self._vendor in registry.VENDORS:
            self.tell(look)
        return found

    def leaks(self) -> list[str]:
        """Sessions that live, a line each: which, and where its client has begun it.

        That is known of the last 10,000 sessions, also where the entry was dropped.

        Raises:
            FakeServerError: the server does not run.
        """
        return [
            f"session {session['session']} lives, {self._whence(session['session'])}"
            for session in self.sessions()
            if not session["over"]
        ]

    def _whence(self, session: str) -> str:
        begun = self.journal.began(session)
        if begun is None:
            return "begun before what the journal still holds"
        where = f" on {begun.connection}" if begun.connection else ""
        return f"begun by #{begun.seq} {begun.message}{where}, {begun.after:.3f} s after the start"

    def assert_clean(self, *, allow: Collection[str] = ()) -> None:
        """Checks that clients have broken no rule so far and, while the server runs, that no session lives.

        Neither is concluded from entries of the journal: it does not matter whether some were dropped.

        Args:
            allow: clauses that may have been broken.

        Raises:
            AssertionError: one has; it names each rule with its entry, and each session with where it was begun.
            EvidenceLostError: nothing is seen to be amiss, but more rules were broken than can be kept.
            TypeError: `allow` is a text.
        """
        __tracebackhide__ = True
        if isinstance(allow, str):
            raise TypeError(f"allow is a collection of clauses, not {allow!r}")
        lines = [str(found) for found in self.journal.violations(level="error") if found.clause not in allow]
        if self.running:
            lines += self.leaks()
        if lines:
            raise AssertionError(
                "\n  ".join([f"{self._vendor}: {len(lines)} things are not as they should be", *lines])
            )
        self.journal.violation_summary(level="error")

    def said(self) -> Sequence[Said]:
        """What clients had its avatars say, in the order it was accepted, and what has become of it; the last 10,000.

        What was refused is not among it, and what was carried out twice is there twice. May be asked from any thread,
        and after the server has stopped, too.

        Raises:
            FakeServerError: the server does not react.
        """
        found: list[Said] = []

        def look() -> None:
            log: SaidLog | None = getattr(self._behaviour, "said", None)
            found.extend(() if log is None else log.entries())

        self._reach(look)
        return found

    def send(self, message: str, body: object = None, *, session: str = "") -> None:
        """Pushes a message of the server now, whatever the conversation is at: any that the vendor may send.

        Rules of `faults` act on it as on any other.

        Args:
            message: catalogue id, such as ``session.recovering``.
            body: what it says, as JSON values by wire names, or as a message; members that name the session, and an
                id, are filled in where they are missing.
            session: id of the session on whose connection it goes out.

        Raises:
            UnknownError: no such message, or no such session.
            FakeServerError: it is none that the server pushes, or nobody is there to get it.
            ValidationError: the body is none of that message.
        """
        known = catalogue.vendor(self._vendor).entries
        entry = known.get(message)
        if entry is None:
            reason = f"message: {self._vendor} has none of the id {shown(message)}"
            raise UnknownError(reason, key="message", suggestion=nearest(str(message), known))
        if reason := _why_not(entry):
            raise FakeServerError(f"message: {message} {reason}", key="message")

        def push(behaviour: Pushing) -> None:
            given = filled(entry, body, behaviour.numbered(session))
            behaviour.push(entry, _valued(entry, given), session)

        self.tell(push)


def _valued(entry: Entry, given: object) -> Any:
    """The message that a body is.

    Raises:
        ValidationError: it is none.
    """
    return entry.decode(entry.encode(given)).value


def _why_not(entry: Entry) -> str:
    """Why a message cannot be pushed; empty for one that can."""
    if entry.sender == "client":
        return "is sent by the client"
    if entry.kind == "response":
        return 'is an answer over HTTP: a rule with do = "answer" has it be another'
    return "" if entry.kind == "message" or entry.id in _PLAIN else "is a part of other messages"


_PLAIN: Final = ("SdkMessage",)
"""Types that stand for any message of a kind, also one that is not documented."""
