"""A throwaway certificate authority, by trustme: fakes serve TLS with its certificates, clients trust it by a file.

Only that lives here. Keys are made when a fake starts and stay in memory, but for a moment in which OpenSSL reads that
of the server from a file, as it cannot otherwise; only its owner may read it, too. trustme is imported when an
authority is opened (extra ``[tls]``).
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from avatarwire.codecs.errors import shown
from avatarwire.codecs.output_files import OutputFile
from avatarwire.fakeserver.addresses import is_address, is_everywhere
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.scenario import ScenarioError

if TYPE_CHECKING:
    import trustme

__all__ = ["Authority", "authority_of"]

_OF_EVERY_FAKE: Final = ("127.0.0.1", "::1", "localhost")
_ELSEWHERE: Final = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses of no machine (RFC 5737, RFC 3849), by which the system tells where we would send from."""


class Authority:
    """An authority for the fakes of one test, or of one run: each of them has a certificate of it.

        with Authority() as authority, FakeAliyun(tls=authority) as aliyun, FakeGuiji(tls=authority) as guiji:
            call(aliyun.http_url, trusting=authority.ca_file)

    ``tls=True`` gives a fake an authority of its own, which is all that one fake needs.

    Args:
        file: where its certificate is to be, readable for everybody; None for a temporary folder of its owner. It is
            removed at the end.

    Raises:
        FakeServerError: trustme is not installed.
    """

    def __init__(self, file: str | Path | OutputFile | None = None) -> None:
        try:
            import trustme
        except ImportError:
            reason = "tls needs trustme: pip install 'avatarwire[fakeserver,tls]'"
            raise FakeServerError(reason, key="tls") from None
        self._made: Final = trustme.CA
        self.file: Final = file if file is None or isinstance(file, OutputFile) else OutputFile(file)
        """Where its certificate is to be; None for a temporary folder."""
        self._ca: trustme.CA | None = None
        self._ca_file = ""
        self._undo: Final = ExitStack()

    @property
    def ca_file(self) -> str:
        """Path of its certificate, as PEM: what clients are told to trust.

        Raises:
            FakeServerError: it is not open.
        """
        self._opened()
        return self._ca_file

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Makes its key, and writes its certificate.

        Raises:
            FakeServerError: it is open already, or there is no temporary folder.
            OutputError: the file cannot be written.
        """
        if self._ca is not None:
            raise FakeServerError("the authority is open already", key="tls")
        ca = self._made(organization_name="avatarwire", organization_unit_name="throwaway authority of a fake server")
        pem = ca.cert_pem.bytes()
        if self.file is not None:
            self._undo.enter_context(self.file.standing(pem, public=True))
            self._ca_file = str(self.file.path.absolute())
        else:
            try:
                self._ca_file = self._in_a_folder(pem)
            except OSError as fault:
                self._undo.close()
                reason = fault.strerror or fault
                raise FakeServerError(f"tls: the authority's certificate cannot be written: {reason}") from None
        self._ca = ca

    def close(self) -> None:
        """Removes the file, and forgets the key; what has its certificates already goes on."""
        self._ca = None
        self._undo.close()

    def context(self, host: str, advertised: str | None = None) -> ssl.SSLContext:
        """What a server serves TLS with: a key and a certificate of its own.

        The certificate is for 127.0.0.1, ::1, localhost, the name of this machine, and what is given; where the server
        listens on every interface, for the addresses by which this machine reaches others as well.

        Args:
            host: what it listens on.
            advertised: name or address by which its clients reach it, if that is another.

        Raises:
            FakeServerError: it is not open, or no certificate can be for `advertised`.
        """
        ca = self._opened()
        names = [*_OF_EVERY_FAKE, *(name for name in _own_names(host) if _can_be_certified(ca, name))]
        if advertised is not None:
            name = advertised.strip("[]")
            if not _can_be_certified(ca, name):
                reason = f"advertise: no certificate can be made for {shown(name)}"
                raise FakeServerError(f"{reason}: a name has letters, digits and hyphens only", key="advertise")
            names.append(name)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate: Any = ca.issue_cert(*dict.fromkeys(names))  # its methods are typed for pyOpenSSL as well
        certificate.configure_cert(made)
        return made

    def _opened(self) -> trustme.CA:
        if self._ca is None:
            raise FakeServerError("tls: the authority is not open: use it in a with statement", key="tls")
        return self._ca

    def _in_a_folder(self, pem: bytes) -> str:
        """Writes the certificate to a folder of our own, which goes with the process at the latest."""
        folder = tempfile.mkdtemp(prefix="avatarwire-tls-")
        self._undo.callback(weakref.finalize(self, _remove, folder, os.getpid()))
        path = Path(folder, "ca.pem")
        path.write_bytes(pem)
        return str(path)


def authority_of(tls: object, ssl_context: ssl.SSLContext | None) -> Authority | None:
    """The authority that a server is told to have; None for none.

    Args:
        tls: true for a new one, an authority, or false.
        ssl_context: what it was given to serve TLS with.

    Raises:
        FakeServerError: both are given, or trustme is not installed.
        ScenarioError: `tls` is something else.
    """
    if not isinstance(tls, bool | Authority):
        raise ScenarioError("keywords", "tls", f"expected true, false or an Authority, got {shown(tls)}")
    if tls is False:
        return None
    if ssl_context is not None:
        reason = "tls makes a certificate, ssl_context has one: expected one of the two"
        raise FakeServerError(f"tls and ssl_context: {reason}", key="tls")
    return Authority() if tls is True else tls


def _remove(folder: str, process: int) -> None:
    # A process that was forked from ours ends as well, and must not take the file away.
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _own_names(host: str) -> Iterator[str]:
    """By which names and addresses a server is reached that listens on one."""
    yield host.partition("%")[0]
    machine = socket.gethostname()
    short = machine.partition(".")[0]
    yield from (machine, short, f"{short}.local")
    if is_everywhere(host):
        for family, elsewhere in _ELSEWHERE:
            # Nothing is sent by this.
            with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.connect((elsewhere, 9))
                yield str(asking.getsockname()[0])


def _can_be_certified(ca: trustme.CA, name: str) -> bool:
    """Whether a certificate can be for a name; trustme says it of one by failing to make any."""
    if is_address(name):
        return True
    if {"@", "/", "*"} & set(name):  # these mean something else to trustme
        return False
    try:
        ca.issue_cert(name)
    except ValueError:  # UnicodeError is one
        return False
    return True
