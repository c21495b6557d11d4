"""What each call of the control endpoint does: sessions, commands, the journal, pushes, the clock, reset.

Rules and toxics are in `rules.py`; which call is which, the table in `routes.py` says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Final, cast

import msgspec

from avatarwire.codecs.core.conversion import convert
from avatarwire.fakeserver.commands import Command
from avatarwire.fakeserver.control.bodies import (
    Advance,
    ArgumentBody,
    ClockState,
    CommandBody,
    CommandList,
    Done,
    Health,
    JournalQuery,
    Push,
    ViolationQuery,
)
from avatarwire.fakeserver.control.fakes import Fake
from avatarwire.fakeserver.control.problems import Problem, unknown
from avatarwire.fakeserver.control.rules import shown_rule, shown_toxic
from avatarwire.fakeserver.control.site import Call
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.journal import ExpectationError, Tally
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.query import Criteria

__all__ = [
    "advance",
    "clock",
    "command",
    "commands",
    "health",
    "journal",
    "ready",
    "reset",
    "reset_all",
    "restore",
    "send",
    "sessions",
    "snapshot",
    "state",
    "violations",
]

_ADVANCE: Final = "advance"
_MANY: Final = 500
"""Entries of a journal from which on they are shown in a thread, so that nobody else waits for that."""


# --- all fakes ---


def health(call: Call) -> Health:
    """That it is there."""
    return Health()


def ready(call: Call) -> Mapping[str, Any]:
    """What a client needs to know, as the ready file has it."""
    return call.site.ready()


def state(call: Call) -> Mapping[str, Any]:
    """All there is to see."""
    return {
        "clock": call.site.clock(),
        "vendors": {name: _state_of(fake) for name, fake in call.site.fakes.items()},
    }


def _state_of(fake: Fake) -> Mapping[str, Any]:
    journal = fake.journal
    return {
        "sessions": fake.sessions(),
        "counts": {
            "entries": len(journal),
            "dropped": journal.dropped,
            "violations": journal.violation_count,
            "faults": len(fake.faults),
            "toxics": len(fake.toxics),
        },
        "faults": [shown_rule(armed) for armed in fake.faults],
        "toxics": [shown_toxic(toxic) for toxic in fake.toxics],
        "mark": journal.mark(),
    }


def clock(call: Call) -> ClockState:
    """What time it is."""
    return call.site.clock()


def advance(call: Call) -> Awaitable[ClockState]:
    """Moves time."""
    asked: Advance = call.body
    return call.site.advance(asked.advance)


def reset_all(call: Call) -> Done:
    """Has all fakes be as they were when they had just started."""
    for fake in call.site.fakes.values():
        fake.reset()
    return Done(done="reset")


# --- one fake ---


def reset(call: Call) -> Done:
    """Has a fake be as it was when it had just started."""
    call.fake.reset()
    return Done(done="reset", mark=call.fake.journal.mark())


def snapshot(call: Call) -> Mapping[str, Any]:
    """What the fake remembers at this moment, secrets included."""
    return call.fake.snapshot()


def restore(call: Call) -> Done:
    """Has the fake remember what another one did."""
    call.fake.restore(call.body)
    return Done(done="restore", mark=call.fake.journal.mark())


def sessions(call: Call) -> Mapping[str, Any]:
    """What is remembered of each session."""
    return {"sessions": call.fake.sessions()}


def commands(call: Call) -> CommandList:
    """What the fake can be told."""
    return CommandList(commands=[_shown(known) for known in call.fake.commands.values()])


def _shown(known: Command) -> CommandBody:
    arguments = [
        ArgumentBody(name=it.name, required=it.required, type=it.type, default=_plain(it.default), text=it.text)
        for it in known.arguments
    ]
    return CommandBody(name=known.name, title=known.title, arguments=arguments)


def _plain(value: object) -> object:
    return msgspec.to_builtins(value)


async def command(call: Call) -> Done:
    """Has the fake do something."""
    known = call.fake.commands
    name = call.params["name"]
    if name not in known:
        raise unknown("not-found", "command", name, known, key="name")
    arguments = cast("dict[str, Any]", call.body)
    _check_arguments(known[name], arguments)
    mark = call.fake.journal.mark()
    if name == _ADVANCE:
        await call.site.advance(_seconds(arguments["seconds"]))
    else:
        _carry_out(known[name], arguments)
    return Done(done=name, mark=mark)


def _check_arguments(known: Command, given: Mapping[str, Any]) -> None:
    """Which there have to be; what each has to be, the command itself says."""
    names = {argument.parameter: argument.name for argument in known.arguments}
    for name in given:
        if name not in names and name not in names.values():
            raise unknown("wrong-argument", "argument", name, names.values())
    for argument in known.arguments:
        found = [name for name in {argument.name, argument.parameter} if name in given]
        if len(found) > 1:
            raise Problem("wrong-argument", f"{argument.name} is given twice", key=argument.name)
        if argument.required and not found:
            raise Problem("wrong-argument", f"{argument.name} is missing: {argument.text}", key=argument.name)


def _carry_out(known: Command, arguments: Mapping[str, Any]) -> None:
    try:
        known(**arguments)
    except FakeServerError as error:
        for argument in known.arguments:
            if error.key == argument.parameter:
                error.key = argument.name
        raise


def _seconds(value: object) -> float:
    try:
        return convert({"advance": value}, Advance).advance
    except msgspec.ValidationError as error:
        reason = str(error).partition(" - at ")[0]
        raise Problem("wrong-argument", f"seconds: {reason}", key="seconds") from None


def send(call: Call) -> Done:
    """Pushes a message now."""
    asked: Push = call.body
    mark = call.fake.journal.mark()
    call.fake.send(asked.message, asked.body, session=asked.session)
    return Done(done=asked.message, mark=mark)


# --- the journal ---


async def journal(call: Call) -> Mapping[str, Any]:
    """Entries that match, once there are any, or the time is over."""
    asked: JournalQuery = call.query
    kept = call.fake.journal
    mark = kept.mark()  # before looking: who goes on from there misses nothing
    entries = await _entries(call.fake, asked)
    if asked.wait and not entries:
        await call.site.waited(_come(call.fake, asked))
        mark = kept.mark()
        entries = await _entries(call.fake, asked)
    if asked.limit is not None:
        entries = entries[: asked.limit]
    return {"entries": [entry.to_dict() for entry in entries], "mark": mark}


async def _entries(fake: Fake, asked: JournalQuery) -> list[Entry]:
    def look() -> list[Entry]:
        return fake.journal.entries(asked.message, **_criteria(asked))

    try:
        return await asyncio.to_thread(look) if len(fake.journal) > _MANY else look()
    except ValueError as error:  # no such message
        raise Problem("unknown-name", str(error), key="message") from None


async def _come(fake: Fake, asked: JournalQuery) -> None:
    """Waits for an entry that matches; whether there is one then is looked at once more."""
    try:
        await fake.journal.expect(asked.message, timeout=asked.wait, **_criteria(asked))
    except ExpectationError:
        return


def _criteria(asked: JournalQuery) -> Criteria:
    connection = asked.connection

    def is_there(entry: Entry) -> bool:
        return entry.connection == connection

    return {
        "transport": asked.transport,
        "direction": asked.direction,
        "session": asked.session,
        "since": asked.since,
        "where": None if connection is None else is_there,
    }


def violations(call: Call) -> Mapping[str, Any]:
    """What the client did that the vendor's document forbids."""
    asked: ViolationQuery = call.query
    found = call.fake.journal.violation_page(
        level=asked.level, since=asked.since, session=asked.session, clause=asked.clause
    )
    told: dict[str, Any] = {"violations": [msgspec.to_builtins(violation) for violation in found.violations]}
    if not found.complete:
        told["complete"] = False
    if asked.summary:
        told["summary"] = [_without_example(tally) for tally in found.summary]
        if not found.counted:
            told["counted"] = False
    return told


def _without_example(tally: Tally) -> Mapping[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(tally).items() if name != "example"}
