"""The command line of the codecs: what it prints where, and with which exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from avatarwire.codecs import catalogue, cli, installed
from avatarwire.codecs.output_files import OutputError

# heartbeat.ping in its ruled form, and in that of the document's sample (ALI-E01).
PING = "0e01ff53455249414c30317b7d"
SAMPLE_PING = "0001ff53455249414c30317b7d"
INTERRUPT = "00010253455249414c30317b2273657373696f6e4964223a22732d31227d"
# text_drive.request with askType 3, and half a header.
BAD_ASK = "000180" + "53455249414c3031" + b'{"sessionId":"s-1","text":"a","askType":3,"messageId":"m-1"}'.hex()
SHORT = "0e01"

Run = Callable[..., "tuple[int, str, list[str]]"]


class Terminal(io.StringIO):
    """What a person sits in front of."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in this process: exit code, standard output, lines of standard error."""

    def command(
        *arguments: str,
        stdin: bytes = b"",
        registers: Sequence[cli.Register] | None = (),
        screen: Terminal | None = None,
    ) -> Any:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            if screen is not None:
                patched.setattr(sys, "stdout", screen)
            code = cli.run(arguments, registers)
        printed = capsys.readouterr()
        return code, printed.out, printed.err.splitlines()

    return command


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal with colours, 120 characters wide."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


# --- decode ---


def test_decode_prints_one_object_a_frame(run: Run) -> None:
    code, out, err = run("decode", "aliyun", PING, INTERRUPT)
    first, second = (json.loads(line) for line in out.splitlines())
    assert (code, err) == (0, [])
    assert (first["message"], first["sender"], first["serialText"], first["raw"]) == (
        "heartbeat.ping", "client", "SERIAL01", PING,
    )  # fmt: skip
    assert second["body"] == {"sessionId": "s-1"}


def test_a_bad_frame_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.hex"
    file.write_text(f"# three frames\n{PING}\n{BAD_ASK}\n\n{PING}\n", encoding="utf-8")
    code, out, err = run("decode", "aliyun", str(file), SHORT)
    assert code == 1
    assert err == [
        f"error: {file}:3: aliyun text_drive.request: askType: got 3, expected 1 or 2 [ALI-R099]",
        "error: argument 2: aliyun header: byte 2: 2 bytes, expected at least 11 bytes [ALI-R082]",
    ]
    good, bad, also_good, short = (json.loads(line) for line in out.splitlines())
    assert good == also_good
    assert bad == {
        "error": {
            "place": f"{file}:3",
            "message": "text_drive.request",
            "reason": "got 3",
            "offset": None,
            "path": "askType",
            "expected": "1 or 2",
            "clause": "ALI-R099",
        }
    }
    assert short["error"]["offset"] == 2


def test_decode_reads_standard_input(run: Run) -> None:
    code, out, err = run("decode", "aliyun", "-", stdin=bytes.fromhex(PING))
    assert (code, err) == (0, [])
    assert json.loads(out)["message"] == "heartbeat.ping"


def test_strict_refuses_other_forms_than_the_ruled_one(run: Run) -> None:
    assert run("decode", "aliyun", SAMPLE_PING)[0] == 0
    code, _, (line,) = run("decode", "aliyun", "--strict", SAMPLE_PING)
    assert code == 1
    assert line.endswith("[ALI-E01]")


def test_the_sender_can_be_said(run: Run) -> None:
    code, _, (line,) = run("decode", "aliyun", "--sender", "server", PING)
    assert code == 1
    assert "frame type 14 from the server" in line


def test_a_file_that_cannot_be_read_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    assert run("decode", "aliyun", str(tmp_path)) == (2, "", [f"error: {tmp_path}: Is a directory"])


def test_pretty_explains_each_byte_without_colours_where_there_is_no_terminal(run: Run) -> None:
    code, out, err = run("decode", "aliyun", "--pretty", SAMPLE_PING, SHORT)
    assert code == 1
    assert len(err) == 1
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "argument 1 heartbeat.ping: are you there? (WS struct 2)",
        "00 frameType 0 control: everything a client sends but heartbeats, audio included",
        "01 dataType 1 json: UTF-8 JSON text",
        "ff bizType 255 heartbeats and error messages",
        "53 45 52 49 41 4c 30 31 serialNumber SERIAL01",
        "7b 7d payload 2 bytes",
        "{}",
        'deviations: ["ALI-E01"]',
    ]


def test_pretty_shortens_what_is_long(run: Run) -> None:
    _, out, _ = run("decode", "aliyun", "--pretty", "00008153455249414c3031" + "00" * 300)
    assert "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … payload       300 bytes" in out
    assert f'"pcm": "{"A" * 160}… (400 characters)"' in out


def test_pretty_keeps_control_characters_from_the_terminal(run: Run) -> None:
    _, out, _ = run("decode", "aliyun", "--pretty", "0e01ff" + "1b5b324a41414141" + "7b7d")
    assert "serialNumber  \\x1b[2JAAAA" in out


def test_on_a_terminal_a_field_has_one_colour_in_bytes_and_legend(run: Run, terminal: Terminal) -> None:
    assert run("decode", "aliyun", PING, screen=terminal)[0] == 0
    lines = terminal.getvalue().splitlines()
    assert lines[1].startswith("  \x1b[36m0e")
    assert "frameType" in lines[1]
    assert lines[4].startswith("  \x1b[33m53 45 52 49 41 4c 30 31")


def test_json_can_be_asked_for_on_a_terminal(run: Run, terminal: Terminal) -> None:
    assert run("decode", "aliyun", "--json", PING, screen=terminal)[0] == 0
    assert json.loads(terminal.getvalue())["raw"] == PING


# --- encode ---


def test_encode_is_the_inverse_of_decode(run: Run) -> None:
    frames = [PING, INTERRUPT, SAMPLE_PING]
    _, decoded, _ = run("decode", "aliyun", *frames)
    assert run("encode", "aliyun", "-", stdin=decoded.encode()) == (0, "\n".join(frames) + "\n", [])


def test_encode_goes_on_after_what_it_refuses(run: Run) -> None:
    ping = '{"message":"heartbeat.ping","serialNumber":"SERIAL01"}'
    code, out, err = run("encode", "aliyun", '{"message":"interrupt.request","body":{}}', "{", ping)
    assert (code, out) == (1, PING + "\n")
    assert err == [
        "error: argument 1: aliyun interrupt.request: sessionId: required field is missing, "
        "expected text that is not empty [ALI-R095]",
        "error: argument 2: byte 1: the JSON text ends too early, "
        "expected a JSON object in UTF-8, or the name of a file",
    ]


def test_encode_writes_back_what_decode_understood_where_that_is_asked_for(run: Run) -> None:
    short = '{"tts_query":{"content":"too short","ssml":false}}'
    code, decoded, _ = run("decode", "sensetime", "--as", "TakeoverScript", short)
    assert code == 0
    code, out, (line,) = run("encode", "sensetime", "-", stdin=decoded.encode())
    assert (code, out) == (1, "")
    assert line.endswith("[ST-TKO-23]")
    code, out, _ = run("encode", "sensetime", "--as-received", "-", stdin=decoded.encode())
    assert (code, json.loads(out)) == (0, json.loads(short))
    code, _, (line,) = run("encode", "sensetime", "--as-received", "--as", "TakeoverScript", '{"audio":7}')
    assert (code, "audio: got an integer" in line) == (1, True)


def test_encode_suggests_the_nearest_message(run: Run) -> None:
    code, _, (line,) = run("encode", "aliyun", '{"message":"interupt.request"}')
    assert code == 1
    assert "no message 'interupt.request', expected interrupt.request" in line


def test_encode_may_be_kept_to_one_side(run: Run) -> None:
    code, out, _ = run("encode", "aliyun", "--sender", "server", '{"message":"heartbeat.ping"}')
    assert (code, out) == (1, "")


def test_raw_writes_the_one_frame_as_it_is(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ping.bin"
    ping = '{"message":"heartbeat.ping","serialNumber":"SERIAL01"}'
    assert run("encode", "aliyun", "--raw", str(file), ping) == (0, "", [])
    assert file.read_bytes() == bytes.fromhex(PING)
    code, _, (line,) = run("encode", "aliyun", "--raw", str(file), ping, ping)
    assert code == 2
    assert "one frame, not 2" in line
    missing = tmp_path / "no" / "where"
    assert run("encode", "aliyun", "--raw", str(missing), ping) == (
        2, "", [f"error: --raw {missing}: No such file or directory"],
    )  # fmt: skip


def test_raw_writes_no_device_and_no_file_that_is_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ping = '{"message":"heartbeat.ping","serialNumber":"SERIAL01"}'
    code, out, (line,) = run("encode", "aliyun", "--raw", "/dev/null", ping)
    assert (code, out) == (2, "")
    assert line.startswith("error: --raw /dev/null: is a device, expected a regular file")
    file = tmp_path / "ping.json"
    file.write_text(ping, encoding="utf-8")
    told = [f"error: --raw {file}: is the file of {file}, too"]
    assert run("encode", "aliyun", "--raw", str(file), str(file)) == (2, "", told)
    assert file.read_text(encoding="utf-8") == ping

    def full(output: object, data: bytes) -> None:
        raise OutputError("--raw", file, "No space left on device")

    monkeypatch.setattr("avatarwire.codecs.output_files.OutputFile.write_bytes", full)
    told = [f"error: --raw {file}: No space left on device"]
    assert run("encode", "aliyun", "--raw", str(file), ping) == (2, "", told)


# --- schema and list ---


def test_schema_is_one_document(run: Run) -> None:
    code, out, err = run("schema", "aliyun")
    assert (code, err) == (0, [])
    assert json.loads(out) == json.loads(json.dumps(catalogue.vendor("aliyun").schema()))
    assert json.loads(out).keys() == {"vendor", "entries", "$defs"}


def test_schema_of_one_entry_is_complete_in_itself(run: Run) -> None:
    code, out, _ = run("schema", "aliyun", "interrupt.request")
    assert code == 0
    assert json.loads(out)["schema"]["$defs"].keys() == {"InterruptRequest"}


def test_schema_suggests_the_nearest_entry(run: Run) -> None:
    assert run("schema", "aliyun", "text_drive.reqest") == (
        2, "", ["error: no message or type of aliyun 'text_drive.reqest'; did you mean text_drive.request?"],
    )  # fmt: skip


def test_list_has_a_line_for_each_entry(run: Run) -> None:
    code, out, _ = run("list", "aliyun")
    assert code == 0
    assert "interrupt.request\tmessage\tclient->server\theader 00 01 02\tstop speaking" in out.splitlines()
    assert len(out.splitlines()) == len(catalogue.vendor("aliyun"))


def test_list_as_json_says_what_each_entry_travels_in(run: Run) -> None:
    code, out, err = run("list", "aliyun", "--json")
    document = json.loads(out)
    assert (code, err, document["vendor"], len(document["entries"])) == (
        0,
        [],
        "aliyun",
        len(catalogue.vendor("aliyun")),
    )
    listed = {entry["id"]: entry for entry in document["entries"]}
    interrupt, start = listed["interrupt.request"], listed["StartAvatarSession.request"]
    assert interrupt["header"] == {"frameType": 0, "dataType": 1, "bizType": 2}
    assert (start["method"], start["path"], start["parametersIn"]) == (
        "POST", "/yic/yic-console/openService/v1/avatar/project/startAvatarSession", "body",
    )  # fmt: skip
    codes = {entry["id"]: entry.get("code") for entry in json.loads(run("list", "sensetime", "--json")[1])["entries"]}
    assert (codes["microphone.begin"], codes["microphone.ready"], codes["microphone.audio"]) == (0, 2, None)
    topics = {entry["id"]: entry.get("topic") for entry in json.loads(run("list", "guiji", "--json")[1])["entries"]}
    assert (topics["HeartBeat"], topics["HeartBeat.reply"]) == ("topicSub", "topicPub")
    assert json.loads(run("list", "--json")[1]) == list(catalogue.VENDORS)


# --- by id ---

ANSWER = '{"code":200,"msg":"ok","success":true,"data":4001}'


def test_what_several_entries_fit_is_chosen_by_as(run: Run) -> None:
    several = json.loads(run("decode", "guiji", ANSWER)[1])
    assert (several["id"], several["ids"]) == (None, ["createLive.response", "uploadMaterial.response"])
    code, out, err = run("decode", "guiji", "--as", "uploadMaterial.response", ANSWER)
    assert (code, err, json.loads(out)["id"]) == (0, [], "uploadMaterial.response")


def test_as_takes_the_body_alone_when_encoding(run: Run) -> None:
    assert run("encode", "guiji", "--as", "createLive.response", ANSWER) == (0, ANSWER + "\n", [])
    assert run("encode", "guiji", "--as", "queryLive.request", '{"id":4001}') == (0, "id=4001\n", [])


def test_as_takes_an_id_there_is(run: Run) -> None:
    for command in ("decode", "encode"):
        code, out, (line,) = run(command, "guiji", "--as", "createLive.respons", ANSWER)
        assert (code, out) == (2, "")
        assert line == "error: no message or type of guiji 'createLive.respons'; did you mean createLive.response?"


def test_a_failure_that_was_to_be_a_success_is_an_error_with_its_code(run: Run) -> None:
    code, out, err = run("decode", "guiji", "--as", "createLive.response", '{"code":500,"msg":"no","success":false}')
    assert (code, err) == (1, ["error: argument 1: HTTP 200 500: no"])
    assert json.loads(out) == {"error": {"place": "argument 1", "code": "500", "reason": "no", "clause": ""}}


def test_list_is_a_table_on_a_terminal(run: Run, terminal: Terminal) -> None:
    assert run("list", "aliyun", screen=terminal)[0] == 0
    heading = terminal.getvalue().splitlines()[0]
    assert "direction" in heading
    assert "\t" not in heading


@pytest.mark.parametrize("command", ["schema", "list"])
def test_without_a_vendor_the_vendors_are_listed(run: Run, command: str) -> None:
    assert run(command) == (0, "\n".join(catalogue.VENDORS) + "\n", [])


@pytest.mark.parametrize("arguments", [("decode", "nobody", PING), ("encode", "nobody", "{}"), ("schema", "nobody")])
def test_an_unknown_vendor_is_told_in_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments) == (2, "", [f"error: no vendor 'nobody'; there are: {', '.join(catalogue.VENDORS)}"])


# --- the command itself ---


def test_version(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "version", {"avatarwire": "1.2.3"}.__getitem__)
    assert run("--version") == (0, "avatarwire 1.2.3\n", [])


def test_version_of_sources_that_are_not_installed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(installed, "version", missing)
    assert run("--version") == (0, "avatarwire (not installed)\n", [])


def test_without_a_command_it_tells_which_there_are(run: Run) -> None:
    code, out, err = run()
    assert (code, err) == (2, [])
    for command in ("decode", "encode", "schema", "list"):
        assert f"\n  {command} " in out


@pytest.mark.parametrize("command", ["decode", "encode", "schema", "list"])
def test_help_tells_the_exit_codes(command: str) -> None:
    helped = CliRunner().invoke(cli.application(), [command, "--help"])
    assert helped.exit_code == 0
    assert "0 everything is fine, 1 the data is wrong, 2 the command" in " ".join(helped.output.split())


def test_help_is_framed_on_a_terminal(run: Run, terminal: Terminal) -> None:
    assert run("--help", screen=terminal)[0] == 0
    assert "╭" in terminal.getvalue()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("decode", "aliyun"), "Missing argument"),
        (("decode", "aliyun", "--sender", "nobody", PING), "'--sender'"),
        (("decode", "aliyun", "--nonsense", PING), "--nonsense"),
        (("dcode",), "'dcode'"),
    ],
)
def test_wrong_usage_is_told_in_one_line(run: Run, arguments: tuple[str, ...], told: str) -> None:
    code, out, (line,) = run(*arguments)
    assert (code, out) == (2, "")
    assert line.startswith("error: ")
    assert told in line


@pytest.mark.parametrize("failure", [KeyboardInterrupt, typer.Abort])
def test_ctrl_c_ends_it_without_a_word(run: Run, failure: type[BaseException]) -> None:
    def register(app: typer.Typer) -> None:
        @app.command()
        def wait() -> None:
            raise failure

    code, out, _ = run("wait", registers=[register])
    assert (code, out) == (130, "")


def test_a_mistake_of_ours_is_not_hidden(run: Run) -> None:
    def register(app: typer.Typer) -> None:
        @app.command()
        def stumble() -> None:
            raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        run("stumble", registers=[register])


# --- what the components bring ---


def give(monkeypatch: pytest.MonkeyPatch, points: list[EntryPoint]) -> None:
    """Lets only these entry points be installed."""

    def entry_points(*, group: str) -> list[EntryPoint]:
        return [point for point in points if point.group == group]

    monkeypatch.setattr(cli, "entry_points", entry_points)


def test_components_add_their_commands_by_entry_points(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def register(app: typer.Typer) -> None:
        @app.command()
        def wave() -> None:
            typer.echo("hello")

    monkeypatch.setattr(sys.modules[__name__], "register_for_test", register, raising=False)
    points = [
        EntryPoint("codecs", "avatarwire.codecs.cli:register", cli.GROUP),
        EntryPoint("greeting", f"{__name__}:register_for_test", cli.GROUP),
    ]
    give(monkeypatch, points)
    assert run("wave", registers=None) == (0, "hello\n", [])
    assert run("decode", "aliyun", PING, registers=None)[0] == 0


def test_a_component_that_lacks_its_extra_is_told_of_when_it_is_asked_for(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [EntryPoint("singing", "avatarwire_singing.cli:register", cli.GROUP)]
    give(monkeypatch, points)
    assert run("decode", "aliyun", PING, registers=None)[0] == 0
    assert run("sing", registers=None) == (
        2, "", ["error: no command 'sing' without its extra: pip install \"avatarwire[singing]\""],
    )  # fmt: skip


def test_a_command_can_name_the_extra_it_needs(run: Run) -> None:
    def register(app: typer.Typer) -> None:
        @app.command()
        def sing() -> None:
            cli.need(["json"], "reading", "avatarwire sing")
            cli.need(["json", "avatarwire_voice"], "singing", "avatarwire sing")

    assert run("sing", registers=[register]) == (
        2, "", ['error: avatarwire sing needs the extra singing: pip install "avatarwire[singing]"'],
    )  # fmt: skip


@pytest.mark.parametrize("module", ["typer", "rich"])
def test_without_its_extra_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert run("--help") == (2, "", ['error: the command needs the extra cli: pip install "avatarwire[cli]"'])


# --- as a process ---


def started(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the command in a process of its own."""
    return subprocess.run(  # noqa: S603 - the project's own command
        [sys.executable, "-m", "avatarwire.codecs.cli", *arguments],
        input=stdin,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        timeout=60,
        check=False,
    )


def test_what_is_piped_on_is_utf8_whatever_the_locale() -> None:
    greeting = '{"message":"text_drive.request","body":{"sessionId":"s","text":"你好","askType":1,"messageId":"m"}}'
    written = started("encode", "aliyun", "-", stdin=greeting.encode(), PYTHONIOENCODING="ascii")
    assert (written.returncode, written.stderr) == (0, b"")
    read = started("decode", "aliyun", "-", stdin=written.stdout, PYTHONIOENCODING="ascii")
    assert (read.returncode, read.stderr) == (0, b"")
    assert "你好".encode() in read.stdout


def test_the_exit_code_of_the_process_is_that_of_the_command() -> None:
    done = started("decode", "aliyun", SHORT)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "error: argument 1: aliyun header: byte 2: 2 bytes, expected at least 11 bytes [ALI-R082]"
    ]


def test_main_takes_the_arguments_of_the_process(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["avatarwire", "list"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out == "".join(f"{vendor}\n" for vendor in catalogue.VENDORS)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_terminal_shows_what_it_can(monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    class Ascii(io.TextIOWrapper):
        def isatty(self) -> bool:
            return is_terminal

    out = Ascii(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(
        sys, "argv", ["avatarwire", "decode", "aliyun", "--pretty", "00008153455249414c3031" + "00" * 17]
    )
    with pytest.raises(SystemExit):
        cli.main()
    out.flush()
    shown = out.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]  # a BytesIO
    assert ("00 ? " if is_terminal else "00 … ") in shown


def test_main_leaves_a_stream_alone_that_has_no_encoding(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["avatarwire", "list"])
    monkeypatch.setattr(sys, "stdout", terminal)
    with pytest.raises(SystemExit):
        cli.main()
    assert terminal.getvalue() == "".join(f"{vendor}\n" for vendor in catalogue.VENDORS)


# --- messages that are JSON ---

HEARTBEAT = '{"method":"HeartBeat","id":15,"params":{"sessionId":":---:s-1","state":"Running"}}'
REPLY = '{"id":15,"result":{"sessionId":"s-1","message":"m"},"sessionId":"s-1","sender":"1/x","z":1}'


def test_messages_are_read_and_written_as_json(run: Run) -> None:
    code, out, err = run("decode", "guiji", "--json", HEARTBEAT, HEARTBEAT.encode().hex())
    first, second = (json.loads(line) for line in out.splitlines())
    assert (code, err, first) == (0, [], second)
    assert (first["message"], first["sender"], first["body"]) == ("HeartBeat", "server", json.loads(HEARTBEAT))
    assert run("encode", "guiji", "-", stdin=out.encode()) == (0, f"{HEARTBEAT}\n{HEARTBEAT}\n", [])


def test_bad_json_is_told_by_its_byte_and_the_next_line_is_read(run: Run) -> None:
    lines = f'{HEARTBEAT}\n{{"id":15,}}\n{REPLY}\n'
    code, out, err = run("decode", "guiji", "-", stdin=lines.encode())
    assert code == 1
    assert [json.loads(line).get("message", "error") for line in out.splitlines()] == [
        "HeartBeat", "error", "HeartBeat.reply",
    ]  # fmt: skip
    [line] = err
    assert line.startswith("error: line 2: guiji: byte 9: not JSON: ")
    assert line.endswith("[GJ-R124]")


def test_pretty_shows_a_message_without_bytes(run: Run) -> None:
    code, out, _ = run("decode", "guiji", "--pretty", REPLY)
    assert code == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "argument 1 HeartBeat.reply: the client is there (4.2.8)"
    assert lines[1:4] == ["{", '"id": 15,', '"result": {']
    assert lines[-2:] == ['deviations: ["GJ-E84"]', 'unknownFields: {"z":1}']


def test_a_message_may_be_written_to_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "heartbeat.json"
    fields = json.dumps({"message": "HeartBeat", "body": json.loads(HEARTBEAT)})
    assert run("encode", "guiji", "--raw", str(file), fields) == (0, "", [])
    assert file.read_text(encoding="utf-8") == HEARTBEAT
