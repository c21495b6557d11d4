"""The cases as tests: ``pytest --pyargs avatarwire.conformance --avatarwire-endpoint READY``.

One test a case of every vendor in the ready file; pytest's own options choose and report. Only the way from a verdict
to the outcome of a test lives here.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.conformance.engine.case import Case, NotJudged
from avatarwire.conformance.engine.endpoint import BadEndpoint, Endpoint, from_ready_file, vendors_of
from avatarwire.conformance.judge import Wanted, run
from avatarwire.conformance.suites import SUITES

ENDPOINT: Final = "--avatarwire-endpoint"


class NonStrictWarning(UserWarning):
    """An endpoint does not do what it should."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case of each vendor of the endpoint; none without an endpoint."""
    path: str | None = metafunc.config.getoption(ENDPOINT)
    if path is None:
        metafunc.parametrize(("endpoint", "case"), [])
        return
    try:
        found = list(_cases(Path(path), metafunc.config))
    except BadEndpoint as error:
        raise pytest.UsageError(f"{ENDPOINT}: {error}") from None
    metafunc.parametrize(("endpoint", "case"), found, ids=[case.id for _, case in found])


def _cases(path: Path, config: pytest.Config) -> Iterator[tuple[Endpoint, Case[Any]]]:
    for vendor in vendors_of(path):
        endpoint = from_ready_file(vendor, path)
        endpoint.check(SUITES[vendor].needs)
        invalid = endpoint.is_local or bool(config.getoption("--avatarwire-allow-invalid"))
        endpoint = endpoint.permitting(invalid=invalid, agreed=bool(config.getoption("--avatarwire-yes")))
        if "billable" not in endpoint.permissions:
            raise BadEndpoint(f"{endpoint.url} is not on this machine: --avatarwire-yes says that a run is wanted")
        for case in SUITES[vendor].server.values():
            yield endpoint, case


def test_case(endpoint: Endpoint, case: Case[Any], pytestconfig: pytest.Config) -> None:
    """An endpoint does what a case requires."""
    if case.alone and hasattr(pytestconfig, "workerinput"):
        pytest.skip("it must run alone, and pytest-xdist runs others beside it: -n 0")
    try:
        outcome = run(Wanted(endpoint, [case]))
    except NotJudged as error:
        pytest.fail(f"could not judge: {error}", pytrace=False)
    (result,) = outcome.results
    text = f"{result.title}\nclauses:  {' '.join(result.clauses)} ({result.level})\nexpected: "
    text += f"{' or '.join(result.expected)}\nobserved: {result.observed}"
    if result.unjudged:
        pytest.fail(f"could not judge: {text}", pytrace=False)
    match result.verdict:
        case "failed":
            pytest.fail(text, pytrace=False)
        case "skipped" | "unimplemented":
            pytest.skip(result.observed)
        case "non_strict" | "informational":
            warnings.warn(f"{result.verdict}: {text}", NonStrictWarning, stacklevel=1)
        case "ok":
            pass
