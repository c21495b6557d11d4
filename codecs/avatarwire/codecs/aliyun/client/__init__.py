"""The client's side of one interaction WebSocket, without the socket.

`interaction.py` is what services use; the other modules are its parts: channel, drives, answers, states.
"""

from typing import TYPE_CHECKING

from ...lazily import lazily

# The events of a client know parts of it, and it knows them: neither waits for the other to be imported.
if TYPE_CHECKING:
    from .interaction import InteractionClient, new_message_id
else:
    __getattr__, __dir__ = lazily(__name__, {"interaction": "InteractionClient new_message_id"})

__all__ = ["InteractionClient", "new_message_id"]
