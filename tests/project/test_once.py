"""What is made once is made once, in a run with workers too."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.project.once import once
from tests.project.tree import ROOT

pytest_plugins = ["pytester"]

# Each worker runs the test; both have come before either asks.
ASKING: Final = """
    import os
    import time
    from pathlib import Path

    from tests.project.once import once

    NOTES = Path(__file__).parent / "notes"

    def note(what):
        with NOTES.open("a") as file:
            file.write(f"{what} {os.environ['PYTEST_XDIST_WORKER']}\\n")

    def make(folder):
        note("made")
        (folder / "file").touch()

    def test_asks(tmp_path_factory):
        note("came")
        while NOTES.read_text().count("came") < 2:
            time.sleep(0)
        assert (once(tmp_path_factory, "thing", make) / "file").exists()
"""


def test_two_workers_that_ask_together_make_it_once(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(ASKING)
    result = pytester.runpytest_subprocess("-p", "xdist", "-p", "no:cacheprovider", "-n", "2", "--dist=each")
    result.assert_outcomes(passed=2)
    came, also_came, *made = (pytester.path / "notes").read_text().splitlines()
    assert {came, also_came} == {"came gw0", "came gw1"}
    assert made in (["made gw0"], ["made gw1"])


def test_what_could_not_be_made_is_tried_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("the index is away")

    with pytest.raises(OSError, match="away"):
        once(tmp_path_factory, "tried", fail)
    folder = once(tmp_path_factory, "tried", lambda folder: (folder / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]
