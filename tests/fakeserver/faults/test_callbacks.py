"""Faults of callbacks, seen by a receiver: lost, late, doubled, swapped, changed, unsigned, broken off."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from avatarwire.fakeserver import FakeSenseTime
from avatarwire.fakeserver.clock import VirtualClock
from tests.fakeserver.sensetime.running import Customer
from tests.fakeserver.transports.test_callbacks import Receiver, receiving

ACCOUNT = {"app_id": "a", "app_key": "k", "auth_key": "key-1"}


@dataclass
class World:
    """A fake that calls back, a customer of it, and who is called."""

    fake: FakeSenseTime
    customer: Customer
    receiver: Receiver

    async def delivered(self, count: int) -> list[dict[str, Any]]:
        """What has come, once so many came."""
        await self.fake.journal.expect("CallbackBody.delivered", count=count)
        return self.receiver.bodies

    async def statuses(self, count: int) -> list[int]:
        return [body["status"] for body in await self.delivered(count)]


@asynccontextmanager
async def world() -> AsyncGenerator[World]:
    async with (
        receiving() as receiver,
        FakeSenseTime(clock=VirtualClock(), callback_url=receiver.url, accounts=(ACCOUNT,), seed=7) as fake,
        httpx.AsyncClient(trust_env=False) as calls,
    ):
        yield World(fake, Customer(fake, calls), receiver)


async def test_lost_it_is_not_tried_again() -> None:
    async with world() as it:
        it.fake.faults.add(message="CallbackBody", where={"status": 35}, do="drop")
        session, _ = await it.customer.started()
        it.fake.advance(60)
        await it.customer.data("closeLive", sessionId=session)
        assert await it.statuses(1) == [5]


async def test_late_it_holds_what_follows() -> None:
    async with world() as it:
        it.fake.faults.add(message="CallbackBody", do="delay", seconds=40, times=1)
        session, _ = await it.customer.started()
        await it.customer.data("closeLive", sessionId=session)
        assert it.receiver.bodies == []
        it.fake.advance(40)
        assert await it.statuses(2) == [35, 5]


async def test_doubled_and_swapped() -> None:
    async with world() as it:
        it.fake.faults.add(message="CallbackBody", transport="callback", where={"status": 35}, do="reorder")
        it.fake.faults.add(message="CallbackBody", where={"status": 5}, do="duplicate")
        session, _ = await it.customer.started()
        await it.customer.data("closeLive", sessionId=session)
        assert await it.statuses(3) == [5, 35, 5]


async def test_what_is_changed_is_signed_as_it_is_then() -> None:
    async with world() as it:
        it.fake.faults.add(message="CallbackBody", do="set", fields={"status": 99, "headers.x-test": "yes"}, times=1)
        await it.customer.started()
        [(_, headers, body)] = [it.receiver.got[0] for _ in await it.delivered(1)]
        assert (body["status"], headers["x-test"]) == (99, "yes")
        [sent] = it.fake.journal.entries(message="CallbackBody")
        assert json.loads(sent.raw or b"")["status"] == 99


async def test_unsigned() -> None:
    async with world() as it:
        plain, _ = await it.customer.started()
        await it.delivered(1)
        signed = {name.lower() for name in it.receiver.got[0][1]}
        names = sorted(name for name in signed if name in ("signature", "timestamp"))
        assert names
        it.fake.faults.add(message="CallbackBody", do="remove", fields=[f"headers.{name}" for name in names])
        await it.customer.data("closeLive", sessionId=plain)
        await it.delivered(2)
        assert not {name.lower() for name in it.receiver.got[1][1]} & set(names)


@pytest.mark.parametrize("do", ["close", "reset"])
async def test_broken_off_it_is_tried_again(do: str) -> None:
    async with world() as it:
        it.fake.faults.add(message="CallbackBody", do=do, times=1)
        await it.customer.started()
        await it.fake.journal.expect("CallbackBody.failed")
        it.fake.advance(1)
        assert await it.statuses(1) == [35]


async def test_hanging_nothing_comes_of_the_session_any_more() -> None:
    async with world() as it:
        it.fake.faults.add(message="CallbackBody", do="hang", times=1)
        session, _ = await it.customer.started()
        await it.fake.journal.expect("CallbackBody")
        it.fake.advance(60)
        await it.fake.journal.expect("CallbackBody.given_up")
        await it.customer.data("closeLive", sessionId=session)
        other, _ = await it.customer.started()
        assert {body["sessionId"] for body in await it.delivered(1)} == {other}


async def test_bytes_change_behind_the_signature() -> None:
    async with world() as it:
        it.fake.faults.add(message="CallbackBody", do="set", fields={"userData": "x" * 40}, times=1)
        await it.customer.started()
        await it.delivered(1)
        assert it.receiver.bodies[0]["userData"] == "x" * 40
        it.fake.faults.clear()
        it.fake.faults.add(message="CallbackBody", do="truncate", bytes=10, times=1)
        await it.customer.started()
        await it.fake.journal.expect("CallbackBody.failed")
        assert len(it.fake.journal.entries(message="CallbackBody")[-1].raw or b"") == 10


async def test_what_is_lost_is_in_the_journal_without_its_secrets() -> None:
    async with world() as it:
        session, _ = await it.customer.started()
        live = await it.customer.data("queryStat", sessionId=session)
        asked = {"sessionId": session, "rtcChannelId": live["rtcChannelId"]}
        token = await it.customer.data("rtcAudienceToken", **asked)
        it.fake.faults.add(message="rtcAudienceToken.response", do="drop")
        with pytest.raises(httpx.RemoteProtocolError):
            await it.customer.data("rtcAudienceToken", **asked)
        [fault] = it.fake.journal.entries(message="fault")
        assert fault.to_dict()["meta"]["lost"] == {"code": 0, "message": "success", "data": "***"}  # type: ignore[index]
        assert token not in str([entry.to_dict() for entry in it.fake.journal.entries()])
