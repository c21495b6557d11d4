"""Frames of the interaction WebSocket: making them, reading them, and what happens to those that are not as ruled.

    python examples/codec_frames.py

Nothing is sent: codecs do no input or output.
"""

from __future__ import annotations

from avatarwire.codecs import CodecError, aliyun


def show(title: str, data: bytes) -> None:
    """Prints a frame as it travels and as it is understood."""
    frame = aliyun.decode(data)
    print(f"{title}")
    print(f"  header   {data[:11].hex(' ')}")
    print(f"  payload  {data[11:].decode()}")
    print(f"  message  {frame.message or 'none the document knows'}")
    if frame.deviations:
        print(f"  deviates {', '.join(frame.deviations)}")
    if unknown := {**frame.unknown_codes(), **frame.unknown_fields()}:
        print(f"  unknown  {unknown}")
    print()


def main() -> None:
    """Prints six frames and two refusals."""
    session_id = "s-2041"

    question = aliyun.TextDriveRequest(
        session_id=session_id, text="When do you open?", ask_type=aliyun.AskType.ASK, message_id="m-1"
    )
    show("A question. Its class says which header it travels under.", aliyun.encode(question, b"AAAA0001"))

    fragment = aliyun.TextDriveRequest(
        session_id=session_id,
        text="We open at ",
        ask_type=aliyun.AskType.BROADCAST,
        message_id="m-2",
        type=aliyun.TextDriveType.TEXT_STREAM,
        data_flag=aliyun.DataFlag.START,
    )
    show("The first fragment of a text that is spoken as it is written.", aliyun.encode(fragment, b"AAAA0002"))

    packet = aliyun.TextDriveResponse(
        success=True, session_id=session_id, content="We open at nine.", finish=True, message_id="m-1"
    )
    show("The last packet of an answer.", aliyun.encode(packet, b"AAAA0001"))

    show("A request whose payload is missing, as in the document's first sample.", bytes((0, 1, 131)) + b"AAAA0003")

    newer = b'{"sessionId":"s-2041","status":"READY","region":"b"}'
    show("A reply with a field that came later.", aliyun.encode_raw(1, 1, 131, b"AAAA0004", newer))

    show("A business type that the document does not assign.", aliyun.encode_raw(1, 1, 119, b"AAAA0005", b"{}"))

    print("What is wrong is refused, and told with its place and the clause it breaks:")
    try:
        question.replace(ask_type=3)
    except CodecError as error:
        print(f"  making it   {error}")
    try:
        aliyun.decode(bytes((0, 1, 128)) + b'AAAA0006{"sessionId":"s-2041","text":"hi","messageId":"m-3"}')
    except CodecError as error:
        print(f"  reading it  {error}")


if __name__ == "__main__":
    main()
