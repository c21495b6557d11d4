"""The adversary in a test: it finds what breaks a client, says how it goes again, and stays silent otherwise."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.conformance.failure_files import files, read
from avatarwire.conformance.probing.testing import Broken, Run, adversary
from avatarwire.conformance.searching import CouldNotSearch
from tests.conformance.probing import clients
from tests.conformance.probing.planted import aliyun_bugs


@adversary(vendor="aliyun", allow="documented", examples=3)
def test_a_client_that_does_what_it_should(run: Run) -> None:
    found = run(clients.Fine)
    assert found.failures == []
    assert found.runs >= 3


def test_a_client_that_does_not(tmp_path: Path) -> None:
    @adversary(vendor="aliyun", allow="faults", examples=60, seed=1, save=tmp_path)
    def search(run: Run) -> None:
        run(aliyun_bugs.WaitsForTheClose)

    with pytest.raises(Broken) as caught:
        search()
    [path] = files(tmp_path)
    failure = read(path)
    assert failure.oracle == "hang"
    assert len(failure.tape) <= 3
    assert f"avatarwire replay {path}" in str(caught.value)


def test_a_client_that_does_not_even_get_through_the_talk() -> None:
    @adversary(vendor="aliyun", examples=1)
    def search(run: Run) -> None:
        run(clients.Silent)

    with pytest.raises(CouldNotSearch, match="does not end well: lost_text"):
        search()


def test_a_test_keeps_its_fixtures() -> None:
    def search(tmp_path: Path, run: Run) -> None: ...

    assert list(inspect.signature(adversary(vendor="guiji")(search)).parameters) == ["tmp_path"]


def test_wrong_arguments() -> None:
    def search() -> None: ...

    with pytest.raises(AvatarwireError, match="vendor: expected one of aliyun"):
        adversary(vendor="other")
    with pytest.raises(AvatarwireError, match="horizon: expected seconds"):
        adversary(vendor="aliyun", horizon="soon")
    with pytest.raises(AvatarwireError, match="search has no parameter run"):
        adversary(vendor="aliyun", horizon="8h")(search)
