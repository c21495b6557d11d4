"""The registry of vendors, and what holds for everything in it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema
import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.checking import rules_of
from avatarwire.codecs.core.entry import Catalogue, Entry
from avatarwire.codecs.core.paths import shape_of, steps, structs_in
from avatarwire.codecs.core.repairs import Repair
from avatarwire.codecs.message import Message

VENDORS = list(catalogue.VENDORS.values())

CLAUSE = re.compile(r"[A-Z]{2,3}-(?:[RE]\d{2,3}|[A-Z]{3,4}-\d{2})")


def is_message(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, Message)


def case(known: Catalogue, entry: Entry) -> Any:
    return pytest.param(known, entry, id=f"{known.vendor}-{entry.id}")


ENTRIES = [(known, entry) for known in VENDORS for entry in known.entries.values()]
every = pytest.mark.parametrize(("known", "entry"), [case(*both) for both in ENTRIES])


def test_a_vendor_is_found_by_its_name() -> None:
    assert catalogue.vendor("aliyun") is catalogue.VENDORS["aliyun"]
    assert all(name == known.vendor for name, known in catalogue.VENDORS.items())


def test_an_unknown_vendor_is_told_who_there_is() -> None:
    with pytest.raises(KeyError, match="no vendor 'acme'; there are: aliyun"):
        catalogue.vendor("acme")


def test_the_registry_cannot_be_changed() -> None:
    vendors: Any = catalogue.VENDORS
    with pytest.raises(TypeError):
        vendors["acme"] = Catalogue("acme", {})


def test_all_entries_of_all_vendors() -> None:
    listed = list(catalogue.entries())
    assert len(listed) == sum(len(known) for known in VENDORS)
    assert ("aliyun", catalogue.vendor("aliyun")["text_drive.request"]) in listed


@every
def test_every_entry_is_described(known: Catalogue, entry: Entry) -> None:
    assert known[entry.id] is entry
    assert entry.title
    assert entry.section
    assert (entry.type is None) == bool(entry.media_type)
    assert [clause for clause in entry.clauses if not CLAUSE.fullmatch(clause)] == []


@cache
def schema_of_all(vendor: str) -> dict[str, Any]:
    return catalogue.vendor(vendor).schema()


@pytest.mark.unmeasured
@every
def test_every_entry_has_a_right_schema_that_says_the_same_alone(known: Catalogue, entry: Entry) -> None:
    described = known.schema_of(entry.id)
    jsonschema.Draft202012Validator.check_schema(described["schema"])
    alone = {key: value for key, value in described["schema"].items() if key != "$defs"}
    assert alone == schema_of_all(known.vendor)["entries"][entry.id]["schema"]


@pytest.mark.parametrize("known", VENDORS, ids=lambda known: known.vendor)
def test_every_rule_is_in_the_schema_or_beside_it(known: Catalogue) -> None:
    definitions = known.schema()["$defs"]
    types = {entry.type for entry in known.entries.values()}
    for type_ in filter(is_message, types):
        definition, rules = definitions[type_.__name__], rules_of(type_)
        unsaid = [(rule.kind, rule.clause) for rule in rules if rule.schema(shape_of(type_)) is None]
        assert [(rule["kind"], rule["clause"]) for rule in definition.get("x-constraints", ())] == unsaid
        assert ("allOf" in definition) == (len(unsaid) < len(rules))


@every
def test_every_entry_has_its_rules_as_data(known: Catalogue, entry: Entry) -> None:
    for rule in entry.constraints:
        assert rule.kind
        assert rule.paths
        assert rule.text
        assert rule.clause in known.clauses or re.fullmatch(
            rf"(ALI|GJ|ST)-T-{re.escape(entry.id)}(\..+|\[.+)?", rule.clause
        )
    for repair in entry.repairs:
        assert repair.erratum in known.clauses
        assert repair.text


def test_what_has_to_be_so_for_a_repair_is_said_of_an_object_that_has_the_member() -> None:
    looked_at = 0
    for _, entry in ENTRIES:
        for repair in entry.repairs:
            if isinstance(repair, Repair) and repair.when is not None:
                about = repair.path.rpartition(".")[0] if repair.about is None else repair.about
                cls: Any = entry.type
                for step in steps(about) if about else ():
                    member = shape_of(cls).field(step.name)
                    assert member is not None
                    cls = structs_in(member.type)[0].cls
                assert shape_of(cls).field(repair.when.path) is not None, (entry.id, repair.path)
                looked_at += 1
    assert looked_at > 12
