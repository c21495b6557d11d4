"""The document of the endpoint: it is whole, and what the endpoint answers is what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

import pytest
from jsonschema import Draft202012Validator

from avatarwire.fakeserver import FakeAliyun
from avatarwire.fakeserver.control.openapi import document
from avatarwire.fakeserver.control.routes import ROUTES
from tests.fakeserver.aliyun.running import start
from tests.fakeserver.control.calls import Answer, Caller

DOCUMENT: Final = document()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def references(value: Any) -> Iterator[str]:
    """Everything that is referred to."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if isinstance(members.get("$ref"), str):
            yield members["$ref"]
        for item in members.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in cast("Iterable[Any]", value):
            yield from references(item)


def test_it_is_served(caller: Caller) -> None:
    assert caller.get("/openapi.json") == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1.")


def test_it_has_every_call_once() -> None:
    told = [(method.upper(), path) for path, method, _ in operations()]
    assert sorted(told) == sorted((route.method, route.path) for route in ROUTES)
    names = [operation["operationId"] for *_, operation in operations()]
    assert len(set(names)) == len(names)


def test_every_reference_leads_somewhere() -> None:
    front = "#/components/schemas/"
    found = set(references(DOCUMENT))
    assert all(each.startswith(front) for each in found)
    assert {each.removeprefix(front) for each in found} == set(DOCUMENT["components"]["schemas"])


def test_every_part_of_a_path_is_declared() -> None:
    for path, _, operation in operations():
        declared = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert declared == re.findall(r"\{(\w+)\}", path)
        assert all(each["description"] for each in operation["parameters"]), path


def test_every_schema_is_one() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for *_, operation in operations():
        for parameter in operation["parameters"]:
            Draft202012Validator.check_schema(parameter["schema"])


def test_only_probes_need_no_token() -> None:
    open_ = [path for path, _, operation in operations() if operation.get("security") == []]
    assert open_ == ["/readyz", "/healthz"]
    assert DOCUMENT["security"] == [{"token": []}]


def fits(answer: Answer, method: str, path: str) -> None:
    """Holds an answer against the document."""
    responses = DOCUMENT["paths"][path][method.lower()]["responses"]
    assert str(answer.status) in responses, f"{answer.status} is not documented for {method} {path}"
    content = responses[str(answer.status)]["content"]
    schema = content[answer.headers["content-type"]]["schema"]
    validator: Any = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    validator.validate(answer.body)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/readyz", None),
        ("GET", "/healthz", None),
        ("GET", "/openapi.json", None),
        ("GET", "/v1/state", None),
        ("GET", "/v1/ready", None),
        ("GET", "/v1/clock", None),
        ("POST", "/v1/clock", {"advance": 1}),
        ("POST", "/v1/clock", {"advance": -1}),
        ("POST", "/v1/reset", None),
        ("POST", "/v1/{vendor}/reset", None),
        ("GET", "/v1/{vendor}/sessions", None),
        ("GET", "/v1/{vendor}/commands", None),
        ("POST", "/v1/{vendor}/commands/{name}", {"session": "SESSION"}),
        ("POST", "/v1/{vendor}/commands/{name}", {}),
        ("GET", "/v1/{vendor}/journal", None),
        ("GET", "/v1/{vendor}/violations", None),
        ("POST", "/v1/{vendor}/send", {"message": "nope"}),
        ("POST", "/v1/{vendor}/send", {"message": "session.recovering", "session": "nobody"}),
        ("GET", "/v1/{vendor}/faults", None),
        ("POST", "/v1/{vendor}/faults", {"do": "drop"}),
        ("POST", "/v1/{vendor}/faults", {"do": "drip"}),
        ("DELETE", "/v1/{vendor}/faults/{id}", None),
        ("DELETE", "/v1/{vendor}/faults", None),
        ("GET", "/v1/{vendor}/toxics", None),
        ("POST", "/v1/{vendor}/toxics", {"type": "latency", "name": "slow"}),
        ("DELETE", "/v1/{vendor}/toxics/{name}", None),
        ("DELETE", "/v1/{vendor}/toxics", None),
    ],
)
def test_answers_are_what_it_says(fake: FakeAliyun, caller: Caller, method: str, path: str, body: Any) -> None:
    session = start(fake)
    fake.faults.add(do="drop", message="heartbeat.pong", where={}, times=3)
    fake.toxics.add(type="latency")
    fake.journal.note("something", answer=42)
    if body == {"session": "SESSION"}:
        body = {"session": session.id}
    name = {"commands": "force_close", "toxics": "latency_downstream"}.get(path.split("/")[-2], "")
    target = path.replace("{vendor}", "aliyun").replace("{name}", name).replace("{id}", "f1")
    fits(caller.call(method, target, body), method, path)


def test_bodies_that_are_declared_elsewhere_are_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert set(schemas["Fault"]["properties"]) >= {"message", "do", "where", "times", "toxicity"}
    assert set(schemas["Toxic"]["properties"]) >= {"type", "stream", "attributes"}
