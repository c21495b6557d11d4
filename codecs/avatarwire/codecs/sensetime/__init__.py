"""SenseTime interactive live: HTTP in an envelope, scripts, the microphone WebSocket, callbacks, tokens.

`sensetime.http` has the operations, `sensetime.callbacks` what the platform posts, `sensetime.tokens` login, refresh
and who may hold which token.
"""
