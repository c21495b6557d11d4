"""The pages ``docs/messages-<vendor>.md``: every call and message with its members and one of it in JSON.

    python -m tests.project.message_pages

writes them from the declarations; `test_message_pages.py` holds them against those. Only making their text lives here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.entry import Catalogue, Entry
from tests.codecs.aliyun.http_samples import CREATE
from tests.codecs.guiji.http_samples import CASES as GUIJI_CALLS
from tests.codecs.guiji.rpc_samples import SAMPLES as GUIJI_MESSAGES
from tests.codecs.sensetime.catalogue_samples import SAMPLES as SENSETIME
from tests.project.tree import ROOT

__all__ = ["page", "place", "sample"]

_TITLES: Final[Mapping[str, str]] = {
    "aliyun": "Aliyun IntelligentCreation",
    "guiji": "Guiji live-manager",
    "sensetime": "SenseTime 如影 (softsugar)",
}

_DEEPEST: Final = 8
"""Levels of objects in one another that are shown."""


def place(vendor: str) -> Path:
    """The file of a vendor's page."""
    return ROOT / "docs" / f"messages-{vendor}.md"


def page(vendor: str) -> str:
    """What is to be in it."""
    about = catalogue.vendor(vendor)
    shown = [entry for entry in about.values() if entry.kind != "type"]
    lines = [
        f"# {_TITLES.get(vendor, vendor)}: calls and messages, member by member",
        "",
        "Written by `make docs` from the declarations: each with its members as they travel, of a query its",
        "parameters, and one in JSON that strict reading takes, with made-up values. `avatarwire schema` prints JSON",
        "Schemas, `avatarwire explain CLAUSE` what a clause says. Rules between members are in [rules.md](rules.md),",
        f"what the fake does is in [{vendor}.md]({vendor}.md).",
        "",
    ]
    for entry in shown:
        lines += [f"- [{entry.id}](#{entry.id.replace('.', '').lower()}): {entry.title}"]
    for entry in shown:
        lines += ["", f"## {entry.id}", "", *_section(about, entry)]
    return "\n".join(lines) + "\n"


def _section(about: Catalogue, entry: Entry) -> Iterator[str]:
    yield f"{_travels(entry)}."
    if entry.section:
        yield f"Section of the document: {entry.section}."
    if entry.type is None:
        yield ""
        yield f"Binary: {entry.media_type}."
        return
    document = about.schema_of(entry.id)["schema"]
    rows = list(_members(document, document.get("$defs", {})))
    if rows:
        yield from ("", "| member | type | has to be there | meaning | clause |", "| --- | --- | --- | --- | --- |")
        yield from (f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)
    yield from ("", "```json", json.dumps(sample(about, entry), ensure_ascii=False, indent=2), "```")


def _travels(entry: Entry) -> str:
    sender = {"client": "From the client", "server": "From the server"}.get(entry.sender, "From either side")
    return f"{sender}: {entry.carrier.text}"


# --- members ---


def _members(
    schema: Mapping[str, Any], known: Mapping[str, Any], path: str = "", depth: int = 0
) -> Iterator[tuple[str, str, str, str, str]]:
    """Members of an object and of the objects in it: path, type, presence, meaning, clause."""
    if depth > _DEEPEST:
        return
    target = _resolved(schema, known)
    required = set(target.get("required", ()))
    for name, member in target.get("properties", {}).items():
        here = f"{path}{name}"
        choices = [choice for choice in _choices(member, known) if choice.get("type") != "null"]
        about = [member, *choices]
        meaning = next((it["description"] for it in about if "description" in it), "")
        clause = next((it["x-clause"] for it in about if "x-clause" in it), "")
        types = dict.fromkeys(_type(choice, known) for choice in choices)
        yield f"`{here}`", " or ".join(types), "yes" if name in required else "", _flat(meaning), clause
        below: dict[str, tuple[str, str, str, str, str]] = {}
        for choice in choices:
            inner, end = _resolved(choice, known), "."
            while inner.get("type") == "array" and isinstance(inner.get("items"), dict):
                inner, end = _resolved(inner["items"], known), f"[]{end}"
            if "contentSchema" in inner:
                inner, end = _resolved(inner["contentSchema"], known), f"{end}"
            for part in _choices(inner, known):
                for row in _members(part, known, f"{here}{end}", depth + 1):
                    below.setdefault(row[0], row)
        yield from below.values()


def _flat(text: str) -> str:
    return " ".join(text.split())


def _resolved(schema: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a schema refers to, with what it says itself."""
    while "$ref" in schema:
        target = known[schema["$ref"].rpartition("/")[2]]
        own = {name: value for name, value in schema.items() if name != "$ref"}
        theirs, mine = target.get("properties", {}), own.get("properties", {})
        both = {name: {**theirs.get(name, {}), **mine.get(name, {})} for name in {**theirs, **mine}}
        required = [*target.get("required", ()), *own.get("required", ())]
        schema = {**target, **own, **({"properties": both, "required": required} if both else {})}
    return schema


def _choices(schema: Mapping[str, Any], known: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    target = _resolved(schema, known)
    parts = target.get("anyOf") or target.get("oneOf") or ()
    if not parts or "properties" in target:
        return [target]
    return [choice for part in parts for choice in _choices(part, known)]


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    """JSON types that a schema names, beside null."""
    given: Any = schema.get("type", [])
    names: list[str] = [given] if isinstance(given, str) else given
    return [name for name in names if name != "null"]


def _type(schema: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    target = _resolved(schema, known)
    if "const" in target:
        return f"`{json.dumps(target['const'], ensure_ascii=False)}`"
    if "enum" in target:
        return ", ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in target["enum"])
    kind = " or ".join(_kinds(target)) or "anything"
    if kind == "array" and isinstance(target.get("items"), dict):
        items = [choice for choice in _choices(target["items"], known) if choice.get("type") != "null"]
        return f"list of {' or '.join(dict.fromkeys(_type(choice, known) for choice in items))}"
    words = {"string": "text", "boolean": "true or false", "array": "list"}
    name = words.get(kind, kind)
    if "contentSchema" in target:
        name = "text, JSON in it"
    low, high = target.get("minimum", target.get("exclusiveMinimum")), target.get("maximum")
    if low is not None and high is not None and abs(high) < 2**63 - 1:
        return f"{name}, {low} to {high}"
    if low is not None and low > -(2**63):
        return f"{name}, at least {low}"
    return name


# --- one in JSON ---

_GIVEN: Final[Mapping[str, Mapping[str, str | bytes]]] = {
    "aliyun": {"SaveAvatarProject.request": json.dumps(CREATE)},
    "guiji": {
        # The first of each counts.
        **{sample.message: sample.text for sample in reversed(GUIJI_MESSAGES)},
        **{f"{case.operation.id}.response": case.body for case in reversed(GUIJI_CALLS)},
        "http.error": '{"code":500,"msg":"the live room is gone","success":false,"data":null}',
    },
    "sensetime": {id_: samples[0] for id_, samples in SENSETIME.items() if samples},
}
"""Those that need more than an example for each member."""


_SUCCESS: Final = {"code": 0, "message": "success"}
"""What SenseTime wraps the data of an answer in."""


def sample(about: Catalogue, entry: Entry) -> Any:
    """One message as decoded JSON, with as many of its members as may stand together.

    Raises:
        ValueError: none can be made that strict reading takes.
    """
    given = _GIVEN.get(about.vendor, {}).get(entry.id)
    document = about.schema_of(entry.id)["schema"]
    known = document.get("$defs", {})
    tried: list[Any] = [] if given is None else [json.loads(given)]
    made = [_made(document, known, whole=whole) for whole in (True, False)]
    if about.vendor == "sensetime":
        nothing: dict[str, Any] = {}
        tried += [{**_SUCCESS, "data": data} for data in (*tried, nothing)]
    for value in (*tried, *made):
        if _is_valid(entry, value):
            return value
    raise ValueError(f"{about.vendor} {entry.id}: no example of it is valid")


def _is_valid(entry: Entry, value: Any) -> bool:
    data = json.dumps(value, ensure_ascii=False).encode()
    try:
        # Of a query the parameters, of a frame the JSON in it.
        entry.codec.decode(data, strict=True)
    except Exception as error:
        if not hasattr(error, "findings") and not hasattr(error, "reason"):
            raise
        return False
    return True


def _made(
    schema: Mapping[str, Any], known: Mapping[str, Any], *, whole: bool, depth: int = 0, name: str = "text"
) -> Any:
    """A value that a schema describes, of its examples where it has some; a text is else the name of its member."""
    target = _resolved(schema, known)
    for words in ("examples", "enum"):
        if target.get(words):
            return next(value for value in target[words] if value is not None)
    if "const" in target:
        return target["const"]
    if "contentSchema" in target:
        return json.dumps(_made(target["contentSchema"], known, whole=whole, depth=depth + 1), ensure_ascii=False)
    choices = [choice for choice in _choices(target, known) if choice.get("type") != "null"]
    if choices and choices[0] is not target:
        return _made(choices[0], known, whole=whole, depth=depth, name=name)
    kind = next(iter(_kinds(target)), "")
    if kind == "object" or "properties" in target:
        required = set(target.get("required", ()))
        return {
            key: _made(member, known, whole=whole, depth=depth + 1, name=key)
            for key, member in target.get("properties", {}).items()
            if key in required or (whole and depth < _DEEPEST)
        }
    if kind == "array":
        items = target.get("prefixItems") or [target.get("items", {})]
        return [_made(item, known, whole=whole, depth=depth + 1, name=name) for item in items]
    if kind in ("integer", "number"):
        return min(max(target.get("minimum", 1), 1), target.get("maximum", 1))
    if "contentEncoding" in target:
        name = "AAAA"
    others: dict[str, Any] = {"boolean": True, "string": name}
    nothing: dict[str, Any] = {}
    return others.get(kind, nothing)


def main() -> None:
    """Writes the pages."""
    for vendor in catalogue.VENDORS:
        place(vendor).write_text(page(vendor), encoding="utf-8")


if __name__ == "__main__":
    main()
