"""Fakes may be made for the first time in several threads at once: a process of its own does, and lives."""

from __future__ import annotations

import pytest

from tests.project.tree import printed_by

PROGRAM = """
import sys
import threading
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime

sys.setswitchinterval(1e-6)  # as bad as it gets
kinds = (FakeGuiji, FakeAliyun, FakeSenseTime) * 8
ready, made = threading.Barrier(len(kinds)), []

def make(kind):
    ready.wait()
    made.append(kind())

threads = [threading.Thread(target=make, args=(kind,)) for kind in kinds]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(made))
"""


@pytest.mark.parametrize("time", [1, 2, 3])
def test_they_are_all_made(time: int) -> None:
    # Whether two threads meet is chance; without the lock they do in two of three processes.
    del time
    assert printed_by(PROGRAM) == "24\n"
