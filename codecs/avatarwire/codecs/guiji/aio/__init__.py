"""A driver for asyncio: a broadcast with Guiji as an object to talk to. Needs the extra ``[client]``.

async with connect(place) as session:
await session.say("Good evening, and welcome to all of you.")
"""

from .talk import Answer, Session, connect

__all__ = ["Answer", "Session", "connect"]
