"""How the cases about clients of Guiji look at a talk: what was asked, what breaks a rule, what is left behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from typing import Any, Final, TypeAlias

from ...clients.bench import ClientBench
from ...clients.cases import client_case
from ...clients.talk import ABSENT, Talk, body_of, value_at
from ...engine.case import Case, Differs, Skip
from ...engine.json_object import json_object

__all__ = [
    "QUICK",
    "Run",
    "answer_of",
    "asked",
    "calls",
    "case",
    "check_ended",
    "check_materials",
    "code_of",
    "conversed",
    "fields_of",
    "has_reached_end",
    "id_of",
    "keeps",
    "notes",
    "parts",
    "requests",
    "times",
]

Run: TypeAlias = Callable[[ClientBench], Awaitable[None]]

QUICK: Final[dict[str, Any]] = {
    "characters_per_second": 1000.0,
    "shortest_text_seconds": 0.2,
    "audio_seconds": 0.2,
    "silent_seconds": 0.05,
}
"""Tunables with which what is said takes no time."""

_BEGUN: Final = ("preparing", "running")


def case(name: str, title: str, clauses: str, run: Run) -> Case[ClientBench]:
    """A case about a client of Guiji."""
    return client_case("guiji", name, title, clauses, run)


async def conversed(bench: ClientBench, *, faults: Sequence[dict[str, Any]] = (), **tunables: Any) -> Talk:
    """A talk in which what is said takes no time."""
    return await bench.talk(faults=faults, **{**QUICK, **tunables})


# --- what crossed the wire ---


def calls(talk: Talk, *, but: Collection[str] = ()) -> list[Any]:
    """The client's calls over HTTP, without some operations."""
    left_out = {f"{operation}.request" for operation in but}
    return [it for it in talk.entries if it.transport == "http" and it.direction == "in" and it.message not in left_out]


def requests(talk: Talk) -> list[Any]:
    """What the client has asked over MQTT, in order, also what the fake could not read."""
    found = [it for it in talk.entries if it.transport == "mqtt" and it.direction == "in"]
    return [it for it in found if "method" in fields_of(it)]


def asked(talk: Talk, *methods: str) -> list[Any]:
    """The same of some methods."""
    return [it for it in requests(talk) if fields_of(it)["method"] in methods]


def fields_of(entry: Any) -> dict[str, Any]:
    """A message over MQTT as a JSON object; empty where it is none."""
    return json_object(entry.raw or b"")


def notes(talk: Talk, text: str) -> list[Any]:
    """What the fake has noted with these words."""
    return [it for it in talk.entries if it.transport == "note" and it.body == text]


def answer_of(talk: Talk, entry: Any) -> Any:
    """The body of the answer to something, None where nothing was answered."""
    answers = talk.answers_to(entry)
    return body_of(answers[0]) if answers else None


def code_of(entry: Any) -> Any:
    """The code of an answer over HTTP."""
    return value_at(body_of(entry), "code")


def id_of(entry: Any) -> Any:
    """The id of a message over MQTT; None where it has none."""
    return fields_of(entry).get("id")


def parts(entries: Sequence[Any], path: str) -> list[Any]:
    """The values that some messages have at a path."""
    bodies = (fields_of(entry) if entry.transport == "mqtt" else body_of(entry) for entry in entries)
    return [value for body in bodies if (value := value_at(body, path)) is not ABSENT]


# --- what is asked of a client ---


def keeps(
    talk: Talk,
    entries: Sequence[Any],
    clauses: Collection[str] = (),
    *,
    but: Collection[str] = (),
) -> None:
    """Some messages break no rule.

    Args:
        talk: of which they are.
        entries: the messages.
        clauses: the rules; empty for all.
        but: rules that other cases are about.

    Raises:
        Differs: one does.
    """
    for entry, violation in _errors(entries):
        if violation.clause in but or (clauses and violation.clause not in clauses):
            continue
        raise Differs("a client that keeps to it", f"{entry.message or 'a message'}: {violation}; {talk.end}")


def _errors(entries: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for entry in entries:
        for violation in entry.violations:
            if violation.level == "error":
                yield entry, violation


def check_ended(talk: Talk) -> None:
    """The client comes to an end by itself, and no broadcast goes on that it has begun (GJ-R105).

    Raises:
        Differs: it does not, or one does.
    """
    talk.check_ends()
    left = [it["session"] for it in talk.sessions if it["stage"] in _BEGUN]
    talk.check(not left, "DestroySession for every broadcast", lambda: f"session {left[0]} goes on; {talk.end}")


def check_materials(talk: Talk) -> None:
    """Playlists have ids of materials that the client was given (GJ-R052, GJ-R097).

    Raises:
        Differs: they have others.
        Skip: there are no playlists.
    """
    given = set(map(str, parts(talk.got("uploadMaterial.response"), "data")))
    for rows in parts(talk.got("queryMaterial.response"), "data.records"):
        given |= {str(row["id"]) for row in rows}
    found = requests(talk)
    named = [*parts(found, "params.playlist"), *parts(found, "params.pcmIds")]
    ids = [each for listed in talk.reached(named, "a playlist") for each in listed]
    unknown = [each for each in ids if str(each) not in given]
    talk.check(not unknown, f"ids of materials: {sorted(given)}", lambda: f"{unknown[0]}; {talk.end}")


def has_reached_end(talk: Talk) -> None:
    """A client that waits for longer than a case does cannot be judged by its end.

    Raises:
        Skip: it was ended by force.
    """
    if talk.code is None:
        raise Skip(f"the client waits for longer than this case does; {talk.end}")


def times(entries: Sequence[Any], most: int, what: str, talk: Talk) -> None:
    """Something was done so often at most.

    Raises:
        Differs: it was done more often.
    """
    talk.check(len(entries) <= most, f"{what} {most} times at most", lambda: f"{len(entries)} times; {talk.end}")
