"""paho's clients with a thread of their own: how they are started and stopped, so that nothing of them is left."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as mqtt

__all__ = ["send_at_once", "stop", "threaded"]


def send_at_once(client: mqtt.Client) -> None:
    """Has a client wait with no packet until the one before is acknowledged by TCP, which takes 40 ms."""

    def without_delay(_: mqtt.Client, __: object, opened: Any) -> None:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    client.on_socket_open = without_delay


def stop(client: mqtt.Client) -> None:
    """Disconnects a client, ends its thread and closes its sockets.

    By itself paho closes the two sockets that wake its thread when it is deleted. Its callbacks know what knows the
    client, so it is deleted as part of a cycle, where the sockets' finalizers may come first: they warn that nobody has
    closed them, in whichever test happens to run then.
    """
    client.disconnect()
    client.loop_stop()
    client.reinitialise()


@contextmanager
def threaded(client: mqtt.Client, host: str, port: int) -> Generator[mqtt.Client]:
    """A client that is connected, or about to be, and works in a thread of its own until the block ends."""
    send_at_once(client)
    client.connect(host, port)
    client.loop_start()
    try:
        yield client
    finally:
        stop(client)
