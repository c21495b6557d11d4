"""The ledger: every id of the documents is there, and each clause says what it has to."""

from __future__ import annotations

import json
import sys
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Final, get_args

import msgspec
import pytest

from avatarwire.codecs import catalogue, ledger, registry
from avatarwire.codecs.citations import citing, of_type
from avatarwire.codecs.core.entry import Catalogue, Entry
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.ledger import CLAUSE_ID, STANDARD_ID, Clause, clauses, type_clause, with_type_clauses
from tests.project.tree import printed

CODECS: Final = Path(ledger.__file__).parent

# What the documents were taken apart into: prefix, and how many ids it has, numbered from 1.
IDS: Final = {
    "aliyun": (("ALI-R", 3, 134), ("ALI-E", 2, 126)),
    "guiji": (("GJ-R", 3, 124), ("GJ-E", 2, 91)),
    "sensetime": (
        ("ST-NET-", 2, 10), ("ST-LIVE-", 2, 30), ("ST-TKO-", 2, 33), ("ST-MIC-", 2, 20), ("ST-NLP-", 2, 8),
        ("ST-SCR-", 2, 56), ("ST-CBK-", 2, 9), ("ST-TOK-", 2, 9), ("ST-SDK-", 2, 12), ("ST-MSG-", 2, 7),
        ("ST-ROL-", 2, 6), ("ST-E", 2, 132),
    ),
}  # fmt: skip
VENDORS: Final = list(IDS)
ALL: Final = [(vendor, clause) for vendor in VENDORS for clause in clauses(vendor).values()]
OURS: Final = [clause for _, clause in ALL if clause.origin == "ours"]


def ids_of_the_documents(vendor: str) -> list[str]:
    return [f"{prefix}{n:0{digits}}" for prefix, digits, count in IDS[vendor] for n in range(1, count + 1)]


# --- what is there ---


@pytest.mark.parametrize(("vendor", "count"), [("aliyun", 260), ("guiji", 215), ("sensetime", 332)])
def test_every_rule_and_erratum_is_there(vendor: str, count: int) -> None:
    known = [clause.id for clause in clauses(vendor).values() if clause.origin == "vendor"]
    assert len(known) == count
    assert known == ids_of_the_documents(vendor)


def test_ids_are_used_once() -> None:
    files = sorted(CODECS.rglob("clauses.json"))
    used = Counter(row["id"] for path in files for row in json.loads(path.read_text(encoding="utf-8")))
    assert len(files) == 4
    assert [id_ for id_, times in used.items() if times > 1] == []


def test_vendors_share_rulings_of_ours_and_nothing_else() -> None:
    shared = set(clauses("aliyun")) & set(clauses("guiji")) & set(clauses("sensetime"))
    assert shared == {
        "AW-BASE64", "AW-BOM", "AW-DIGITS", "AW-INTEGERS", "AW-INTERNAL-ERROR", "AW-LIMITS", "AW-MASKING",
        "AW-NO-GUESS", "AW-NULL", "AW-UNKNOWN-SURVIVES",
    }  # fmt: skip
    assert sum(len(clauses(vendor)) - len(shared) for vendor in VENDORS) == 807 + len({c.id for c in OURS} - shared)


def test_the_files_are_as_msgspec_would_write_them() -> None:
    """So that a diff shows what was changed, and nothing else."""
    for path in CODECS.rglob("clauses.json"):
        text = path.read_bytes()
        rows = msgspec.json.decode(text, type=list[Clause])
        assert text == msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n", path.parent.name


# --- what each says ---


def test_words_are_those_that_are_allowed() -> None:
    assert {clause.level for _, clause in ALL} == set(get_args(ledger.Level))
    assert {clause.side for _, clause in ALL} == set(get_args(ledger.Side))
    assert {clause.state for _, clause in ALL} <= set(get_args(ledger.State))
    assert {word for _, clause in ALL for word in clause.held_by} == set(get_args(ledger.HeldBy))


@pytest.mark.parametrize(
    ("member", "word"), [("level", "shall"), ("side", "caller"), ("state", "done"), ("held_by", ["codec"])]
)
def test_other_words_are_refused(member: str, word: object) -> None:
    row = {**msgspec.to_builtins(clauses("guiji")["GJ-E01"]), member: word}
    with pytest.raises(msgspec.ValidationError, match=member):
        msgspec.convert(row, Clause)


@pytest.mark.parametrize(
    ("clause_id", "level"),
    [
        ("ALI-R008", "must"),  # stated
        ("ALI-R068", "observed"),  # in a sample only
        ("ALI-R076", "should"),  # inferred
        ("ST-TOK-07", "may"),  # the document's own word
        ("ALI-E03", "ambiguous"),  # silence
        ("ALI-E58", "observed"),  # a typo
        ("AW-MASKING", "ambiguous"),  # the documents say nothing of it
    ],
)
def test_levels_follow_what_a_clause_rests_on(clause_id: str, level: str) -> None:
    [clause] = {clause for _, clause in ALL if clause.id == clause_id}
    assert clause.level == level


def test_errata_have_a_kind_which_gives_their_level() -> None:
    binding = {"silence", "contradiction", "ambiguity"}
    errata = [clause for _, clause in ALL if clause.id.split("-")[1].startswith("E") and clause.origin == "vendor"]
    assert len(errata) == 126 + 91 + 132
    assert [c.id for c in errata if (c.level == "ambiguous") != (c.kind in binding)] == []
    assert [c.id for c in errata if not (c.kind and c.ruling)] == []


def test_what_the_code_does_not_hold_has_a_reason() -> None:
    lacking = {"contradicted", "out of scope", "unknown", "ambiguous"}
    assert [clause.id for _, clause in ALL if clause.state in lacking and not clause.reason] == []


def test_what_holds_a_clause_fits_its_state() -> None:
    for _, clause in ALL:
        held = clause.state in {"implemented", "contradicted"}
        assert clause.held_by, clause.id
        assert ("none" not in clause.held_by) if held else (clause.held_by == ("none",)), clause.id


def test_rulings_of_ours_have_ids_of_ours() -> None:
    assert all(clause.id.startswith("AW-") and clause.ruling for clause in OURS)
    assert all((clause.origin == "ours") == clause.id.startswith("AW-") for _, clause in ALL)


# --- reading it ---


def test_a_catalogue_has_its_ledger() -> None:
    clause = catalogue.vendor("sensetime").clauses["ST-E23"]
    assert (clause.level, clause.side, clause.tunable) == (
        "ambiguous",
        "both",
        ("heartbeat_seconds", "crossing_seconds"),
    )
    assert clause.options == ("heartbeat_period",)


def test_an_unknown_id_names_its_neighbours() -> None:
    with pytest.raises(KeyError, match=r"no clause .ALI-E127.; did you mean ALI-E27 or ALI-E17 or ALI-E12\?"):
        clauses("aliyun")["ALI-E127"]


def test_an_id_like_no_other_names_none() -> None:
    with pytest.raises(KeyError, match=r"no clause '\?'\""):
        clauses("aliyun")["?"]


def test_a_vendor_without_a_ledger_is_named() -> None:
    with pytest.raises(KeyError, match="no ledger of a vendor 'acme'"):
        _ = Catalogue.of("acme").clauses


@pytest.mark.parametrize("vendor", VENDORS)
def test_importing_a_vendor_reads_no_ledger(vendor: str, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        f"import avatarwire.codecs.{vendor}, avatarwire.codecs.catalogue as catalogue\n"
        "print(any('clauses.json' in name for name in opened))\n"
        f"catalogue.vendor('{vendor}').clauses\n"
        "print(any('clauses.json' in name for name in opened))\n"
    )
    assert printed(sys.executable, "-c", code, cwd=tmp_path) == "False\nTrue\n"


# --- forms of ids ---


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_id_has_the_form_of_one(vendor: str) -> None:
    assert [id_ for id_ in clauses(vendor) if not CLAUSE_ID.fullmatch(id_)] == []
    assert [id_ for id_ in clauses(vendor) if STANDARD_ID.fullmatch(id_)] == []


@pytest.mark.parametrize("cited", ["RFC6455-5.1", "JSONRPC-4", "RFC8259-8"])
def test_clauses_of_other_standards_are_known_by_their_form(cited: str) -> None:
    assert STANDARD_ID.fullmatch(cited)
    assert not CLAUSE_ID.search(cited)


# --- what cites a clause ---


@pytest.mark.parametrize(
    ("vendor", "clause_id", "places"),
    [
        ("aliyun", "ALI-R099", {"text_drive.request", "text_drive.request askType", "asr.start.request askType"}),
        ("aliyun", "ALI-E15", {"channel_ready.request"}),
        # In an object inside a list, and by what it tolerates.
        ("sensetime", "ST-SCR-10", {"LiveScript sceneList[].tts_config.speed_ratio"}),
    ],
)
def test_places_that_cite_a_clause(vendor: str, clause_id: str, places: set[str]) -> None:
    assert set(citing(catalogue.vendor(vendor), clause_id)) >= places


@pytest.mark.parametrize(
    ("vendor", "entry", "path", "clause"),
    [
        ("aliyun", "Frame", "", "ALI-T-Frame"),
        ("guiji", "updateLive.request", "robotList[12].coverUrl", "GJ-T-updateLive.request.robotList[].coverUrl"),
        ("sensetime", "Persona", "[0]", "ST-T-Persona[]"),
        ("aliyun", "Frame", "extras[...].x", "ALI-T-Frame.extras[].x"),
        ("aliyun", "", "x", ""),
        ("acme", "Frame", "x", ""),
    ],
)
def test_the_id_of_what_only_a_type_says(vendor: str, entry: str, path: str, clause: str) -> None:
    assert type_clause(vendor, entry, path) == clause


def test_findings_get_a_clause_where_they_have_none() -> None:
    found = [Finding("ALI-R099", "askType", "got 3"), Finding("", "data.list[1].x", "got text")]
    assert [item.clause for item in with_type_clauses(found, "aliyun", "Frame")] == [
        "ALI-R099",
        "ALI-T-Frame.data.list[].x",
    ]
    within = with_type_clauses(found, "aliyun", "Frame", lambda path: path.removeprefix("data."))
    assert [item.clause for item in within] == ["ALI-R099", "ALI-T-Frame.list[].x"]


def test_every_vendor_has_a_prefix() -> None:
    for vendor in registry.VENDORS.values():
        assert all(id_.startswith((f"{vendor.prefix}-", "AW-")) for id_ in clauses(vendor.name))


def test_the_case_of_an_id_counts_where_it_tells_two_apart() -> None:
    known = Catalogue.of(
        "aliyun", entries=[Entry(id_, "type", "both", id_, int) for id_ in ("frame", "Frame", "layer")]
    )
    assert of_type(known, "ALI-T-Frame").entry.title == "Frame"
    assert of_type(known, "ali-t-LAYER").entry.title == "layer"
    with pytest.raises(KeyError, match="no clause 'ALI-T-FRAME'"):
        of_type(known, "ALI-T-FRAME")


def test_a_clause_that_nothing_cites() -> None:
    assert list(citing(catalogue.vendor("guiji"), "GJ-E61")) == []


def test_members_of_members_are_looked_at() -> None:
    """Nothing but members deep in a script cites the ranges of its retouching."""
    ranges = [f"ST-SCR-{n}" for n in chain(range(24, 29), range(52, 56))]
    assert [id_ for id_ in ranges if not list(citing(catalogue.vendor("sensetime"), id_))] == []
