"""Alibaba's published SDK, pointed at a fake instead of the service.

    pip install 'alibabacloud_intelligentcreation20240313'
    python examples/alibaba_sdk.py

Only the endpoint and the protocol of its configuration change; the code that calls it stays as it is.
"""

from __future__ import annotations

import sys
from typing import Any

from avatarwire.fakeserver import FakeAliyun

try:
    from alibabacloud_intelligentcreation20240313 import models
    from alibabacloud_intelligentcreation20240313.client import Client
    from alibabacloud_tea_openapi.models import Config
    from Tea.exceptions import TeaException
except ImportError as error:
    print(f"skipped: {error.name} is not installed (pip install alibabacloud_intelligentcreation20240313)")
    sys.exit(0)


def main() -> None:
    """Starts, looks at and stops a session, and makes one mistake."""
    with FakeAliyun(deploy_seconds=0) as fake:
        # The SDK has type hints for its models, but not for what its calls give.
        client: Any = Client(
            Config(
                access_key_id=fake.access_key_id,
                access_key_secret=fake.access_key_secret,
                endpoint=f"{fake.host}:{fake.port}",
                protocol="http",
            )
        )
        project = client.query_avatar_project(models.QueryAvatarProjectRequest(project_id=fake.project_id)).body
        print(f"project {project.project_name!r}: {project.status}, {project.scale_type}, {project.res_spec_type}")

        figures = client.list_anchor(
            models.ListAnchorRequest(use_scene="realTimeInteractivity", res_spec_type="BASIC_MODEL")
        ).body
        print(f"figures: {', '.join(f'{figure.anchor_id} {figure.anchor_material_name}' for figure in figures.list)}")

        session = client.start_avatar_session(
            models.StartAvatarSessionRequest(project_id=fake.project_id, request_id="example-1")
        ).body
        print(f"session {session.session_id}, socket at {session.web_socket_url.partition('?')[0]}")

        checked = client.check_session(
            models.CheckSessionRequest(project_id=fake.project_id, session_id=session.session_id)
        ).body
        print(f"it is {checked.status}")

        stopped = client.stop_avatar_session(
            models.StopAvatarSessionRequest(project_id=fake.project_id, session_id=session.session_id)
        ).body
        print(f"it is {stopped.status}")

        try:
            client.query_avatar_project(models.QueryAvatarProjectRequest(project_id="no-such-project"))
        except TeaException as error:
            refused: Any = error
            print(f"refused: {refused.code}")

        print("\nwhat the fake saw:\n")
        for entry in fake.journal.entries(direction="in"):
            print(str(entry)[:130])


if __name__ == "__main__":
    main()
