"""MQTT 3.1.1: a broker in this process, and the bridge to one elsewhere. [MQTT-x.y.z-n] cites the OASIS standard."""
