"""What each request does: the five methods a client has, on a session that was found and may be asked.

What a result says is validated when it is made, the envelope around it is not: id and session are known to be right.

Only carrying out lives here. Whether a request is accepted at all, which session it is about and how its answer is sent
is in `mqtt.py`. A request is carried out as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, TypeAlias

from msgspec import UNSET

from avatarwire.codecs.errors import shown
from avatarwire.codecs.guiji.messages import replies
from avatarwire.codecs.guiji.messages import rpc_requests as requests
from avatarwire.codecs.guiji.messages.replies import RpcErrorCode
from avatarwire.codecs.guiji.messages.rpc_requests import PlaylistAction, PlaylistParams
from avatarwire.codecs.guiji.resources import RTMP
from avatarwire.fakeserver.guiji.conversation import Conversation
from avatarwire.fakeserver.guiji.elements import Element
from avatarwire.fakeserver.guiji.playback import Playback, PlaybackRefusal
from avatarwire.fakeserver.guiji.rpc_errors import RpcRefusal
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.sessions import LiveSession, SessionStage
from avatarwire.fakeserver.guiji.state import GuijiState

__all__ = ["Methods"]

MODIFIED: Final = "modify res ok"
EXECUTED: Final = "exec res ok"
"""Texts of results that the document does not show (GJ-E75, GJ-E76, GJ-E83): ours."""

Later: TypeAlias = Callable[[replies.Result], None]
"""Takes the result of a request that is not answered at once."""


class Methods:
    """Carries out requests.

    Args:
        state: rooms, tokens, records.
        scenario: how it behaves.
        destroy: ends a session by its client's will, with a cause that the client is not told.
    """

    def __init__(self, state: GuijiState, scenario: GuijiScenario, destroy: Callable[[LiveSession, str], None]) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._destroy: Final = destroy

    def carry_out(self, conversation: Conversation, request: requests.Request, later: Later) -> replies.Result | None:
        """Carries out one request.

        Args:
            conversation: about the session it names.
            request: what is asked.
            later: takes the result where it is not given at once.

        Returns:
            The result, or None for one that comes later.

        Raises:
            RpcRefusal: it cannot be carried out; nothing has changed.
        """
        stage = conversation.session.stage
        if stage not in _STAGES.get(type(request), (SessionStage.RUNNING,)):
            raise _bad("method", _UNTIMELY[stage], "GJ-R083")
        result: replies.Result | None = self._HANDLERS[type(request)](self, conversation, request, later)
        return result

    # CreateNewSession

    def _create(self, conversation: Conversation, request: requests.CreateNewSession, later: Later) -> None:
        session, params = conversation.session, request.params
        if request.live_id != session.live_id:
            raise _bad("liveId", f"the session belongs to live room {session.live_id}", "GJ-R085")
        if params.token != request.token:
            reason = "not the token beside the id"
            raise RpcRefusal(RpcErrorCode.TOKEN_REJECTED, reason, path="params.token", clause="GJ-E65")
        if self._state.tokens.account_of(request.token) != session.account:
            reason = "the token is unknown, expired or another account's"
            raise RpcRefusal(RpcErrorCode.TOKEN_REJECTED, reason, path="token", clause="GJ-R084")
        self._check_playlist(conversation, params.playlist)
        conversation.layers.add(params.res_list)
        conversation.playback.add(params.playlist, by=_CREATION)
        conversation.prepare(partial(self.created, session, request, later))

    def created(self, session: LiveSession, request: requests.CreateNewSession, later: Later) -> None:
        """What CreateNewSession results in once everything is prepared."""
        self._state.records.begin(session)
        body = replies.CreatedBody(session_id=session.id, message=replies.MADE)
        later(replies.CreateNewSessionResult.trusted(id=request.id, session_id=session.id, result=body))

    def _check_playlist(self, conversation: Conversation, playlist: Sequence[int]) -> None:
        if unknown := conversation.playback.unknown(playlist):
            reason = f"no material {unknown[0]} in live room {conversation.session.live_id}"
            raise _bad("params.playlist", reason, "GJ-R097")
        if len(playlist) > self._scenario.max_playlist:
            reason = f"{len(playlist)} items, expected at most {self._scenario.max_playlist}"
            raise _bad("params.playlist", reason, "GJ-E69")

    # DestroySession

    def _end(self, conversation: Conversation, request: requests.DestroySession, later: Later) -> replies.Result:
        del later
        cause = request.params.cause
        self._destroy(conversation.session, "DestroySession" if cause is UNSET else cause)
        return self.ended(conversation.session, request.id)

    @staticmethod
    def ended(session: LiveSession, request_id: int) -> replies.Result:
        """What DestroySession results in; the same however often a session is ended."""
        body = replies.DestroyedBody(session_id=session.id, ok=True, info=replies.CLOSED)
        return replies.DestroySessionResult.trusted(id=request_id, session_id=session.id, result=body)

    # ModifySessionResList

    def _modify(
        self, conversation: Conversation, request: requests.ModifySessionResList, later: Later
    ) -> replies.Result:
        """Removes, then adds (GJ-E75). A session is never without its digital human (GJ-R090): ours."""
        del later
        removed, added = request.params.rmv_res.res_list, request.params.add_res.res_list
        layers = conversation.layers.copy()
        for index, gone in enumerate(removed):
            name = gone.res_options.name
            if not layers.remove(gone.type, name):
                path = f"params.rmvRes.resList[{index}].resOptions.name"
                raise _bad(path, f"layer {gone.type} holds no resource {shown(name)}", "GJ-E75")
        elements = layers.add(added)
        if len(layers.elements) > self._scenario.max_elements:
            reason = f"the session would hold more than {self._scenario.max_elements} resources"
            raise _bad("params.addRes.resList", reason, "GJ-R103")
        if layers.human is None:
            raise _bad("params.rmvRes.resList", "the session would be without a digital human", "GJ-R090")
        conversation.layers = layers
        conversation.show(elements)
        body = replies.TextBody(session_id=conversation.session.id, message=MODIFIED)
        session_id = conversation.session.id
        return replies.ModifySessionResListResult.trusted(id=request.id, session_id=session_id, result=body)

    # ExecSessionResList

    def _execute(
        self, conversation: Conversation, request: requests.ExecSessionResList, later: Later
    ) -> replies.Result:
        """All commands or none: every one is looked at before the first is carried out."""
        del later
        steps = [
            self._step(conversation, item, f"params.executeList[{index}]")
            for index, item in enumerate(request.params.execute_list)
        ]
        for step in steps:
            step()
        body = replies.TextBody(session_id=conversation.session.id, message=EXECUTED)
        return replies.ExecSessionResListResult.trusted(id=request.id, session_id=conversation.session.id, result=body)

    def _step(self, conversation: Conversation, item: requests.ExecuteItem, path: str) -> Callable[[], None]:
        """What one command will do."""
        element = conversation.layers.named(item.name)
        if element is None:
            raise _bad(f"{path}.name", f"the session holds no resource {shown(item.name)}", "GJ-R107")
        session = conversation.session
        match item.options:
            case requests.SwitchTemplate(args=switch):
                code = switch.audio_driven.ud_code
                if not self._has_scene(conversation, element, code):
                    where = f"{path}.options.args.audioDriven.udCode"
                    raise _bad(where, f"no template and no presenter has the scene {shown(code)}", "GJ-E71")
                return lambda: conversation.switch(element, code)
            case requests.SetPushStreams(args=push):
                return lambda: self._push(conversation, push.pushurls)
            case requests.ClosePushStreams(args=push):
                return lambda: session.push_no_more_to(push.pushurls)
            case _:
                starts = item.name == RTMP and self._scenario.stream_start == "execute"
                if not (starts or self._scenario.allow_unknown_commands):
                    raise _bad(f"{path}.options.method", f"{shown(item.method)} is no documented command", "GJ-E77")
                return conversation.start_stream if starts else lambda: None

    def _has_scene(self, conversation: Conversation, element: Element, code: str) -> bool:
        """Whether there is a scene that the digital human may be switched to (GJ-E71)."""
        human = element.human
        templates = () if human is None else human.audio_driven.templates
        is_template = any(template.ud_code == code for template in templates)
        return is_template or self._state.stock.covers(conversation.session.room, code) is not None

    def _push(self, conversation: Conversation, urls: Sequence[str]) -> None:
        """Pushes to others; by one reading of 4.1 that is what starts the stream (GJ-E77)."""
        conversation.session.push_to(urls)
        if self._scenario.stream_start == "execute":
            conversation.start_stream()

    # pushPlayListManager

    def _playlist(
        self, conversation: Conversation, request: requests.PushPlayListManager, later: Later
    ) -> replies.Result:
        """A failure of business is a result with ``ok`` false (GJ-E81)."""
        del later
        session_id, playback = conversation.session.id, conversation.playback
        try:
            _ACTIONS[request.params.action](playback, request.params)
        except PlaybackRefusal as refusal:
            body = replies.PlaylistBody(session_id=session_id, ok=False, message=str(refusal))
        else:
            body = replies.PlaylistBody(session_id=session_id, ok=True, data=playback.listing())
        return replies.PushPlayListManagerResult.trusted(id=request.id, session_id=session_id, result=body)

    # Any is Methods: inside its body the class has no name yet that a type checker accepts.
    _HANDLERS: ClassVar[Mapping[type[requests.Request], Callable[[Any, Conversation, Any, Later], Any]]] = {
        requests.CreateNewSession: _create,
        requests.DestroySession: _end,
        requests.ModifySessionResList: _modify,
        requests.ExecSessionResList: _execute,
        requests.PushPlayListManager: _playlist,
    }


# --- tables ---

_CREATION: Final = "CreateNewSession.request"
_LISTING: Final = "pushPlayListManager.request"

_STAGES: Final[Mapping[type[requests.Request], tuple[SessionStage, ...]]] = {
    requests.CreateNewSession: (SessionStage.CREATED,),
    requests.DestroySession: (SessionStage.CREATED, SessionStage.PREPARING, SessionStage.RUNNING),
}
"""Stages in which a request makes sense, where that is not only while the session runs."""

_UNTIMELY: Final[Mapping[SessionStage, str]] = {
    SessionStage.CREATED: "the session does not run yet, CreateNewSession comes first",
    SessionStage.PREPARING: "the session does not run yet, CreateNewSession is still being carried out",
    SessionStage.RUNNING: "the session runs already, CreateNewSession comes once",
}


_ACTIONS: Final[Mapping[PlaylistAction, Callable[[Playback, PlaylistParams], None]]] = {
    PlaylistAction.ADD: lambda playback, params: playback.add(params.pcm_ids or (), by=_LISTING),
    PlaylistAction.INSERT: lambda playback, params: playback.insert(
        params.index or 0, params.pcm_ids or (), _old(params), by=_LISTING
    ),
    PlaylistAction.DELETE: lambda playback, params: playback.delete(params.index or 0, _old(params)),
    PlaylistAction.GET: lambda playback, params: None,
    PlaylistAction.INSERT_AT_SILENT: lambda playback, params: playback.cut_in(params.pcm_ids or (), by=_LISTING),
}
"""What each action does; the codec has seen to it that its arguments are there."""


def _old(params: PlaylistParams) -> int | None:
    return None if params.old_pcm_id is UNSET else params.old_pcm_id


def _bad(path: str, reason: str, clause: str) -> RpcRefusal:
    return RpcRefusal(RpcErrorCode.BAD_ARGUMENTS, reason, path=path, clause=clause)
