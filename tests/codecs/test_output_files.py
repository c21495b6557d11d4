"""Files that a command writes: what is there and is no regular file is refused, and stays as it is."""

from __future__ import annotations

import os
import re
import resource
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.output_files import OutputError, OutputFile, check_distinct

Use = Callable[[OutputFile], object]


def stand(output: OutputFile) -> None:
    with output.standing(b"data"):
        raise AssertionError("nothing to stand for")


USES: dict[str, Use] = {
    "check": OutputFile.check,
    "check_writable": OutputFile.check_writable,
    "create": OutputFile.create,
    "write": lambda output: output.write(lambda file: file.write("data")),
    "write_bytes": lambda output: output.write_bytes(b"data"),
    "clear": OutputFile.clear,
    "standing": stand,
}


def a_directory(path: Path) -> None:
    path.mkdir()


def a_named_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        # The path of a socket must be short, so it is bound from its own folder.
        before = os.getcwd()
        os.chdir(path.parent)
        try:
            listening.bind(path.name)
        finally:
            os.chdir(before)


def a_symbolic_link(path: Path) -> None:
    target = path.with_name("target")
    target.write_text("precious", encoding="utf-8")
    path.symlink_to(target)


def a_dangling_symbolic_link(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


KINDS = [a_directory, a_named_pipe, a_socket, a_symbolic_link, a_dangling_symbolic_link]


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("make", KINDS)
def test_what_is_no_regular_file_is_refused_and_stays(tmp_path: Path, make: Callable[[Path], None], use: Use) -> None:
    path = tmp_path / "file"
    make(path)
    before = path.lstat(), sorted(os.listdir(tmp_path))
    kind = make.__name__.replace("_", " ").replace("dangling ", "")
    with pytest.raises(OutputError) as refused:
        use(OutputFile(path, "--out"))
    told = f"--out {path}: is {kind}, expected a regular file, or a name that is not taken"
    assert (str(refused.value), refused.value.path, refused.value.option) == (told, path, "--out")
    assert (path.lstat(), sorted(os.listdir(tmp_path))) == before
    if make is a_symbolic_link:
        assert path.read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("path", ["/dev/null", "/dev/full"])
def test_a_device_is_refused(path: str, use: Use) -> None:
    with pytest.raises(OutputError, match=f"{path}: is a device, expected a regular file"):
        use(OutputFile(path))
    assert stat.S_ISCHR(os.lstat(path).st_mode)


@pytest.mark.skipif(not os.path.islink("/dev/stdout"), reason="no link there on this system")
def test_standard_output_by_its_path_is_refused() -> None:
    with pytest.raises(OutputError, match="is a symbolic link"):
        OutputFile("/dev/stdout").check()


def test_what_the_system_has_beyond_that_is_refused_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def door(path: Path) -> os.stat_result:
        return os.stat_result((0o150000, *range(9)))  # a door of Solaris

    monkeypatch.setattr(os, "lstat", door)
    with pytest.raises(OutputError, match="is no regular file, expected"):
        OutputFile(tmp_path / "door").check()


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, use: Use) -> None:
    path = tmp_path / "nowhere" / "file"
    with pytest.raises(OutputError, match=re.escape(f"--out {path}: No such file or directory")):
        use(OutputFile(path, "--out"))


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_folder_that_is_a_file_is_told(tmp_path: Path, use: Use) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="Not a directory"):
        use(OutputFile(tmp_path / "file" / "file"))


def test_whether_a_file_could_be_written_is_seen_without_touching_it(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"data")
    OutputFile(there).check_writable()
    OutputFile(tmp_path / "new").check_writable()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("there", b"data")]
    with pytest.raises(OutputError, match=r"--json /proc/new: "):
        OutputFile("/proc/new", "--json").check_writable()


def test_an_error_is_one_of_ours_and_one_of_the_system() -> None:
    assert issubclass(OutputError, AvatarwireError)
    assert issubclass(OutputError, OSError)


# --- writing ---


@pytest.mark.parametrize("there", [True, False])
def test_text_is_written_in_place_of_what_was_there(tmp_path: Path, there: bool) -> None:
    output = OutputFile(tmp_path / "file")
    if there:
        output.path.write_text("a longer text of an earlier run", encoding="utf-8")
    output.create()
    assert output.path.read_bytes() == b""
    output.write(lambda file: file.write("你好\n"))
    assert output.path.read_bytes() == "你好\n".encode()
    output.write_bytes(b"\x00")
    assert output.path.read_bytes() == b"\x00"


def test_a_link_that_came_after_the_look_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = OutputFile(tmp_path / "file")
    a_symbolic_link(output.path)

    def nothing(output: OutputFile) -> None:
        """Looks too early."""

    monkeypatch.setattr(OutputFile, "check", nothing)
    with pytest.raises(OutputError, match="symbolic links"):
        output.write_bytes(b"data")
    assert output.path.read_text(encoding="utf-8") == "precious"


class FullDisk:
    """A text file on a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "file", "--out")
    disk = FullDisk()
    with pytest.raises(OutputError, match=re.escape(f"--out {output.path}: No space left on device")):
        output.write(lambda _: disk.write("data"))


def test_a_file_system_that_says_nothing_is_told(tmp_path: Path) -> None:
    def fill(file: object) -> None:
        raise OSError("of no kind")

    with pytest.raises(OutputError, match="file: of no kind"):
        OutputFile(tmp_path / "file").write(fill)


# --- a file that stands as long as a block runs ---


def test_a_standing_file_is_there_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "file")
    output.path.write_text("old", encoding="utf-8")
    with output.standing(b"new"):
        assert output.path.read_bytes() == b"new"
        assert stat.S_IMODE(output.path.stat().st_mode) == 0o600
        assert os.listdir(tmp_path) == ["file"]
    assert os.listdir(tmp_path) == []


def test_a_standing_file_may_be_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    with OutputFile(path).standing(b"of everybody", public=True):
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert not path.exists()


def test_a_standing_file_that_somebody_has_written_stays(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "file")
    with output.standing(b"ours"):
        output.path.write_bytes(b"theirs")
    assert output.path.read_bytes() == b"theirs"


def test_a_standing_file_that_somebody_has_replaced_stays_even_if_it_holds_the_same(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "file")
    with output.standing(b"the same"):
        (tmp_path / "theirs").write_bytes(b"the same")
        os.replace(tmp_path / "theirs", output.path)
    assert output.path.read_bytes() == b"the same"


def test_a_standing_file_that_is_gone_is_not_missed(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "file")
    with output.standing(b"data"):
        output.path.unlink()
    assert os.listdir(tmp_path) == []


def test_a_half_written_file_is_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OutputError, match="No space left"):
        stand(OutputFile(tmp_path / "file"))
    assert os.listdir(tmp_path) == []


def test_a_file_of_an_earlier_run_is_cleared_away(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "file")
    output.clear()
    output.path.write_text("stale", encoding="utf-8")
    output.clear()
    assert os.listdir(tmp_path) == []


# --- one file for two things ---


def test_files_that_are_not_the_same_are_fine(tmp_path: Path) -> None:
    (tmp_path / "one").touch()
    (tmp_path / "two").touch()
    check_distinct([OutputFile(tmp_path / name) for name in ("one", "two", "three", "four")])


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    one, other = OutputFile(tmp_path / "file", "--one"), OutputFile(tmp_path / "x" / ".." / "file", "--other")
    (tmp_path / "x").mkdir()
    with pytest.raises(OutputError, match=re.escape(f"--other {other.path}: is the file of --one, too")):
        check_distinct([one, other])


def test_a_file_by_another_name_is_the_same_file(tmp_path: Path) -> None:
    read, written = OutputFile(tmp_path / "file"), OutputFile(tmp_path / "link", "--out")
    read.path.touch()
    os.link(read.path, written.path)
    with pytest.raises(OutputError, match=re.escape(f"--out {written.path}: is the file of {read.path}, too")):
        check_distinct([written], [read])


def test_an_appended_file_has_what_was_written_while_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"of an earlier run")
    with OutputFile(path).appending() as write:
        assert path.read_bytes() == b""
        write(b"one\n")
        assert path.read_bytes() == b"one\n"
        path.write_bytes(b"")
        write(b"two\n")
    assert path.read_bytes() == b"two\n"


def test_what_fits_in_part_only_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "file"
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with OutputFile(path, "--out").appending() as write:
        write(b"one\n")
        resource.setrlimit(resource.RLIMIT_FSIZE, (6, most))
        try:
            with pytest.raises(OutputError, match=f"^--out {path}: File too large$"):
                write(b"two\n")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        write(b"three\n")
    assert path.read_bytes() == b"one\nthree\n"


def test_a_device_that_is_full_is_told_although_nothing_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(output: OutputFile) -> None:
        assert output.option == "--out"

    monkeypatch.setattr(OutputFile, "check", nothing)
    with (
        OutputFile("/dev/full", "--out").appending() as write,
        pytest.raises(OutputError, match=r"^--out /dev/full: No space left on device$"),
    ):
        write(b"one")
