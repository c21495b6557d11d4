"""One trace a test: of all fakes that run meanwhile, kept as the run was asked to.

Only that lives here; options and reports are those of the pytest plugin.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Literal, TypeAlias

from avatarwire.codecs.installed import installed_version
from avatarwire.fakeserver.trace.following import Traced, following
from avatarwire.fakeserver.trace.format import TraceMeta
from avatarwire.fakeserver.trace.writing import TraceWriter

__all__ = ["Mode", "TracesOfTests"]

Mode: TypeAlias = Literal["on", "retain-on-failure"]

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST: Final = 120
"""Characters of a file's name that come from the test's."""


class TracesOfTests:
    """Writes a trace for each test that has a fake.

    Args:
        folder: where they go.
        mode: whether traces of tests that pass stay.
    """

    def __init__(self, folder: Path, mode: Mode) -> None:
        self._folder: Final = folder
        self._mode: Final = mode
        self._test = ""
        self._writer: TraceWriter | None = None
        self._until = ExitStack()
        self._path: Path | None = None

    @property
    def path(self) -> Path | None:
        """Of the trace of this test; None where no fake has run so far."""
        return self._path

    def begin(self, test: str) -> None:
        """A test begins.

        Args:
            test: its id.
        """
        self.end(failed=False)
        self._test = test

    def follow(self, fake: Traced) -> None:
        """A fake runs, or has been running since an earlier test."""
        if not self._test:
            return
        if self._writer is None:
            self._path = self._folder / f"{_file_name(self._test)}.avtrace"
            meta = TraceMeta(
                avatarwire=installed_version(),
                vendors=(),
                source="pytest",
                started=fake.clock.now(),
                title=self._test,
            )
            self._writer = TraceWriter(self._path, meta, option="--avatarwire-trace-dir")
        self._until.enter_context(following(fake.journal, self._writer))

    def end(self, *, failed: bool) -> None:
        """A test is over.

        Args:
            failed: whether it has failed.

        Raises:
            OutputError: its trace cannot be written.
        """
        writer, path = self._writer, self._path
        self._writer, self._path, self._test = None, None, ""
        self._until.close()
        if writer is None or path is None:
            return
        writer.close()
        if not failed and self._mode == "retain-on-failure":
            path.unlink()


def _file_name(test: str) -> str:
    """A name that each test of a run has for itself, whichever process it runs in."""
    name = _NOT_IN_NAMES.sub("_", test).strip("_")
    if len(name) <= _LONGEST and _NOT_IN_NAMES.sub("", test) == test.replace("::", "").replace("/", ""):
        return name
    return f"{name[-_LONGEST:]}-{hashlib.sha256(test.encode(), usedforsecurity=False).hexdigest()[:8]}"
