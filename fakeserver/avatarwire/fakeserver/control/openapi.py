"""The control endpoint as an OpenAPI 3.1 document, made from the table of its calls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec

from avatarwire.codecs.installed import installed_version
from avatarwire.fakeserver.control.problems import KINDS, MEDIA_TYPE, ProblemBody
from avatarwire.fakeserver.control.routes import ROUTES, Route

__all__ = ["document"]

_REF: Final = "#/components/schemas/{name}"
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_EVERYWHERE: Final = ("bad-request", "unknown-name", "unauthorized", "forbidden", "not-found", "too-large")
"""Kinds of problems that any call may have."""
_PARTS: Final[Mapping[str, str]] = {
    "vendor": "one of the vendors that are served",
    "name": "its name",
    "id": "its id",
}


@cache
def _schemas() -> tuple[Mapping[int, Any], Mapping[str, Any]]:
    """The schema of each declared type, by the identity of the type, and the components that they refer to."""
    types = [each for route in ROUTES for each in (route.query, route.answer, route.declared or route.body) if each]
    distinct = list({id(each): each for each in (*types, ProblemBody)}.values())
    schemas, components = msgspec.json.schema_components(distinct, ref_template=_REF)
    return {id(each): schema for each, schema in zip(distinct, schemas, strict=True)}, components


def document() -> dict[str, Any]:
    """The document."""
    _, components = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "avatarwire control",
            "version": installed_version(),
            "description": "What a test can have fake servers do, from any language (docs/control.md).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in components.items() if name not in _queries()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _queries() -> set[str]:
    """Names of the types that are no schemas of their own, but parameters."""
    return {route.query.__name__ for route in ROUTES}


def _given(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a parameter that is given: null stands for one that is not."""
    return next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)


def _operation(route: Route) -> dict[str, Any]:
    schemas, _ = _schemas()
    said: dict[str, Any] = {
        "operationId": _id_of(route),
        "summary": route.title,
        "parameters": _parameters(route),
        "responses": {
            "200": {"description": "done", "content": {"application/json": {"schema": schemas[id(route.answer)]}}},
            **_problems(route),
        },
    }
    if route.body is not None:
        schema = schemas[id(route.declared or route.body)]
        said["requestBody"] = {"required": not route.optional, "content": {"application/json": {"schema": schema}}}
    if route.open:
        said["security"] = []
    return said


def _id_of(route: Route) -> str:
    words = re.findall(r"\w+", route.path.replace("/v1", "").replace(".json", ""))
    return "_".join([route.method.lower(), *words])


def _parameters(route: Route) -> list[dict[str, Any]]:
    _, components = _schemas()
    parts = [
        {"name": name, "in": "path", "required": True, "description": _PARTS[name], "schema": {"type": "string"}}
        for name in _PARAMETER.findall(route.path)
    ]
    members: Mapping[str, Any] = components[route.query.__name__]["properties"]
    query = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.get("description", ""),
            "schema": {key: value for key, value in schema.items() if key != "description"},
        }
        for name, schema in ((name, _given(schema)) for name, schema in members.items())
    ]
    return [*parts, *query]


def _problems(route: Route) -> dict[str, Any]:
    kinds = () if route.open else (*_EVERYWHERE, *route.problems)
    schema = _schemas()[0][id(ProblemBody)]
    by_status: dict[str, list[str]] = {}
    for kind in kinds:
        status, title = KINDS[kind]
        by_status.setdefault(str(status), []).append(title)
    return {
        status: {"description": "; ".join(titles), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status, titles in sorted(by_status.items())
    }
