"""The proxy as one object: its ports, what is behind them, and the trace.

    with Recording("aliyun", upstream=fake.http_url, ready=fake.ready, out="run.avtrace") as proxy:
        call(proxy.http_url, ...)

What passes is carried by `http_relay.py`, `socket_relay.py`, `mqtt_relay.py` and `callback_relay.py`, kept by
`notebook.py`, and written as the traces of fakes are (`trace/`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

from avatarwire.fakeserver.addresses import check_host
from avatarwire.fakeserver.clock import Clock, RealClock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.loop_thread import LoopThread, LoopThreadError
from avatarwire.fakeserver.own_hosts import reachable
from avatarwire.fakeserver.record.addresses import Addresses
from avatarwire.fakeserver.record.callback_relay import CallbackRelay
from avatarwire.fakeserver.record.http_relay import HttpRelay
from avatarwire.fakeserver.record.mqtt_relay import MqttRelay
from avatarwire.fakeserver.record.ports import HttpPort, MqttPort, host_and_port, http_session
from avatarwire.fakeserver.record.relay import Relay
from avatarwire.fakeserver.record.upstream import Origin, RecordError, broker_of, trust
from avatarwire.fakeserver.record.wire import Wire
from avatarwire.fakeserver.trace.following import tracing
from avatarwire.fakeserver.vendors import VENDORS

__all__ = ["Recording"]

_PATIENCE: Final = 10.0
"""Real seconds for a start or a stop."""
_JOURNAL_BYTES: Final = 16 * 1024 * 1024
"""Of the journal, which the trace does not depend on."""


class Recording:
    """A proxy that records.

    Args:
        vendor: whose protocol passes.
        upstream: URL of the endpoint, without a path.
        out: the trace; ``OUT.part`` until the end. None writes none: `journal` has what has passed.
        ready: the vendor's part of a ready file, or the same keys for the real service: credentials, with which calls
            are signed anew where their proof covers the host, ``mqtt_url`` of the broker, ``ws_url`` where sockets are
            somewhere else, ``ca_file`` of whom to trust.
        host, port, mqtt_port: where to listen; port 0 takes a free one.
        callback_listen: host and port where the upstream posts its callbacks; empty for nowhere.
        callback_url: where those are passed on to.
        with_secrets: whether secrets stay in the trace as they are.
        title: what the trace is about.
        option: of a command that has named `out`, for errors.
        clock: gives the times of the entries; None for the machine's.
        warn: told, in one line, what whoever runs it should know.

    Attributes:
        vendor, clock: as given.
        journal: what has passed, as the journal of a fake.

    Raises:
        RecordError: something of that cannot be used; the text names what.
    """

    def __init__(
        self,
        vendor: str,
        *,
        upstream: str,
        out: str | Path | None = None,
        ready: Mapping[str, Any] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        mqtt_port: int = 0,
        callback_listen: str = "",
        callback_url: str = "",
        with_secrets: bool = False,
        title: str = "",
        option: str = "",
        clock: Clock | None = None,
        warn: Callable[[str], object] = str,
    ) -> None:
        if vendor not in VENDORS:
            raise RecordError(f"there is no vendor {vendor!r}; there are: {', '.join(VENDORS)}")
        self.vendor: Final = vendor
        self.clock: Final[Clock] = RealClock() if clock is None else clock
        self._origin: Final = Origin.whole(upstream, "--upstream")
        self._given: Final = dict(ready or {})
        self._wire: Final[Wire] = VENDORS[vendor].recorded(self._given)
        self._broker: Final = None if self._wire.delivery is None else broker_of(self._given)
        self._ssl: Final = trust(self._given)
        self._host: Final = check_host(host)
        self._port: Final = port
        self._mqtt_port: Final = mqtt_port
        self._callbacks: Final = _callbacks(self._wire, vendor, callback_listen, callback_url)
        self._about: Final[dict[str, Any]] = {"title": title, "with_secrets": with_secrets, "option": option}
        self._out: Final = out
        self._warn: Final = warn
        self.journal: Final = Journal(
            self.clock, vendor=vendor, budget_bytes=_JOURNAL_BYTES, secret_headers=self._wire.secret_headers
        )
        self._until = AsyncExitStack()
        self._thread: LoopThread | None = None
        self._running = False
        self._relay: Relay | None = None
        self._addresses: Final = Addresses(self._origin, self._listen, self._mapped)
        self._ready: dict[str, Any] = {}
        self._pairs: Final[dict[str, str]] = {}

    # Where it is

    @property
    def ready(self) -> Mapping[str, Any]:
        """What a client needs to know, as the ready file has it.

        Raises:
            RecordError: it does not run.
        """
        if not self._running:
            raise RecordError("the recording does not run")
        return MappingProxyType(self._ready)

    @property
    def http_url(self) -> str:
        """Where its HTTP is."""
        return str(self.ready["http_url"])

    @property
    def ws_url(self) -> str:
        """Where its sockets are; empty for a vendor without."""
        return str(self.ready.get("ws_url", ""))

    @property
    def mqtt_url(self) -> str:
        """Where its MQTT is, without credentials; empty where there is no broker."""
        return str(self.ready.get("mqtt_url", ""))

    @property
    def callback_listen(self) -> str:
        """URL at which the upstream posts callbacks; empty for none."""
        return str(self.ready.get("callback_listen", ""))

    def __getattr__(self, name: str) -> Any:
        """Any other key of the ready file, so that a driver takes a recording as it takes a fake."""
        ready: Mapping[str, Any] = self.__dict__.get("_ready", {})
        if name.startswith("_") or name not in ready:
            raise AttributeError(f"a recording has no {name!r}")
        return ready[name]

    @property
    def addresses(self) -> Mapping[str, str]:
        """Local addresses, and what each stands for."""
        return MappingProxyType(self._pairs)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What cannot be recorded, or passed on, since `ready` does not say what it takes."""
        return (
            self._wire.lacking
            if self._broker is not None or self._wire.delivery is None
            else (*self._wire.lacking, "there is no mqtt_url in --ready: MQTT does not come this way")
        )

    # Its life

    async def start(self) -> None:
        """Opens its ports and the trace.

        Raises:
            RecordError: a port cannot be had.
            OutputError: the trace cannot be written.
        """
        if self._running or self._ready:
            raise RecordError("a recording runs once: make a new one")
        async with AsyncExitStack() as until:
            # It is left last, and begun when nothing can fail any more, so that no trace of nothing takes a place.
            trace = until.enter_context(ExitStack())
            session = await until.enter_async_context(http_session(self._ssl))
            self._relay = Relay(self._wire, self.journal, self.clock, session, self._addresses, self._warn)
            # What is opened while it runs is closed with what was there at its start.
            self._until = until
            await self._open(until)
            if self._out is not None:
                writer = trace.enter_context(tracing(self._out, self, source="record", **self._about))
                trace.callback(lambda: writer.about(addresses=dict(self._pairs)))
            self._running = True
            for pair in self._pairs.items():
                self._note_address(*pair)
            self._until = until.pop_all()

    async def stop(self) -> None:
        """Closes every connection and completes the trace. What is on its way is given up.

        Raises:
            OutputError: the trace cannot be written.
        """
        self._running = False
        await self._until.aclose()

    async def _open(self, until: AsyncExitStack) -> None:
        place = await self._addresses.local(self._origin)
        ready = {name: value for name, value in self._given.items() if name != "ca_file"}
        ready["http_url"] = f"http://{place}"
        for key, path in self._wire.socket_keys.items():
            url = str(self._given.get(key) or f"ws{self._origin.url.removeprefix('http')}{path}")
            rewritten = await self._addresses.rewritten(url.encode())
            ready[key] = rewritten.decode()
        if self._broker is not None:
            mqtt = await until.enter_async_context(
                MqttPort(
                    MqttRelay(self._relay_now, self._broker, self._ssl if self._broker.scheme == "mqtts" else None),
                    self._host,
                    self._mqtt_port,
                )
            )
            ready["mqtt_url"] = f"mqtt://{self._place(mqtt.port)}"
            self._mapped(ready["mqtt_url"], self._broker.url)
        if self._callbacks is not None:
            host, port, url = self._callbacks
            listening = await until.enter_async_context(
                HttpPort(CallbackRelay(self._relay_now, url), host, port, self.journal, self._relay_now.new_id)
            )
            ready["callback_listen"] = f"http://{reachable(host)}:{listening.port}/"
            ready["callback_url"] = url
            self._mapped(ready["callback_listen"], url)
        self._ready = ready

    @property
    def _relay_now(self) -> Relay:
        assert self._relay is not None  # noqa: S101 - it has been started
        return self._relay

    async def _listen(self, origin: Origin) -> str:
        port = self._port if origin == self._origin else 0
        http = HttpPort(HttpRelay(self._relay_now, origin), self._host, port, self.journal, self._relay_now.new_id)
        await self._until.enter_async_context(http)
        return self._place(http.port)

    def _place(self, port: int) -> str:
        host = reachable(self._host)
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _mapped(self, local: str, stands_for: str) -> None:
        self._pairs[local] = stands_for
        if self._running:
            self._note_address(local, stands_for)

    def _note_address(self, local: str, stands_for: str) -> None:
        self.journal.note("an address is the proxy's", local=local, upstream=stands_for)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        thread = LoopThread(f"record-{self.vendor}", self.start, self.stop, keep=lambda _: False)
        try:
            thread.start(_PATIENCE)
        except LoopThreadError as fault:
            raise RecordError(f"the recording {fault}") from None
        self._thread = thread
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            try:
                thread.stop(_PATIENCE)
            except LoopThreadError as fault:
                raise RecordError(f"the recording {fault}") from None


def _callbacks(wire: Wire, vendor: str, listen: str, url: str) -> tuple[str, int, str] | None:
    """Where callbacks come from and go to; None for nowhere."""
    if not listen and not url:
        return None
    if wire.callback is None:
        raise RecordError(f"--callback-listen: {vendor} has no callbacks")
    if not listen or not url:
        given, missing = ("--callback-url", "--callback-listen") if url else ("--callback-listen", "--callback-url")
        raise RecordError(f"{given}: it needs {missing} as well, for the two are the ends of one way")
    Origin.parse(url, "--callback-url")
    return (*host_and_port(listen, "--callback-listen"), url)
