"""What a snapshot has of the state of a fake Aliyun server. Only the form lives here: each part saves its own.

A session outlives its socket, so that its client comes back with the URL that it has; a new connection begins anew
(ALI-E114), so that nothing of a conversation is in a snapshot.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from avatarwire.codecs.aliyun.http_enums import ProjectStatus, ResSpecType, ScaleType
from avatarwire.fakeserver.snapshot import Count, Moment, Saved

__all__ = ["SavedKey", "SavedNonce", "SavedProject", "SavedSession", "SavedState"]

_Key = Annotated[bytes, Meta(min_length=1, max_length=1024)]


class SavedNonce(Saved):
    """A nonce that was used, as a hash; `until` by the clocks of clients, which nobody moves."""

    digest: bytes
    until: Moment


class SavedKey(Saved):
    """A secret that signs the tokens of sockets.

    Attributes:
        key: the secret.
        ahead: seconds by which the clock is ahead of the one that its tokens tell their end by.
    """

    key: _Key
    ahead: Moment


class SavedProject(Saved):
    """One project; its members are those of `Project`, and `frames` as SaveAvatarProject takes them."""

    id: str
    main_id: str
    name: str
    scale_type: ScaleType
    res_spec_type: ResSpecType
    frames: list[dict[str, Any]]
    status: ProjectStatus
    agent_id: str
    script_model_tag: str
    channels: Count
    error_msg: str
    error_code: str


class SavedSession(Saved):
    """One session; its members are those of `Session`, without what has to do with its socket."""

    id: str
    project_id: str
    request_id: str
    user_id: str
    channel_id: str
    custom_push_url: str
    created_at: Moment
    last_activity: Moment
    stopped: bool
    left: bool


class SavedState(Saved):
    """All of it.

    Attributes:
        keys: secrets that sign the tokens of sockets; the first signs new ones.
        nonces: those that were used.
        resources_since: when the validity of resources began.
        projects, sessions: in the order in which they were made.
        stopped: ids of the stopped sessions, in the order in which they were.
    """

    keys: Annotated[list[SavedKey], Meta(min_length=1)]
    nonces: list[SavedNonce]
    resources_since: Moment
    projects: list[SavedProject]
    sessions: list[SavedSession]
    stopped: list[str]
