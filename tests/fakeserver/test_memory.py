"""A running server reads without asking the kernel for memory each time: see `keep_large_blocks`."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in
                "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]

try:
    mallinfo2 = ctypes.CDLL(None).mallinfo2
except AttributeError:
    raise SystemExit(77)
mallinfo2.restype = Info

def mapped():
    "How many blocks a read of asyncio takes from the kernel."
    before = mallinfo2().hblks
    block = bytearray(256 * 1024)
    return mallinfo2().hblks - before

from avatarwire.fakeserver import {fake}

with {fake}():
    print(mapped())
"""


@pytest.mark.parametrize("fake", ["FakeAliyun", "FakeGuiji", "FakeSenseTime"])
def test_a_read_takes_no_memory_from_the_kernel(fake: str) -> None:
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("another C library, which manages memory in other ways")
    # A new process, as whatever ran in this one has freed larger blocks; and what an environment says of glibc counts.
    command = [sys.executable, "-c", SCRIPT.format(fake=fake)]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, capture_output=True, text=True, check=False, env={}, timeout=60
    )
    if done.returncode == 77:
        pytest.skip("glibc before 2.33 does not tell how many blocks it has from the kernel")
    assert (done.stdout.strip(), done.stderr) == ("0", "")
