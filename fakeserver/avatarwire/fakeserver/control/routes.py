"""The table of calls: method, path, what it does, what it takes and gives.

Routing and the OpenAPI document are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import unquote

from avatarwire.fakeserver.control import bodies, handlers, rules
from avatarwire.fakeserver.control.problems import Problem, unknown
from avatarwire.fakeserver.control.site import Call
from avatarwire.fakeserver.faults import Fault
from avatarwire.fakeserver.snapshot import LARGEST
from avatarwire.fakeserver.snapshotting import SnapshotBody
from avatarwire.fakeserver.toxics import Toxic

__all__ = ["ROUTES", "Found", "Route", "find"]

Handler: TypeAlias = Callable[[Call], Any]
"""Carries out a call; what it gives is the answer's JSON, or is awaited for it."""


LARGEST_BODY: Final = 1024 * 1024
"""Bytes of a body that are read, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Route:
    """One call.

    Attributes:
        method, path: parts of the path in braces are parameters.
        title: what it does.
        handler: does it.
        answer: type of the answer's JSON.
        query: declares its parameters.
        body: type of its JSON; None for none.
        declared: what the body is, where `body` leaves that to somebody else.
        optional: whether the body may be left out.
        largest: bytes of a body that are read.
        open: whether it needs no token.
        problems: kinds of problems of its own, beside those of every call.
    """

    method: str
    path: str
    title: str
    handler: Handler
    answer: Any
    query: Any = bodies.NoQuery
    body: Any = None
    declared: Any = None
    optional: bool = False
    largest: int = LARGEST_BODY
    open: bool = False
    problems: tuple[str, ...] = ()


_ANY = bodies.AnyArguments
_V: Final = "/v1/{vendor}"

ROUTES: Final = (
    Route("GET", "/readyz", "whether it can be used", handlers.health, bodies.Health, open=True),
    Route("GET", "/healthz", "whether it is there", handlers.health, bodies.Health, open=True),
    Route("GET", "/openapi.json", "this document", lambda call: None, _ANY),
    Route("GET", "/v1/state", "all fakes: sessions, counts, clock, rules", handlers.state, bodies.State),
    Route("GET", "/v1/ready", "URLs and credentials, as the ready file has them", handlers.ready, _ANY),
    Route("GET", "/v1/clock", "what time it is", handlers.clock, bodies.ClockState),
    Route(
        "POST",
        "/v1/clock",
        "move a virtual clock forward, and do what is due",
        handlers.advance,
        bodies.ClockState,
        body=bodies.Advance,
        problems=("real-clock", "wrong-value"),
    ),
    Route("POST", "/v1/reset", "have all fakes be as just started", handlers.reset_all, bodies.Done),
    Route("POST", f"{_V}/reset", "have a fake be as just started", handlers.reset, bodies.Done),
    Route(
        "GET",
        f"{_V}/snapshot",
        "what the fake remembers now, secrets included, to be put in again",
        handlers.snapshot,
        SnapshotBody,
    ),
    Route(
        "PUT",
        f"{_V}/snapshot",
        "have the fake remember what was in a snapshot; open sockets are closed (1012)",
        handlers.restore,
        bodies.Done,
        body=_ANY,
        declared=SnapshotBody,
        largest=LARGEST,
        problems=("other-version", "wrong-value"),
    ),
    Route("GET", f"{_V}/sessions", "what is remembered of each session", handlers.sessions, bodies.SessionList),
    Route("GET", f"{_V}/commands", "what the fake can be told", handlers.commands, bodies.CommandList),
    Route(
        "POST",
        f"{_V}/commands/{{name}}",
        "have the fake do something",
        handlers.command,
        bodies.Done,
        body=_ANY,
        optional=True,
        problems=("wrong-argument", "real-clock"),
    ),
    Route(
        "GET",
        f"{_V}/journal",
        "entries of the journal; `wait` holds the call until one matches",
        handlers.journal,
        bodies.JournalPage,
        query=bodies.JournalQuery,
        problems=("wrong-value",),
    ),
    Route(
        "GET",
        f"{_V}/violations",
        "rules of the document that the client broke",
        handlers.violations,
        bodies.ViolationList,
        query=bodies.ViolationQuery,
        problems=("wrong-value",),
    ),
    Route(
        "POST",
        f"{_V}/send",
        "push a message of the server now",
        handlers.send,
        bodies.Done,
        body=bodies.Push,
        problems=("wrong-value",),
    ),
    Route("GET", f"{_V}/faults", "the rules, in order", rules.faults, bodies.FaultList),
    Route(
        "POST",
        f"{_V}/faults",
        "one more rule",
        rules.add_fault,
        bodies.FaultBody,
        body=_ANY,
        declared=Fault,
        problems=("wrong-value",),
    ),
    Route("DELETE", f"{_V}/faults/{{id}}", "take a rule back", rules.remove_fault, bodies.FaultList),
    Route("DELETE", f"{_V}/faults", "take all rules back", rules.clear_faults, bodies.FaultList),
    Route("GET", f"{_V}/toxics", "the toxics, in order", rules.toxics, bodies.ToxicList),
    Route(
        "POST",
        f"{_V}/toxics",
        "one more toxic",
        rules.add_toxic,
        bodies.ToxicBody,
        body=_ANY,
        declared=Toxic,
        problems=("wrong-value",),
    ),
    Route("DELETE", f"{_V}/toxics/{{name}}", "remove a toxic", rules.remove_toxic, bodies.ToxicList),
    Route("DELETE", f"{_V}/toxics", "remove all toxics", rules.clear_toxics, bodies.ToxicList),
)
"""All there are. Those of one path stand in the order of the table, and the first that fits counts."""


class Found(NamedTuple):
    """A route, and the parts of the path that are its parameters."""

    route: Route
    params: Mapping[str, str]


def _by_path() -> Mapping[tuple[str, ...], Mapping[str, Route]]:
    """The routes by the segments of their paths, and by method."""
    found: dict[tuple[str, ...], dict[str, Route]] = {}
    for route in ROUTES:
        found.setdefault(tuple(route.path.split("/")), {})[route.method] = route
    return MappingProxyType(found)


_BY_PATH: Final = _by_path()


def find(method: str, path: str, vendors: Iterable[str]) -> Found:
    """The route of a call.

    Args:
        method, path: as sent; the path without its query.
        vendors: those that are served.

    Raises:
        Problem: no such path or vendor, or another method.
    """
    segments = [unquote(segment) for segment in path.split("/")]
    for pattern, routes in _BY_PATH.items():
        params = _matched(pattern, segments)
        if params is None:
            continue
        if "vendor" in params and params["vendor"] not in vendors:
            raise unknown("not-found", "vendor", params["vendor"], vendors, key="vendor")
        route = routes.get("GET" if method == "HEAD" else method)
        if route is None:
            allowed = ", ".join(routes)
            raise Problem("method-not-allowed", f"{path} takes {allowed}", headers={"Allow": allowed}, key="method")
        return Found(route, params)
    paths = ("/".join(pattern) for pattern in _BY_PATH)
    raise unknown("not-found", "path", path, paths, key="path")


def _matched(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    params: dict[str, str] = {}
    for part, segment in zip(pattern, segments, strict=True):
        if part.startswith("{"):
            if not segment:
                return None
            params[part[1:-1]] = segment
        elif part != segment:
            return None
    return params
