"""Which tests start processes, brokers or browsers, or compute for seconds: `make test-fast` leaves them out.

A file that is missing here costs those a moment who run `make test-fast`, and nothing else. Within a file that is quick
otherwise a test has the mark `slow` itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["SLOW", "TESTS", "is_slow"]

TESTS: Final = Path(__file__).parent

SLOW: Final = (
    "codecs/aio/test_extra.py",
    "codecs/aio/test_matrix.py",
    "codecs/core/test_conversion.py",
    "codecs/test_cli.py",
    "codecs/test_cli_ledger.py",
    "codecs/test_lazily.py",
    "conformance/clients",
    "conformance/fuzzing",
    "conformance/guiji/test_server.py",
    "conformance/mutants",
    "conformance/probing",
    "conformance/report/test_html.py",
    "conformance/sensetime/test_server.py",
    "conformance/test_action.py",
    "conformance/test_cli_conform_client.py",
    "conformance/test_cli_demo.py",
    "conformance/test_cli_fuzz.py",
    "conformance/test_cli_mutants.py",
    "conformance/test_cli_probe.py",
    "fakeserver/bad_days/test_all.py",
    "fakeserver/control/test_container.py",
    "fakeserver/control/test_node.py",
    "fakeserver/control/test_serve.py",
    "fakeserver/guiji/test_mosquitto.py",
    "fakeserver/guiji/test_server.py",
    "fakeserver/mqtt/test_bridge.py",
    "fakeserver/mqtt/test_libraries.py",
    "fakeserver/record/test_command.py",
    "fakeserver/sensetime/test_browser.py",
    "fakeserver/test_cli.py",
    "fakeserver/test_memory.py",
    "fakeserver/test_package.py",
    "fakeserver/test_pytest_plugin.py",
    "fakeserver/test_threads_at_once.py",
    "fakeserver/trace/test_of_tests.py",
    "fourth_vendor/test_fake.py",
    "project/test_clean_install.py",
    "project/test_installed_plugin.py",
    "project/test_layout.py",
    "project/test_once.py",
    "project/test_packaging.py",
    "project/test_readme.py",
    "project/test_readme_fresh.py",
)
"""Files, and folders of files, below `TESTS`."""

_PATHS: Final = frozenset(TESTS / name for name in SLOW)


def is_slow(file: Path) -> bool:
    """Whether a file, or a folder that it is in, is one of these."""
    return not _PATHS.isdisjoint((file, *file.parents))
