"""Types are looked through by one thread at a time: a process of its own, in which many begin at once, lives."""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec
import pytest

from avatarwire.codecs.core.conversion import convert, decoder
from tests.project.tree import ROOT, printed_by

PROGRAM = """
import sys, threading
from contextlib import suppress
from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import AvatarwireError

sys.setswitchinterval(1e-6)  # as bad as it gets
vendors = ("aliyun", "guiji", "sensetime")
ready, read = threading.Barrier(12), []

def decode(vendor):
    known = catalogue.vendor(vendor)
    ready.wait()
    for id_ in known:
        for strict in (False, True):
            with suppress(AvatarwireError):
                known.decode(id_, b"{}", strict=strict)
    read.append(vendor)

threads = [threading.Thread(target=decode, args=(vendor,)) for vendor in vendors for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(read))
"""


def test_many_threads_decode_for_the_first_time() -> None:
    assert printed_by(PROGRAM) == "12\n"


class Point(msgspec.Struct):
    """A type."""

    x: int


@pytest.mark.parametrize("hint", [Point, Annotated[Point, msgspec.Meta(extra={"a": []})], Annotated[Point, []]])
def test_it_converts_as_msgspec_does(hint: Any) -> None:
    for _ in range(2):
        assert convert({"x": 1}, hint) == Point(1)
        with pytest.raises(msgspec.ValidationError, match=r"Expected `int`, got `str` - at `\$.x`"):
            convert({"x": "1"}, hint)
    assert convert({"x": "1"}, hint, strict=False) == Point(1)


def test_a_decoder() -> None:
    assert decoder(Point)(b'{"x":1}') == Point(1)


@pytest.mark.parametrize("folder", ["codecs", "fakeserver", "conformance"])
def test_nothing_else_has_msgspec_look_through_a_type(folder: str) -> None:
    """`msgspec.inspect.type_info` does too: it makes a decoder to begin with."""
    calls = re.compile(r"msgspec\.convert\(|\bjson\.Decoder\(|inspect\.(?:multi_)?type_info\(")
    found = {
        path.relative_to(ROOT).as_posix(): calls.findall(path.read_text(encoding="utf-8"))
        for path in (ROOT / folder).rglob("*.py")
    }
    # `paths` has a struct of its own, of a type looked through before; `notifications` reads whole numbers.
    names_of = ("core/conversion", "core/paths", "guiji/messages/notifications")
    allowed = [f"codecs/avatarwire/codecs/{name}.py" for name in names_of]
    assert {path: names for path, names in found.items() if names and path not in allowed} == {}
