"""A fake that does what a file says, and what happens when the file is wrong.

    python examples/scenario_file.py

The file is scenario.toml, beside this one. YAML and JSON files look alike.
"""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from pathlib import Path

import httpx
import websockets

from avatarwire.codecs.aliyun import http, signature
from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.events import AnswerFinished, ChannelReady
from avatarwire.fakeserver import FakeAliyun, ScenarioError

SCENARIO = Path(__file__).with_name("scenario.toml")
QUESTIONS = ["When do you open?", "How do I get to the dinosaurs?", "Who painted this?"]


def start(fake: FakeAliyun) -> http.StartAvatarSessionResponse:
    """Starts a session of the first deployed project."""
    operation = http.START_AVATAR_SESSION
    call = operation.encode_request(
        http.StartAvatarSessionRequest(project_id=fake.project_id, request_id=str(uuid.uuid4()))
    )
    headers = signature.sign(
        call.method,
        call.path,
        call.query,
        call.headers,
        call.body,
        access_key_id=fake.access_key_id,
        access_key_secret=fake.access_key_secret,
        action=operation.id,
        host=f"{fake.host}:{fake.port}",
        date=fake.clock.now(),
        nonce=uuid.uuid4().hex,
    )
    answer = httpx.request(
        call.method, fake.http_url + call.target, headers=headers, content=call.body, trust_env=False
    )
    return operation.decode_response(answer.status_code, answer.content).value


async def ask(session: http.StartAvatarSessionResponse) -> None:
    """Asks all questions, one after the other."""
    now = asyncio.get_running_loop().time
    client = InteractionClient(session.session_id or "")
    left = list(QUESTIONS)
    async with websockets.connect(session.web_socket_url or "", proxy=None) as socket:
        client.connected(now())
        while client.is_live:
            for frame in client.data_to_send():
                await socket.send(frame)
            try:
                async with asyncio.timeout_at(client.next_timeout()):
                    message = await socket.recv(decode=False)
            except TimeoutError:
                events = client.handle_timeout(now())
            else:
                events = client.receive(message, now())
            for event in events:
                if isinstance(event, AnswerFinished):
                    print(f"    {event.text} {' '.join(event.images)}".rstrip())
                if isinstance(event, ChannelReady | AnswerFinished):
                    if not left:
                        client.close()
                        break
                    print(f"  {left[0]}")
                    client.send_text(left.pop(0))


def main() -> None:
    """Runs the scenario, then shows what a mistake in it reads like."""
    with FakeAliyun(SCENARIO) as fake:
        print(f"{SCENARIO.name}: project {fake.project_id}, key {fake.access_key_id}")
        asyncio.run(ask(start(fake)))

    print("\na key that is misspelt, a value that is out of range, and one that is not among the choices:")
    for line in ("polls_until_raedy = 1", "chunk_seconds = -1", 'overlap = "ignore"'):
        with tempfile.TemporaryDirectory() as folder:
            wrong = Path(folder, "wrong.toml")
            wrong.write_text(f"[aliyun]\n{line}\n", encoding="utf-8")
            try:
                FakeAliyun(wrong)
            except ScenarioError as error:
                print(f"  {line}\n    {str(error).removeprefix(folder)}")

    # Keywords go before the file: the same scenario for a test that needs one thing to be different.
    print(f"\npolls until ready: {FakeAliyun(SCENARIO, polls_until_ready=0).scenario.polls_until_ready}")


if __name__ == "__main__":
    main()
