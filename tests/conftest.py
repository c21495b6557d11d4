"""What every test may rely on, however the run was started."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Generator
from typing import Final

import pytest

from tests.examples import register_profiles
from tests.slow_files import is_slow

# Before Hypothesis looks for the one that the command names.
register_profiles()


def pytest_configure(config: pytest.Config) -> None:
    """A run in the background, or under nohup, has these signals ignored, and so would all that the tests start."""
    del config
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What thousands of tests are made of stays to the end: no search for garbage goes through it, then or later.

    Tests that collect garbage themselves would each take a second.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks those that `make test-fast` leaves out."""
    if is_slow(item.path):
        item.add_marker("slow")


COVERAGE: Final = "COVERAGE_PROCESS_CONFIG"
"""Variable by which coverage is measured in processes, too."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Nothing traces a test that is marked `unmeasured`: what it tries by the thousand takes three times as long then.

    Nor are its threads and processes traced. Lines that only such a test reaches count as lines that no test reaches.
    """
    tracing = sys.gettrace() if item.get_closest_marker("unmeasured") else None
    if tracing is None:
        return (yield)
    in_threads = threading.gettrace()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(COVERAGE, raising=False)
        sys.settrace(None)
        threading.settrace(None)
        try:
            return (yield)
        finally:
            threading.settrace(in_threads)
            sys.settrace(tracing)
