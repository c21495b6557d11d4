"""The frames the fake makes: serial numbers, business types, payloads that the scenario writes."""

from __future__ import annotations

from itertools import count
from typing import Any

from avatarwire.codecs.aliyun.messages import AsrDriveReply, ChannelReadyResponse, ErrorCode, ForceClose, Recovering
from avatarwire.fakeserver.aliyun.frame_errors import Unreadable
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.effects import Incoming, Send
from avatarwire.fakeserver.journal import Violation
from avatarwire.fakeserver.scenario import override

from .talk import framed

READY = ChannelReadyResponse(session_id="s-1", status="READY")
SPOKEN = AsrDriveReply(success=True, session_id="s-1", content="noon", finish=True, message_id="id-0")


def outgoing(**tunables: Any) -> Outgoing:
    """The serial numbers it makes are SERVER00, SERVER01 and so on."""
    numbers = count()
    return Outgoing("s-1", override(AliyunScenario(), **tunables), lambda: b"SERVER%02d" % next(numbers))


def sent(effect: Send) -> bytes:
    """The frame."""
    assert isinstance(effect.data, bytes)
    return effect.data


def asked(serial_number: bytes) -> Incoming:
    """A request with a serial number."""
    return raw(bytes.fromhex("000180") + serial_number)


def raw(data: bytes) -> Incoming:
    """A request of these bytes, whatever they are."""
    return Incoming(packet=Unreadable(Violation("ALI-E09", "", "not looked at"), data))


def test_a_reply_echoes_the_serial_number_of_its_request() -> None:
    payload = '{"sessionId":"s-1","status":"READY"}'
    request = asked(b"SERIAL01")
    sent = Send(framed("010183", payload), "channel_ready.response", READY, request)
    assert outgoing().reply(READY, request) == sent
    assert outgoing().reply(READY, asked(bytes(8))).data == framed("010183", payload, bytes(8))
    assert outgoing().reply(READY, None).data == framed("010183", payload, b"SERVER00")


def test_a_reply_may_have_a_serial_number_of_its_own() -> None:
    given = outgoing(echo_serial_numbers=False)
    assert given.reply(READY, asked(b"SERIAL01")).data[3:11] == b"SERVER00"
    assert given.pong(asked(b"SERIAL01")).data[3:11] == b"SERVER01"
    assert given.error(ErrorCode.SYSTEM_ERROR, "no", raw(b"\x00\x01\x80SERIAL01")).data[3:11] == b"SERVER02"


def test_the_answer_to_speech_has_the_business_type_that_the_scenario_wants() -> None:
    assert sent(outgoing().reply(SPOKEN, asked(b"SERIAL01")))[:3].hex() == "010180"
    assert sent(outgoing(asr_reply_biz_type=129).reply(SPOKEN, asked(b"SERIAL01")))[:3].hex() == "010181"
    assert outgoing().reply(SPOKEN, asked(b"SERIAL01")).message == "asr.drive_reply"


def test_a_pong_has_the_payload_that_the_scenario_wants() -> None:
    assert sent(outgoing().pong(asked(b"SERIAL01"))).hex() == "0f01ff53455249414c30317b7d"
    assert sent(outgoing(pong_payload="").pong(asked(b"SERIAL01"))).hex() == "0f01ff53455249414c3031"
    assert outgoing(pong_payload='{"pong":"é"}').pong(asked(b"SERIAL01")).data == framed("0f01ff", '{"pong":"é"}')
    assert outgoing().pong(asked(b"SERIAL01")).message == "heartbeat.pong"


def test_pushes_have_serial_numbers_of_their_own() -> None:
    given = outgoing()
    assert given.push(ForceClose).data == framed("010103", '{"sessionId":"s-1"}', b"SERVER00")
    assert given.push(Recovering).data == framed("010104", '{"sessionId":"s-1"}', b"SERVER01")


def test_pushes_may_have_another_payload() -> None:
    closed, recovering = (outgoing(push_payload="line expired").push(kind) for kind in (ForceClose, Recovering))
    assert closed == Send(
        framed("010103", "line expired", b"SERVER00"), "session.force_close", ForceClose(session_id="s-1")
    )
    assert recovering.data == framed("010104", "line expired", b"SERVER00")
    assert sent(outgoing(push_payload="").push(ForceClose)).hex() == "0101035345525645523030"


def test_an_error_echoes_what_serial_number_there_was() -> None:
    given = outgoing()
    payload = '{"code":10001,"message":"no"}'
    request = raw(b"\x00\x01\x80SERIAL01{}")
    whole = given.error(ErrorCode.PERMISSION_DENIED, "no", request)
    assert whole == Send(framed("0201ff", payload), "general.message", whole.body, request)
    assert given.error(ErrorCode.PERMISSION_DENIED, "no", raw(b"\x00\x01\x80SERIAL02")).data[3:11] == b"SERIAL02"
    assert given.error(ErrorCode.PERMISSION_DENIED, "no", raw(b"\x00\x01\x80SERIAL0")).data[3:11] == b"SERVER00"
    assert given.error(ErrorCode.PERMISSION_DENIED, "no", raw(b"")).data[3:11] == b"SERVER01"
