"""The frames of the socket: the header, which message is which, reading and writing."""
