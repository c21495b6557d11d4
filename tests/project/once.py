"""What is costly and made once per run, whichever workers ask for it.

The mark ``xdist_group`` is no help: pytest-xdist 3.8 appends a group's name to an attribute of pytest's items,
``_nodeid``, that pytest 9.2 no longer reads, so groups are silently no groups there. A lock works everywhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from filelock import FileLock

__all__ = ["once"]

_WORKER: Final = "PYTEST_XDIST_WORKER"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of the run, empty when `make` gets it; who comes while it is made waits, who comes later finds it.

    Where `make` fails the next who asks tries again.
    """
    base = factory.getbasetemp()
    if os.environ.get(_WORKER):
        # A worker's own folder is below the run's.
        base = base.parent
    folder, made = base / name, base / f"{name}.made"
    with FileLock(base / f"{name}.lock"):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder
