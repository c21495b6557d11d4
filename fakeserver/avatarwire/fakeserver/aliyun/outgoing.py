"""What the fake sends: typed bodies as frames, with the serial number and the business type the scenario wants.

Only the making of frames lives here; what is sent and when is decided in `conversation.py` and `drives.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from avatarwire.codecs.aliyun import messages
from avatarwire.codecs.aliyun.messages import ErrorCode
from avatarwire.codecs.aliyun.wire.frame import encode, encode_as, encode_raw
from avatarwire.codecs.aliyun.wire.header import BizType, DataType, FrameType
from avatarwire.codecs.aliyun.wire.table import BY_BODY
from avatarwire.codecs.message import Message
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.effects import Incoming, Send
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Outgoing"]

_PONG: Final = messages.HeartbeatPong()

_PUSHES: Final[Mapping[type[messages.ForceClose | messages.Recovering], BizType]] = {
    messages.ForceClose: BizType.FORCE_CLOSE,
    messages.Recovering: BizType.RECOVERING,
}


_TEXT_DRIVE_RESPONSE: Final = BY_BODY[messages.TextDriveResponse].id


class Outgoing:
    """Makes the frames of one connection.

    Args:
        session_id: the session it belongs to.
        scenario: how to make them.
        serial_numbers: where new serial numbers come from.
    """

    def __init__(self, session_id: str, scenario: AliyunScenario, serial_numbers: Callable[[], bytes]) -> None:
        self.session_id: Final = session_id
        self._scenario = scenario
        self._serial_numbers = serial_numbers
        self._echo = scenario.echo_serial_numbers
        # One is made for nearly every message: of another that takes a third of the time, and checks as little.
        self._whole = messages.TextDriveResponse.trusted(
            success=True, session_id=session_id, content="", finish=True, message_id=""
        )
        self._asr_biz_type = BizType(scenario.asr_reply_biz_type)

    def reply(self, body: Message, request: Incoming | None) -> Send:
        """One frame.

        Args:
            body: its body.
            request: what it answers, whose serial number it has (ALI-E04); None when no frame asked for it.
        """
        serial_number = self._serial_number(request)
        if isinstance(body, messages.AsrDriveReply):
            data = encode_as(body, serial_number, biz_type=self._asr_biz_type)
        else:
            data = encode(body, serial_number)
        return Send(data, BY_BODY[type(body)].id, body, request)

    def whole(self, content: str, message_id: str, request: Incoming) -> Send:
        """The one packet that answers a text drive, the most frequent of all frames (ALI-R105).

        Args:
            content: the whole answer.
            message_id: of the drive.
            request: what it answers (ALI-E04).
        """
        body = replace(self._whole, content=content, message_id=message_id)
        serial_number = request.packet.serial_number if self._echo else self._serial_numbers()
        return Send(encode(body, serial_number), _TEXT_DRIVE_RESPONSE, body, request)

    def pong(self, request: Incoming) -> Send:
        """The answer to a heartbeat (ALI-E03)."""
        return self._raw(_PONG, FrameType.PONG, BizType.GENERAL, self._scenario.pong_payload, request)

    def push(self, kind: type[messages.ForceClose | messages.Recovering]) -> Send:
        """What the server says by itself (ALI-E47)."""
        body = kind(session_id=self.session_id)
        payload = self._scenario.push_payload
        if payload is None:
            return self.reply(body, None)
        return self._raw(body, FrameType.DATA, _PUSHES[kind], payload, None)

    def refusal(self, request: Incoming, violation: Violation) -> Send:
        """A frame was understood, but is not accepted (ALI-R118, ALI-E51)."""
        return self.error(ErrorCode.SYSTEM_ERROR, str(violation), request)

    def error(self, code: int, reason: str, request: Incoming | None) -> Send:
        """An error message.

        Args:
            code: which error.
            reason: its text.
            request: what it is about; its serial number is echoed when it is long enough to have one. None where
                nothing has led to it.
        """
        return self.reply(messages.GeneralMessage(code=int(code), message=reason), request)

    def _raw(
        self, body: Message, frame_type: FrameType, biz_type: BizType, payload: str, request: Incoming | None
    ) -> Send:
        """A frame whose payload the scenario writes."""
        data = encode_raw(frame_type, DataType.JSON, biz_type, self._serial_number(request), payload.encode())
        return Send(data, BY_BODY[type(body)].id, body, request)

    def _serial_number(self, request: Incoming | None) -> bytes:
        given: bytes | None = None if request is None else request.packet.serial_number
        return self._serial_numbers() if given is None or not self._echo else given
