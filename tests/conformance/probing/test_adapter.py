"""How a client is found by its name, and what it is handed."""

from __future__ import annotations

from contextlib import closing

import pytest

from avatarwire.conformance.probing.adapter import BadClient, given_to, is_blocking, loaded
from avatarwire.conformance.probing.engines import JUMPING, engine_of
from avatarwire.conformance.probing.plan import Client
from avatarwire.conformance.probing.subject import subject_of
from tests.conformance.probing import clients

HERE = "tests.conformance.probing.clients"


def test_a_class_by_its_name() -> None:
    assert loaded(f"{HERE}:Silent") is clients.Silent


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("clients", "expected MODULE:CLASS, got 'clients'"),
        (":Silent", "expected MODULE:CLASS"),
        ("no.such.module:Client", "no module no"),
        (f"{HERE}:Absent", "has no Absent"),
        (f"{HERE}:NO_CLASS", "is no class"),
        (f"{HERE}:Unfinished", "has no say and no stop"),
        ("clients:A:B", "expected MODULE:CLASS, got 'clients:A:B'"),
        (f"{HERE}:Generating", "Generating: say is a generator, since it has a yield"),
        (f"{HERE}:Wordless", "Wordless: say cannot be called with a text"),
    ],
)
def test_what_is_no_client(name: str, text: str) -> None:
    with pytest.raises(BadClient, match=text):
        loaded(name)


def test_what_a_client_is_handed() -> None:
    reports: list[str] = []
    ready = {"http_url": "http://127.0.0.1:1", "mqtt_url": None, "app_id": "a-1"}
    place = given_to("guiji", ready, reports.append)
    place.report("gone")
    assert reports == ["gone"]
    assert place.plain() == {
        "vendor": "guiji",
        "http_url": "http://127.0.0.1:1",
        "ws_url": "",
        "mqtt_url": "",
        "credentials": ready,
        "ready": ready,
    }


def test_methods_that_block_need_real_time() -> None:
    assert is_blocking(clients.Threaded)
    assert not is_blocking(clients.Silent)
    assert subject_of(Client(name=f"{HERE}:Threaded")).real
    assert subject_of(Client(name=f"{HERE}:Fine")).optional == {"interrupt", "speak"}


def test_an_engine_by_its_name() -> None:
    assert engine_of("") is JUMPING
    with closing(engine_of("avatarwire.conformance.probing.engines:REAL").new_loop()) as loop:
        assert not loop.is_running()
    with pytest.raises(BadClient, match=r"--engine: .* has no new_loop"):
        engine_of(f"{HERE}:NO_CLASS")
