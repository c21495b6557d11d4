"""The payloads over MQTT: which message is which, topics, reading and writing."""
