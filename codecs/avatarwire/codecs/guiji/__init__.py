"""Guiji live-manager: HTTP operations, and JSON messages over MQTT that control a broadcast session."""
