"""The customer's side of one live and of its microphone socket, without connections.

`live.py` and `conversation.py` are what services use; the other modules are their parts.
"""

from .live import LiveClient, MicrophoneClient

__all__ = ["LiveClient", "MicrophoneClient"]
