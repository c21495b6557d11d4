"""Bad days as such: what is said of each, what gives them, and what a wrong name reads like."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
import pytest

from avatarwire.codecs.guiji.http_enums import ErrorCode
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, ScenarioError
from avatarwire.fakeserver.aliyun.errors import STATUSES
from avatarwire.fakeserver.bad_days import BAD_DAYS, by_vendor
from avatarwire.fakeserver.sensetime.errors import Failure
from avatarwire.fakeserver.vendors import VENDORS
from tests.commands import Run
from tests.fakeserver.aliyun.socket_talk import Talk
from tests.fakeserver.bad_days import test_aliyun, test_guiji, test_sensetime
from tests.fakeserver.faults.calls import call
from tests.fakeserver.test_cli import serving

pytest_plugins = ["pytester"]

SEEN: Final = {"aliyun": test_aliyun, "guiji": test_guiji, "sensetime": test_sensetime}
"""Where the days of each vendor are seen on the wire."""


# --- each of them ---


def test_there_are_enough_of_them() -> None:
    assert len(BAD_DAYS) >= 15
    assert all(any(vendor in day.parts for day in BAD_DAYS.values()) for vendor in VENDORS)


@pytest.mark.parametrize("name", BAD_DAYS)
def test_each_says_what_goes_wrong_and_what_to_do(name: str) -> None:
    day = BAD_DAYS[name]
    for line in (day.text, day.advice):
        assert 15 < len(line) < 120
        assert line[0].islower()
        assert line.isprintable()


@pytest.mark.parametrize(("vendor", "name"), [(each, name) for name, day in BAD_DAYS.items() for each in day.parts])
def test_each_is_seen_on_the_wire(vendor: str, name: str) -> None:
    """By a test named after it."""
    assert hasattr(SEEN[vendor], f"test_{name.replace('-', '_')}")


@pytest.mark.parametrize(("vendor", "name"), [(each, name) for name, day in BAD_DAYS.items() for each in day.parts])
def test_each_can_be_had(vendor: str, name: str) -> None:
    """Its rules pass the checks of rules, and its tunables those of scenarios."""
    part, fake = BAD_DAYS[name].parts[vendor], VENDORS[vendor].make(bad_day=name)
    assert [armed.rule for armed in fake.faults] == list(part.faults)
    assert len(fake.toxics) == len(part.toxics)


def test_codes_are_those_that_the_vendor_has() -> None:
    known: dict[str, set[int | str]] = {
        "aliyun": {*STATUSES, "Throttling.User", 10001},
        "guiji": {*map(int, ErrorCode), 3, 4},
        "sensetime": {10_000 + failure for failure in Failure},
    }
    for day in BAD_DAYS.values():
        for vendor, part in day.parts.items():
            codes = {rule.code for rule in part.faults if rule.do == "reject" and rule.code is not None}
            assert codes <= known[vendor], day.name


# --- from a command line ---


def test_bad_days_lists_them(run: Run) -> None:
    code, out, _ = run("bad-days")
    lines = out.splitlines()
    assert (code, len(lines)) == (0, len(BAD_DAYS))
    [throttled] = [line for line in lines if line.startswith("throttled-start ")]
    assert throttled.split(maxsplit=1)[1] == "aliyun, guiji, sensetime: starting a session is throttled twice"


def test_bad_days_as_json(run: Run) -> None:
    code, out, _ = run("bad-days", "--json")
    listed = json.loads(out)
    assert code == 0
    assert [each["name"] for each in listed] == list(BAD_DAYS)
    assert {*listed[0]} == {"name", "vendors", "text", "advice"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--bad-day", "throttled-strat"), "there is no bad day throttled-strat; did you mean throttled-start?"),
        (("--bad-day", "xyz"), "there is no bad day xyz; there are: line-expired, "),
        (("aliyun", "--bad-day", "slow-download"), "the bad day slow-download is one of sensetime, not of aliyun"),
    ],
)
def test_serve_with_a_day_that_there_is_not(run: Run, arguments: tuple[str, ...], words: str) -> None:
    code, out, [line] = run("serve", *arguments)
    assert (code, out) == (2, "")
    assert words in line


def test_serve_gives_each_vendor_its_own() -> None:
    found = by_vendor(["throttled-start", "slow-download"], ["aliyun", "sensetime"])
    assert found == {"aliyun": ["throttled-start"], "sensetime": ["throttled-start", "slow-download"]}
    assert by_vendor("slow-download", VENDORS) == {"aliyun": [], "guiji": [], "sensetime": ["slow-download"]}


def test_serve_has_a_bad_day(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving("guiji", "--bad-day", "throttled-start", "--ready-file", str(ready)):
        place = json.loads(ready.read_text())["guiji"]
        base = f"{place['http_url']}/live-manager"
        key = {"appId": place["app_id"], "appSecret": place["app_secret"]}
        token = httpx.post(f"{base}/open/accessToken", json=key, trust_env=False).json()["data"]["token"]
        headers, live = {"token": token, "source": "sdk"}, {"liveId": place["live_id"], "name": "morning"}
        url = f"{base}/openApi/live/createLiveSession"
        codes = [httpx.post(url, json=live, headers=headers, trust_env=False).json()["code"] for _ in range(3)]
    assert codes == [500, 500, 200]


# --- from a test ---


def test_two_days_apply_in_the_order_given(aliyun_on: Callable[..., Talk]) -> None:
    codes = [[call(talk).json.get("Code") for _ in range(5)] for talk in map(aliyun_on, _BOTH)]
    throttled, full = ["Throttling.User"] * 2, ["QuotaExceeded.Channels"] * 2
    assert codes == [[*throttled, *full, None], [*full, *throttled, None]]


_BOTH: Final = (("throttled-start", "no-line-free"), ("no-line-free", "throttled-start"))


def test_rules_of_ones_own_come_first(aliyun_on: Callable[..., Talk]) -> None:
    own = {"message": "StartAvatarSession.request", "do": "reject", "status": 418, "times": 1}
    talk = aliyun_on("throttled-start", faults=[own])
    assert [call(talk).status for _ in range(4)] == [418, 400, 400, 200]


def test_a_day_is_over_with_a_clear_and_back_with_a_reset(aliyun_on: Callable[..., Talk]) -> None:
    talk = aliyun_on("throttled-start")
    assert call(talk).status == 400
    talk.fake.faults.clear()
    assert call(talk).status == 200
    talk.fake.reset()
    assert [call(talk).status for _ in range(3)] == [400, 400, 200]


def test_a_keyword_goes_before_a_tunable_of_the_day() -> None:
    assert FakeAliyun(bad_day="line-expired").scenario.line_seconds == 60
    assert FakeAliyun(bad_day="line-expired", line_seconds=5).scenario.line_seconds == 5


def test_a_day_of_another_vendor_is_an_error_of_the_scenario() -> None:
    with pytest.raises(ScenarioError, match=r"guiji\.bad_day: the bad day slow-download is none of guiji") as error:
        FakeGuiji(bad_day="slow-download")
    assert "\n" not in str(error.value)


# --- from a file ---


@pytest.mark.parametrize("written", ['"throttled-start"', '["throttled-start", "bad-gateway"]'])
def test_a_scenario_file_may_name_them(tmp_path: Path, written: str) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(f"[aliyun]\nbad_day = {written}\n")
    days = written.count('"') // 2
    assert len(FakeAliyun(file).faults) == days
    file.write_text('[aliyun]\nbad_day = "throttled-strat"\n')
    with pytest.raises(ScenarioError, match=r"aliyun\.bad_day: .*; did you mean throttled-start\?"):
        FakeAliyun(file)


# --- from a marker ---


def test_the_marker_names_one_or_several(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        """
    import pytest

    @pytest.mark.avatarwire(bad_day="throttled-start")
    def test_one(aliyun_fake):
        assert [armed.rule.code for armed in aliyun_fake.faults] == ["Throttling.User"]

    @pytest.mark.avatarwire(bad_day=["throttled-start", "slow-download"])
    def test_each_fake_has_its_own(guiji_fake, sensetime_fake):
        assert len(guiji_fake.faults) == len(sensetime_fake.faults) == 1
        assert sensetime_fake.scenario.default_download_seconds == 15

    @pytest.mark.avatarwire(bad_day="slow-download")
    def test_none_of_the_fakes_has_it(aliyun_fake):
        pass

    @pytest.mark.avatarwire(bad_day="slow-dwnload")
    def test_there_is_none(sensetime_fake):
        pass
        """
    )
    result = pytester.runpytest_inprocess("-p", "pytest_avatarwire", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(
        ["*the bad day slow-download is one of sensetime, not of aliyun", "*did you mean slow-download[?]"]
    )
