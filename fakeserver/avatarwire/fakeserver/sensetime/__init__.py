"""The fake SenseTime server: lives and takeovers over HTTP, the microphone socket, callbacks, the user centre."""
