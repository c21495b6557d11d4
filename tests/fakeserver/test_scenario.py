"""Scenarios: loading from every format, overriding, listing, and the one line that each mistake gets."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.fakeserver.scenario import (
    ScenarioError,
    ScenarioTable,
    ServerTable,
    Tunable,
    dump,
    load,
    override,
    resolve,
    tunables,
)

Seconds = Annotated[float, Meta(ge=0, le=60, description="in seconds")]


class Account(ScenarioTable, kw_only=True, frozen=True):
    key_id: str = "demo-ak"
    access_key_secret: Annotated[str, Meta(min_length=4)] = "demo-sk"


class Latency(ScenarioTable, kw_only=True, frozen=True):
    first_chunk: Seconds = 0.0
    between: Annotated[Seconds, Meta(description="between two chunks")] = 0.0


class Table(ScenarioTable, kw_only=True, frozen=True, tag="table", tag_field="answer"):
    entries: dict[str, str] = msgspec.field(default_factory=dict[str, str])


class Echo(ScenarioTable, kw_only=True, frozen=True, tag="echo", tag_field="answer"):
    prefix: str = ""


class Demo(ScenarioTable, kw_only=True, frozen=True):
    polls_until_ready: Annotated[int, Meta(ge=0, le=100, description="polls before READY")] = 1
    mode: Annotated[Literal["open", "closed"], Meta(description="what it does")] = "open"
    latency: Latency = Latency(between=0.5)
    accounts: list[Account] = msgspec.field(default_factory=lambda: [Account()])
    named: dict[str, Account] = msgspec.field(default_factory=dict[str, Account])
    pair: tuple[int, str] = (1, "a")
    answer: Table | Echo = Table()
    limit: Annotated[int, Meta(gt=0)] | None = None
    codes: dict[int, str] = msgspec.field(default_factory=dict[int, str])
    hook: Callable[[], str] | None = None


DEMO = {"demo": Demo}

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def demo(source: str | Path | dict[str, object] | None) -> Demo:
    return resolve(source, "demo", Demo)


# --- loading ---

TOML = """
[demo]
polls_until_ready = 3
mode = "closed"
latency.first_chunk = 1.5
pair = [2, "b"]
codes = { 404 = "none" }

[[demo.accounts]]
key_id = "one"

[demo.answer]
answer = "echo"
prefix = "你好"
"""

YAML = """
demo:
  polls_until_ready: 3
  mode: closed
  latency: {first_chunk: 1.5}
  pair: [2, b]
  codes: {404: none}
  accounts:
    - key_id: one
  answer: {answer: echo, prefix: 你好}
"""

JSON = """
{"demo": {"polls_until_ready": 3, "mode": "closed", "latency": {"first_chunk": 1.5}, "pair": [2, "b"],
  "codes": {"404": "none"}, "accounts": [{"key_id": "one"}], "answer": {"answer": "echo", "prefix": "你好"}}}
"""


@pytest.mark.parametrize(("name", "text"), [("s.toml", TOML), ("s.yaml", YAML), ("s.YML", YAML), ("s.json", JSON)])
def test_every_format_says_the_same(write: Write, name: str, text: str) -> None:
    path = write(name, text)
    expected = Demo(
        polls_until_ready=3,
        mode="closed",
        latency=Latency(first_chunk=1.5),
        accounts=[Account(key_id="one")],
        pair=(2, "b"),
        answer=Echo(prefix="你好"),
        codes={404: "none"},
    )
    assert load(path, DEMO) == {"demo": expected}
    assert load(str(path), DEMO) == {"demo": expected}
    assert load(json.loads(JSON), DEMO) == {"demo": expected}


@pytest.mark.parametrize("source", [None, {}, {"demo": {}}])
def test_what_is_not_said_has_its_default(source: dict[str, object] | None) -> None:
    assert load(source, {"demo": Demo, "server": ServerTable}) == {"demo": Demo(), "server": ServerTable()}


@pytest.mark.parametrize(("name", "text"), [("s.yaml", "# nothing\n"), ("s.toml", ""), ("s.json", "\ufeff{}")])
def test_a_file_may_say_nothing(write: Write, name: str, text: str) -> None:
    assert demo(write(name, text)) == Demo()


def test_a_table_may_be_given_ready_made() -> None:
    assert load({"demo": Demo(mode="closed")}, DEMO) == {"demo": Demo(mode="closed")}


def test_other_tables_are_passed_over_only_if_they_are_known(write: Write) -> None:
    path = write("s.toml", "[demo]\n[other]\nwhatever = 1\n")
    assert load(path, DEMO, others=("other", "third")) == {"demo": Demo()}
    with pytest.raises(ScenarioError) as caught:
        load(path, DEMO, others=("others",))
    assert str(caught.value) == f"{path}: other: unknown table, known are demo, others; did you mean others?"


# --- mistakes in values ---


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"polls_untill_ready": 1}, "polls_untill_ready: unknown key; did you mean polls_until_ready?"),
        ({"pollsUntilReady": 1}, "pollsUntilReady: unknown key; did you mean polls_until_ready?"),
        ({"first_chunk": 1}, "first_chunk: unknown key; did you mean latency.first_chunk?"),
        ({"latency": {"betwen": 1}}, "latency.betwen: unknown key; did you mean between?"),
        ({"latency": {"xyz": 1}}, "latency.xyz: unknown key, known are first_chunk, between"),
        ({"accounts": [{}, {"key": "a", "keyid": "b"}]}, "accounts[1].key: unknown key; did you mean key_id?"),
        ({"named": {"a b": {"keyid": "b"}}}, 'named."a b".keyid: unknown key; did you mean key_id?'),
        ({"answer": {"answer": "echo", "prefx": "b"}}, "answer.prefx: unknown key; did you mean prefix?"),
        ({5: 1}, None),
        ({"polls_until_ready": "3"}, "polls_until_ready: expected int, got str"),
        ({"polls_until_ready": 101}, "polls_until_ready: expected int <= 100, got 101"),
        ({"polls_until_ready": 1.5}, "polls_until_ready: expected int, got float"),
        ({"latency": {"first_chunk": -1}}, "latency.first_chunk: expected float >= 0.0, got -1"),
        ({"latency": {"first_chunk": float("nan")}}, "latency.first_chunk: expected a finite number, got nan"),
        ({"latency": 5}, "latency: expected object, got int"),
        ({"mode": "clsed"}, "mode: expected one of open, closed, got 'clsed'; did you mean closed?"),
        ({"mode": 7}, "mode: expected one of open, closed, got 7"),
        ({"accounts": [{}, {"key_id": 1}]}, "accounts[1].key_id: expected str, got int"),
        (
            {"accounts": [{"access_key_secret": "abc"}]},
            "accounts[0].access_key_secret: expected str of length >= 4, got ***",
        ),
        ({"named": {"one": {"key_id": None}}}, "named.one.key_id: expected str, got null"),
        ({"pair": [1, 2]}, "pair[1]: expected str, got int"),
        ({"pair": [1]}, "pair: expected array of length 2, got 1"),
        ({"answer": {"answer": "eco"}}, "answer: invalid value 'eco'"),
        ({"answer": {"answer": "table", "entries": {"hi": 5}}}, "answer.entries.hi: expected str, got int"),
        ({"limit": 0}, "limit: expected int >= 1, got 0"),
        ({"codes": {"x": "none"}}, "codes: expected int, got str"),
        ({"codes": {"404": "x" * 80, "405": 1}}, 'codes."405": expected str, got int'),
    ],
)
def test_a_mistake_is_one_line_with_the_full_path(table: dict[str, object], message: str | None) -> None:
    with pytest.raises(ScenarioError) as caught:
        demo({"demo": table})
    if message is None:
        assert str(caught.value).startswith(
            'scenario: demo."5": unknown key, known are polls_until_ready, mode, latency'
        )
    else:
        assert str(caught.value) == f"scenario: demo.{message}"
    assert "\n" not in str(caught.value)


def test_a_mistake_can_be_read_by_programs(write: Write) -> None:
    path = write("s.toml", "[demo]\nmodes = 1\n")
    with pytest.raises(ScenarioError) as caught:
        demo(path)
    error = caught.value
    assert (error.file, error.path, error.reason, error.suggestion) == (str(path), "demo.modes", "unknown key", "mode")
    assert isinstance(error, AvatarwireError)
    assert isinstance(error, ValueError)


def test_a_long_value_is_shortened() -> None:
    with pytest.raises(ScenarioError) as caught:
        demo({"demo": {"mode": "x" * 200}})
    assert str(caught.value) == "scenario: demo.mode: expected one of open, closed, got '" + "x" * 58 + "…"


class Checked(ScenarioTable, kw_only=True, frozen=True):
    low: int = 0
    high: int = 9

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low is above high")


def test_a_tables_own_check_is_told_the_same_way() -> None:
    with pytest.raises(ScenarioError) as caught:
        load({"checked": {"low": 10}}, {"checked": Checked})
    assert str(caught.value) == "scenario: checked: low is above high"
    with pytest.raises(ScenarioError, match="keywords: low is above high"):
        override(Checked(), high=-1)


# --- mistakes in files ---


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("s.ini", "", "unknown format '.ini', expected one of .toml, .yaml, .yml, .json"),
        ("scenario", "", "unknown format 'scenario', expected one of .toml, .yaml, .yml, .json"),
        ("s.toml", "demo = [", "not TOML: Invalid value (at end of document)"),
        ("s.toml", "a = 1\na = 2\n", "not TOML: Cannot overwrite a value (at line 2, column 6)"),
        ("s.json", "[]", "expected one table for each vendor at the top"),
        ("s.json", '{"a" 1}', "not JSON: Expecting ':' delimiter: line 1 column 6 (char 5)"),
        ("s.json", '{"demo": {"mode": "open", "mode": "open"}}', "key 'mode' is given twice"),
        ("s.json", '{"demo": NaN}', "not JSON: NaN is not a number"),
        ("s.json", "[" * 100_000, "nested too deeply, at most 64 levels are read"),
        ("s.yaml", "[" * 100_000, "nested too deeply, at most 64 levels are read"),
        ("s.toml", "a=" + "[" * 10_000, "nested too deeply, at most 64 levels are read"),
        ("s.toml", "a." * 32 + "b=1", "not TOML: a key has more than 32 parts, it begins with a.a.a.a.a.a.a.a.a.a."),
        (
            "s.toml",
            '"a" . ' * 32 + "b=1",
            "not TOML: a key has more than 32 parts, it begins with _ . _ . _ . _ . _ . ",
        ),
        (
            "s.toml",
            "a=" + "1" * 6000,
            "not TOML: a number has more than 4300 digits",
        ),
        ("s.toml", "a=[" + "1," * 20_000 + "]", "more than 20000 values"),
        ("s.json", '{"demo":[' + "1," * 20_000 + "1]}", "more than 20000 values"),
        ("s.yaml", "a: [" + "1," * 20_000 + "1]", "more than 20000 values"),
        ("s.json", "{" + ",".join(f'"k{n}":1' for n in range(9000)) + ',"k8999":2}', "key 'k8999' is given twice"),
        ("s.json", '{"' + "k" * 99 + '":1,"' + "k" * 99 + '":1}', f"key '{'k' * 59}…' is given twice"),
        ("s.yaml", "- a", "expected one table for each vendor at the top"),
        ("s.yaml", "demo:\n  mode: open\n  mode: open\n", "not YAML: line 3: key 'mode' is given twice"),
        ("s.yaml", "a: &a [1]\nb: *a\n", "not YAML: line 2: aliases are not read, write the value out"),
        ("s.yaml", "? [a, b]\n: 1\n", "not YAML: line 1: a key has to be text"),
        (
            "s.yaml",
            "a: !!python/object/apply:os.getcwd []",
            "not YAML: line 1: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/object/apply:os.getcwd'",
        ),
        ("s.yaml", "a: b: c", "not YAML: line 1: mapping values are not allowed here"),
        ("s.yaml", "a: 1\n--- \nb: 1", "not YAML: line 2: but found another document"),
        ("s.yaml", "a: \x01", "not YAML: unacceptable character #x0001: special characters are not allowed"),
    ],
)
def test_an_unreadable_file_is_one_line(write: Write, name: str, text: str, reason: str) -> None:
    path = write(name, text)
    with pytest.raises(ScenarioError) as caught:
        demo(path)
    assert str(caught.value) == f"{path}: {reason}"


def test_an_impossible_date_is_refused(write: Write) -> None:
    with pytest.raises(ScenarioError, match="not YAML: day "):
        demo(write("s.yaml", "a: 2026-02-30"))


def test_a_merge_key_is_an_ordinary_key(write: Write) -> None:
    with pytest.raises(ScenarioError, match=r"demo\.\"<<\": unknown key"):
        demo(write("s.yaml", "demo:\n  <<: {mode: open}\n"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing.toml"
    with pytest.raises(ScenarioError) as caught:
        demo(path)
    assert str(caught.value) == f"{path}: cannot be read: No such file or directory"


@pytest.mark.parametrize("path", ["\0.toml", "a/\0/s.json", "\ud800.yaml"])
def test_a_path_that_no_system_knows_is_named(path: str) -> None:
    with pytest.raises(ScenarioError, match="cannot be read: "):
        demo(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("s.json", '{"demo": {"named": {}, "text": "' + "," * 30_000 + '"}}'),
        ("s.toml", '[demo]\ntext = "' + "a." * 30_000 + '"\n# ' + "b." * 99),
        ("s.toml", "[demo]\ntext = '''" + "a.\n" * 99 + "'''"),
    ],
)
def test_what_stands_in_a_text_is_not_counted(write: Write, name: str, text: str) -> None:
    with pytest.raises(ScenarioError, match=r"demo\.text: unknown key"):
        demo(write(name, text))


def test_values_may_not_stand_in_one_another_without_end() -> None:
    deep: dict[str, object] = {}
    for _ in range(64):
        deep = {"a": deep}
    endless: dict[str, object] = {}
    endless["a"] = endless
    for value in (deep, endless):
        with pytest.raises(ScenarioError, match="nested too deeply, at most 64 levels are read"):
            demo({"demo": {"named": value}})


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    both: list[tuple[dict[str, Any], str]] = [
        ({"answer": {"answer": "echo", "prefix": text}}, "demo.answer.prefix"),
        ({"named": {text: {}}}, "demo.named"),
    ]
    for value, path in both:
        with pytest.raises(ScenarioError, match="expected text, got half a surrogate pair in ") as caught:
            demo({"demo": value})
        assert caught.value.path == path


def test_a_huge_file_is_not_read(write: Write) -> None:
    fits, large = "#" * 1_048_576, "#" * 1_048_577
    assert demo(write("fits.toml", fits)) == Demo()
    with pytest.raises(ScenarioError, match="larger than 1048576 bytes"):
        demo(write("large.toml", large))


def test_a_file_is_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"# \xff")
    with pytest.raises(ScenarioError, match="not UTF-8 at byte 2"):
        demo(path)


def test_an_endless_number_is_refused(write: Write) -> None:
    with pytest.raises(ScenarioError, match="not JSON: Exceeds the limit"):
        demo(write("s.json", '{"demo": ' + "9" * 5000 + "}"))


# --- overriding and resolving ---


def test_keywords_change_a_copy() -> None:
    base = Demo()
    changed = override(base, polls_until_ready=0, limit=5)
    assert (changed.polls_until_ready, changed.limit, changed.mode) == (0, 5, "open")
    assert base == Demo()
    assert override(base) == base


def test_a_nested_table_is_merged_and_other_values_are_replaced() -> None:
    base = Demo(latency=Latency(first_chunk=1.0, between=2.0), named={"a": Account()}, answer=Table(entries={"a": "b"}))
    changed = override(base, latency={"between": 3.0}, named={"b": {"key_id": "b"}})
    assert changed.latency == Latency(first_chunk=1.0, between=3.0)
    assert changed.named == {"b": Account(key_id="b")}
    assert override(base, latency=Latency(between=3.0)).latency == Latency(between=3.0)


def test_a_union_is_merged_only_within_its_member() -> None:
    base = Demo(answer=Echo(prefix="a"))
    assert override(base, answer={"prefix": "b"}).answer == Echo(prefix="b")
    assert override(base, answer={"answer": "table", "entries": {"x": "y"}}).answer == Table(entries={"x": "y"})


def test_a_function_is_taken_as_it_is() -> None:
    def hook() -> str:
        return "hi"

    changed = override(Demo(), hook=hook)
    assert changed.hook is hook
    assert override(changed, mode="closed").hook is hook


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mod": "open"}, "keywords: mod: unknown key; did you mean mode?"),
        ({"polls_until_ready": -1}, "keywords: polls_until_ready: expected int >= 0, got -1"),
        ({"latency": {"betwen": 1}}, "keywords: latency.betwen: unknown key; did you mean between?"),
    ],
)
def test_keywords_are_checked_like_a_file(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        override(Demo(), **changes)
    assert str(caught.value) == message


def test_a_fake_resolves_whatever_it_is_given(write: Write) -> None:
    path = write("s.toml", "[demo]\nmode = 'closed'\n[other]\n")
    closed = Demo(mode="closed", limit=2)
    assert resolve(path, "demo", Demo, {"limit": 2}, others=("other",)) == closed
    assert resolve({"demo": {"mode": "closed"}}, "demo", Demo, {"limit": 2}) == closed
    assert resolve(Demo(mode="closed"), "demo", Demo, {"limit": 2}) == closed
    assert resolve(None, "demo", Demo) == Demo()


def test_a_table_made_in_code_is_checked_too() -> None:
    with pytest.raises(ScenarioError) as caught:
        resolve(Demo(latency=Latency(first_chunk=-5)), "demo", Demo)
    assert str(caught.value) == "keywords: latency.first_chunk: expected float >= 0.0, got -5"
    with pytest.raises(ScenarioError) as caught:
        resolve(ServerTable(), "demo", Demo)
    assert str(caught.value) == "scenario: demo: expected Demo, got ServerTable"


# --- showing ---


def test_a_dump_loads_back(write: Write) -> None:
    tables = {"demo": Demo(mode="closed", answer=Echo(prefix="a")), "server": ServerTable(seed=3)}
    plain = dump(tables)
    assert plain["server"] == {"seed": 3, "clock": "real", "strict": False, "tls": False}
    path = write("s.json", json.dumps(plain))
    assert load(path, {"demo": Demo, "server": ServerTable}) == tables
    assert dump(Latency()) == {"first_chunk": 0.0, "between": 0.0}


def test_a_dump_names_functions() -> None:
    assert dump(Demo(hook=test_a_dump_names_functions))["hook"] == "test_a_dump_names_functions"  # type: ignore[arg-type]


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Needed(ScenarioTable, kw_only=True, frozen=True):
    name: Annotated[str, Meta(pattern="^[a-z]+$", max_length=8)]
    ratio: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    even: Annotated[int, Meta(multiple_of=2)] = 2
    anything: object = None
    colour: Colour = Colour.RED
    slow: Annotated[Latency | None, "of no meaning here"] = None


def test_every_tunable_is_listed_with_type_default_and_description() -> None:
    assert tunables(Demo) == [
        Tunable("polls_until_ready", "int >= 0 <= 100", 1, "polls before READY"),
        Tunable("mode", '"open" | "closed"', "open", "what it does"),
        Tunable("latency.first_chunk", "float >= 0 <= 60", 0.0, "in seconds"),
        Tunable("latency.between", "float >= 0 <= 60", 0.5, "between two chunks"),
        Tunable("accounts", "list[Account]", [{"key_id": "demo-ak", "access_key_secret": "demo-sk"}], ""),
        Tunable("named", "dict[str, Account]", {}, ""),
        Tunable("pair", "tuple[int, str]", [1, "a"], ""),
        Tunable("answer", "Table | Echo", {"answer": "table", "entries": {}}, ""),
        Tunable("limit", "int > 0 | none", None, ""),
        Tunable("codes", "dict[int, str]", {}, ""),
        Tunable("hook", "function | none", None, ""),
    ]
    assert tunables(Needed) == [
        Tunable("name", "str length 0..8 matching ^[a-z]+$", msgspec.UNSET, ""),
        Tunable("ratio", "float > 0 < 1", 0.5, ""),
        Tunable("even", "int multiple of 2", 2, ""),
        Tunable("anything", "object", None, ""),
        Tunable("colour", '"red" | "blue"', "red", ""),
        Tunable("slow", "Latency | none", None, ""),
    ]


def test_a_key_without_default_has_to_be_given() -> None:
    with pytest.raises(ScenarioError) as caught:
        load({}, {"needed": Needed})
    assert str(caught.value) == "scenario: needed: object missing required field name"
    assert load({"needed": {"name": "a"}}, {"needed": Needed}) == {"needed": Needed(name="a")}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"colour": "bleu"}, "colour: expected one of red, blue, got 'bleu'; did you mean blue?"),
        ({"slow": {"betwen": 1}}, "slow.betwen: unknown key; did you mean between?"),
        ({"slow": {"between": 61}}, "slow.between: expected float <= 60.0, got 61"),
    ],
)
def test_enumerations_and_optional_tables_are_looked_into(table: dict[str, object], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load({"needed": {"name": "a", **table}}, {"needed": Needed})
    assert str(caught.value) == f"scenario: needed.{message}"


def test_what_every_fake_can_be_told() -> None:
    assert [(row.name, row.type, row.default) for row in tunables(ServerTable)] == [
        ("seed", "int >= 0 | none", None),
        ("clock", '"real" | "virtual" | "jump"', "real"),
        ("strict", "bool", False),
        ("tls", "bool", False),
    ]
