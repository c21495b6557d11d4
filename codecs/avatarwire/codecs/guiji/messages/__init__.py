"""What messages say: the bodies over MQTT, and what they and the objects of HTTP calls are made of."""
