"""The client's side of one broadcast session, without the broker.

`session.py` is what services use; the other modules are its parts: requests, what waits for an answer, states.
"""

from .session import CLIENT_DESTROY, SessionClient

__all__ = ["CLIENT_DESTROY", "SessionClient"]
