"""A client of the control endpoint that has the names of the fake in code, for tests of fakes in another process.

    from avatarwire.fakeserver.remote import connect

    with connect("ready.json") as remote:
        with remote.aliyun.faults.add(do="drop", message="heartbeat.pong"):
            ...
        remote.aliyun.force_close(session)
        remote.aliyun.journal.expect_sync("session.force_close", session=session)

It is synchronous and may be used from any thread. docs/control.md says what is different from a fake in code.
"""

from __future__ import annotations

from .fakes import Remote, RemoteFake, connect

__all__ = ["Remote", "RemoteFake", "connect"]
