"""Mosquitto in a process of its own, with state on disk; and a broker by hand that says what a test wants it to say.

Only what tests of the client of a broker elsewhere share may live here.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
import trustme

from tests.fakeserver.mqtt.raw import LIMIT, PASSWORD

PROGRAM: Final = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port for a server that cannot say which one it has got, and that comes back to it after it was killed.

    Those that the system gives out would not do: any connection may be given the same one while nobody listens there.
    """
    for port in random.SystemRandom().sample(range(20_000, 30_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


class Mosquitto:
    """A broker that can be killed and started again.

    Args:
        folder: where it keeps its state.
        authority: gives it a certificate; without one it speaks no TLS.
    """

    def __init__(self, folder: Path, authority: trustme.CA | None = None) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        users = folder / "users"
        users.touch(mode=0o600)
        subprocess.run(["mosquitto_passwd", "-b", users, "anna", PASSWORD], check=True)  # noqa: S603, S607
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"password_file {users}",
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            "log_dest stderr",
            "set_tcp_nodelay true",
        ]
        if os.geteuid() == 0:
            lines.append("user root")
        if authority is not None:
            certificate = authority.issue_cert("127.0.0.1")
            certificate.private_key_pem.write_to_path(folder / "key.pem")
            certificate.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
            lines += [f"keyfile {folder / 'key.pem'}", f"certfile {folder / 'certificate.pem'}"]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    @property
    def url(self) -> str:
        return f"mqtt://anna:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}"

    def start(self) -> None:
        assert PROGRAM is not None
        command = [PROGRAM, "-c", str(self._folder / "mosquitto.conf")]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=self._folder)  # noqa: S603
        self._process = process
        assert process.stderr is not None
        told = ""
        for line in process.stderr:
            told += line
            if "running" in line:
                # Its pipe must not fill up.
                self._reader = threading.Thread(target=process.stderr.read)
                self._reader.start()
                return
        raise AssertionError(f"Mosquitto did not start: {told}")

    def kill(self) -> None:
        """Ends it at once, without a chance to save anything."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait(LIMIT)
            if self._reader is not None:
                self._reader.join(LIMIT)
            assert process.stderr is not None
            process.stderr.close()
            self._process = None


@contextmanager
def mosquitto(folder: Path, authority: trustme.CA | None = None) -> Generator[Mosquitto]:
    if PROGRAM is None:
        reason = "Mosquitto is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    broker = Mosquitto(folder, authority)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


class Script:
    """A broker by hand: each connection is given to a function.

    Args:
        talk: what is done with a connection that was accepted; the socket is closed after that.
    """

    def __init__(self, *talk: Callable[[socket.socket], None]) -> None:
        self._talk = talk
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.failures: list[BaseException] = []

    def _serve(self) -> None:
        for talk in self._talk:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(LIMIT)
                try:
                    talk(connection)
                except BaseException as failure:
                    self.failures.append(failure)

    def __enter__(self) -> Script:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(LIMIT)
        assert self.failures == []

    @property
    def url(self) -> str:
        return f"mqtt://anna:secret@127.0.0.1:{self.port}"
