"""Projects: what they are, and how publishing, taking offline and deleting moves them from state to state.

Only projects live here. Which sessions they have is in `sessions.py`; what their scenes may hold, in
`project_scenes.py`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from msgspec import UNSET

from avatarwire.codecs.aliyun.http import SaveAvatarProjectRequest, SaveFrame, check_canvas
from avatarwire.codecs.aliyun.http_enums import DEFAULT_CHANNELS, ProjectStatus, ResSpecType, ScaleType
from avatarwire.fakeserver.aliyun.errors import (
    CHANNELS_EXCEEDED,
    DEPLOYMENT_FAILED,
    PROJECT_NOT_FOUND,
    PROJECT_STATUS,
    refused,
)
from avatarwire.fakeserver.aliyun.project_scenes import frames_of, mismatches, read_frames
from avatarwire.fakeserver.aliyun.resources import Stock
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, ProjectFixture
from avatarwire.fakeserver.aliyun.snapshot import SavedProject
from avatarwire.fakeserver.journal.entry import told
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.snapshot import Resuming, broken, in_common, indexed
from avatarwire.fakeserver.turn import Turn

__all__ = ["ALLOWED", "Action", "Project", "Projects"]

Action: TypeAlias = Literal["edit", "deploy", "offline", "delete", "start", "strict start"]

_LIVING: Final = frozenset(ProjectStatus) - {ProjectStatus.DELETED}

ALLOWED: Final[Mapping[Action, frozenset[ProjectStatus]]] = MappingProxyType(
    {
        "edit": _LIVING,
        "deploy": _LIVING,
        "offline": frozenset({ProjectStatus.DEPLOYED}),
        "delete": _LIVING,
        "start": _LIVING,
        "strict start": frozenset({ProjectStatus.DEPLOYED}),
    }
)
"""In which states a project lets itself be acted on (ALI-E87): deleting is final."""

_HOLDING_LINES: Final = frozenset({ProjectStatus.DEPLOYING, ProjectStatus.DEPLOYED})
"""States in which a project takes up the lines it was published with."""


@dataclass(slots=True, eq=False)
class Project:
    """One project.

    Attributes:
        id: as clients name it.
        main_id: the main account it belongs to.
        name, agent_id, script_model_tag: as saved; empty for none.
        status: how far its publication is.
        scale_type, res_spec_type: canvas and tier, fixed when it was created.
        frames: the scenes as saved last.
        channels: lines it is, or was last, published with.
        error_msg, error_code: why its publication failed; empty when it did not.
    """

    id: str
    main_id: str
    name: str
    scale_type: ScaleType
    res_spec_type: ResSpecType
    frames: tuple[SaveFrame, ...] = ()
    status: ProjectStatus = ProjectStatus.DRAFT
    agent_id: str = ""
    script_model_tag: str = ""
    channels: int = DEFAULT_CHANNELS
    error_msg: str = ""
    error_code: str = ""

    def check(self, action: Action) -> None:
        """Refuses an action that the project's state does not allow.

        Raises:
            Refusal: ``IncorrectProjectStatus``.
        """
        if self.status not in ALLOWED[action]:
            states = " or ".join(sorted(ALLOWED[action]))
            reason = f"project {self.id} is {self.status.value}; {action} needs one that is {states} [ALI-E87]"
            raise refused(reason, PROJECT_STATUS)


class Projects:
    """All projects of a fake server. A main account sees its own only.

    A project that a scenario gives a passing state, such as DEPLOYING, keeps it until it is acted on.
    """

    def __init__(self, scenario: AliyunScenario, turn: Turn, stock: Stock, rng: random.Random) -> None:
        self._deploy_seconds = scenario.deploy_seconds
        self._failing = frozenset(scenario.deploy_failures)
        self._turn = turn
        self._stock = stock
        self._rng = rng
        self._by_id: dict[str, Project] = {}
        for index, fixture in enumerate(scenario.projects):
            path = f"aliyun.projects[{index}]"
            if fixture.id in self._by_id:
                raise ScenarioError("scenario", f"{path}.id", f"project {fixture.id} is listed twice")
            main_id = fixture.main_id or scenario.accounts[0].main_id
            self._by_id[fixture.id] = _from_fixture(fixture, main_id, path)

    def __iter__(self) -> Iterator[Project]:
        return iter(self._by_id.values())

    def get(self, project_id: str) -> Project | None:
        """A project by its id, whosever it is; deleted ones are still known, and say so."""
        return self._by_id.get(project_id)

    def require(self, project_id: str, main_id: str) -> Project:
        """A project of a main account.

        Raises:
            Refusal: ``InvalidProject.NotFound``: there is none, or it is another account's.
        """
        project = self._by_id.get(project_id)
        if project is None or project.main_id != main_id:
            raise refused(f"there is no project {project_id}", PROJECT_NOT_FOUND)
        return project

    def create(self, request: SaveAvatarProjectRequest, main_id: str) -> Project:
        """A new project of a main account from a CREATE request, not yet published.

        Raises:
            ValueError: it is no CREATE request.
        """
        if request.scale_type is UNSET or request.res_spec_type is UNSET:
            raise ValueError("not a CREATE request")  # which the codec would not have let in
        project = Project(self._new_id(), main_id, "", request.scale_type, request.res_spec_type)
        _apply(request, project)
        self._by_id[project.id] = project
        return project

    def edit(self, request: SaveAvatarProjectRequest, main_id: str) -> Project:
        """A project of a main account with what an EDIT request says: its scenes are replaced (ALI-E86).

        Raises:
            Refusal: no such project, or it is deleted.
            ValidationError: a figure is larger than the project's canvas (ALI-R040).
        """
        project = self.require(str(request.project_id), main_id)
        project.check("edit")
        check_canvas(request.frames, project.scale_type)
        _apply(request, project)
        return project

    def shortage(self, project: Project, channels: int) -> str:
        """Why a project cannot be published with so many lines; empty when it can (ALI-E89).

        Each main account has bought the scenario's lines.
        """
        tier = project.res_spec_type
        bought = self._stock.lines(tier, self._turn.now)
        used = sum(
            other.channels
            for other in self._by_id.values()
            if other is not project
            and other.main_id == project.main_id
            and other.res_spec_type is tier
            and other.status in _HOLDING_LINES
        )
        left = max(bought - used, 0)
        if channels <= left:
            return ""
        return f"{channels} {tier.value} lines asked for, {left} of {bought} are left [ALI-E89]"

    def publish(self, project: Project, channels: int) -> ProjectStatus:
        """Starts a publication, which ends after `deploy_seconds`.

        Returns:
            What a reply reports: DEPLOYING, or DEPLOY_FAIL when there are not lines enough (ALI-E76).
        """
        self._cancel(project)
        if shortage := self.shortage(project, channels):
            self._settle(project, ProjectStatus.DEPLOY_FAIL, CHANNELS_EXCEEDED, shortage)
            return project.status
        project.channels = channels
        self._settle(project, ProjectStatus.DEPLOYING)
        if self._deploy_seconds:
            self._turn.later(self._deploy_seconds, _deployment_key(project), lambda: self._finish(project))
        else:
            self._finish(project)
        return ProjectStatus.DEPLOYING

    def take_offline(self, project: Project) -> None:
        """DEPLOYED to OFFLINE.

        Raises:
            Refusal: it is in another state.
        """
        project.check("offline")
        self._settle(project, ProjectStatus.OFFLINE)

    def delete(self, project: Project) -> None:
        """Any state to DELETED, which is final.

        Raises:
            Refusal: it is deleted already.
        """
        project.check("delete")
        self._cancel(project)
        self._settle(project, ProjectStatus.DELETED)

    def saved(self) -> list[SavedProject]:
        """All of them, for a snapshot."""
        return [
            SavedProject(
                **_members(project),
                frames=[frame.to_dict() for frame in project.frames],
            )
            for project in self
        ]

    def restored(self, saved: list[SavedProject], again: Resuming) -> None:
        """Takes those of a snapshot in the place of its own; publications go on.

        Raises:
            SnapshotError: two of one id, or a scene that cannot be read.
        """
        self._by_id.clear()
        for path, it in indexed("state.projects", saved):
            if it.id in self._by_id:
                raise broken(f"{path}.id", "there are two of this id")
            try:
                frames = frames_of(it.frames, path)
            except ScenarioError as error:
                raise broken(error.path, error.reason) from None
            project = Project(**_members(it), frames=frames)
            self._by_id[project.id] = project
            again.timer(_deployment_key(project), partial(self._finish, project))

    def _finish(self, project: Project) -> None:
        """The publication's time has come: how it ends is scripted, or a matter of the voice (ALI-R061)."""
        reason = next((told(mismatch) for mismatch in mismatches(project.frames, self._stock)), "")
        if not self._failing.isdisjoint((project.id, project.name)):
            reason = "the deployment failed, as the scenario says"
        if reason:
            self._settle(project, ProjectStatus.DEPLOY_FAIL, DEPLOYMENT_FAILED, reason)
        else:
            self._settle(project, ProjectStatus.DEPLOYED)

    def _settle(self, project: Project, status: ProjectStatus, error_code: str = "", error_msg: str = "") -> None:
        project.status, project.error_code, project.error_msg = status, error_code, error_msg

    def _cancel(self, project: Project) -> None:
        self._turn.cancel(_deployment_key(project))

    def _new_id(self) -> str:
        """18 digits, as the vendor's sample ids have."""
        while (project_id := str(self._rng.randrange(10**17, 10**18))) in self._by_id:
            pass
        return project_id


_members: Final = in_common(SavedProject, but=("frames",))


def _deployment_key(project: Project) -> str:
    return f"deployment of {project.id}"


def _apply(request: SaveAvatarProjectRequest, project: Project) -> None:
    project.frames = request.frames
    if request.project_name is not UNSET:
        project.name = request.project_name
    if request.agent_id is not UNSET:
        project.agent_id = request.agent_id
    if request.script_model_tag is not UNSET:
        project.script_model_tag = request.script_model_tag


def _from_fixture(fixture: ProjectFixture, main_id: str, path: str) -> Project:
    return Project(
        id=fixture.id,
        main_id=main_id,
        name=fixture.name,
        scale_type=ScaleType(fixture.scale_type),
        res_spec_type=ResSpecType(fixture.res_spec_type),
        frames=read_frames(fixture, path),
        status=ProjectStatus(fixture.status),
        agent_id=fixture.agent_id,
        channels=fixture.channels,
        error_msg=fixture.error_msg,
    )
