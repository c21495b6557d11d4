"""What has once broken a client of this project, or was held against one that was right, does so no more.

The files are failures as `avatarwire fuzz client` writes them; `avatarwire replay tests/conformance/regressions` does
the same. A new one is put there as it is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarwire.conformance.failure_files import files, read
from avatarwire.conformance.fuzzing.search import Again, tried_again
from avatarwire.conformance.probing.failure import Failure
from avatarwire.conformance.probing.plan import FINE
from avatarwire.conformance.probing.subject import subject_of

FILES = files(Path(__file__).parent.parent / "regressions")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_it_is_fixed(path: Path) -> None:
    failure = read(path)
    if not isinstance(failure, Failure):
        assert not tried_again(Again(failure)).broken
        return
    ended = subject_of(failure.client).replayed(failure.plan)
    assert ended.outcome in FINE, ended.detail
    assert ended.unable == ""
    drawn = [it.label for it in failure.tape if not it.tunable]
    assert set(ended.acted) == set(drawn), "it does not come to all deviations any more: the file shows nothing"
