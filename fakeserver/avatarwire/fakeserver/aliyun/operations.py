"""What each of the twelve HTTP operations does to the state, and what it answers.

One method an operation, and the table of them. They are given a request that was decoded and is let in; a call that
cannot be carried out ends in a `Refusal`. Routing, signatures and errors are in `http.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.http_enums import (
    SELECTED_STATUSES,
    OperateType,
    ProjectStatus,
    SaveOperateType,
    SendTextStatus,
    StopStatus,
)
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.errors import ValidationError
from avatarwire.fakeserver.aliyun.errors import (
    CHANNELS_EXCEEDED,
    FORM,
    LIST_FAILED,
    SESSION_STATUS,
    no_session,
    refused,
    unfit,
)
from avatarwire.fakeserver.aliyun.project_scenes import advice, mismatches, shown
from avatarwire.fakeserver.aliyun.projects import Project
from avatarwire.fakeserver.aliyun.resources import page, shown_anchor, shown_voice
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.sessions import Session
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.pipeline import Handler
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Operations"]


class Operations:
    """The operations, over one state.

    Attributes:
        handlers: what carries out each operation, by its id.
    """

    def __init__(self, state: AliyunState, scenario: AliyunScenario) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._stops = 0
        self.handlers: Final[Mapping[str, Handler[str]]] = MappingProxyType(
            {
                "ListAvatarProject": self.list_avatar_project,
                "QueryAvatarProject": self.query_avatar_project,
                "StartAvatarSession": self.start_avatar_session,
                "StopAvatarSession": self.stop_avatar_session,
                "QueryAvatarResource": self.query_avatar_resource,
                "SaveAvatarProject": self.save_avatar_project,
                "OperateAvatarProject": self.operate_avatar_project,
                "QuerySessionInfo": self.query_session_info,
                "ListAnchor": self.list_anchor,
                "ListVoiceModels": self.list_voice_models,
                "CheckSession": self.check_session,
                "SendTextMsg": self.send_text_msg,
            }
        )

    # Projects

    def list_avatar_project(
        self, request: http.ListAvatarProjectRequest, exchange: Exchange[str]
    ) -> http.ListAvatarProjectResponse:
        """The account's projects that exist, in the order asked for; others are left out (API 1)."""
        asked = (self._state.project(project_id) for project_id in dict.fromkeys(request.project_id_list))
        return http.ListAvatarProjectResponse(
            request_id=exchange.request_id,
            query_avatar_project_result_list=tuple(
                http.AvatarProjectSummary(
                    status=project.status,
                    project_name=project.name,
                    project_id=project.id,
                    agent_id=project.agent_id,
                    error_msg=project.error_msg,
                )
                for project in asked
                if project is not None and project.main_id == exchange.account
            ),
        )

    def query_avatar_project(
        self, request: http.QueryAvatarProjectRequest, exchange: Exchange[str]
    ) -> http.QueryAvatarProjectResponse:
        """One project; its id is not among the fields (API 2.2, ALI-E125)."""
        project = self._state.projects.require(request.project_id, exchange.account)
        return http.QueryAvatarProjectResponse(
            request_id=exchange.request_id,
            status=project.status,
            project_name=project.name,
            agent_id=project.agent_id,
            error_msg=project.error_msg,
            scale_type=project.scale_type,
            res_spec_type=project.res_spec_type,
            frames=shown(project.frames),
            script_model_tag=project.script_model_tag or None,
        )

    def save_avatar_project(
        self, request: http.SaveAvatarProjectRequest, exchange: Exchange[str]
    ) -> http.SaveAvatarProjectResponse:
        """Creates or edits, and publishes; a voice that does not suit its figure shows when that ends (ALI-R061)."""
        projects = self._state.projects
        is_new = request.operate_type is SaveOperateType.CREATE
        project = projects.create(request, exchange.account) if is_new else self._edited(request, exchange)
        exchange.violations += mismatches(project.frames, self._state.stock)
        exchange.violations += advice(project.frames, self._state.stock, project.scale_type, project.res_spec_type)
        status = projects.publish(project, project.channels)
        has_failed = status is ProjectStatus.DEPLOY_FAIL
        return http.SaveAvatarProjectResponse(
            request_id=exchange.request_id,
            status=status,
            project_id=project.id,
            project_name=project.name,
            agent_id=project.agent_id,
            error_msg=project.error_msg if has_failed else "",
            error_code=project.error_code if has_failed else None,
            error_message=project.error_msg if has_failed else None,
        )

    def _edited(self, request: http.SaveAvatarProjectRequest, exchange: Exchange[str]) -> Project:
        try:
            return self._state.projects.edit(request, exchange.account)
        except ValidationError as error:
            broken = Violation(error.clause or FORM, error.path, error.reason, error.expected)
            raise unfit(http.SAVE_AVATAR_PROJECT, error, request.to_dict(), broken) from None

    def operate_avatar_project(
        self, request: http.OperateAvatarProjectRequest, exchange: Exchange[str]
    ) -> http.OperateAvatarProjectResponse:
        """Deletes, takes offline or publishes; too few lines are told with `success` false (API 7.2, ALI-E88)."""
        project = self._state.projects.require(request.project_id, exchange.account)
        error = self._operate(project, request)
        return http.OperateAvatarProjectResponse(
            request_id=exchange.request_id,
            success=not error,
            error_code=CHANNELS_EXCEEDED if error else None,
            error_message=error or None,
        )

    def _operate(self, project: Project, request: http.OperateAvatarProjectRequest) -> str:
        match request.operate_type:
            case OperateType.DELETE:
                self._state.delete(project)
            case OperateType.OFFLINE:
                self._state.take_offline(project)
            case OperateType.DEPLOY:
                project.check("deploy")
                if shortage := self._state.projects.shortage(project, request.channels):
                    return shortage
                self._state.projects.publish(project, request.channels)
        return ""

    # Sessions

    def start_avatar_session(
        self, request: http.StartAvatarSessionRequest, exchange: Exchange[str]
    ) -> http.StartAvatarSessionResponse:
        """Starts a session; the reply's undescribed `token` is left out rather than guessed (ALI-E118)."""
        started = self._state.start(request, exchange.account, exchange.headers.get("host", ""))
        if started.is_new:
            exchange.violations += self._doubts(started.session.project)
        if request.channel_token:
            exchange.notes["note"] = "the caller's channelToken is not used; later releases of the service take one"
        return http.StartAvatarSessionResponse(
            request_id=exchange.request_id,
            session_id=started.session.id,
            channel_token=started.channel_token,
            web_socket_url=started.web_socket_url,
        )

    def _doubts(self, project: Project) -> Iterator[Violation]:
        """What is worth a warning about a session that was started."""
        if project.status is not ProjectStatus.DEPLOYED:
            reason = f"the project is {project.status.value}, not DEPLOYED"
            yield Violation("ALI-E87", "projectId", reason, level="warning")
        living = len(self._state.sessions.living(project))
        if living > project.channels:
            reason = f"{living} sessions of a project that is deployed with {project.channels} lines"
            yield Violation("ALI-E89", "projectId", reason, level="warning")

    def stop_avatar_session(
        self, request: http.StopAvatarSessionRequest, exchange: Exchange[str]
    ) -> http.StopAvatarSessionResponse:
        """Stops a session, once more if need be; one that is unknown fails as the scenario says (ALI-E121)."""
        session = self._found(request.project_id, request.session_id, exchange)
        if session is None and self._scenario.stop_unknown == "error":
            raise no_session(request.project_id, request.session_id)
        status = StopStatus.STOPPED_FAIL if session is None else self._stop_status()
        if session is not None and status is StopStatus.STOPPED:
            self._state.stop(session, "stopped over HTTP")
        return http.StopAvatarSessionResponse(request_id=exchange.request_id, status=status)

    def _stop_status(self) -> StopStatus:
        """What becomes of the stop of a session that there is."""
        scripted = self._scenario.stop_statuses
        turn, self._stops = self._stops, self._stops + 1
        return StopStatus(scripted[min(turn, len(scripted) - 1)]) if scripted else StopStatus.STOPPED

    def query_session_info(
        self, request: http.QuerySessionInfoRequest, exchange: Exchange[str]
    ) -> http.QuerySessionInfoResponse:
        """A page of a project's sessions, the oldest first; STARTED means FREE and BUSY (ALI-E79)."""
        project = self._state.projects.require(request.project_id, exchange.account)
        wanted = {status for asked in request.status_list for status in SELECTED_STATUSES[asked]}
        sessions = [session for session in self._state.sessions.of(project) if session.status in wanted]
        return http.QuerySessionInfoResponse(
            request_id=exchange.request_id,
            total=len(sessions),
            query_resource_info_list=tuple(
                http.SessionInfo(session_id=session.id, status=session.status)
                for session in page(sessions, request.page_no, request.page_size_or_default)
            ),
        )

    def check_session(self, request: http.CheckSessionRequest, exchange: Exchange[str]) -> http.CheckSessionResponse:
        """FREE or BUSY (ALI-E97); STOPPED for a stopped session is this fake's own."""
        session = self._session(request.project_id, request.session_id, exchange)
        # Trusted, as it is checked where it is encoded: clients ask for this again and again.
        return http.CheckSessionResponse.trusted(request_id=exchange.request_id, status=session.status)

    def send_text_msg(self, request: http.SendTextMsgRequest, exchange: Exchange[str]) -> http.SendTextMsgResponse:
        """Takes a text for a session. A repeated requestId is a new text, as callers use seconds (ALI-E72).

        Where a socket is open, what is to be said waits for its channel, as on the socket (ALI-R078, ALI-E19). Who has
        none pulls the video alone, as the document's Android sample does.
        """
        session = self._session(request.project_id, request.session_id, exchange)
        early = None if session.talk is None else session.talk.early()
        if early is not None:
            if self._scenario.before_ready == "refuse":
                raise refused(str(early), SESSION_STATUS, early)
            exchange.violations.append(early)
        self._state.say(session, request.text, AskType(int(request.type)), request.request_id)
        return http.SendTextMsgResponse.trusted(request_id=exchange.request_id, status=SendTextStatus.SUCCESS)

    # What there is to choose from

    def query_avatar_resource(
        self, request: http.QueryAvatarResourceRequest, exchange: Exchange[str]
    ) -> http.QueryAvatarResourceResponse:
        """The resources that are still valid (API 5)."""
        del request
        return http.QueryAvatarResourceResponse(
            request_id=exchange.request_id,
            query_resource_info_list=self._state.stock.resources(exchange.now),
        )

    def list_anchor(self, request: http.ListAnchorRequest, exchange: Exchange[str]) -> http.ListAnchorResponse:
        """A page of the figures that match (API 9)."""
        if exchange.operation.id in self._scenario.failing_lists:
            return http.ListAnchorResponse(request_id=exchange.request_id, items=(), **_FAILED)
        figures = self._state.stock.anchors(request)
        shown_page = page(figures, request.page_number_or_default, request.page_size_or_default)
        return http.ListAnchorResponse(
            request_id=exchange.request_id,
            total=len(figures),
            items=tuple(shown_anchor(figure) for figure in shown_page),
            **_SUCCEEDED,
        )

    def list_voice_models(
        self, request: http.ListVoiceModelsRequest, exchange: Exchange[str]
    ) -> http.ListVoiceModelsResponse:
        """A page of the voices that match (API 10)."""
        if exchange.operation.id in self._scenario.failing_lists:
            return http.ListVoiceModelsResponse(request_id=exchange.request_id, items=(), **_FAILED)
        voices = self._state.stock.voices(request)
        shown_page = page(voices, request.page_number_or_default, request.page_size_or_default)
        return http.ListVoiceModelsResponse(
            request_id=exchange.request_id,
            total=len(voices),
            items=tuple(shown_voice(voice) for voice in shown_page),
            **_SUCCEEDED,
        )

    # Pieces

    def _found(self, project_id: str, session_id: str, exchange: Exchange[str]) -> Session | None:
        """A session of an existing project of the account; one of another project counts as unknown."""
        self._state.projects.require(project_id, exchange.account)
        session = self._state.session(session_id)
        return session if session is not None and session.project_id == project_id else None

    def _session(self, project_id: str, session_id: str, exchange: Exchange[str]) -> Session:
        session = self._found(project_id, session_id, exchange)
        if session is None:
            raise no_session(project_id, session_id)
        return session


_SUCCEEDED: Final[Mapping[str, Any]] = MappingProxyType(
    {"success": True, "code": "200", "error_code": "", "error_message": ""}
)
"""What both lists say besides their entries (ALI-R060)."""
_FAILED: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "success": False,
        "total": 0,
        "code": "500",
        "error_code": LIST_FAILED,
        "error_message": "the list cannot be had at present",
    }
)
"""The same where the scenario says that they fail; the document names no code (ALI-E66)."""
