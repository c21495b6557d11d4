"""What a case about clients works with: a fake in some situation, and the client's program, run against it once."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from avatarwire.codecs.errors import AvatarwireError

from ..engine.case import NotJudged, Skip
from ..engine.endpoint import Endpoint
from ..engine.evidence import Seen, Timeline
from ..engine.secrets import Secrets
from ..fakes import Fake, fake, lost_of
from ..probing.processes import NOT_SUPPORTED, Group
from .talk import Talk

__all__ = ["ClientBench", "ClientRun", "maker"]

_KEPT: Final = 1500
"""Characters of what a client prints that are shown."""
_SETTLED: Final = 0.05
"""Real seconds in which what a client has sent last arrives."""


@dataclass(frozen=True)
class ClientRun:
    """What all cases of a run share; stands in the place of `engine.bench.Run`.

    Attributes:
        endpoint: the client, as it is called in reports.
        command: the client: a program and its arguments.
        patience: real seconds that it may take beyond those that it is to stay.
        clock: seconds, on a clock that only runs forward.
        talks: the last talk of each case, by its id.
    """

    endpoint: Endpoint
    command: tuple[str, ...]
    patience: float
    clock: Any
    talks: dict[str, Talk]

    def now(self) -> float:
        """Seconds."""
        now: float = self.clock()
        return now

    async def synchronise(self) -> None:
        """Nothing has to be known before."""

    def keep(self, case_id: str, timeline: Timeline) -> None:
        """The fake has judged each message as it came."""


def maker(**options: Any) -> Any:
    """What makes the bench of a case; `options` go to each fake, such as ``mutant``."""

    def make(run: ClientRun, name: str, forms: Sequence[str]) -> ClientBench:
        return ClientBench(run, name, forms, options)

    return make


class ClientBench:
    """One case at work.

    Args:
        run: of which it is part.
        name: of the case, which the client is told.
        forms: of the wire; there are none for a client.
        options: of the fake, for all cases.
    """

    transports: Final = frozenset[str]()

    def __init__(self, run: ClientRun, name: str, forms: Sequence[str], options: Mapping[str, Any]) -> None:
        self.run: Final = run
        self.name: Final = name
        self.forms: Final = forms
        self.endpoint: Final = run.endpoint
        self.vendor: Final = run.endpoint.vendor
        self.secrets: Final = Secrets()
        self.timeline: Final = Timeline(self.vendor, lambda: 0.0, self.secrets, of_client=True)
        self.leaving: Final = AsyncExitStack()
        self._options: Final = options

    async def talk(
        self,
        *,
        seconds: float = 1.0,
        faults: Sequence[Mapping[str, Any]] = (),
        flow: str = "text",
        strict: bool = True,
        **tunables: Any,
    ) -> Talk:
        """Has the client talk with a fake, and says what was seen.

        Args:
            seconds: how long the client is asked to stay.
            faults: rules of the fake, as in a scenario file, that make the situation.
            flow: what the client is asked to do, for those that can be told: ``text``, ``speech``, ``interrupt``.
            strict: whether the fake refuses what the document forbids.
            tunables: of the fake's scenario.

        Raises:
            Skip: the client says that it does not support this case.
            NotJudged: the fake or the client cannot be started.
        """
        given: dict[str, Any] = {"strict": strict, **tunables, **self._options}
        if faults:
            given["faults"] = [*map(dict, faults), *given.get("faults", ())]
        try:
            # Rules are read as those of a scenario file are.
            mutant = {"mutant": given.pop("mutant")} if "mutant" in given else {}
            server: Any = fake(
                self.vendor, scenario={self.vendor: given, "server": {"seed": 1}}, observed=False, **mutant
            )
        except AvatarwireError as error:
            raise NotJudged(f"the fake of this case cannot be made: {error}") from None
        with tempfile.TemporaryDirectory(prefix="avatarwire-", ignore_cleanup_errors=True) as folder:
            async with server:
                talk = await self._talked(server, Path(folder), seconds, flow)
            left = _seen_at_the_end(server, talk)
        self._keep(left)
        self.run.talks[self.name] = left
        if lost := lost_of(left.entries):
            raise NotJudged(f"{lost}; give it a larger journal_bytes")
        if left.code == NOT_SUPPORTED:
            raise Skip("the client says that it does not support this case (exit code 127)")
        return left

    async def _talked(self, server: Fake, folder: Path, seconds: float, flow: str) -> Talk:
        path = folder / "ready.json"
        path.write_text(json.dumps({self.vendor: dict(server.ready)}))
        self.secrets.learn(dict(server.ready))
        limit = seconds + 2 * self.run.patience
        program = _Program(
            self.run.command,
            {
                "AVATARWIRE_READY": str(path),
                "AVATARWIRE_CASE": self.name,
                "AVATARWIRE_SECONDS": f"{seconds:g}",
                "AVATARWIRE_FLOW": flow,
            },
        )
        began = self.run.now()
        try:
            code = await program.run(limit)
        except OSError as error:
            raise NotJudged(f"the client cannot be started: {error.strerror or error}") from None
        await asyncio.sleep(_SETTLED)
        remembered: Any = server
        return Talk(
            vendor=self.vendor,
            entries=(),
            violations=(),
            sessions=tuple(dict(it) for it in remembered.sessions()),
            said=tuple(remembered.said()),
            code=code,
            seconds=self.run.now() - began,
            asked=seconds,
            limit=limit,
            words=self.secrets.text(program.words),
        )

    def _keep(self, talk: Talk) -> None:
        """Keeps what crossed the wire as evidence."""
        origin = talk.entries[0].time if talk.entries else 0.0
        for entry in talk.entries:
            is_note = entry.direction == "note" or entry.transport == "note"
            known = entry.message if not is_note else ""
            said = " ".join(map(str, (v.clause for v in entry.violations)))
            text = " ".join(
                part
                for part in (
                    entry.message if is_note else "",
                    str(entry.status or ""),
                    str(entry.meta.get("path", entry.meta.get("topic", ""))),
                    str(entry.body) if is_note and entry.body is not None else "",
                    f"breaks {said}" if said else "",
                )
                if part
            )
            self.timeline.seen.append(
                Seen(
                    at=entry.time - origin,
                    connection=entry.connection,
                    transport="note" if is_note else entry.transport,
                    direction="in" if entry.direction == "in" else "out",
                    # Of a call without a body, what it says is in its query.
                    data=entry.raw or str(entry.meta.get("path", "")).partition("?")[2].encode(),
                    message=known,
                    text=text,
                    was_read=True,
                )
            )


def _seen_at_the_end(server: Any, talk: Talk) -> Talk:
    """The same, with what the fake has noted until it stopped."""
    journal = server.journal
    return replace(talk, entries=tuple(journal.entries()), violations=tuple(journal.violations()))


class _Program:
    """The client's program, run once."""

    def __init__(self, command: tuple[str, ...], variables: Mapping[str, str]) -> None:
        self._command: Final = command
        self._variables: Final = variables
        self._said = b""
        self._group: Group | None = None
        self._code: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def run(self, limit: float) -> int | None:
        """Runs it to its end; None if it does not end in time.

        Raises:
            OSError: it cannot be started.
        """
        self._group = await Group.started(
            self._command, self._heard, self._ended, env={**os.environ, **self._variables}, stdin=False
        )
        try:
            async with asyncio.timeout(limit):
                return await self._code
        except TimeoutError:
            return None
        finally:
            await self._group.end()

    @property
    def words(self) -> str:
        """The last of what it has printed, in one line."""
        errors = "" if self._group is None else self._group.errors
        text = errors or self._said.decode(errors="replace")
        return " ".join(text.split())[-_KEPT:]

    def _heard(self, data: bytes) -> None:
        self._said = (self._said + data)[-4 * _KEPT :]

    def _ended(self, code: int | None, how: str) -> None:
        del how
        if code is not None and not self._code.done():
            self._code.set_result(code)
