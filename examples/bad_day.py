"""A client that gets through a bad day: it is throttled twice, an answer is lost, and it has its session nevertheless.

    python examples/bad_day.py

What goes wrong is a bad day by its name, and one more rule. What the client makes of it is in `start`: it waits as long
as it is told to, and asks again with the same requestId where it does not know what has happened.
"""

from __future__ import annotations

import asyncio
import uuid

import httpx

from avatarwire.fakeserver import FakeAliyun, Fault

START = "/yic/yic-console/openService/v1/avatar/project/startAvatarSession"


async def start(http: httpx.AsyncClient, project_id: str, tries: int = 5) -> str:
    """Starts a session; its id.

    Raises:
        RuntimeError: it could not be started.
    """
    # One id for all tries: a session that was started already is not started once more.
    request = {"projectId": project_id, "requestId": str(uuid.uuid4())}
    for _ in range(tries):
        try:
            answer = await http.post(START, json=request)
        except httpx.TransportError as error:
            print(f"  no answer ({type(error).__name__}): ask again")
            continue
        if answer.status_code == 200:
            return str(answer.json()["sessionId"])
        wait = int(answer.headers.get("x-acs-retry-after", 0)) / 1000
        print(f"  {answer.json()['Code']}: wait for {wait:g} s")
        await asyncio.sleep(wait)
    raise RuntimeError("no session")


async def main() -> None:
    """Has a bad day, and looks at what has come of it."""
    # The refusals are answers, too: they pass, and the one with the session is lost.
    lost = Fault(message="StartAvatarSession.response", do="drop", skip=2, times=1)
    async with (
        FakeAliyun(verify_signatures=False, bad_day="throttled-start", faults=[lost]) as fake,
        httpx.AsyncClient(base_url=fake.http_url, trust_env=False) as http,
    ):
        print("a session on a bad day:")
        print(f"  session {await start(http, fake.project_id)}")

        print("what went wrong:")
        for fault in fake.journal.entries("fault"):
            print(f"  {fault.meta['rule']}: {fault.meta['do']} {fault.meta['faulted']}")

        calls = await fake.journal.expect("StartAvatarSession.request", count=4)
        print(f"{len(calls)} calls, one session")


if __name__ == "__main__":
    asyncio.run(main())
