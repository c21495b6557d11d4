"""Requests of one session, made from what a caller has to say: envelope, repeated ids and fixed values are added here.

Only the making lives here. Whether a request may be sent now, and what becomes of it, is in `session.py`; what it looks
like on the wire in `messages/rpc_requests.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import UNSET

from ..messages import rpc_requests as r
from ..resources import DTHUMAN, RTMP, DrawOptions, RemovedResource, ResourceElement, ResourceName, VideoSize

__all__ = ["Asking"]


class Asking:
    """Makes the requests of one session. Every method takes the id of the request first.

    All of them raise `ValidationError` where an argument is not as documented.

    Args:
        session_id, topic_sub: the session, from createLiveSession.
        live_id: the live room.
        token: the access token of the HTTP calls (GJ-R084).
    """

    def __init__(self, session_id: str, topic_sub: str, live_id: int, token: str) -> None:
        self._session_id: Final = session_id
        self._topic_sub: Final = topic_sub
        self._live_id: Final = live_id
        self._token: Final = token

    def create(
        self, id_: int, res_list: Iterable[ResourceElement], playlist: Iterable[int], video_size: VideoSize
    ) -> r.CreateNewSession:
        """Starts rendering (4.2.3)."""
        params = r.CreateParams(
            session_id=self._session_id,
            rule=r.RULE,
            mode=r.MODE,
            video_size=video_size,
            token=self._token,
            res_list=tuple(res_list),
            playlist=tuple(playlist),
        )
        return r.CreateNewSession(
            **self._envelope(id_),
            live_id=self._live_id,
            token=self._token,
            live_platform=r.LIVE_PLATFORM,
            params=params,
        )

    def modify(
        self, id_: int, add: Iterable[ResourceElement], remove: Iterable[ResourceElement | RemovedResource]
    ) -> r.ModifySessionResList:
        """Removes elements, identified by layer and name, and adds others (4.2.4, GJ-E75)."""
        gone = (
            RemovedResource(type=element.type, res_options=ResourceName(name=element.res_options.name))
            for element in remove
        )
        params = r.ModifyParams(
            session_id=self._session_id,
            rmv_res=r.RemovedResources(res_list=tuple(gone)),
            add_res=r.AddedResources(res_list=tuple(add)),
        )
        return r.ModifySessionResList(**self._envelope(id_), params=params)

    def destroy(self, id_: int, cause: str) -> r.DestroySession:
        """Ends the session (4.2.5)."""
        params = r.DestroyParams(session_id=self._session_id, cause=cause)
        return r.DestroySession(**self._envelope(id_), params=params)

    def switch_template(self, id_: int, ud_code: str, draw_options: DrawOptions | None) -> r.ExecSessionResList:
        """Switches the digital human to another scene (4.2.6)."""
        switch = r.TemplateSwitch(
            audio_driven=r.AudioTarget(ud_code=ud_code), draw_options=UNSET if draw_options is None else draw_options
        )
        return self._execute(id_, DTHUMAN, r.SwitchTemplate(args=switch))

    def set_push_streams(self, id_: int, urls: Iterable[str]) -> r.ExecSessionResList:
        """Pushes the stream to RTMP addresses (4.2.9)."""
        return self._execute(id_, RTMP, r.SetPushStreams(args=r.PushUrls(pushurls=tuple(urls))))

    def close_push_streams(self, id_: int, urls: Iterable[str]) -> r.ExecSessionResList:
        """Pushes no more to them (4.2.9)."""
        return self._execute(id_, RTMP, r.ClosePushStreams(args=r.PushUrls(pushurls=tuple(urls))))

    def manage(
        self,
        id_: int,
        action: r.PlaylistAction,
        *,
        pcm_ids: Iterable[int] | None = None,
        index: int | None = None,
        old_pcm_id: int | None = None,
    ) -> r.PushPlayListManager:
        """Manages the playlist (4.2.7); arguments that an action has no use for are left out (GJ-E80)."""
        given = {"pcm_ids": None if pcm_ids is None else tuple(pcm_ids), "index": index, "old_pcm_id": old_pcm_id}
        arguments: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        params = r.PlaylistParams(session_id=self._session_id, action=action, **arguments)
        return r.PushPlayListManager(**self._envelope(id_), params=params)

    def _execute(self, id_: int, name: str, command: r.KnownCommand) -> r.ExecSessionResList:
        item = r.ExecuteItem(name=name, options=command)
        params = r.ExecuteParams(session_id=self._session_id, execute_list=(item,))
        return r.ExecSessionResList(**self._envelope(id_), params=params)

    def _envelope(self, id_: int) -> dict[str, Any]:
        return {"id": id_, "session_id": self._session_id, "sender": self._topic_sub}
