"""The client's side of one interaction WebSocket, without the socket.

`interaction.py` is what services use; the other modules are its parts: channel, drives, answers, states.
"""

from .interaction import InteractionClient, new_message_id

__all__ = ["InteractionClient", "new_message_id"]
