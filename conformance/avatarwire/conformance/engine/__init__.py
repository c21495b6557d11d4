"""What carries out cases and judges an endpoint by them; nothing of any vendor, and nothing printed."""
