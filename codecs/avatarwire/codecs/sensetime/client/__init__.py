"""The customer's side of one live and of its microphone socket, without connections.

`live.py` and `conversation.py` are what services use; the other modules are their parts.
"""

from typing import TYPE_CHECKING

from ...lazily import lazily

# The events of a client know parts of it, and it knows them: neither waits for the other to be imported.
if TYPE_CHECKING:
    from .live import LiveClient, MicrophoneClient
else:
    __getattr__, __dir__ = lazily(__name__, {"live": "LiveClient MicrophoneClient"})

__all__ = ["LiveClient", "MicrophoneClient"]
