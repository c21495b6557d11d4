"""Mutants of the broker: who is let in, what its packets say, who hears and says what where."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import set_to
from .declaring import broken, patched

__all__ = ["MUTANTS"]

MUTANTS: Final = (
    patched("nobody_logs_in", "Nobody is let in.", "GJ-R015", "mqtt.broker.login"),
    patched(
        "everybody_logs_in",
        "Everybody is let in.",
        "GJ-R015",
        "mqtt.broker.wrong_login mqtt.broker.anonymous mqtt.broker.mixed_login",
    ),
    patched("any_level", "Every protocol level is accepted.", "MQTT311-3.1.2", "mqtt.broker.unknown_level"),
    patched("no_name_needed", "No client id is needed.", "MQTT311-3.1.3", "mqtt.broker.no_client_id"),
    patched("connect_later", "What comes before CONNECT is passed over.", "MQTT311-3.1.0", "mqtt.broker.connect_first"),
    patched("connect_twice", "A second CONNECT is passed over.", "MQTT311-3.1.0", "mqtt.broker.connect_twice"),
    patched("shared_client_id", "Two clients may have one id.", "MQTT311-3.1.4", "mqtt.broker.same_client_id"),
    patched("no_pongs", "PINGREQ is not answered.", "MQTT311-3.12.4", "mqtt.broker.ping"),
    patched("no_keep_alive", "A silent client stays connected.", "MQTT311-3.1.2", "mqtt.broker.keep_alive"),
    patched("no_goodbye", "DISCONNECT leads to nothing.", "MQTT311-3.14.4", "mqtt.broker.goodbye"),
    patched("other_suback", "SUBACK has another id.", "MQTT311-3.8.4", "mqtt.broker.suback"),
    patched("other_puback", "PUBACK has another id.", "MQTT311-3.3.4", "mqtt.broker.puback"),
    patched("no_pubcomp", "PUBREL is not answered.", "MQTT311-4.3.3 GJ-E04", "mqtt.broker.exactly_once"),
    patched("no_unsubscribing", "UNSUBSCRIBE ends nothing.", "MQTT311-3.10.4", "mqtt.broker.unsubscribe"),
    patched("no_quality_0", "Messages with QoS 0 are lost.", "GJ-E04", "mqtt.broker.each_quality"),
    patched("above_granted", "QoS may be above what was granted.", "MQTT311-3.8.4", "mqtt.broker.not_above_granted"),
    patched("retaining", "Who subscribes is told what was said last.", "GJ-E04", "mqtt.broker.nothing_retained"),
    patched("first_listener", "Only the first subscriber hears.", "MQTT311-3.3.5", "mqtt.broker.two_listeners"),
    broken(
        "told_elsewhere",
        "The playlist is told on another topic.",
        "GJ-R065 GJ-E05",
        "mqtt.topics.own",
        faults=[set_to("SessionState.playlist", {"topic": "2000001/elsewhere"})],
    ),
    patched("every_topic", "Requests count on every topic.", "GJ-E05", "mqtt.topics.elsewhere"),
    patched("passed_on", "Clients speak to each other.", "GJ-E05", "mqtt.topics.to_a_client"),
    patched("everybody_listens", "Everybody may listen.", "GJ-E05", "mqtt.topics.other_account"),
    patched("wildcards", "Wildcards give every session.", "GJ-E05", "mqtt.topics.wildcards"),
    patched("of_any_account", "Sessions are everybody's.", "GJ-E05", "mqtt.topics.other_session"),
    patched("one_topic", "A connection has one subscription.", "GJ-E05", "any.sessions.one_connection"),
    patched(
        "to_everybody",
        "Every session hears of all.",
        "GJ-R065 GJ-R103",
        "any.sessions.at_once mqtt.elements.each_alone",
    ),
    patched("impatient", "A lost connection ends its session.", "GJ-R066", "mqtt.silence.comes_back"),
)
"""All of them."""
