"""What TLS connections of the drivers trust: ``ca_file`` of the place, beside what this machine does."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme

from avatarwire.codecs.aio.place import Place
from avatarwire.codecs.aliyun.aio import connect
from avatarwire.codecs.errors import ConnectionLostError, ValidationError
from avatarwire.fakeserver import FakeAliyun


def place(**values: object) -> Place:
    return Place("acme", values, {}, needed=())


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    trustme.CA(organization_name="somebody").cert_pem.write_to_path(str(path))
    return path


def test_a_file_is_trusted_beside_what_this_machine_trusts(ca_file: Path) -> None:
    context = place(ca_file=str(ca_file)).trust
    assert context is not None
    own, more = ssl.create_default_context().cert_store_stats(), context.cert_store_stats()
    assert more["x509_ca"] == own["x509_ca"] + 1
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize("values", [{}, {"ca_file": None}, {"ca_file": ""}])
def test_without_a_file_it_is_what_this_machine_trusts(values: dict[str, object]) -> None:
    assert place(**values).trust is None


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read"), ("no certificate", "no certificate in it"), ("", "no certificate")],
)
def test_a_file_that_is_none_is_an_error_about_the_key(tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ValidationError, match=told) as caught:
        _ = place(ca_file=str(path)).trust
    assert (caught.value.path, caught.value.expected) == ("ca_file", "path of a file of certificates, as PEM")


def test_a_path_that_is_no_text_is_an_error_about_the_key() -> None:
    with pytest.raises(ValidationError) as caught:
        _ = place(ca_file=7).trust
    assert (caught.value.path, caught.value.expected) == ("ca_file", "text")


async def test_a_driver_that_trusts_somebody_else_reaches_nobody(ca_file: Path) -> None:
    async with FakeAliyun(tls=True) as fake:
        with pytest.raises(ConnectionLostError, match="CERTIFICATE_VERIFY_FAILED"):
            async with connect(fake, timeout=10.0, ca_file=str(ca_file)):
                pass
        with pytest.raises(ConnectionLostError, match="CERTIFICATE_VERIFY_FAILED"):
            async with connect(fake, timeout=10.0, ca_file=""):
                pass
