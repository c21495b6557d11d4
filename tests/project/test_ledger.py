"""The ledger and the project agree: what is cited is in it, what it names exists, its snapshot is current."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

import msgspec
import pytest

from avatarwire.codecs import cli, registry
from avatarwire.codecs.ledger import CLAUSE_ID, clauses
from avatarwire.fakeserver import vendors
from avatarwire.fakeserver.scenario import ScenarioTable, tunables
from tests.project.tree import ROOT, files, shown

VENDORS: Final = tuple(registry.VENDORS)
SNAPSHOT: Final = ROOT / "tests" / "project" / "ledger.snapshot"


def exported(module: str) -> list[Any]:
    """What a module exports."""
    found = import_module(module)
    return [getattr(found, name) for name in found.__all__]


def scenarios(vendor: str) -> list[type[ScenarioTable]]:
    """The tables of a vendor's scenario, and what can be in them."""
    known = exported(f"{vendors.VENDORS[vendor].package}.scenario")
    return [each for each in known if isinstance(each, type) and issubclass(each, ScenarioTable)]


def options(vendor: str) -> list[Any]:
    """The options of a vendor's clients."""
    return [each for each in exported(f"{registry.VENDORS[vendor].package}.options") if dataclasses.is_dataclass(each)]


# Fixtures in which a clause is named to say what a member means; there is no choice about it.
MEANINGS: Final = {"CategoryFixture", "ChangeVoiceFixture", "SceneFixture"}

# Ids that tests have on purpose although nobody knows them, or that are cut short in a pattern.
NOBODYS: Final = {"ALI-E999", "ALI-E127", "ALI-E150", "GJ-R09"}


def cited() -> Iterator[tuple[str, str]]:
    """Ids of clauses anywhere in the project, with the file that has them."""
    for path in files(ROOT):
        if path.suffix in {".py", ".md", ".toml", ".json"}:
            for clause_id in set(CLAUSE_ID.findall(path.read_text(encoding="utf-8"))):
                yield clause_id, shown([path])[0]


def test_every_clause_that_is_cited_is_in_the_ledger() -> None:
    known = {clause_id for vendor in VENDORS for clause_id in clauses(vendor)}
    places = list(cited())
    assert len({path for _, path in places}) > 100
    assert [(id_, path) for id_, path in places if id_ not in known and not (id_ in NOBODYS and "tests/" in path)] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_tunables_that_are_named_exist(vendor: str) -> None:
    known = {row.name for table in scenarios(vendor) for row in tunables(table)}
    named = {key for clause in clauses(vendor).values() for key in clause.tunable}
    assert named
    assert named - known == set()


@pytest.mark.parametrize("vendor", VENDORS)
def test_options_that_are_named_exist(vendor: str) -> None:
    known = {field.name for each in options(vendor) for field in dataclasses.fields(each)}
    named = {name for clause in clauses(vendor).values() for name in clause.options}
    assert named
    assert named - known == set()


@pytest.mark.parametrize("vendor", VENDORS)
def test_tunables_and_clauses_name_each_other(vendor: str) -> None:
    """What a scenario says of a key names the clauses that the key is a choice of, and these name the key."""
    for table in scenarios(vendor):
        for row in tunables(table) if table.__name__ not in MEANINGS else ():
            for clause_id in CLAUSE_ID.findall(row.description):
                assert row.name in clauses(vendor)[clause_id].tunable, clause_id


def test_errata_that_the_documentation_lists_have_a_short_ruling_and_a_full_one() -> None:
    held = [clause for vendor in VENDORS for clause in clauses(vendor).values() if "fake" in clause.held_by]
    assert [clause.id for clause in held if clause.kind and not clause.decision] == []


def test_the_snapshot_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """`make ledger` writes it anew. The number of implemented clauses in it may only rise."""
    code = cli.run(["ledger", "--check", str(SNAPSHOT)], ())
    assert code == 0, capsys.readouterr().out


def test_the_ledger_is_data_of_the_package() -> None:
    paths = shown(sorted(ROOT.glob("codecs/**/clauses.json")))
    assert paths == [
        "codecs/avatarwire/codecs/aliyun/clauses.json",
        "codecs/avatarwire/codecs/clauses.json",
        "codecs/avatarwire/codecs/guiji/clauses.json",
        "codecs/avatarwire/codecs/sensetime/clauses.json",
    ]
    assert all(msgspec.json.decode((ROOT / path).read_bytes()) for path in paths)
