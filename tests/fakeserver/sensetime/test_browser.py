"""A real browser page against the fake: it speaks into the microphone socket, and shows what is told and pushed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.sensetime import FakeSenseTime
from tests.fakeserver.browser import Browser
from tests.fakeserver.sensetime.client import ROUTES, SCRIPT, SPEECH

PAGE: Final = b"""<!doctype html>
<meta charset="utf-8">
<title>microphone</title>
<ol id="told"></ol>
<ol id="pushed"></ol>
<script>
  const shown = id => [...document.querySelectorAll(`#${id} li`)].map(item => item.textContent);

  function open(id, url, show) {
    const socket = new WebSocket(url);
    socket.onmessage = event => {
      const item = document.createElement("li");
      item.textContent = show(JSON.parse(event.data));
      document.getElementById(id).append(item);
    };
    socket.onclose = event => { socket.end = event.code; };
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve(socket);
      socket.onerror = () => reject(new Error("no connection"));
    });
  }

  // Until a list shows so many items.
  function until(id, count) {
    return new Promise(resolve => {
      const list = document.getElementById(id);
      const look = () => list.children.length >= count && resolve(shown(id));
      new MutationObserver(look).observe(list, {childList: true});
      look();
    });
  }

  // A second of a tone, as 16-bit PCM.
  async function speech() {
    const context = new OfflineAudioContext(1, 16000, 16000);
    const tone = new OscillatorNode(context, {frequency: 440});
    tone.connect(context.destination);
    tone.start();
    const samples = (await context.startRendering()).getChannelData(0);
    return Int16Array.from(samples, sample => Math.round(sample * 32767));
  }

  const service = message => `${message.service} ${message.type}`;

  function ended(socket) {
    return new Promise(resolve => {
      const look = () => socket.end ? resolve(socket.end) : setTimeout(look);
      look();
    });
  }

  async function speak(socket) {
    socket.send(JSON.stringify({code: 0, message: "begin"}));
    await until("told", 1);
    const pcm = await speech();
    for (let at = 0; at < pcm.length; at += 640) socket.send(pcm.slice(at, at + 640));
    socket.send(JSON.stringify({code: 99, message: "eof"}));
  }
</script>
"""


@pytest.fixture
def page_url() -> Iterator[str]:
    """A server of the customer's that serves the page."""

    class Serve(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Serve) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def call(fake: FakeSenseTime, operation: str, **fields: Any) -> Any:
    """The data of a success."""
    _, path = ROUTES[operation]
    headers = {"Authorization": f"Bearer {fake.access_token}"}
    answer = httpx.post(fake.http_url + path, json=fields, headers=headers, trust_env=False).json()
    assert answer["code"] == 0, answer
    return answer.get("data")


def test_a_page_speaks_and_shows_what_it_is_told(tmp_path: Path, page_url: str) -> None:
    with (
        FakeSenseTime(
            clock=VirtualClock(), transcripts=("hello there",), default_answer="Hello.", cors_origins=("*",)
        ) as fake,
        Browser(tmp_path) as browser,
    ):
        live = call(fake, "createLive", param=json.dumps(SCRIPT))
        session = live["sessionId"]
        call(fake, "startLive", sessionId=session)
        query = f"?clientType=BROWSER&sessionId={session}&Authorization={quote('Bearer ' + live['sessionToken'])}"
        browser.open(page_url)
        browser.run(f"""
            window.microphone = await open("told", {json.dumps(fake.ws_url + query)}, it => it.code);
            window.page = await open("pushed", {json.dumps(fake.interactive_url + query)}, service);
            await speak(microphone);
        """)
        pushed = browser.run('return await until("pushed", 6);')
        assert pushed == ["asr text"] * (len(pushed) - 3) + ["asr eof", "record eof", "nlp answer"]
        # The answer plays, and then a takeover by HTTP.
        fake.advance(5)
        call(fake, "takeoverQueue", sessionId=session, param=json.dumps(SPEECH))
        fake.advance(60)
        assert browser.run('return await until("told", 4);') == ["2", "20", "19", "18"]
        browser.run('microphone.send("garbage"); await until("told", 5);')
        fake.stop_speech(session)
        assert browser.run('return await until("told", 6);')[4:] == ["5", "4"]
        (speech,) = fake.journal.entries("microphone.speech")
        assert (speech.meta["bytes"], speech.meta["seconds"]) == (32_000, 1.0)
        call(fake, "closeLive", sessionId=session)
        assert browser.run("return await ended(microphone);") == 1000
