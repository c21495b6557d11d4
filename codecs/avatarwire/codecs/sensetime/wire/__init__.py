"""The microphone socket: which message is which, its URL, reading and writing."""
