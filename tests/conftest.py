"""What every test may rely on, however the run was started."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Generator

import pytest


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Nothing traces a test that is marked `unmeasured`: what it tries by the thousand takes three times as long then.

    Lines that only such a test reaches count as lines that no test reaches.
    """
    tracing = sys.gettrace() if item.get_closest_marker("unmeasured") else None
    if tracing is None:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracing)
