"""What the server has reported of one session: its stream, what is displayed, what plays.

Notifications come in and become events; what they say is remembered. Only that lives here; requests and their answers
are in `session.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from msgspec import UnsetType

from .. import events as e
from ..messages import notifications as n
from ..wire.rpc import Packet, Unknown

__all__ = ["Broadcast", "about"]

ValueT = TypeVar("ValueT")


def about(packet: Packet) -> dict[str, Any]:
    """What every event reports of the message it came from."""
    return {"packet": packet, "deviations": packet.deviations}


class Broadcast:
    """One session as its client sees it.

    Attributes:
        playlist: what is still to be played, what plays included, as far as the server has reported it.
        playing: material that plays; None for none.
        addresses: where the stream is pulled; None before StreamPlay.
        push_urls: where the stream is pushed to (GJ-E83).
    """

    def __init__(self) -> None:
        self.playlist: tuple[int, ...] = ()
        self.playing: int | None = None
        self.addresses: n.PlayAddresses | None = None
        self.push_urls: tuple[str, ...] = ()
        self._handlers: Final[Mapping[type[Any], Callable[[Any, Packet], e.Event]]] = {
            n.StreamPlay: self._stream,
            n.Show: _shown,
            n.PlaylistState: self._played,
            Unknown: lambda _, packet: e.UnknownMessage(**about(packet)),
        }

    def take(self, packet: Packet) -> list[e.Event]:
        """What a notification reports."""
        return [self._handlers[type(packet.body)](packet.body, packet)]

    def _stream(self, body: n.StreamPlay, packet: Packet) -> e.Event:
        self.addresses = _there(body.params.playaddr, None)
        return e.StreamStarted(addresses=self.addresses, **about(packet))

    def _played(self, body: n.PlaylistState, packet: Packet) -> e.Event:
        """A list is remembered as it is reported; a cut-in leaves the playlist alone, as it has a list of its own."""
        params = body.params
        pcm_id, to_play = params.now_pcm_id, params.to_play
        cut_in = params.type is n.PlaylistKind.CUT_IN
        begun = params.status is n.PlaybackStatus.BEGIN
        if begun:
            self.playing = pcm_id
        elif self.playing == pcm_id:
            self.playing = None
        if not cut_in:
            self.playlist = (pcm_id, *to_play) if begun else to_play
        kind = e.PlaybackBegan if begun else e.PlaybackEnded
        return kind(pcm_id=pcm_id, to_play=to_play, cut_in=cut_in, **about(packet))


def _shown(body: n.Show, packet: Packet) -> e.Event:
    params = body.params
    return e.ElementShown(
        kind=_there(params.type, ""),
        name=_there(params.name, ""),
        instance=_there(params.id, ""),
        ud_code=_there(params.ud_code, ""),
        info=_there(params.info, ""),
        **about(packet),
    )


def _there(value: ValueT | UnsetType, otherwise: ValueT) -> ValueT:
    return otherwise if isinstance(value, UnsetType) else value
