"""Files that a command writes: what their paths may name, and that nothing else is touched.

A path is given by a person or a script, and may name anything. Replacing or removing what is there would destroy a
device, a pipe or a link, and opening a pipe would wait for a reader. So a path that names anything but a regular file
is refused, by `os.lstat`, before anything happens; ``/dev/stdout`` is a link, and refused as well.

Only that lives here. What is written is up to the commands.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

from .errors import AvatarwireError

__all__ = ["OutputError", "OutputFile", "check_distinct"]

_KINDS: Final = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644
_EXPECTED: Final = "expected a regular file, or a name that is not taken"


class OutputError(AvatarwireError, OSError):
    """A file cannot be written.

    Attributes:
        option: what named it, such as ``--journal``; empty for a path from code.
        path: its path.
        reason: what is wrong.
    """

    def __init__(self, option: str, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.option = option
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.option} {self.path}: {self.reason}".lstrip()


class OutputFile:
    """A file that is to be written.

    Args:
        path: where.
        option: what named it, for errors.
    """

    def __init__(self, path: str | Path, option: str = "") -> None:
        self.path: Final = Path(path)
        self.option: Final = option

    def check(self) -> None:
        """Looks at what is there, and touches nothing.

        Raises:
            OutputError: something that is no regular file, or there is no such folder.
        """
        with self._explained():
            try:
                mode = os.lstat(self.path).st_mode
            except FileNotFoundError:
                os.stat(self.path.parent)
                return
        if not stat.S_ISREG(mode):
            kind = next((name for is_one, name in _KINDS if is_one(mode)), "no regular file")
            raise OutputError(self.option, self.path, f"is {kind}, {_EXPECTED}")

    def check_writable(self) -> None:
        """Looks whether it could be written, and changes nothing.

        Raises:
            OutputError: it could not.
        """
        self.check()
        with self._explained():
            if self.path.exists():
                with open(self.path, "ab"):
                    return
            with tempfile.TemporaryFile(dir=self.path.parent):
                return

    def create(self) -> None:
        """Makes the file, empty, so that what hinders writing it is known early.

        Raises:
            OutputError: it cannot be written.
        """
        self.write_bytes(b"")

    def write(self, fill: Callable[[TextIO], object]) -> None:
        """Writes text, UTF-8 with plain newlines, in place of what the file held.

        Args:
            fill: writes it into the open file.

        Raises:
            OutputError: it cannot be written, or not all of it.
        """
        self.check()
        with self._explained(), open(self.path, "w", encoding="utf-8", newline="\n", opener=_opened) as file:
            fill(file)

    def write_bytes(self, data: bytes) -> None:
        """Writes bytes in place of what the file held.

        Raises:
            OutputError: it cannot be written, or not all of it.
        """
        self.check()
        with self._explained(), open(self.path, "wb", opener=_opened) as file:
            file.write(data)

    @contextmanager
    def appending(self) -> Generator[Callable[[bytes], None]]:
        """The file is empty, and takes more as long as the block runs; what was written is there however that ends.

        Given is what writes: all of the data, or nothing of it and an `OutputError`.

        Raises:
            OutputError: it cannot be written.
        """
        self.check()
        with self._explained():
            file = open(self.path, "wb", buffering=0, opener=_appending)  # noqa: SIM115 - closed below

        def write(data: bytes) -> None:
            with self._explained():
                whole = os.fstat(file.fileno()).st_size
                left = memoryview(data)
                try:
                    while left:
                        left = left[file.write(left) :]
                except OSError:
                    # The beginning of a line would be taken for something else than it was.
                    with suppress(OSError):
                        os.ftruncate(file.fileno(), whole)
                    raise

        with file:
            yield write

    def clear(self) -> None:
        """Removes a file of an earlier run, and makes sure that `standing` could write one.

        Raises:
            OutputError: it cannot be removed, or none can be written here.
        """
        self.check()
        with self._explained():
            self.path.unlink(missing_ok=True)
            with tempfile.TemporaryFile(dir=self.path.parent):
                pass

    @contextmanager
    def standing(self, data: bytes, *, public: bool = False) -> Generator[None]:
        """The file is there as long as the block runs: it appears at once and whole, readable for its owner only.

        At the end it is removed, unless it is another file by then or holds something else.

        Args:
            data: what it holds.
            public: whether everybody may read it.

        Raises:
            OutputError: it cannot be written.
        """
        self.check()
        with self._explained():
            ours = self._replace(data, _PUBLIC if public else _PRIVATE)
        try:
            yield
        finally:
            with suppress(OSError):
                now = os.lstat(self.path)
                if (now.st_dev, now.st_ino) == (ours.st_dev, ours.st_ino) and self.path.read_bytes() == data:
                    self.path.unlink()

    def _replace(self, data: bytes, mode: int) -> os.stat_result:
        # In the same folder, as renaming is atomic within a file system; `mkstemp` lets only the owner read it.
        descriptor, name = tempfile.mkstemp(prefix=".avatarwire.", dir=self.path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                made = os.fstat(descriptor)
                file.write(data)
            os.chmod(name, mode)
            os.replace(name, self.path)
        except BaseException:
            os.unlink(name)
            raise
        return made

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Turns what the system says into an error that names the file."""
        try:
            yield
        except OSError as fault:
            raise OutputError(self.option, self.path, fault.strerror or str(fault)) from None


def check_distinct(outputs: Iterable[OutputFile], inputs: Iterable[OutputFile] = ()) -> None:
    """Makes sure that no file is written twice, and none that is read.

    Raises:
        OutputError: two paths lead to one file; it names both options.
    """
    taken: list[OutputFile] = list(inputs)
    for output in outputs:
        for other in taken:
            if _same(output.path, other.path):
                raise OutputError(output.option, output.path, f"is the file of {other.option or other.path}, too")
        taken.append(output)


def _same(one: Path, other: Path) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them is not there yet
        return False


def _appending(path: str, flags: int) -> int:
    # Somebody may empty the file meanwhile; what comes then stands at its beginning.
    return _opened(path, flags | os.O_APPEND)


def _opened(path: str, flags: int) -> int:
    # What was looked at may be a link by now.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)
