"""What a replay says: what was recorded, with the ids and secrets of now, when it was said then.

Sans-IO. How calls come in is in ``surface.py``, messages of sockets in ``talk.py``; what is looked for is in
``finding.py``.
"""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import msgspec

from avatarwire.fakeserver.effects import SERVER, Close, Effect, Incoming, Later, Note, On, Send
from avatarwire.fakeserver.journal.entry import plain_value
from avatarwire.fakeserver.journal.masking import MASK
from avatarwire.fakeserver.journal.names import is_secret
from avatarwire.fakeserver.replay.finding import Finder
from avatarwire.fakeserver.replay.ids import Ids, with_secrets
from avatarwire.fakeserver.replay.recording import Recording, Said
from avatarwire.fakeserver.replay.report import REPLAY
from avatarwire.fakeserver.replay.running import Found, Run, Utterance, Waiting

__all__ = ["REPLAY", "Player", "asked_of"]


_AT_ONCE: Final = 0.01
"""Seconds up to which something counts as said at once: the work of whoever was recorded."""
_PATIENCE: Final = 2.0
"""Seconds that something waits for what it was owed to, which a client may never do."""
_SECRET_BYTES: Final = 24


class Player(Finder):
    """Says again what was recorded.

    Args:
        recording: of the vendor.
        rng: where ids and secrets come from.
    """

    def __init__(self, recording: Recording, rng: random.Random) -> None:
        super().__init__(recording, rng)
        self._secrets: Final[list[str]] = []

    def began(self, run: Run) -> Note:
        """What the journal is told when a session begins."""
        return Note(
            f"session {run.recorded} of the trace is {run.id} here",
            REPLAY,
            run.id,
            about={"recorded": run.recorded, "mapped": dict(run.ids.mapped())},
        )

    def ids(self, found: Found, made: Mapping[str, str] | None = None) -> Ids:
        """What stands for what in an answer.

        Args:
            found: what it answers.
            made: what stands for ids in this answer only.
        """
        ids = self.standing(found.run, found.flow)
        if not found.echo and not made:
            return ids
        ids = ids.copy()
        ids.given.update(found.echo)
        ids.made.update(made or {})
        return ids

    def text(
        self, data: bytes, run: Run | None, ids: Ids, *, asked_by: str = "", own: Mapping[str, str] | None = None
    ) -> str | None:
        """A text of the trace with the ids and secrets of now; None for what is no text.

        Args:
            data: of the trace.
            run: whose; None for no session.
            ids: what stands for what.
            asked_by: whom a call was sent to, for URLs.
            own: members of which the fake has values of its own.
        """
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return None

        def put(name: str, value: str) -> str | None:
            given = own.get(name) if own is not None and name in self.parts.own else None
            return self._own(name, value, run, asked_by) if given is None else given

        return with_secrets(ids.rewritten(text), put)

    def value(self, body: Any, ids: Ids) -> Any:
        """A body of the trace with the ids of now, as JSON values."""
        return None if body is None else json.loads(ids.rewritten(msgspec.json.encode(body).decode()))

    def _own(self, name: str, value: str, run: Run | None, asked_by: str) -> str | None:
        if name in self.parts.own:
            made = self.parts.value(name, value, run, asked_by)
            if made is not None:
                if run is not None:
                    run.secrets[name] = made
                return made
        if value != MASK and not is_secret(name):
            return None
        kept = self._secret if run is None else (lambda: run.secrets.setdefault(name, self._secret()))
        return kept()

    def _secret(self) -> str:
        made = self._rng.randbytes(_SECRET_BYTES).hex()
        self._secrets.append(made)
        return made

    def secrets(self) -> tuple[str, ...]:
        """What was made up as a secret since this was last asked."""
        made = tuple(self._secrets)
        self._secrets.clear()
        return made

    def follow(self, found: Found, cause: Incoming | None) -> list[Effect]:
        """What went out behind something that came in; of what comes again, its answers only."""
        run, exchange = found.run, found.exchange
        if run is None:
            return []
        again = run.used.get(exchange.number, 0) > 1
        items = [each for each in exchange.follows if each.is_answer or not again]
        effects = self._play(Waiting(deque(items), found, cause), 0.0, run)
        for waiting in run.waiting.pop(exchange.number, ()):
            effects += self._play(waiting, waiting.items[0].delay, run)
        return effects

    def _play(self, waiting: Waiting, elapsed: float, run: Run) -> list[Effect]:
        effects: list[Effect] = []
        items = waiting.items
        while items:
            until, behind = items[0].delay, items[0].behind
            if behind and not run.used.get(behind):
                return [*effects, self._hold(waiting, behind, until - elapsed, run)]
            if until - elapsed > _AT_ONCE:
                return [*effects, Later(until - elapsed, partial(self._then, waiting, until, run), to=SERVER)]
            effect = self._said(items.popleft(), waiting.found, run, waiting.cause)
            if effect is not None:
                effects.append(effect)
        return effects

    def _then(self, waiting: Waiting, elapsed: float, run: Run, now: float) -> list[Effect]:
        del now
        return self._play(waiting, elapsed, run)

    def _hold(self, waiting: Waiting, behind: int, delay: float, run: Run) -> Later:
        """Has something wait for what it was owed to, and not for ever."""
        run.waiting.setdefault(behind, []).append(waiting)

        def give_up(_: float) -> list[Effect]:
            held = run.waiting.get(behind, [])
            if waiting not in held:
                return []
            held.remove(waiting)
            first = waiting.items[0]
            waiting.items[0] = replace(first, behind=0)
            return self._play(waiting, first.delay, run)

        return Later(max(0.0, delay) + _PATIENCE, give_up, to=SERVER)

    def _said(self, said: Said, found: Found, run: Run, cause: Incoming | None) -> Effect | None:
        connection = self._connection(said, found, run)
        if said.close is not None:
            return On(connection, (Close(*said.close),)) if connection else None
        ids = self.ids(found) if said.is_answer else run.ids
        data, begin = said.data or b"", self.parts.header_bytes if said.entry.transport == "ws" else 0
        text = self.text(data[begin:], run, ids)
        utterance = Utterance(
            said, data[:begin], text, self.value(said.entry.body, ids), run, cause if said.is_answer else None
        )
        effect = self.parts.sends(utterance, self.recording.data_of(found.exchange))
        if isinstance(effect, Send):
            return On(connection, (effect,)) if connection else None
        return effect

    def _connection(self, said: Said, found: Found, run: Run) -> str:
        """Where something is to be said: on the socket that stands for the recorded one, or on the newest of its kind.

        Of what was said on several sockets at once, each that is open gets its own, and no other's.
        """
        recorded = said.entry.connection
        sockets = run.open.get(self.recording.paths.get(recorded, ""), ())
        own = run.connections.get(recorded, "")
        if own in sockets:
            return own
        if said.close is not None or not sockets:
            return ""
        text, taken = said.entry.text, {run.connections.get(it.entry.connection) for it in _same(said, found)}
        return "" if text and taken.intersection(sockets) else sockets[-1]


def _same(said: Said, found: Found) -> list[Said]:
    """What was said on other sockets at the same time."""
    one = said.entry
    return [
        each
        for each in found.exchange.follows
        if each is not said and (each.entry.message, each.entry.text) == (one.message, one.text)
    ]


def asked_of(body: object) -> Any:
    """What a decoded message says, as JSON values."""
    return plain_value(body)
