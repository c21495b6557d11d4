"""What a client is, is found out where its import can do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarwire.conformance.probing.adapter import BadClient
from avatarwire.conformance.probing.looking import Nature, nature_of

HERE = "tests.conformance.probing.clients"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("import threading; threading.Event().wait()", "the import of it_is_bad has not ended within 2 s"),
        ("import os; os._exit(0)", "the import of it_is_bad has ended its process"),
        ("import os; os.kill(os.getpid(), 9)", "the import of it_is_bad has ended its process"),
        ("raise KeyboardInterrupt", "it_is_bad cannot be imported: KeyboardInterrupt"),
        ("raise SystemExit(4)", "it_is_bad cannot be imported: SystemExit: 4"),
        ("import nowhere_at_all", "no module nowhere_at_all"),
        ("print({}); Adapter = 4", "it_is_bad:Adapter is no class"),
    ],
)
def test_an_import_that_does_harm_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, error: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "it_is_bad.py").write_text(content)
    with pytest.raises(BadClient) as caught:
        nature_of("it_is_bad:Adapter", seconds=2.0 if "wait" in content else 30.0)
    assert str(caught.value) == f"--client: {error}"


def test_what_makes_time_real_is_named() -> None:
    assert nature_of(f"{HERE}:Silent").text == ""
    assert nature_of(f"{HERE}:Threaded").text == "real time: start(), say() and stop() are no coroutine functions"
    assert Nature(("say",)).text == "real time: say() is no coroutine function"
