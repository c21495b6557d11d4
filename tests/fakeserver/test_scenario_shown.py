"""How a scenario is shown: its secrets are in no representation, no error, and nothing that a failed test prints."""

from __future__ import annotations

import pprint
from collections.abc import Callable
from typing import Any, Final

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, ScenarioError
from avatarwire.fakeserver.scenario import dump

SECRET: Final = "h1dd3nq"
ALIYUN: Final = {"access_key_id": "id-1", "access_key_secret": SECRET}
GUIJI: Final = {"app_id": "id-1", "app_secret": SECRET, "mqtt_password": SECRET}
SENSETIME: Final = {"app_id": "id-1", "app_key": SECRET, "auth_key": SECRET, "callback_url": f"http://u:{SECRET}@h/x"}


@pytest.mark.parametrize(
    ("make", "account"),
    [(FakeAliyun, ALIYUN), (FakeGuiji, GUIJI), (FakeSenseTime, SENSETIME)],
    ids=lambda it: str(it)[:16],
)
def test_an_account_is_shown_without_its_secrets(make: Any, account: dict[str, str]) -> None:
    scenario = make(accounts=(account,)).scenario
    for one in (scenario, scenario.accounts, scenario.accounts[0]):
        shown = [repr(one), str(one), pprint.pformat(one), f"{one}"]
        assert all(SECRET not in text and "id-1" in text for text in shown)
    assert SECRET not in repr(scenario.__rich_repr__())
    assert SECRET in str(dump(scenario))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"http://u:{SECRET}@h/x", "http://***@h/x"),
        (f"http://u:a@{SECRET}@h/x", "http://***@h/x"),
        (f"http://{SECRET}@h/x", "http://***@h/x"),
        (f"http://h/x#{SECRET}", "http://h/x#***"),
        (f"http://h/x?token={SECRET}&a=1#b", "http://h/x?token=***&a=1#***"),
        (f"http://h/x?to%6ben={SECRET}", "http://h/x?token=***"),
        ("http://h/x?a=1", "http://h/x?a=1"),
    ],
)
def test_an_address_for_callbacks_is_shown_without_what_lets_somebody_in(url: str, shown: str) -> None:
    fake = FakeSenseTime(callback_url=url)
    assert f"callback_url={shown!r}" in repr(fake.scenario)
    assert fake.callback_url == url


def test_what_is_no_secret_is_shown_as_it_is() -> None:
    def answer(question: object) -> str:
        return str(question)

    scenario = FakeSenseTime(interactive_answer=answer, cors_origins=("http://page.example",)).scenario
    shown = repr(scenario)
    assert shown.startswith("SenseTimeScenario(")
    assert f"interactive_answer={answer!r}" in shown
    assert "cors_origins=('http://page.example',)" in shown
    assert "auth_key=''" in shown
    assert "token_header='Authorization'" in shown


@pytest.mark.parametrize(
    "make",
    [
        lambda: FakeSenseTime(callback_url=f"ftp://u:{SECRET}@h/x"),
        lambda: FakeSenseTime(callback_url=f"http://u:{SECRET}@h:0/x"),
        lambda: FakeSenseTime(callback_url=f"http://h/x y?token={SECRET}"),
        lambda: FakeSenseTime({"sensetime": {"accounts": [{**SENSETIME, "callback_url": f"ftp://{SECRET}@h"}]}}),
        lambda: FakeSenseTime({"sensetime": {"accounts": [{"app_id": "a", "app_key": [SECRET]}]}}),
        lambda: FakeAliyun({"aliyun": {"accounts": [{"access_key_id": "a", "access_key_secret": {"a": SECRET}}]}}),
        lambda: FakeGuiji({"guiji": {"accounts": [{"app_id": "a", "app_secret": "b", "mqtt_password": [SECRET]}]}}),
    ],
)
def test_an_error_about_a_scenario_does_not_repeat_its_secrets(make: Callable[[], object]) -> None:
    with pytest.raises(ScenarioError) as wrong:
        make()
    assert SECRET not in f"{wrong.value} {wrong.value!r} {vars(wrong.value)}"
