"""Tries every mutant of a client: ``python -m tests.conformance.mutant_clients [VENDOR...] [--time 60s]``."""

from __future__ import annotations

import sys

from .running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
