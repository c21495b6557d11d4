"""Cases about the broker (3.1, 3.18, and MQTT 3.1.1): who is let in, who hears and says what where."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case, Differs, Skip
from ...engine.mqtt_link import Delivered, MqttLink
from ...engine.mqtt_packets import CONNACK, DISCONNECT, PUBACK, SUBACK, connect, publish, subscribe, unsubscribe
from ...engine.stream import Ended
from ...engine.web_socket import Closed
from ..bench import GuijiBench
from ..heard import Heard
from ..talk import Talk
from .needs import INVALID

__all__ = ["CASES"]

_PUBREC, _PUBCOMP, _UNSUBACK = 5, 7, 11
_REFUSED: Final = 128


async def link_of(bench: GuijiBench) -> MqttLink:
    """A connection on which nothing was said yet."""
    return await bench.mqtt(bench.mqtt_url)


async def is_closed(link: MqttLink, expected: str) -> None:
    """The broker ends the connection."""
    found = await link.receive()
    expect(isinstance(found, Closed), expected, "the connection stays" if found is None else found)


async def turned_away(bench: GuijiBench, user: str | None, password: str | None) -> None:
    """A login that the broker must not accept: a return code, or no answer, and the end of the connection."""
    link = await link_of(bench)
    try:
        code = await link.login(bench.made_up("avatarwire"), user=user, password=password)
    except (Differs, Ended):
        return
    expect(code in (4, 5), "CONNACK with return code 4 or 5", f"return code {code}")
    await is_closed(link, "the end of the connection")


async def logs_in(bench: GuijiBench) -> None:
    talk = await bench.connected()
    await talk.link.ping()


async def wrong_login(bench: GuijiBench) -> None:
    account = await bench.account()
    if not account.mqtt_user:
        raise Skip("it needs an MQTT user, and the account has none (GJ-R015)")
    user, password = account.mqtt_user, account.mqtt_password or ""
    for wrong_user, wrong in ((user, password + "x"), (user, ""), (bench.made_up(), password), (user + "x", password)):
        await turned_away(bench, wrong_user, wrong)
    await turned_away(bench, user, None)


async def anonymous(bench: GuijiBench) -> None:
    if not (await bench.account()).mqtt_user:
        raise Skip("it needs an MQTT user, and the account has none (GJ-R015)")
    await turned_away(bench, None, None)


async def mixed_login(bench: GuijiBench) -> None:
    account, other = await bench.account(), await bench.other_account()
    if (account.mqtt_user, account.mqtt_password) == (other.mqtt_user, other.mqtt_password):
        raise Skip("it needs accounts with MQTT users of their own")
    await turned_away(bench, account.mqtt_user, other.mqtt_password)


# --- MQTT 3.1.1 ---


async def unknown_level(bench: GuijiBench) -> None:
    account, link = await bench.account(), await link_of(bench)
    packet = connect(bench.made_up("a"), user=account.mqtt_user, password=account.mqtt_password, level=9)
    await link.send_raw(packet)
    try:
        code = (await link.packet(CONNACK)).body[1]
    except (Differs, Ended):
        return
    expect(code == 1, "CONNACK with return code 1", f"return code {code}")
    await is_closed(link, "the end of the connection")


async def no_client_id(bench: GuijiBench) -> None:
    account, link = await bench.account(), await link_of(bench)
    await link.send_raw(connect("", user=account.mqtt_user, password=account.mqtt_password, clean=False))
    try:
        code = (await link.packet(CONNACK)).body[1]
    except (Differs, Ended):
        return
    expect(code == 2, "CONNACK with return code 2", f"return code {code}")


async def connect_first(bench: GuijiBench) -> None:
    for data in (subscribe(1, "topic"), publish("live-proxy-0", b"{}")):
        link = await link_of(bench)
        await link.send_raw(data)
        await is_closed(link, "the end of the connection")
    link = await link_of(bench)
    await link.send_raw(b"GET / HTTP/1.1\r\n\r\n")
    # Whoever speaks HTTP may be told something in HTTP, which reads as anything here.
    while isinstance(await link.receive(), Delivered):
        pass
    await is_closed(link, "the end of the connection")


async def connect_twice(bench: GuijiBench) -> None:
    account, talk = await bench.account(), await bench.connected()
    await talk.link.send_raw(connect("again", user=account.mqtt_user, password=account.mqtt_password))
    await is_closed(talk.link, "the end of the connection")


async def same_client_id(bench: GuijiBench) -> None:
    name = bench.made_up("avatarwire")
    first = await bench.connected(client_id=name)
    second = await bench.connected(client_id=name)
    await is_closed(first.link, "the end of the first connection")
    await second.link.ping()


async def pinged(bench: GuijiBench) -> None:
    talk = await bench.created()
    for _ in range(3):
        await talk.link.ping()
    await talk.still_works()


async def keep_alive(bench: GuijiBench) -> None:
    account, link = await bench.account(), await link_of(bench)
    await link.login(bench.made_up("a"), user=account.mqtt_user, password=account.mqtt_password, keep_alive=1)
    # What the clock of an endpoint says does not count for connections.
    found = await link.receive(bench.patience + 1.5)
    expect(isinstance(found, Closed), "the end of the connection after one and a half times its keep alive", found)


async def says_goodbye(bench: GuijiBench) -> None:
    talk = await bench.connected()
    await talk.link.send_raw(DISCONNECT)
    await is_closed(talk.link, "the end of the connection")


async def suback(bench: GuijiBench) -> None:
    session, talk = await bench.opened(), await bench.connected()
    for packet_id, qos in ((7, 0), (513, 1), (65535, 0)):
        await talk.link.send_raw(subscribe(packet_id, session.topic_sub, qos))
        body = (await talk.link.packet(SUBACK)).body
        expect(int.from_bytes(body[:2], "big") == packet_id, f"SUBACK {packet_id}", body.hex())
        expect(body[2] <= qos, f"at most QoS {qos}", f"{body[2]}")


async def puback(bench: GuijiBench) -> None:
    talk = await bench.created()
    for packet_id in (300, 65535):
        fields = talk.request("pushPlayListManager", {"action": "getPlayList"})
        data = bench.dumped(fields)
        await talk.link.send_raw(publish(talk.session.topic_pub, data, qos=1, packet_id=packet_id))
        body = (await talk.link.packet(PUBACK)).body
        expect(int.from_bytes(body[:2], "big") == packet_id, f"PUBACK {packet_id}", body.hex())
        await talk.answer(fields["id"])


async def exactly_once(bench: GuijiBench) -> None:
    talk = await bench.created()
    fields = talk.request("pushPlayListManager", {"action": "getPlayList"})
    await talk.link.send_raw(publish(talk.session.topic_pub, bench.dumped(fields), qos=2, packet_id=9))
    await talk.link.packet(_PUBREC)
    await talk.link.send_raw(b"\x62\x02\x00\x09")
    await talk.link.packet(_PUBCOMP)
    await talk.answer(fields["id"])


async def unsubscribed(bench: GuijiBench) -> None:
    talk = await bench.created()
    listener = await bench.connected()
    listener.session = talk.session
    granted = await listener.link.subscribe(talk.session.topic_sub, 1)
    expect(granted <= 1, "a subscription", f"{granted}")
    await listener.link.send_raw(unsubscribe(77, talk.session.topic_sub))
    body = (await listener.link.packet(_UNSUBACK)).body
    expect(int.from_bytes(body[:2], "big") == 77, "UNSUBACK 77", body.hex())
    before = len(listener.heard)
    await talk.still_works()
    await listener.catch_up()
    expect(len(listener.heard) == before, "no more messages", listener.heard[before:])


async def each_quality(bench: GuijiBench) -> None:
    talk = await bench.created()
    for qos in (0, 1):
        fields = talk.request("pushPlayListManager", {"action": "getPlayList"})
        await talk.send(fields, qos=qos)
        await talk.answer(fields["id"])


async def not_above_granted(bench: GuijiBench) -> None:
    talk = await bench.joined(qos=0)
    await talk.create([await bench.any_material()])
    await talk.state("StreamPlay")
    expect({heard.qos for heard in talk.heard} == {0}, "QoS 0 only", [heard.qos for heard in talk.heard])


async def nothing_retained(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.played("begin")
    late = await bench.connected()
    await late.link.subscribe(talk.session.topic_sub, 1)
    await late.catch_up()
    expect(late.heard == [], "nothing of what was said before", [str(heard) for heard in late.heard])


# --- topics ---


async def on_its_topic(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.played("begin")
    topics = {heard.topic for heard in talk.heard}
    expect(topics == {talk.session.topic_sub}, f"all on {talk.session.topic_sub}", topics)


async def elsewhere(bench: GuijiBench) -> None:
    talk, other = await bench.created(), await bench.connected()
    fields = talk.request("pushPlayListManager", {"action": "getPlayList"})
    for topic in ("elsewhere", talk.session.topic_sub + "x", talk.session.topic_pub + "/x"):
        try:
            await other.link.publish(topic, bench.dumped(fields), 1)
        except (Differs, Ended):
            other = await bench.connected()
    await talk.none_of("answer to what was said elsewhere", lambda heard: _answers(heard, fields))


def _answers(heard: Heard, fields: dict[str, Any]) -> bool:
    return heard.fields.get("id") == fields["id"] and "method" not in heard.fields


async def to_a_client(bench: GuijiBench) -> None:
    talk, other = await bench.created(), await bench.connected(await bench.other_account())
    false = {"id": 99999, "method": "SessionState", "params": {"sessionId": talk.session.id, "state": "Destroy"}}
    with suppress(Differs, Ended):  # the broker may end the connection instead
        await other.link.publish(talk.session.topic_sub, json.dumps(false).encode(), 1)
    await talk.none_of("message of another client", lambda heard: heard.fields.get("id") == 99999)


async def listens(bench: GuijiBench, listener: Talk, topic: str, said: Talk) -> None:
    """Whoever subscribes to a topic is refused, or hears nothing of a session."""
    try:
        granted = await listener.link.subscribe(topic, 1)
    except (Differs, Ended):
        return
    await said.still_works()
    if granted != _REFUSED:
        await listener.catch_up()
        expect(listener.heard == [], f"SUBACK with 128 for {topic}, or silence", listener.heard)


async def of_another_account(bench: GuijiBench) -> None:
    talk, other = await bench.created(), await bench.connected(await bench.other_account())
    await listens(bench, other, talk.session.topic_sub, talk)


async def wildcards(bench: GuijiBench) -> None:
    talk, account = await bench.created(), await bench.other_account()
    number = talk.session.topic_sub.partition("/")[0]
    for topic in ("#", "+/+", f"{number}/#", talk.session.topic_pub):
        await listens(bench, await bench.connected(account), topic, talk)


async def another_accounts_session(bench: GuijiBench) -> None:
    talk, other = await bench.created(), await bench.connected(await bench.other_account())
    other.session = talk.session
    fields = other.request("DestroySession", {"cause": "somebody else"}, id=4711)
    with suppress(Differs, Ended):  # the broker may end the connection instead
        await other.send(fields)
    await talk.still_works()


async def heard_twice(bench: GuijiBench) -> None:
    talk, listener = await bench.created(), await bench.connected()
    listener.session = talk.session
    await listener.link.subscribe(talk.session.topic_sub, 1)
    fields = talk.request("pushPlayListManager", {"action": "getPlayList"})
    await talk.send(fields)
    answers: list[Heard] = [await each.answer(fields["id"]) for each in (talk, listener)]
    expect(answers[0].fields == answers[1].fields, "the same answer for both", [str(each) for each in answers])


_P: Final = "guiji.mqtt.broker"

CASES: Final = (
    Case(f"{_P}.login", "The user and password of the token's answer are accepted.", ("GJ-R015",), logs_in),
    Case(f"{_P}.wrong_login", "Another user or password is refused.", ("GJ-R015",), wrong_login, needs=INVALID),
    Case(f"{_P}.anonymous", "Nobody is let in without a user.", ("GJ-R015",), anonymous, needs=INVALID),
    Case(f"{_P}.mixed_login", "The password of another account is refused.", ("GJ-R015",), mixed_login, needs=INVALID),
    Case(
        f"{_P}.unknown_level",
        "A protocol level that there is not is refused.",
        ("MQTT311-3.1.2",),
        unknown_level,
        needs=INVALID,
    ),
    Case(
        f"{_P}.no_client_id",
        "No client id without a clean session is refused.",
        ("MQTT311-3.1.3",),
        no_client_id,
        needs=INVALID,
    ),
    Case(
        f"{_P}.connect_first",
        "Whoever does not begin with CONNECT is cut off.",
        ("MQTT311-3.1.0",),
        connect_first,
        needs=INVALID,
        exact=True,
    ),
    Case(
        f"{_P}.connect_twice", "A second CONNECT ends the connection.", ("MQTT311-3.1.0",), connect_twice, needs=INVALID
    ),
    Case(
        f"{_P}.same_client_id",
        "A client that comes again ends its older connection.",
        ("MQTT311-3.1.4",),
        same_client_id,
    ),
    Case(f"{_P}.ping", "PINGREQ is answered with PINGRESP.", ("MQTT311-3.12.4",), pinged),
    Case(f"{_P}.keep_alive", "A client that is silent for long is cut off.", ("MQTT311-3.1.2",), keep_alive),
    Case(f"{_P}.goodbye", "DISCONNECT ends the connection.", ("MQTT311-3.14.4",), says_goodbye),
    Case(f"{_P}.suback", "SUBACK has the id of SUBSCRIBE.", ("MQTT311-3.8.4",), suback),
    Case(f"{_P}.puback", "PUBACK has the id of PUBLISH.", ("MQTT311-3.3.4",), puback),
    Case(
        f"{_P}.exactly_once", "A request may come with QoS 2.", ("GJ-E04", "MQTT311-4.3.3"), exactly_once, "ambiguous"
    ),
    Case(f"{_P}.unsubscribe", "UNSUBSCRIBE ends a subscription.", ("MQTT311-3.10.4",), unsubscribed),
    Case(f"{_P}.each_quality", "A request may come with QoS 0 and 1.", ("GJ-E04",), each_quality, "ambiguous"),
    Case(
        f"{_P}.not_above_granted", "Messages come with the QoS that was granted.", ("MQTT311-3.8.4",), not_above_granted
    ),
    Case(
        f"{_P}.nothing_retained",
        "Who subscribes hears nothing of what was said before.",
        ("GJ-E04",),
        nothing_retained,
        "ambiguous",
    ),
    Case(f"{_P}.two_listeners", "Each subscriber of topicSub hears every message.", ("MQTT311-3.3.5",), heard_twice),
    Case(
        "guiji.mqtt.topics.own",
        "Everything about a session comes on its topicSub.",
        ("GJ-R065", "GJ-E05"),
        on_its_topic,
    ),
    Case(
        "guiji.mqtt.topics.elsewhere",
        "Requests count on topicPub only.",
        ("GJ-E05",),
        elsewhere,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        "guiji.mqtt.topics.to_a_client",
        "No client speaks to another.",
        ("GJ-E05",),
        to_a_client,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        "guiji.mqtt.topics.other_account",
        "No account hears another's session.",
        ("GJ-E05",),
        of_another_account,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        "guiji.mqtt.topics.wildcards",
        "Wildcards give no other account's session.",
        ("GJ-E05",),
        wildcards,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        "guiji.mqtt.topics.other_session",
        "No account ends another's session.",
        ("GJ-E05",),
        another_accounts_session,
        "ambiguous",
        needs=INVALID,
    ),
)
