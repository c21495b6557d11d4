"""A driver for asyncio: a broadcast with Guiji as an object to talk to. Needs the extra ``[client]``.

    async with connect(place) as session:
        await session.say("Good evening, and welcome to all of you.")

The session is in `talk.py`; what the sessions of all vendors have in common is in `avatarwire.codecs.aio`.
"""

from ...aio.extra import explained

try:
    from .talk import Answer, Session, connect
except ModuleNotFoundError as error:
    raise explained(__name__, error) from error

__all__ = ["Answer", "Session", "connect"]
