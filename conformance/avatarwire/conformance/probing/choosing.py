"""The adversary at the fake's wires: asked about each message, it has the vendor keep to the document, or deviate.

A `Chooser` counts messages and has deviations carried out; which there are for a message, `offered` says, and which is
chosen is for whoever makes the chooser to say: a tape (`Taped`), or chance (`drawing.py`).
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, Protocol

from avatarwire.codecs import catalogue

from .altering import mutations, variants
from .freedoms import Freedoms
from .plan import Deviation, Seen, label_of, request_to, spread_of

__all__ = ["HANDSHAKES", "Chooser", "Passing", "Taped", "obstacle", "offered", "request_of"]

_BROKER: Final = "handshake.mqtt"
HANDSHAKES: Final = ("handshake.websocket", _BROKER)

_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "http": ("drop", "delay", "close", "reset"),
    "ws": ("drop", "duplicate", "delay", "reorder", "close", "reset"),
    "mqtt": ("drop", "duplicate", "delay", "reorder", "close", "reset"),
    "callback": ("drop", "duplicate", "delay", "reorder", "reset"),
    "handshake": ("drop", "delay", "reset", "reject"),
}
"""What may happen to a message that goes out, by what it travels on."""
_REFUSABLE: Final = frozenset({"http", "mqtt"})


class Passing(Protocol):
    """A message on its way through a fake.

    Attributes:
        id: catalogue id; empty for none.
        side: ``in`` from the client, ``out`` from the fake.
        transport: ``http``, ``ws``, ``mqtt`` or ``callback``.
        session: id of its session; empty for none.
        content: what it consists of; ``content.data`` are its bytes.
    """

    @property
    def id(self) -> str: ...
    @property
    def side(self) -> str: ...
    @property
    def transport(self) -> str: ...
    @property
    def session(self) -> str: ...
    @property
    def content(self) -> Any: ...


def offered(vendor: str, freedoms: Freedoms, passing: Passing) -> tuple[str, ...]:
    """What may happen to a message in the place of what is documented, in the words of deviations."""
    if passing.id in HANDSHAKES:
        return _ON["handshake"]
    data = passing.content.data
    return (
        *_ON[passing.transport],
        *(["reject"] if request_of(vendor, passing.id, passing.transport) else ()),
        *(f"push:{name}" for name in freedoms.pushes),
        *(f"variant:{erratum}" for erratum in variants(vendor, passing.id, data)),
        *(f"mutation:{clause}" for clause in mutations(vendor, passing.id, data)),
    )


def request_of(vendor: str, message: str, transport: str) -> str | None:
    """The request that an answer is to, if it can be refused."""
    request = request_to(message)
    refusable = transport in _REFUSABLE and request != message and request in catalogue.vendor(vendor)
    return request if refusable else None


class Chooser(ABC):
    """Asked about each message of a fake; what it gives back happens to the message.

    Args:
        vendor: whose messages they are.
        freedoms: of the vendor.
        delay: seconds of a delay that does not say how many.

    Attributes:
        fake: to which commands are given; to be set before it starts.
        seen: messages that went out, or would have, in order.
        connections: to a broker, each with the time at which it was asked for.
        acted: deviations that took place.
        vain: those that could not, each with the reason.
        happened: each message that deviated, with the entries that the journal had then, and with the time.
        altered: sessions of messages that came in another form than the fake made them.
        healed: whether everything goes as documented from now on.
        outages: deviations of many messages in a row; to be set before the talk begins.
        acting: called when a deviation is about to take place.
    """

    def __init__(self, vendor: str, freedoms: Freedoms, *, delay: float) -> None:
        self.vendor: Final = vendor
        self.freedoms: Final = freedoms
        self.fake: Any = None
        self.seen: list[Seen] = []
        self.connections: list[tuple[str, float]] = []
        self.acted: list[Deviation] = []
        self.vain: list[str] = []
        self.happened: list[tuple[int, float, Deviation]] = []
        self.altered: set[str] = set()
        self.healed = False
        self.outages: tuple[Deviation, ...] = ()
        self.acting: Callable[[], object] = _nothing
        self._delay: Final = delay
        self._passed: Final[Counter[str]] = Counter()

    @abstractmethod
    def chosen(self, label: str, passing: Passing) -> str:
        """What happens to a message; empty for what is documented."""

    def __call__(self, passing: Passing) -> Any:
        """What happens to a message: the keys of a fault, or None for nothing."""
        message = passing.id
        if not message or (passing.side == "in" and not self._may_be_refused(message)):
            return None
        if passing.transport == "callback" and not self.fake.ready.get("callback_url"):
            return None  # nobody is called back
        self._passed[message] += 1
        if message == _BROKER:
            self.connections.append((message, self.fake.clock.now()))
        label = label_of(message, self._passed[message])
        if passing.side == "out" or message in HANDSHAKES:
            self.seen.append(self.noted(message, self._passed[message], passing))
        deviation = self._outage(message, self._passed[message])
        if deviation is None:
            value = self.chosen(label, passing)
            if not value:
                return None
            deviation = Deviation(label, value, self._clause(value))
        if deviation not in self.acted:
            self.acted.append(deviation)
        self.acting()
        self.happened.append((self.fake.journal.mark(), self.fake.clock.now(), Deviation(label, deviation.value)))
        return self._carried_out(deviation, passing)

    def _outage(self, message: str, nth: int) -> Deviation | None:
        """What happens to one message after the other of a kind, until everything heals."""
        for deviation in () if self.healed else self.outages:
            name, first, last = spread_of(deviation.label)
            if name == message and first <= nth <= last:
                return deviation
        return None

    def heal(self) -> None:
        """Has everything go as documented from now on."""
        self.healed = True

    def noted(self, message: str, nth: int, passing: Passing) -> Seen:
        """A message as it is remembered."""
        transport = "handshake" if message in HANDSHAKES else passing.transport
        return Seen(message, nth, transport)

    def _may_be_refused(self, message: str) -> bool:
        return message in HANDSHAKES or message.endswith(".request")

    def _clause(self, value: str) -> str:
        kind, _, name = value.partition(":")
        if kind == "push":
            return self.freedoms.pushes[name].clause
        return name.partition(":")[0] if kind in _FORMS else ""

    def _carried_out(self, deviation: Deviation, passing: Passing) -> Any:
        kind, _, rest = str(deviation.value).partition(":")
        if kind == "push":
            return self._pushed(rest, deviation, passing)
        if kind in _FORMS:
            make = variants if kind == "variant" else mutations
            other = make(self.vendor, passing.id, passing.content.data).get(rest)
            if other is None:
                self._in_vain(deviation, "this message has no such form")
                return None
            self.altered.add(passing.session)
            return {"do": "replace", "data": other.hex()}
        return _FAULTS[kind].keys(rest or (f"{self._delay:g}" if kind == "delay" else ""))

    def _pushed(self, name: str, deviation: Deviation, passing: Passing) -> None:
        """Has it happen once all that the message belongs to is on its way."""
        push, session = self.freedoms.pushes[name], passing.session

        def happen() -> None:
            try:
                if push.command:
                    self.fake.commands[push.command](session=session, **push.arguments)
                else:
                    self.fake.send(name, session=session)
            except Exception as error:  # such as that there is no socket yet, or no session
                self._in_vain(deviation, str(error))

        asyncio.get_running_loop().call_soon(happen)

    def _in_vain(self, deviation: Deviation, reason: str) -> None:
        self.acted.remove(deviation)
        self.vain.append(f"{deviation.text}: {reason}")


def _nothing() -> None:
    """Nobody is told."""


def _code(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


class _Fault(NamedTuple):
    """A rule of the fake, as the word of a deviation says it.

    Attributes:
        do: what is done.
        key: of the rule, which the rest of the word is the value of.
        kind: makes that of a text.
    """

    do: str
    key: str = ""
    kind: Callable[[str], Any] = str

    def keys(self, rest: str) -> dict[str, Any]:
        """The keys of the rule."""
        return {"do": self.do, **({self.key: self.kind(rest)} if rest else {})}


_FAULTS: Final[Mapping[str, _Fault]] = {
    "drop": _Fault("drop"),
    "duplicate": _Fault("duplicate", "seconds", float),
    "delay": _Fault("delay", "seconds", float),
    "reorder": _Fault("reorder", "by", int),
    "close": _Fault("close", "code", int),
    "reset": _Fault("reset"),
    "hang": _Fault("hang"),
    "reject": _Fault("reject", "code", _code),
    "status": _Fault("reject", "status", int),
    "truncate": _Fault("truncate", "bytes", int),
    "corrupt": _Fault("corrupt", "bits", int),
}
"""By the word, before its colon."""


def obstacle(deviation: Deviation, freedoms: Freedoms) -> str:
    """Why a deviation of a message cannot take place with the fake of a vendor; empty where it can."""
    if not _LABEL.fullmatch(deviation.label):
        return f"label: expected MESSAGE#N, MESSAGE#N-M or scenario.NAME, got {deviation.label!r}"
    kind, _, rest = str(deviation.value).partition(":")
    if kind == "push":
        return "" if rest in freedoms.pushes else f"value: expected push: and one of {', '.join(freedoms.pushes)}"
    if kind in _FORMS:
        return "" if rest else f"value: expected {kind}: and an id"
    if kind not in _FAULTS:
        return f"value: expected one of {', '.join((*_FAULTS, 'push', *_FORMS))}, got {deviation.value!r}"
    try:
        _FAULTS[kind].keys(rest)
    except ValueError:
        return f"value: expected {kind} or {kind}:NUMBER, got {deviation.value!r}"
    return ""


_LABEL: Final = re.compile(r"[^#]+#[1-9][0-9]{0,8}(-[1-9][0-9]{0,8})?")
_FORMS: Final = ("variant", "mutation")


class Taped(Chooser):
    """Chooses what a tape says.

    Args:
        tape: the deviations.
        offers: whether what else could happen to each message is to be remembered, for whoever wants to make tapes.
    """

    def __init__(
        self, vendor: str, freedoms: Freedoms, tape: Iterable[Deviation], *, delay: float, offers: bool = False
    ) -> None:
        super().__init__(vendor, freedoms, delay=delay)
        self._tape: Final = {deviation.label: deviation.value for deviation in tape}
        self.outages = tuple(Deviation(label, value) for label, value in self._tape.items() if "-" in label)
        self._offers: Final = offers

    def chosen(self, label: str, passing: Passing) -> str:
        return str(self._tape.get(label, ""))

    def noted(self, message: str, nth: int, passing: Passing) -> Seen:
        seen = super().noted(message, nth, passing)
        if not self._offers:
            return seen
        return Seen(seen.message, seen.nth, seen.transport, offered(self.vendor, self.freedoms, passing))
