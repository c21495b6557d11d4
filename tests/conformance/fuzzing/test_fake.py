"""A fake as something that is searched: what its clients do is what is allowed, and is told to whoever keeps it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from avatarwire.conformance.fuzzing.search import Fuzz, fuzzed
from avatarwire.conformance.fuzzing.steps import Sort, Step
from avatarwire.conformance.probing.freedoms import Allowed


@pytest.mark.parametrize(
    ("allowed", "sorts"),
    [("documented", {"", "valid"}), ("errata", {"", "valid", "variant"}), ("faults", {"", "valid", "variant"})],
)
def test_clients_do_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: Allowed, sorts: set[Sort]
) -> None:
    box = tmp_path / "box"
    tried: list[Step] = []
    written = Path.write_bytes

    def write(self: Path, data: bytes) -> int:
        if self == box:
            tried[:] = [*tried, *msgspec.json.decode(data, type=list[Step])[-1:]]
        return written(self, data)

    monkeypatch.setattr(Path, "write_bytes", write)
    order = Fuzz(
        kind="fake", vendor="sensetime", allowed=allowed, seconds=None, examples=4, seed=1, corpus="", box=str(box)
    )
    found = fuzzed(order)
    assert found.failures == ()
    assert len(tried) == found.count > 20
    assert {step.sort for step in tried} <= sorts
    assert "raw" not in {step.do for step in tried}
