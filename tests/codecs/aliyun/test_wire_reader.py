"""The second reader itself: it shares nothing with the package, and reads the literal frames."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from . import wire_reader
from .frame_samples import SAMPLES, SERIAL, Sample


def test_it_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(wire_reader.__file__).read_text(encoding="utf-8"))
    modules = {
        name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert modules == {"__future__", "base64", "collections.abc", "json", "typing"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.message_id)
def test_it_reads_the_literal_frames(sample: Sample) -> None:
    reading = wire_reader.read(bytes.fromhex(sample.wire), sample.sender)
    assert (reading.message, reading.serial) == (sample.message_id, SERIAL)
    again = wire_reader.read(wire_reader.write(reading.message, reading.content, SERIAL), sample.sender)
    assert again == reading


@pytest.mark.parametrize(
    ("wire", "problem"),
    [
        ("", "shorter than a header"),
        ("0001000000000000000000", "Expecting value"),
        ("00010000000000000000005b5d", "not an object"),
        ("00010000000000000000007b7d", "sessionId is missing"),
        ("0001010000000000000000", r"\(0, 1, 1\) from the client"),
        ("00018200000000000000007b7d", "neither start nor end"),
    ],
)
def test_it_refuses_the_rest(wire: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        wire_reader.read(bytes.fromhex(wire), "client")
