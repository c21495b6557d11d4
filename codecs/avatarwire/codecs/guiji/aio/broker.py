"""A connection to the MQTT broker by aiomqtt, with the errors of our own tree. Only the connecting lives here."""

from __future__ import annotations

import asyncio
import logging
import ssl
from contextlib import suppress
from typing import Final
from urllib.parse import unquote, urlsplit

import aiomqtt

from ...errors import ConnectionLostError, RefusedError

__all__ = ["connected", "disconnected"]

NODELAY: Final = (6, 1, 1)
"""IPPROTO_TCP, TCP_NODELAY: without it every answer waits 40 ms for the next one."""
REFUSED: Final = 128
"""From here on, what a broker grants to a subscription is a refusal."""

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


async def connected(
    url: str,
    user: str | None,
    password: str | None,
    topic: str,
    seconds: float,
    *,
    trust: ssl.SSLContext | None = None,
) -> aiomqtt.Client:
    """Connects, and subscribes to a topic before anything can be missed of it (GJ-R072).

    Args:
        url: of the broker; user and password in it count where the others are None.
        user, password: of the account (GJ-E04).
        topic: to subscribe to.
        seconds: that each step, and each message later on, may take.
        trust: what mqtts trusts; None for what this machine does.

    Raises:
        RefusedError: the broker does not let us in, or does not grant the topic.
        ConnectionLostError: it cannot be reached.
    """
    parts = urlsplit(url)
    client = aiomqtt.Client(
        parts.hostname or "",
        parts.port or _PORTS[parts.scheme],
        username=user or (unquote(parts.username) if parts.username else None),
        password=password or (unquote(parts.password) if parts.password else None),
        timeout=seconds,
        socket_options=[NODELAY],
        tls_context=(trust or ssl.create_default_context()) if parts.scheme == "mqtts" else None,
        logger=_logger(),
    )
    entering = asyncio.create_task(client.__aenter__())
    try:
        # It connects in a thread, which cannot be cancelled.
        await asyncio.shield(entering)
        granted = await client.subscribe(topic, qos=1)
    except asyncio.CancelledError:
        await asyncio.wait({entering})
        entering.exception()
        await disconnected(client)
        raise
    except aiomqtt.MqttError as error:
        # Also where the broker has not let us in: its socket would be kept, and a task with it.
        await disconnected(client)
        if entering.exception() is not None and isinstance(error, aiomqtt.MqttCodeError):
            raise RefusedError(f"the broker refuses: {error}", clause="GJ-E04") from error
        raise ConnectionLostError(f"the broker cannot be reached: {error}") from error
    if any((code if isinstance(code, int) else code.value) >= REFUSED for code in granted):
        await disconnected(client)
        raise RefusedError("the broker does not grant topicSub", clause="GJ-R072")
    return client


def _logger() -> logging.Logger:
    """For what aiomqtt has to say: nothing of it reaches the terminal unless somebody asks for it."""
    logger = logging.getLogger("avatarwire.mqtt")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return logger


async def disconnected(client: aiomqtt.Client) -> None:
    """Says goodbye, where there is still somebody to say it to."""
    with suppress(aiomqtt.MqttError):
        await client.__aexit__(None, None, None)
