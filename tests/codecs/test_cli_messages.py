"""What `decode` and `encode` say of messages with several mistakes, and that the one is the inverse of the other."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import pytest

from avatarwire.codecs import catalogue, cli, completion
from avatarwire.codecs.textform import decode_text, encode_text

SCRIPT: Final = '{"bit_rate":70,"resolution":[5,5]}'
"""A script with three mistakes."""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, list[str]]:
    code = cli.run(arguments, ())
    printed = capsys.readouterr()
    return code, printed.out, printed.err.splitlines()


# --- every error ---


def test_all_errors_of_a_script_have_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "decode", "sensetime", "--as", "LiveScript", "--all-errors", SCRIPT)
    assert code == 1
    assert err == [
        "error: argument 1: resolution[0]: got 5, expected an integer from 10 to 1080 [ST-E86]",
        "error: argument 1: resolution[1]: got 5, expected an integer from 10 to 1920 [ST-E86]",
        "error: argument 1: bit_rate: value out of range, expected a number from 1 to 7 [ST-SCR-03]",
    ]
    error = json.loads(out)["error"]
    assert (error["path"], error["clause"]) == ("bit_rate", "ST-SCR-03")
    assert [finding["path"] for finding in error["findings"]] == ["resolution[0]", "resolution[1]", "bit_rate"]
    assert error["findings"][2] == {
        "clause": "ST-SCR-03",
        "path": "bit_rate",
        "reason": "value out of range",
        "expected": "a number from 1 to 7",
        "level": "error",
    }


@pytest.mark.parametrize(
    ("vendor", "id_", "message", "paths"),
    [
        ("aliyun", "SendTextMsg.request", '{"projectId":1,"sessionId":2}', {"projectId", "sessionId"}),
        ("guiji", "createLiveSession.request", '{"liveId":"x","name":5}', {"liveId", "name"}),
        ("sensetime", "takeoverCancel.request", '{"sessionId":1,"trace":2}', {"sessionId", "trace"}),
    ],
)
def test_all_errors_of_any_message_are_told(
    capsys: pytest.CaptureFixture[str], vendor: str, id_: str, message: str, paths: set[str]
) -> None:
    code, out, err = run(capsys, "decode", vendor, "--as", id_, "--all-errors", message)
    assert code == 1
    found = {finding["path"] for finding in json.loads(out)["error"]["findings"]}
    assert found & paths
    assert len(err) >= len(found & paths)


def test_without_that_there_is_one_line_and_no_list(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "decode", "sensetime", "--as", "LiveScript", SCRIPT)
    assert len(err) == 1
    assert err[0].endswith("(and 2 more)")
    assert "findings" not in json.loads(out)["error"]


def test_one_mistake_is_told_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "decode", "aliyun", "--all-errors", "zz")
    assert (code, len(err)) == (1, 1)
    assert "pairs of hex digits" in err[0]
    assert json.loads(out)["error"]["findings"] == []


# --- the inverse ---

RECEIVED: Final = [
    # A packet of an answer that lacks most of its members, and a status without its session.
    ("aliyun", "", bytes((1, 1, 128)) + b'AVATAR07{"sessionId":"s-1","messageId":"m","content":"hi"}'),
    ("aliyun", "", bytes((1, 1, 131)) + b'AVATAR07{"status":"INIT"}'),
    ("aliyun", "", bytes((0, 1, 131)) + b"AVATAR07"),
    ("aliyun", "", bytes((1, 1, 119)) + b"AVATAR07..."),
    ("aliyun", "http.error", b'{"code":"Throttling","message":"slow","requestId":"R-1"}'),
    # A result of which the one half is missing, an id without its prefix, and an envelope without its text.
    ("guiji", "CreateNewSession.result", b'{"jsonrpc":"2.0","id":2,"sessionId":"s","result":{"ok":true}}'),
    ("guiji", "HeartBeat", b'{"id":15,"method":"HeartBeat","params":{"sessionId":"s-1","state":"Running"}}'),
    ("guiji", "createLive.response", b'{"code":200,"success":true,"data":"4001"}'),
    ("sensetime", "takeoverCommand.response", b'{"code":0,"message":"success","data":true}'),
    ("sensetime", "takeoverCommandV1.response", b'{"code":0,"message":"success","data":{"isSuccess":true}}'),
    ("sensetime", "TakeoverScript", b'{"tts_query":{"content":"too short","ssml":false}}'),
]


@pytest.mark.parametrize(("vendor", "id_", "data"), RECEIVED, ids=lambda it: it if isinstance(it, str) else "")
def test_what_was_received_is_written_back_to_the_byte(vendor: str, id_: str, data: bytes) -> None:
    about = catalogue.vendor(vendor)
    fields: dict[str, Any] = json.loads(json.dumps(dict(decode_text(about, data, as_id=id_).fields)))
    assert encode_text(about, fields, strict=False) == data


def test_what_was_changed_since_is_written_as_it_is_understood() -> None:
    about = catalogue.vendor("aliyun")
    fields = dict(decode_text(about, RECEIVED[0][2]).fields)
    fields["body"] = {**fields["body"], "content": "ho"}
    written = encode_text(about, fields, strict=False)
    assert json.loads(written[11:]) == {
        "success": True,
        "sessionId": "s-1",
        "content": "ho",
        "finish": False,
        "relatedImages": [],
        "relatedVideos": [],
        "messageId": "m",
    }


@pytest.mark.parametrize("raw", ["zz", 7, "", "00"])
def test_bytes_that_say_something_else_count_for_nothing(raw: object) -> None:
    about = catalogue.vendor("aliyun")
    fields = {"message": "interrupt.request", "serialNumber": "AVATAR07", "body": {"sessionId": "s-1"}, "raw": raw}
    assert encode_text(about, fields, strict=False) == b'\x00\x01\x02AVATAR07{"sessionId":"s-1"}'


# --- how a line may go on ---


def test_vendors_and_ids_are_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMP_WORDS", raising=False)
    monkeypatch.delenv("_TYPER_COMPLETE_ARGS", raising=False)
    assert completion.vendors("") == ["aliyun", "guiji", "sensetime"]
    assert completion.vendors("g") == ["guiji"]
    assert completion.ids("Heart") == []
    monkeypatch.setenv("COMP_WORDS", "avatarwire decode guiji --as Heart")
    assert completion.ids("Heart") == ["HeartBeat", "HeartBeat.reply"]
    monkeypatch.delenv("COMP_WORDS")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "avatarwire schema aliyun ")
    assert completion.ids("text_drive") == ["text_drive.request", "text_drive.response"]


def test_a_shell_is_answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(cli.COMPLETION, "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "avatarwire decode gu")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert run(capsys) == (0, "guiji\n", [])


def test_completion_can_be_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    # Tests are not always started by a shell.
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("bash", "/bin/bash"))
    code, out, _ = run(capsys, "--show-completion", "bash")
    assert code == 0
    assert "_AVATARWIRE_COMPLETE" in out


def test_a_pipe_that_nobody_reads_is_no_completion(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(app: object) -> None:
        @app.command("broken")  # type: ignore[attr-defined, untyped-decorator]
        def _broken() -> None:
            raise SystemExit(1)

    monkeypatch.delenv(cli.COMPLETION, raising=False)
    assert cli.run(["broken"], [broken]) == 141


def test_python_m_runs_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import runpy

    monkeypatch.setattr(sys, "argv", ["avatarwire", "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("avatarwire", run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("avatarwire ")
