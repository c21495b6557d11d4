"""The fake Guiji server: rooms, materials, the HTTP operations and the conversation over MQTT."""
