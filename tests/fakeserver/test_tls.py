"""Fakes with ``tls=True``: https, wss and mqtts, for published clients that trust ``fake.ca_file`` alone."""

from __future__ import annotations

import asyncio
import json
import queue
import shutil
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import aiomqtt
import httpx
import paho.mqtt.client as mqtt
import pytest
import websockets
from alibabacloud_intelligentcreation20240313 import models
from alibabacloud_intelligentcreation20240313.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions
from paho.mqtt.enums import CallbackAPIVersion

from avatarwire.codecs.aliyun.aio import connect as to_aliyun
from avatarwire.codecs.guiji.aio import connect as to_guiji
from avatarwire.codecs.sensetime.aio import connect as to_sensetime
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, FakeServer, FakeServerError, VirtualClock
from avatarwire.fakeserver.remote import connect as to_remote
from avatarwire.fakeserver.vendors import VENDORS

LIMIT: Final = 20.0
"""Real seconds after which a test that waits has failed."""
LIVE_CLIENT: Final = Path(__file__).parents[2] / "examples" / "live_client.mjs"
NODE: Final = """
import { readFileSync } from "node:fs";
const { Live } = await import(process.argv[1]);
const ready = JSON.parse(readFileSync(0));
const live = new Live(ready.http_url, ready.access_token);
await live.open(ready.param);
await live.close();
console.log("closed");
"""


@pytest.fixture(params=VENDORS)
def fake(request: pytest.FixtureRequest) -> Iterator[FakeServer]:
    with VENDORS[request.param].make(tls=True) as running:
        yield running


def trusting(fake: FakeServer) -> ssl.SSLContext:
    """What a client makes of the file: it trusts that authority, and no other."""
    return ssl.create_default_context(cafile=fake.ca_file)


def test_every_url_is_a_secure_one_and_the_ready_file_has_the_authority(fake: FakeServer) -> None:
    urls = {key: str(value) for key, value in fake.ready.items() if key.endswith("_url") and value}
    assert {urlsplit(url).scheme for url in urls.values()} <= {"https", "wss", "mqtts"}
    assert fake.ready["ca_file"] == fake.ca_file
    assert Path(str(fake.ca_file)).is_absolute()


def test_the_standard_library_gets_an_answer(fake: FakeServer) -> None:
    for host in ("127.0.0.1", "localhost"):
        url = f"https://{host}:{fake.port}/readyz"
        with urllib.request.urlopen(url, timeout=LIMIT, context=trusting(fake)) as answer:
            assert json.load(answer) == {"status": "ok"}


async def test_httpx_and_aiohttp_get_an_answer(fake: FakeServer) -> None:
    async with httpx.AsyncClient(verify=trusting(fake), trust_env=False) as client:
        assert (await client.get(f"{fake.http_url}/readyz")).json() == {"status": "ok"}
    async with aiohttp.ClientSession() as session, session.get(f"{fake.http_url}/readyz", ssl=trusting(fake)) as answer:
        assert await answer.json() == {"status": "ok"}


def test_whoever_does_not_trust_it_or_asks_for_another_host_gets_nothing(fake: FakeServer) -> None:
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"{fake.http_url}/readyz", timeout=LIMIT)  # noqa: S310 - our own
    with (
        socket.create_connection((fake.host, fake.port), LIMIT) as connection,
        pytest.raises(ssl.SSLCertVerificationError, match=r"evil\.example"),
    ):
        trusting(fake).wrap_socket(connection, server_hostname="evil.example")


def test_who_speaks_plain_is_told_so(fake: FakeServer) -> None:
    answer = httpx.get(f"http://127.0.0.1:{fake.port}/readyz", trust_env=False)
    assert answer.status_code == 400
    assert "HTTP without TLS on a port for TLS, expected https:// in the URL" in answer.text


def test_nothing_is_left_and_nothing_secret_is_in_the_journal(fake: FakeServer, tmp_path: Path) -> None:
    path = Path(str(fake.ca_file))
    assert path.exists()
    fake.reset()
    assert fake.ca_file == str(path)
    with urllib.request.urlopen(f"{fake.http_url}/readyz", timeout=LIMIT, context=trusting(fake)):  # noqa: S310
        pass
    fake.journal.to_ndjson(tmp_path / "journal.ndjson")
    assert "PRIVATE KEY" not in (tmp_path / "journal.ndjson").read_text()
    fake.__exit__(None, None, None)
    assert not path.parent.exists()
    with pytest.raises(FakeServerError, match="is not running"):
        _ = fake.ca_file


@pytest.mark.parametrize("vendor", VENDORS)
async def test_in_a_loop_it_is_the_same(vendor: str) -> None:
    async with VENDORS[vendor].make(tls=True, clock=VirtualClock()) as fake:
        path = Path(str(fake.ca_file))
        async with httpx.AsyncClient(verify=trusting(fake), trust_env=False) as client:
            assert (await client.get(f"{fake.http_url}/healthz")).status_code == 200
    assert not path.parent.exists()


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_port_that_is_taken_leaves_nothing_behind(
    vendor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with FakeAliyun() as other:
        taken = VENDORS[vendor].make(tls=True, port=other.port)
        with pytest.raises(FakeServerError, match="cannot listen"):
            taken.__enter__()
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_may_ask_for_it_and_a_keyword_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text("[server]\ntls = true\n")
    with FakeGuiji(file) as fake:
        assert (fake.http_url[:8], fake.mqtt_url[:8]) == ("https://", "mqtts://")
    with FakeGuiji(file, tls=False) as fake:
        assert (fake.http_url[:7], fake.mqtt_url[:7], fake.ca_file) == ("http://", "mqtt://", None)
        assert "ca_file" not in fake.ready


def test_a_certificate_of_ones_own_goes_before_the_scenario(tmp_path: Path) -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with FakeAliyun({"server": {"tls": True}}, ssl_context=own) as fake:
        assert (fake.http_url[:8], fake.ca_file) == ("https://", None)


# --- the vendors, by their published clients ---


def sdk(fake: FakeAliyun) -> Client:
    config = Config(access_key_id=fake.access_key_id, access_key_secret=fake.access_key_secret)
    config.endpoint, config.protocol = f"localhost:{fake.port}", "https"
    return Client(config)


async def test_aliyuns_published_client_is_told_a_wss_url_and_websockets_opens_it() -> None:
    async with FakeAliyun(tls=True) as fake:
        request = models.StartAvatarSessionRequest(project_id=fake.project_id, request_id="rq-7")
        calling = sdk(fake).start_avatar_session_with_options_async
        body: Any = (await calling(request, {}, RuntimeOptions(ca=str(fake.ca_file)))).body
        # The host is the one that was asked, as ever.
        assert body.web_socket_url.startswith(f"wss://localhost:{fake.port}/v1/interaction?")
        async with websockets.connect(body.web_socket_url, ssl=trusting(fake), proxy=None) as opened:
            await opened.send(bytes.fromhex("00018366303662636430397b7d"))
            assert (await asyncio.wait_for(opened.recv(), LIMIT))[:3] == bytes.fromhex("010183")


@pytest.mark.parametrize("broker", [None, "amqtt"], ids=["embedded", "amqtt"])
def test_paho_logs_in_over_mqtts_by_either_broker(broker: str | None) -> None:
    with FakeGuiji(tls=True, broker=broker) as fake:
        codes: queue.Queue[str] = queue.Queue()

        def told(_client: Any, _data: Any, _flags: Any, code: object, _properties: Any) -> None:
            codes.put(str(code))

        client: Any = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="c-7")
        client.username_pw_set(fake.mqtt_user, fake.mqtt_password)
        client.tls_set(fake.ca_file)
        client.on_connect = told
        where = urlsplit(fake.mqtt_url)
        client.connect("localhost", where.port or 0)
        client.loop_start()
        assert codes.get(timeout=LIMIT) == "Success"
        client.disconnect()
        client.loop_stop()


async def test_aiomqtt_logs_in_over_mqtts_and_a_plain_client_does_not() -> None:
    async with FakeGuiji(tls=True) as fake:
        login: dict[str, Any] = {"username": fake.mqtt_user, "password": fake.mqtt_password, "timeout": LIMIT}
        async with aiomqtt.Client(fake.mqtt_host, fake.mqtt_port, tls_context=trusting(fake), **login) as client:
            await client.subscribe("2000001/t", qos=1)
        login["timeout"] = 1.0
        with pytest.raises(aiomqtt.MqttError):
            async with aiomqtt.Client(fake.mqtt_host, fake.mqtt_port, **login):
                pass
        (told,) = fake.journal.violations()
        assert "MQTT without TLS on a port for TLS" in told.reason


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node")
def test_a_client_in_javascript_trusts_it_by_node_extra_ca_certs() -> None:
    with FakeSenseTime(tls=True, initialising_seconds=0.0) as fake:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "NODE_EXTRA_CA_CERTS": str(fake.ca_file)}
        done = subprocess.run(  # noqa: S603 - a client of ours
            ["node", "--input-type=module", "-e", NODE, str(LIVE_CLIENT)],  # noqa: S607 - wherever it is
            input=json.dumps(dict(fake.ready)),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            env=environment,
            check=False,
        )
        assert (done.stdout, done.stderr) == ("closed\n", "")


# --- our own drivers ---


async def test_the_drivers_trust_it_by_the_ready_file() -> None:
    async with FakeAliyun(tls=True) as fake, to_aliyun(dict(fake.ready), timeout=LIMIT) as session:
        assert (await session.say("Where is the library?")).text == "You asked: Where is the library?"


async def test_the_driver_of_guiji_trusts_it_on_both_ports() -> None:
    short: Any = {"audio_seconds": 0.2, "silent_seconds": 0.1}
    async with FakeGuiji(tls=True, **short) as fake, to_guiji(fake, timeout=LIMIT) as session:
        await session.say("你好。")


async def test_the_driver_of_sensetime_trusts_it_and_its_microphone_does() -> None:
    async with FakeSenseTime(tls=True) as fake, to_sensetime(fake.ready, timeout=LIMIT) as session:
        assert (await session.say("Good evening, and welcome to all of you.")).text


def test_control_stays_http_and_tells_the_authority() -> None:
    with FakeAliyun(tls=True) as fake:
        assert fake.control.url.startswith("http://127.0.0.1:")
        with to_remote(url=fake.control.url, token=fake.control.token) as remote:
            assert (remote.aliyun.ca_file, remote.aliyun.http_url) == (fake.ca_file, fake.http_url)
    with FakeAliyun() as fake, to_remote(url=fake.control.url, token=fake.control.token) as remote:
        assert remote.aliyun.ca_file is None
