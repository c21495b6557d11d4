"""A driver for asyncio: a session with Aliyun as an object to talk to. Needs the extra ``[client]``.

async with connect(place) as session:
answer = await session.say("Where is the library?")
"""

from .talk import Answer, Session, connect

__all__ = ["Answer", "Session", "connect"]
