"""The pytest plugin: a fake server for each test that asks for one, and its journal in the report of a failing one.

    @pytest.mark.avatarwire(polls_until_ready=0)
    def test_greets(aliyun_fake):
        greet(aliyun_fake.http_url)
        aliyun_fake.journal.expect_sync("opening.request")

The marker changes the scenario of all fakes of a test; ``aliyun={"polls_until_ready": 0}`` that of one vendor only.

pytest loads this module in every run of an environment that has the distribution, used or not: when it is loaded it
imports nothing but pytest itself, and before a fixture is asked for only the table of vendors, whose fixtures are made
from it. So it costs next to nothing and needs none of the extras. It lies at the
top level, beside the namespace ``avatarwire``, because pytest looks through the files of a plugin's distribution for
what to rewrite: where all of them are below a folder without an ``__init__.py`` it takes that folder for a source tree,
and the standard library's ``codecs`` for a package in it. Only fixtures, options and reporting may live here.

There is no assertion here, and whoever imports this module before pytest does shall not be warned of that:
PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    import pluggy

    from avatarwire.fakeserver.journal import Finding
    from avatarwire.fakeserver.observers import Fake
    from avatarwire.fakeserver.server import FakeServer
    from avatarwire.fakeserver.trace.of_tests import TracesOfTests

FIXTURES: Final = "avatarwire-fixtures"
"""Name of the plugin that has the fixtures."""
SCENARIO_OPTION: Final = "--avatarwire-scenario"
SCENARIO_INI: Final = "avatarwire_scenario"
SCOPE_INI: Final = "avatarwire_scope"
SCOPES: Final = ("function", "module", "session")
TRACE_OPTION: Final = "--avatarwire-trace"
TRACE_DIR_OPTION: Final = "--avatarwire-trace-dir"
TRACE_MODES: Final = ("off", "on", "retain-on-failure")
TRACE_DIR: Final = ".avatarwire/traces"
VIOLATIONS_INI: Final = "avatarwire_fail_on_violations"
LEAKS_INI: Final = "avatarwire_fail_on_leaks"
MARKER: Final = "avatarwire"

SECTION: Final = "avatarwire journal"
TRACE_SECTION: Final = "avatarwire trace"
TAIL: Final = 40
"""Entries of a journal that the report of a failing test shows."""

_OWN: Final = ("allow", "fail_on_violations", "fail_on_leaks")
"""Names that the marker takes for itself, and not for tunables."""

_FAKES: Final = pytest.StashKey["_Fakes"]()
"""The fakes of a run."""
_FAILED: Final = pytest.StashKey[bool]()
"""Whether a test has failed in any phase so far."""


class _Fakes:
    """The fakes that run, whoever has made them, and what was found in the journal of each so far."""

    def __init__(self) -> None:
        self._seen: dict[Fake, int] = {}
        self._before: dict[Fake, int] = {}
        """Of each that a test has found running and has not asked for: the last entry of its journal then."""
        self.traces: TracesOfTests | None = None
        self._ends: ExitStack = ExitStack()

    def begin(self) -> None:
        """From now on each fake that starts is known."""
        from avatarwire.fakeserver.observers import observing

        self._ends.enter_context(observing(self._started))

    def end(self) -> None:
        """The run is over."""
        self._ends.close()

    def _started(self, fake: Fake) -> None:
        self._seen[fake] = 0
        if self.traces is not None:
            self.traces.follow(fake)

    def begin_test(self, test: str) -> None:
        """A test begins: what was found before is not its own, and what is over is forgotten."""
        self._seen = {fake: fake.journal.mark() for fake in self._seen if fake.running}
        self._before = dict(self._seen)
        if self.traces is not None:
            self.traces.begin(test)
            for fake in self._seen:
                self.traces.follow(fake)

    def judge(self, allowed: Collection[str]) -> tuple[list[Finding], bool]:
        """Rules that clients have broken since this was last asked, or since the test began; whether these are all.

        Args:
            allowed: clauses that may be broken.
        """
        found: list[Finding] = []
        is_complete = True
        for fake, seen in list(self._seen.items()):
            self._seen[fake] = fake.journal.mark()
            page = fake.journal.violation_page(level="error", since=seen)
            found += [finding for finding in page.violations if finding.clause not in allowed]
            if not page.complete:  # so many that are allowed may have come that not all of them are kept
                broken = {tally.clause for tally in page.summary if tally.last > seen}
                is_complete = is_complete and page.counted and broken.issubset(allowed)
        return found, is_complete

    def leaks(self) -> list[str]:
        """Sessions that live in fakes that run."""
        return [line for fake in self._seen if fake.running for line in fake.leaks()]

    def asked_for(self, fake: Fake) -> None:
        """A test has a fake that ran before, and that is as new."""
        self._before.pop(fake, None)

    def journals(self) -> dict[str, str]:
        """What a test has left in the journal of each, by vendor; of several of one vendor by number as well."""
        named: dict[str, str] = {}
        for fake in self._seen:
            journal, before = fake.journal, self._before.get(fake)
            if before is not None and journal.mark() == before:  # it is for others
                continue
            name, number = journal.vendor, 2
            while name in named:
                name, number = f"{journal.vendor} {number}", number + 1
            named[name] = journal.told(TAIL, since=before or 0) or "nothing crossed the wire"
        return named


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("avatarwire", "fake servers for digital-human services")
    group.addoption(
        SCENARIO_OPTION,
        metavar="FILE",
        help="scenario file of the fake servers (TOML, YAML or JSON), instead of the ini's",
    )
    group.addoption(
        "--avatarwire-endpoint",
        metavar="READY",
        help="ready file of the endpoint that `pytest --pyargs avatarwire.conformance` judges",
    )
    group.addoption(
        "--avatarwire-yes",
        action="store_true",
        help="judge an endpoint that is not on this machine, though it may cost money",
    )
    group.addoption(
        "--avatarwire-allow-invalid",
        action="store_true",
        help="send an endpoint that is not on this machine what the documents forbid",
    )
    group.addoption(
        TRACE_OPTION,
        choices=TRACE_MODES,
        default="off",
        help="write a trace of each test that has a fake server: on, or retain-on-failure for those that fail",
    )
    group.addoption(TRACE_DIR_OPTION, metavar="DIR", default=TRACE_DIR, help=f"where traces go, by default {TRACE_DIR}")
    parser.addini(SCENARIO_INI, "scenario file of the fake servers, relative to the ini file", default="")
    parser.addini(
        SCOPE_INI,
        "how long a fake server lives: function, or module or session, where it is reset before each test",
        default="function",
    )
    parser.addini(
        VIOLATIONS_INI, "fail a test whose client broke a rule of the vendor's document", type="bool", default=False
    )

    parser.addini(
        LEAKS_INI, "fail a test that passes and leaves a session behind in a fake that runs", type="bool", default=False
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker, and the fixtures: one for each vendor there is."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**changes): what the scenario of a test's fake servers says otherwise, such as polls_until_ready=0, "
        "or of one vendor, as a mapping under its name; fail_on_violations=False and allow=[CLAUSE, ...] say which "
        "broken rules do not fail it",
    )
    config.stash[_FAKES] = fakes = _Fakes()
    fakes.begin()
    mode: Any = config.getoption(TRACE_OPTION)
    if mode != "off":
        from avatarwire.fakeserver.trace.of_tests import TracesOfTests

        where: Any = config.getoption(TRACE_DIR_OPTION)
        folder = config.invocation_params.dir / where
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"{TRACE_DIR_OPTION}: {folder}: {error.strerror}") from None
        fakes.traces = TracesOfTests(folder, mode)
    config.pluginmanager.register(_fixtures(), FIXTURES)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The run is over."""
    fakes = config.stash.get(_FAKES, None)
    if fakes is not None:
        fakes.end()


def _fixtures() -> ModuleType:
    """One fixture for each vendor, named after it, in what pytest takes for a plugin."""
    from avatarwire.fakeserver.vendors import VENDORS

    holder = ModuleType("avatarwire_fixtures")
    for name, vendor in VENDORS.items():
        setattr(holder, f"{name}_fake", _fixture(name, vendor.title))
        setattr(holder, f"_shared_{name}_fake", _shared(name))
    return holder


def _fixture(vendor: str, title: str) -> object:
    def fake(request: pytest.FixtureRequest) -> Iterator[FakeServer]:
        yield from _running(request, vendor)

    fake.__doc__ = f"""A running fake server of this test's own, in a thread of its own.

    For synchronous and async tests. {title}.
    """
    return pytest.fixture(name=f"{vendor}_fake")(fake)


def _shared(vendor: str) -> object:
    """The fixture of a fake that several tests have one after the other."""

    def fake(request: pytest.FixtureRequest) -> Iterator[FakeServer]:
        yield from _own(request, vendor, {})

    fake.__doc__ = f"""A running fake server for the tests of {vendor}_fake, which resets it before each."""
    return pytest.fixture(name=f"_shared_{vendor}_fake", scope=_scope)(fake)


def _scope(fixture_name: str, config: pytest.Config) -> Any:
    """How long a fake lives that tests share."""
    del fixture_name
    scope: str = config.getini(SCOPE_INI)
    if scope not in SCOPES:
        raise pytest.UsageError(f"{SCOPE_INI}: expected one of {', '.join(SCOPES)}, got {scope}")
    return scope


def _running(request: pytest.FixtureRequest, vendor: str) -> Iterator[FakeServer]:
    """A running fake of a vendor, for the fixture named after it; one that is shared where nothing is changed."""
    changes = _changes(request.node, vendor)
    if changes or _scope("", request.config) == "function":
        yield from _own(request, vendor, changes)
        return
    fake: FakeServer = request.getfixturevalue(f"_shared_{vendor}_fake")
    fake.reset()
    request.config.stash[_FAKES].asked_for(fake)
    yield fake
    fake.conclude()


def _own(request: pytest.FixtureRequest, vendor: str, changes: dict[str, Any]) -> Iterator[FakeServer]:
    """A running fake of a vendor."""
    from avatarwire.fakeserver.vendors import VENDORS

    # What cannot be started is the test's mistake or its environment's, so the reason is told without a traceback.
    with _explained(f"{vendor}_fake"):
        days = changes.pop("bad_day", None)
        if days:
            from avatarwire.fakeserver.bad_days import by_vendor

            used = [name for name in VENDORS if name == vendor or f"{name}_fake" in request.fixturenames]
            changes["bad_day"] = by_vendor(days, used)[vendor]
        fake = VENDORS[vendor].make(scenario=_scenario(request.config), **changes)
        fake.__enter__()
    try:
        yield fake
    finally:
        fake.__exit__(None, None, None)


@contextmanager
def _explained(fixture: str) -> Generator[None]:
    """Tells in one line why a fixture cannot be had."""
    reason = ""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "avatarwire":
            raise
        reason = f'the fixture {fixture} needs the extra fakeserver: pip install "avatarwire[fakeserver]"'
    except Exception as error:
        from avatarwire.codecs.errors import AvatarwireError

        if not isinstance(error, AvatarwireError):
            raise
        reason = f"the fixture {fixture} cannot start its server: {error}"
    if reason:
        pytest.fail(reason, pytrace=False)


def _scenario(config: pytest.Config) -> Path | None:
    """The scenario file of the run, if there is one; the option goes before the ini."""
    option: str | None = config.getoption(SCENARIO_OPTION)
    if option:
        return config.invocation_params.dir / option
    ini: str = config.getini(SCENARIO_INI)
    return (config.inipath.parent if config.inipath else config.rootpath) / ini if ini else None


def _changes(item: pytest.Item, vendor: str) -> dict[str, Any]:
    """What the markers of a test say about a vendor's fake, the nearest one last."""
    from avatarwire.fakeserver.vendors import VENDORS

    changes: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers(MARKER))):
        if marker.args:
            reason = f"the marker {MARKER} takes names, such as polls_until_ready=0, not {marker.args[0]!r}"
            pytest.fail(reason, pytrace=False)
        changes |= {name: value for name, value in marker.kwargs.items() if name not in (*VENDORS, *_OWN)}
        changes |= marker.kwargs.get(vendor, {})
    return changes


# --- reporting ---


# No hook here is a wrapper of the newer kind, which ends every run of a pytest with pluggy 1.1 or older.


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test begins."""
    item.stash[_FAILED] = False
    item.config.stash[_FAKES].begin_test(item.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Fails a test whose client broke a rule, where that is asked for; comes after the test, if that passed."""
    _judge(item)
    if _is_asked(item, LEAKS_INI, "fail_on_leaks") and (left := item.config.stash[_FAKES].leaks()):
        lines = "\n".join(f"  {line}" for line in left)
        pytest.fail(f"the test has left {len(left)} sessions behind:\n{lines}", pytrace=False)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, pluggy.Result[None]]:
    """Likewise what shows only when a fake is stopped, or while fixtures are cleared away."""
    outcome = yield
    if outcome.excinfo is not None:
        return
    try:
        _judge(item)
    except pytest.fail.Exception as failure:
        # Raised here it would be a warning as well, which ends the run of a project that makes errors of them.
        if not hasattr(outcome, "force_exception"):
            raise
        outcome.force_exception(failure)


def _is_asked(item: pytest.Item, ini: str, name: str) -> bool:
    """What the ini says, unless a marker of the test says otherwise; the nearest one counts."""
    is_asked: bool = item.config.getini(ini)
    for marker in reversed(list(item.iter_markers(MARKER))):
        is_asked = bool(marker.kwargs.get(name, is_asked))
    return is_asked


def _judge(item: pytest.Item) -> None:
    is_asked = _is_asked(item, VIOLATIONS_INI, "fail_on_violations")
    allowed: set[str] = set()
    for marker in reversed(list(item.iter_markers(MARKER))):
        clauses = marker.kwargs.get("allow", ())
        if isinstance(clauses, str) or not all(isinstance(clause, str) for clause in clauses):
            pytest.fail(f"allow= of the marker {MARKER} takes a list of clauses, not {clauses!r}", pytrace=False)
        allowed.update(clauses)
    found, is_complete = item.config.stash[_FAKES].judge(allowed)
    if is_asked and found:
        lines = "\n".join(f"  {finding}" for finding in found)
        pytest.fail(f"the client broke {len(found)} rules of the document:\n{lines}", pytrace=False)
    if is_asked and not is_complete:
        pytest.fail("cannot tell which rules the client broke, as more came than a journal keeps", pytrace=False)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pluggy.Result[pytest.TestReport]]:
    """Shows the end of each journal in the report of a test that fails."""
    outcome = yield
    report = outcome.get_result()
    fakes = item.config.stash[_FAKES]
    if report.failed:
        item.stash[_FAILED] = True
        for vendor, told in fakes.journals().items():
            report.sections.append((f"{SECTION} ({vendor})", told))
        if fakes.traces is not None and fakes.traces.path is not None:
            report.sections.append((TRACE_SECTION, f"avatarwire trace show {fakes.traces.path}"))
    if report.when == "teardown" and fakes.traces is not None:
        fakes.traces.end(failed=item.stash.get(_FAILED, False))
