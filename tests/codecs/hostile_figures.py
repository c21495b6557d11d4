"""What it takes to read inputs that are as hard to read as their size allows: run as a module, it prints a table.

    python -m tests.codecs.hostile_figures [--entries EVERY] [--sizes 1000,16000,256000,1000000]

Markdown: for each decoder the family of inputs that takes most time a byte, and the one that takes most memory. Inputs
for entries of the catalogue are thousands, so they are measured when asked for, one of so many. Only the table lives
here; inputs and decoders are in `hostile_growth.py` and `hostile_decoders.py`, what is asked of the figures in
`test_hostile_growth.py`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from avatarwire.codecs import registry

from .hostile_decoders import of_files, of_readers, of_signatures
from .hostile_growth import Cost, Decoder, cost, of_entries

__all__ = ["rows"]

_PROBE = 16_000
"""Bytes of the inputs by which the worst family of a decoder is found."""


def rows(decoders: Iterable[Decoder], sizes: Sequence[int]) -> Iterator[str]:
    """Lines of the table: for each decoder, its worst families at each size."""
    for name, found in groupby(decoders, key=lambda decoder: decoder.name.partition(" @ ")[0]):
        probed = [(cost(decoder, _PROBE, runs=1), decoder) for decoder in found]
        slowest = max(probed, key=_seconds_a_byte)[1]
        largest = max(probed, key=_bytes_a_byte)[1]
        for what, decoder in (("time", slowest), ("memory", largest)):
            cells = [_cell(cost(decoder, size, runs=1), what) for size in sizes]
            place = decoder.name.partition(" @ ")[2]
            family = f"{decoder.family} in {place}" if place else decoder.family
            yield f"| {name} | {what} | {family} | {' | '.join(cells)} |"


def _seconds_a_byte(probed: tuple[Cost, Decoder]) -> float:
    return probed[0].seconds / probed[0].size


def _bytes_a_byte(probed: tuple[Cost, Decoder]) -> float:
    return probed[0].peak / probed[0].size


def _cell(found: Cost, what: str) -> str:
    if what == "time":
        return f"{found.seconds * 1e3:.1f} ms"
    return f"{found.peak / 1e6:.1f} MB ({found.peak / found.size:.1f}x)"


def _main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.codecs.hostile_figures")
    asked.add_argument("--entries", type=int, default=0, metavar="EVERY", help="one of so many inputs for entries")
    asked.add_argument("--sizes", default="1000,16000,256000,1000000", help="bytes of the inputs")
    given = asked.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    _say(f"| decoder | | worst family | {' | '.join(f'{size:,} B' for size in sizes)} |")
    _say(f"| --- | --- | --- |{' --- |' * len(sizes)}")
    with tempfile.TemporaryDirectory() as folder:
        for decoders in (of_readers(), of_signatures(), of_files(Path(folder))):
            for line in rows(decoders, sizes):
                _say(line)
    for vendor in registry.VENDORS if given.entries else ():
        for line in rows([*of_entries(vendor)][:: given.entries], sizes):
            _say(line)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main()
