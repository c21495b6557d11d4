"""The throwaway authority: where its certificate is, for which names its certificates are, and what it refuses."""

from __future__ import annotations

import gc
import os
import socket
import ssl
import stat
import sys
import tempfile
from pathlib import Path

import pytest
import typer

from avatarwire.codecs.cli import need
from avatarwire.codecs.output_files import OutputError
from avatarwire.fakeserver import Authority, FakeAliyun, FakeGuiji, FakeServerError, ScenarioError


def names(context: ssl.SSLContext, ca_file: str) -> set[str]:
    """Names and addresses that the certificate of a server is for, by a handshake in memory."""
    trusting = ssl.create_default_context(cafile=ca_file)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname="localhost")
    server = context.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    certificate = client.getpeercert()
    assert certificate is not None
    alternatives: tuple[tuple[str, str], ...] = certificate["subjectAltName"]  # type: ignore[assignment]
    return {name for _, name in alternatives}


def names_for(host: str, advertised: str | None = None) -> set[str]:
    """Those of a server that listens on a host."""
    with Authority() as authority:
        return names(authority.context(host, advertised), authority.ca_file)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_certificate_is_there_as_long_as_it_is_open_and_no_key_ever(folder: Path) -> None:
    with Authority() as authority:
        path = Path(authority.ca_file)
        authority.context("127.0.0.1")
        assert [file for file in folder.rglob("*") if file.is_file()] == [path]
        assert path.read_text().count("-----BEGIN CERTIFICATE-----") == 1
        assert "PRIVATE KEY" not in path.read_text()
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []
    with pytest.raises(FakeServerError, match="the authority is not open: use it in a with statement"):
        _ = authority.ca_file


def test_a_named_file_may_be_read_by_everybody_and_goes_at_the_end(tmp_path: Path) -> None:
    with Authority(tmp_path / "ca.pem") as authority:
        assert authority.ca_file == str(tmp_path / "ca.pem")
        assert stat.S_IMODE((tmp_path / "ca.pem").stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory"), Authority(tmp_path / "no" / "ca.pem"):
        pass


def test_no_temporary_folder_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(FakeServerError, match="certificate cannot be written: No such file"), FakeAliyun(tls=True):
        pass


def test_a_process_that_was_forked_leaves_the_file_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority()
    authority.open()
    path = Path(authority.ca_file)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    authority.close()
    assert path.exists()


def test_what_nobody_has_closed_goes_with_the_authority(folder: Path) -> None:
    authority = Authority()
    authority.open()
    assert len(list(folder.iterdir())) == 1
    del authority
    gc.collect()
    assert list(folder.iterdir()) == []


def test_it_is_opened_once_at_a_time() -> None:
    authority = Authority()
    with authority, pytest.raises(FakeServerError, match="open already"):
        authority.open()
    with authority:
        assert Path(authority.ca_file).exists()


def test_certificates_are_for_every_name_of_this_machine() -> None:
    machine = socket.gethostname().lower()
    assert names_for("127.0.0.1") >= {"127.0.0.1", "0:0:0:0:0:0:0:1", "localhost", machine}


@pytest.mark.parametrize(
    ("host", "advertised", "name"),
    [
        ("127.0.0.5", None, "127.0.0.5"),
        ("fakes.example", None, "fakes.example"),
        ("fe80::7%lo", None, "FE80:0:0:0:0:0:0:7"),
        ("127.0.0.1", "avatarwire", "avatarwire"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "[fd00::9]", "FD00:0:0:0:0:0:0:9"),
    ],
)
def test_certificates_are_for_where_a_fake_listens_and_what_it_tells(
    host: str, advertised: str | None, name: str
) -> None:
    assert name in names_for(host, advertised)
    assert name not in names_for("127.0.0.1")


def test_on_every_interface_it_is_for_the_address_that_others_see(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asking(socket.socket):
        def connect(self, address: object) -> None:
            if self.family is socket.AF_INET6:
                raise OSError("no IPv6 here")

        def getsockname(self) -> tuple[str, int]:
            return "10.9.8.7", 0

    monkeypatch.setattr(socket, "socket", Asking)
    assert {"0.0.0.0", "10.9.8.7"} <= names_for("0.0.0.0")  # noqa: S104 - nobody listens
    assert "10.9.8.7" not in names_for("127.0.0.1")


def test_a_machine_whose_name_is_none_for_certificates_has_fakes_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "build_agent-7")
    assert names_for("127.0.0.1") == {"127.0.0.1", "0:0:0:0:0:0:0:1", "localhost"}


@pytest.mark.parametrize("name", ["my_service", "x" * 64])
def test_a_name_that_no_certificate_can_have_is_refused_where_it_was_asked_for(name: str, folder: Path) -> None:
    with pytest.raises(FakeServerError, match="advertise: no certificate can be made for") as caught:
        FakeAliyun(tls=True, advertise=name).__enter__()
    assert caught.value.key == "advertise"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["somebody@example.com", "*.example.com", "10.0.0.0/8"])
def test_what_means_something_else_to_trustme_is_no_name(name: str) -> None:
    with Authority() as authority, pytest.raises(FakeServerError, match="no certificate can be made"):
        authority.context("127.0.0.1", name)


def test_two_fakes_of_one_authority_have_one_file(folder: Path) -> None:
    with Authority() as authority:
        with FakeAliyun(tls=authority) as aliyun, FakeGuiji(tls=authority) as guiji:
            assert aliyun.ca_file == guiji.ca_file == authority.ca_file
        assert Path(authority.ca_file).exists()
    assert list(folder.iterdir()) == []


def test_a_fake_needs_its_authority_to_be_open() -> None:
    fake = FakeAliyun(tls=Authority())
    with pytest.raises(FakeServerError, match="the authority is not open"):
        fake.__enter__()


def test_the_extra_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "trustme", None)
    with pytest.raises(FakeServerError, match=r"tls needs trustme: pip install 'avatarwire\[fakeserver,tls\]'"):
        FakeAliyun(tls=True)
    assert FakeAliyun().ca_file is None


def test_a_certificate_of_ones_own_and_a_made_one_are_too_many() -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with pytest.raises(FakeServerError, match=r"tls and ssl_context: .* expected one of the two") as caught:
        FakeAliyun(tls=True, ssl_context=own)
    assert caught.value.key == "tls"


@pytest.mark.parametrize("given", [1, "yes"])
def test_what_is_no_answer_to_the_question_is_refused(given: object) -> None:
    with pytest.raises(ScenarioError, match="keywords: tls: expected true, false or an Authority"):
        FakeAliyun(tls=given)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


class InTheWay:
    """Lets nobody import trustme."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name.partition(".")[0] == "trustme":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_an_import_that_is_not_let_through_is_a_library_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "trustme", raising=False)
    monkeypatch.setattr(sys, "meta_path", [InTheWay, *sys.meta_path])
    with pytest.raises(FakeServerError, match=r"tls needs trustme"):
        Authority()
    with pytest.raises(typer.Exit):
        need(("trustme",), "tls", "serve --tls")
    assert "serve --tls needs the extra tls" in capsys.readouterr().err
