"""The way of an HTTP call through a fake server, the same for every vendor."""
