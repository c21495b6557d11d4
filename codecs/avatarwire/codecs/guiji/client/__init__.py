"""The client's side of one broadcast session, without the broker.

`session.py` is what services use; the other modules are its parts: requests, what waits for an answer, states.
"""

from typing import TYPE_CHECKING

from ...lazily import lazily

# The events of a client know parts of it, and it knows them: neither waits for the other to be imported.
if TYPE_CHECKING:
    from .session import CLIENT_DESTROY, SessionClient
else:
    __getattr__, __dir__ = lazily(__name__, {"session": "CLIENT_DESTROY SessionClient"})

__all__ = ["CLIENT_DESTROY", "SessionClient"]
